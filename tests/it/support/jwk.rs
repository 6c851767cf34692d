//! Signatures checked by an implementation that is not the server's.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::{BoxedUint, Pkcs1v15Sign, RsaPublicKey};
use serde_json::Value;

/// PKCS#1 v1.5 by the `rsa` crate, with the DigestInfo of SHA-256 from RFC 8017 9.2.
pub fn verifies(key: &Value, token: &str) -> bool {
    let number = |name: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
        BoxedUint::from_be_slice_vartime(&bytes)
    };
    let public = RsaPublicKey::new(number("n"), number("e")).unwrap();
    let info = [
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
        0x05, 0x00, 0x04, 0x20,
    ];
    let scheme = Pkcs1v15Sign {
        hash_len: Some(32),
        prefix: Box::new(info),
    };
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let hash = digest(&SHA256, signed.as_bytes());
    public.verify(scheme, hash.as_ref(), &signature).is_ok()
}

//! The signature key of one message: ECDSA on P-384, made for it and forgotten after it.

use aws_lc_rs::digest::{SHA384, digest};
use aws_lc_rs::encoding::{AsBigEndian, EcPublicKeyCompressedBin};
use aws_lc_rs::signature::{ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::error::{Error, Result};
use crate::ports::rng::Rng;
use crate::secret::Secret;

/// Bytes of a private key.
const SCALAR: usize = 48;
/// What stands before and after the private key in its DER form: an `ECPrivateKey` (RFC 5915 3) of
/// version 1 with the curve's name and without the public key.
const BEFORE: [u8; 7] = [0x30, 0x3e, 0x02, 0x01, 0x01, 0x04, 0x30];
const AFTER: [u8; 9] = [0xa0, 0x07, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];

/// Signs one message.
pub(super) struct Signer(EcdsaKeyPair);

impl Signer {
    /// A new key. That a random number is none happens once in 2^190 times, and is an error.
    pub(super) fn new(rng: &Rng) -> Result<Self> {
        Self::of(&rng.secret(SCALAR)?).ok_or_else(broken)
    }

    /// The key of a private number, if it is one.
    pub(super) fn of(scalar: &Secret<Vec<u8>>) -> Option<Self> {
        let der = Secret::new([&BEFORE, scalar.expose().as_slice(), &AFTER].concat());
        EcdsaKeyPair::from_private_key_der(&ECDSA_P384_SHA384_ASN1_SIGNING, der.expose())
            .ok()
            .map(Self)
    }

    /// The public key as the encryption context names it: base64 of the compressed point.
    pub(super) fn public_key(&self) -> Result<String> {
        let point: EcPublicKeyCompressedBin<'_> =
            self.0.public_key().as_be_bytes().map_err(|_| broken())?;
        Ok(STANDARD.encode(point.as_ref()))
    }

    /// The signature in its DER form.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let signature = self.0.sign_digest(&digest(&SHA384, message));
        Ok(signature.map_err(|_| broken())?.as_ref().to_vec())
    }
}

fn broken() -> Error {
    Error::internal(anyhow::anyhow!("no P-384 signature"))
}

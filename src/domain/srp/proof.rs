//! The key both sides share, and the claim a client makes with it.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use zeroize::Zeroizing;

use super::{SrpIdentity, group, number};

/// The 16-byte key of one sign-in; wiped on drop, prints nothing.
pub struct SessionKey(Zeroizing<[u8; 16]>);

impl SessionKey {
    /// HKDF-SHA256 (RFC 5869) with salt P(u), input P(S) and Cognito's label; of the first block
    /// the first 16 bytes.
    pub(super) fn derive(scrambler: &[u8; 32], shared: &group::Bytes) -> Self {
        let salt = hmac::Key::new(HMAC_SHA256, &number::positive(scrambler));
        let extracted = hmac::sign(&salt, &number::positive(shared));
        let extracted = hmac::Key::new(HMAC_SHA256, extracted.as_ref());
        let block = hmac::sign(&extracted, b"Caldera Derived Key\x01");
        let mut key = Zeroizing::new([0; 16]);
        for (to, from) in key.iter_mut().zip(block.as_ref()) {
            *to = *from;
        }
        Self(key)
    }

    #[cfg(test)]
    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// `PASSWORD_CLAIM_SIGNATURE`, before its base64: HMAC-SHA256 over pool name, user id, the
    /// decoded `SECRET_BLOCK` and the TIMESTAMP text as sent.
    pub fn signature(
        &self,
        identity: &SrpIdentity<'_>,
        secret_block: &[u8],
        timestamp: &str,
    ) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&hmac::Key::new(HMAC_SHA256, self.0.as_slice()));
        context.update(identity.pool_name.as_bytes());
        context.update(identity.user_id.as_bytes());
        context.update(secret_block);
        context.update(timestamp.as_bytes());
        let mut signature = [0; 32];
        signature.copy_from_slice(context.sign().as_ref());
        signature
    }

    /// Whether the claim is the signature of this key; the time does not tell how close it was.
    pub fn verify(
        &self,
        identity: &SrpIdentity<'_>,
        secret_block: &[u8],
        timestamp: &str,
        claim: &[u8],
    ) -> bool {
        let expected = self.signature(identity, secret_block, timestamp);
        verify_slices_are_equal(&expected, claim).is_ok()
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey(***)")
    }
}

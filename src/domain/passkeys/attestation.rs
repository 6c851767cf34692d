//! Attestation objects: a new passkey, and what its maker says about it (WebAuthn level 3, 6.5.4, 8).
//!
//! Nothing is trusted for an attestation, and the options ask for none. A signature that a passkey
//! makes with its own key is checked, for it must not be wrong; certificates are not looked at.

use super::cbor::Cbor;
use super::client_data;
use super::cose::PublicKey;
use crate::error::{Error, Result};

/// An attestation object.
pub(super) struct Attestation {
    /// The authenticator data.
    pub(super) data: Vec<u8>,
    format: String,
    statement: Cbor,
}

impl Attestation {
    /// Reads one, to the last byte.
    pub(super) fn parse(object: &[u8]) -> Option<Self> {
        let object = Cbor::read_whole(object)?;
        let statement = object.named("attStmt")?;
        matches!(statement, Cbor::Map(_)).then_some(())?;
        Some(Self {
            data: object.named("authData")?.bytes()?.to_vec(),
            format: object.named("fmt")?.text()?.to_owned(),
            statement: statement.clone(),
        })
    }

    /// Judges the statement.
    ///
    /// # Errors: InvalidParameter (it contradicts itself), WebAuthnCredentialNotSupported (a format
    /// other than `none` and `packed`)
    pub(super) fn check(&self, key: &PublicKey, client_data: &[u8]) -> Result<()> {
        let sound = match self.format.as_str() {
            "none" => self.statement == Cbor::Map(Vec::new()),
            "packed" if self.statement.named("x5c").is_some() => true,
            "packed" => self.is_signed_by(key, client_data),
            _ => return Err(Error::webauthn_not_supported()),
        };
        if sound {
            return Ok(());
        }
        Err(Error::webauthn_response())
    }

    fn is_signed_by(&self, key: &PublicKey, client_data: &[u8]) -> bool {
        let message = client_data::signed(&self.data, client_data);
        let algorithm = self.statement.named("alg").and_then(Cbor::int);
        let signature = self.statement.named("sig").and_then(Cbor::bytes);
        algorithm == Some(key.algorithm())
            && signature.is_some_and(|signature| key.verifies(&message, signature))
    }
}

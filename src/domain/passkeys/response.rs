//! What a browser sends of a passkey: RegistrationResponseJSON and AuthenticationResponseJSON
//! (WebAuthn level 3, 5.1.8.1). Members that are not named here are not needed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Error, Result};

/// The most ways to reach an authenticator that are remembered.
const MOST_TRANSPORTS: usize = 8;

/// A passkey's answer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Credential<R> {
    id: String,
    raw_id: String,
    #[serde(rename = "type")]
    kind: String,
    authenticator_attachment: Option<String>,
    /// What it says.
    pub(super) response: R,
}

/// To `navigator.credentials.create()`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Creation {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    attestation_object: String,
    #[serde(default)]
    transports: Vec<String>,
}

/// To `navigator.credentials.get()`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Assertion {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    authenticator_data: String,
    signature: String,
    user_handle: Option<String>,
}

impl<R: DeserializeOwned> Credential<R> {
    /// From a document.
    ///
    /// # Errors: InvalidParameter
    pub(super) fn of(document: Value) -> Result<Self> {
        let credential: Self =
            serde_json::from_value(document).map_err(|_| Error::webauthn_response())?;
        let whole = credential.kind == "public-key" && credential.id == credential.raw_id;
        whole
            .then_some(credential)
            .ok_or_else(Error::webauthn_response)
    }

    /// The credential's id, base64url.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// `platform` or `cross-platform`; other words say nothing.
    pub(super) fn attachment(&self) -> Option<&str> {
        let given = self.authenticator_attachment.as_deref();
        given.filter(|word| matches!(*word, "platform" | "cross-platform"))
    }
}

impl Creation {
    pub(super) fn client_data(&self) -> Result<Vec<u8>> {
        decode(&self.client_data)
    }

    pub(super) fn attestation_object(&self) -> Result<Vec<u8>> {
        decode(&self.attestation_object)
    }

    /// The words that can be ways to reach an authenticator.
    pub(super) fn transports(&self) -> Vec<String> {
        let plain = |word: &&String| {
            (1..=32).contains(&word.len())
                && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
        };
        let words = self.transports.iter().filter(plain);
        words.take(MOST_TRANSPORTS).cloned().collect()
    }
}

impl Assertion {
    pub(super) fn client_data(&self) -> Result<Vec<u8>> {
        decode(&self.client_data)
    }

    pub(super) fn authenticator_data(&self) -> Result<Vec<u8>> {
        decode(&self.authenticator_data)
    }

    pub(super) fn signature(&self) -> Result<Vec<u8>> {
        decode(&self.signature)
    }

    /// Whose passkey the authenticator says it is. Some browsers send an empty text for nobody.
    pub(super) fn user_handle(&self) -> Option<&str> {
        self.user_handle
            .as_deref()
            .filter(|handle| !handle.is_empty())
    }
}

fn decode(text: &str) -> Result<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text);
    bytes.map_err(|_| Error::webauthn_response())
}

//! Client data: what the browser says about a ceremony, and the authenticator signs with it
//! (WebAuthn level 3, 5.8.1).

use aws_lc_rs::digest::{SHA256, digest};
use serde::Deserialize;

/// Which ceremony.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ceremony {
    /// A passkey is made.
    Create,
    /// A passkey signs in.
    Get,
}

/// What the browser says. Members that are not named here are allowed (5.8.1, at its end).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    /// The challenge, base64url.
    pub(super) challenge: String,
    /// Where the browser was.
    pub(super) origin: String,
    #[serde(default)]
    cross_origin: bool,
    top_origin: Option<String>,
}

impl ClientData {
    /// Reads it, if it is of this ceremony.
    pub(super) fn parse(json: &[u8], ceremony: Ceremony) -> Option<Self> {
        let data: Self = serde_json::from_slice(json).ok()?;
        let kind = match ceremony {
            Ceremony::Create => "webauthn.create",
            Ceremony::Get => "webauthn.get",
        };
        (data.kind == kind).then_some(data)
    }

    /// Whether the page was inside one of another origin.
    pub(super) const fn is_framed(&self) -> bool {
        self.cross_origin || self.top_origin.is_some()
    }
}

/// What the authenticator signs: its data, then the hash of the client data (6.3.3).
pub(super) fn signed(authenticator_data: &[u8], client_data: &[u8]) -> Vec<u8> {
    let hash = digest(&SHA256, client_data);
    [authenticator_data, hash.as_ref()].concat()
}

//! What the four sign-in operations answer (api-auth.md 1.1).

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::challenge::{ChallengeName, Outcome};
use crate::domain::tokens::Issued;
use crate::error::{Error, Result};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    #[serde(skip_serializing_if = "Option::is_none")]
    challenge_name: Option<ChallengeName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    challenge_parameters: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authentication_result: Option<AuthenticationResult>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    available_challenges: Vec<ChallengeName>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AuthenticationResult {
    access_token: String,
    expires_in: i64,
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_device_metadata: Option<NewDeviceMetadata>,
}

/// `NewDeviceMetadataType`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NewDeviceMetadata {
    device_key: String,
    device_group_key: String,
}

impl From<Issued> for AuthenticationResult {
    fn from(issued: Issued) -> Self {
        Self {
            access_token: issued.access_token,
            expires_in: issued.lifetime.as_seconds(),
            token_type: "Bearer",
            refresh_token: issued.refresh_token,
            id_token: issued.id_token,
            new_device_metadata: issued.new_device.map(|new| NewDeviceMetadata {
                device_key: new.key.into(),
                device_group_key: new.group_key,
            }),
        }
    }
}

impl Response {
    pub(super) fn of(outcome: Outcome) -> Result<Self> {
        match outcome {
            Outcome::Tokens(issued) => Ok(Self {
                challenge_name: None,
                session: None,
                challenge_parameters: BTreeMap::new(),
                authentication_result: Some(issued.into()),
                available_challenges: Vec::new(),
            }),
            Outcome::Challenge(next) => Ok(Self {
                challenge_name: Some(next.name),
                session: next.session,
                challenge_parameters: next.parameters,
                authentication_result: None,
                available_challenges: next.available,
            }),
            Outcome::Proven(_) => Err(Error::internal(anyhow::anyhow!(
                "the API was given a browser's sign-in"
            ))),
        }
    }
}

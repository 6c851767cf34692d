//! `UserPoolClientType`, as Create, Describe and Update answer it.

use serde::Serialize;

use crate::domain::clients::{self, Described, Kind};
use crate::settings::client::ClientSettings;
use crate::store::clients::SealedSecret;
use crate::time::{EpochSeconds, Timestamp};

/// The answer of all three.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_pool_client: UserPoolClientType,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct UserPoolClientType {
    user_pool_id: String,
    client_name: String,
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    last_modified_date: EpochSeconds,
    creation_date: EpochSeconds,
    client_type: Kind,
    #[serde(flatten)]
    settings: ClientSettings,
}

/// `ClientSecretDescriptorType`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_field_names, reason = "the names of the model")]
pub(super) struct ClientSecretDescriptor {
    pub(super) client_secret_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) client_secret_value: Option<String>,
    pub(super) client_secret_create_date: EpochSeconds,
}

impl From<SealedSecret> for ClientSecretDescriptor {
    fn from(secret: SealedSecret) -> Self {
        Self {
            client_secret_id: secret.secret_id,
            client_secret_value: None,
            client_secret_create_date: Timestamp::from_ms(secret.created_ms).into(),
        }
    }
}

impl From<Described> for Response {
    fn from(described: Described) -> Self {
        let client = described.client;
        let client_type = Kind::of(&client);
        Self {
            user_pool_client: UserPoolClientType {
                user_pool_id: client.pool.to_string(),
                client_name: client.name,
                client_id: client.id.to_string(),
                client_secret: described.secret.map(|secret| secret.expose().clone()),
                last_modified_date: client.modified.into(),
                creation_date: client.created.into(),
                client_type,
                settings: clients::shown(&client.settings),
            },
        }
    }
}

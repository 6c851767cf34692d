//! ConfirmSignUp: a person proves the contact of a new account.

use serde::Deserialize;

use crate::api::shapes::Empty;
use crate::domain::hooks::Metadata;
use crate::domain::{accounts, clients};
use crate::error::Result;
use crate::ids::ClientId;
use crate::secret::Secret;
use crate::wire::call::{Call, Public};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    client_id: ClientId,
    secret_hash: Option<Secret<String>>,
    username: String,
    confirmation_code: Secret<String>,
    #[serde(default)]
    force_alias_creation: bool,
    #[serde(default)]
    client_metadata: Metadata,
}

/// # Errors: those of [`accounts::confirm_sign_up`], ResourceNotFound, NotAuthorized (secret hash)
pub async fn confirm_sign_up(call: Call<Public>, req: Request) -> Result<Empty> {
    let (pool, client) = clients::public(&call.app, &req.client_id).await?;
    clients::check_secret_hash(&call.app, &client, &req.username, req.secret_hash.as_ref())?;
    let request = accounts::ConfirmSignUp {
        username: req.username,
        code: req.confirmation_code,
        force_alias_creation: req.force_alias_creation,
        metadata: req.client_metadata,
    };
    accounts::confirm_sign_up(&call.app, &call.actor, &pool, &client, request).await?;
    Ok(Empty {})
}

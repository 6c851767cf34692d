//! RevokeToken: an app ends one sign-in by its refresh token.

use serde::Deserialize;

use crate::api::shapes::Empty;
use crate::domain::user_sessions::Associated;
use crate::domain::{clients, revocation};
use crate::error::{Error, Result};
use crate::ids::ClientId;
use crate::secret::Secret;
use crate::wire::call::{Call, Public};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    token: Secret<String>,
    client_id: ClientId,
    client_secret: Option<Secret<String>>,
    revoke_associated_sessions: Option<Associated>,
}

/// # Errors: InvalidParameter (no such client), Unauthorized (wrong secret), UnsupportedTokenType,
/// UnsupportedOperation
pub async fn revoke_token(call: Call<Public>, req: Request) -> Result<Empty> {
    let client = revocation::client(&call.app, &req.client_id).await?;
    let secret = req.client_secret.as_ref().map(|s| s.expose().as_str());
    if !clients::check_secret(&call.app, &client, secret)? {
        return Err(Error::client_secret_wrong());
    }
    let associated = req.revoke_associated_sessions.unwrap_or(Associated::None);
    let token = (&req.token, associated);
    revocation::revoke_token(&call.app, &call.actor, &client, token).await?;
    Ok(Empty {})
}

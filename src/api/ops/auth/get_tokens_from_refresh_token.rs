//! GetTokensFromRefreshToken: a refresh by an operation of its own, the only one for refresh tokens
//! that rotate.

use serde::{Deserialize, Serialize};

use super::outcome::AuthenticationResult;
use crate::domain::clients;
use crate::domain::hooks::Metadata;
use crate::domain::refresh::{self, Door, Refresh};
use crate::error::{Error, Reason, Result};
use crate::ids::ClientId;
use crate::secret::Secret;
use crate::wire::call::{Call, Public};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    refresh_token: Secret<String>,
    client_id: ClientId,
    client_secret: Option<Secret<String>>,
    device_key: Option<String>,
    #[serde(default)]
    client_metadata: Metadata,
}

/// There is a refresh token in the result where they rotate.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    authentication_result: AuthenticationResult,
}

/// # Errors: ResourceNotFound (client), NotAuthorized (secret, token, disabled), UserNotFound,
/// RefreshTokenReuse
pub async fn get_tokens_from_refresh_token(call: Call<Public>, req: Request) -> Result<Response> {
    let (pool, client) = clients::public(&call.app, &req.client_id).await?;
    let secret = req.client_secret.as_ref().map(|s| s.expose().as_str());
    if !clients::check_secret(&call.app, &client, secret)? {
        return Err(Error::client_secret_not_verified().because(Reason::BadClientSecret));
    }
    let refresh = Refresh {
        door: Door::Operation,
        token: &req.refresh_token,
        device_key: req.device_key.as_deref(),
        metadata: &req.client_metadata,
    };
    let issued = refresh::refresh(&call.app, &call.actor, &pool, &client, refresh).await?;
    Ok(Response {
        authentication_result: issued.into(),
    })
}

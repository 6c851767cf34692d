//! The revocation endpoint (RFC 7009; oauth.md 5.2).

use super::client_auth::{self, Credentials};
use super::refusal::{OAuthCode, Refused};
use crate::app::App;
use crate::domain::revocation;
use crate::domain::user_sessions::Associated;
use crate::error::Code;
use crate::ids::PoolId;
use crate::secret::Secret;
use crate::store::audit::Actor;

/// Revokes a refresh token and the access tokens of its sign-in. A token that is not known, not
/// this client's or revoked already is no error.
pub async fn revoke(
    app: &App,
    actor: &Actor,
    pool: Option<&PoolId>,
    credentials: &Credentials,
    token: Option<&Secret<String>>,
) -> Result<(), Refused> {
    let (_, client) = client_auth::authenticate(app, pool, credentials).await?;
    let token = token.ok_or_else(|| Refused::invalid_request("token is required"))?;
    let token = (token, Associated::None);
    match revocation::revoke_token(app, actor, &client, token).await {
        Ok(()) => Ok(()),
        Err(error) => Err(match error.code {
            Code::UnsupportedTokenType => Refused::new(OAuthCode::UnsupportedTokenType),
            Code::UnsupportedOperation => {
                Refused::invalid_request("Token revocation is not enabled for this client")
            }
            _ => error.into(),
        }),
    }
}

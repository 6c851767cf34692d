//! Refresh tokens: new tokens for a sign-in that still holds.

use crate::app::App;
use crate::domain::challenge::Face;
use crate::domain::hooks::Metadata;
use crate::domain::tokens::Issued;
use crate::error::{Error, Result};
use crate::ids::PoolId;
use crate::secret::Secret;
use crate::store::audit::Actor;
use crate::store::clients::Client;
use crate::store::pools::Pool;

/// A refresh is asked for.
pub struct Refresh<'a> {
    /// Where. `Face::Hosted` is the token endpoint, which has checked the client's secret itself.
    pub face: Face,
    /// The refresh token.
    pub token: &'a Secret<String>,
    /// `SECRET_HASH`, of the user's stored user name.
    pub secret_hash: Option<&'a Secret<String>>,
    /// `ClientMetadata`.
    pub metadata: &'a Metadata,
}

/// New tokens; `auth_time`, `origin_jti` and scopes stay, attributes and groups are read again.
///
/// # Errors: NotAuthorized (`Invalid Refresh Token`, revoked, expired, disabled), UserNotFound,
/// PasswordResetRequired, InvalidParameter (flow not enabled)
pub async fn refresh(
    _app: &App,
    _actor: &Actor,
    _pool: &Pool,
    _client: &Client,
    _refresh: Refresh<'_>,
) -> Result<Issued> {
    Err(Error::invalid_refresh_token())
}

/// The pool that gave out a refresh token, to resolve requests to the bare host.
pub async fn pool_of(_app: &App, _token: &Secret<String>) -> Result<Option<PoolId>> {
    Ok(None)
}

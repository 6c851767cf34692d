//! Access tokens at the door: who is behind a token, and may they still act.

use crate::app::App;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::store::clients::Client;
use crate::store::pools::Pool;
use crate::store::users::User;

/// The person behind a valid access token.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The pool that issued it.
    pub pool: Pool,
    /// The client it was issued to.
    pub client: Client,
    /// The user, as stored now.
    pub user: User,
    /// The sign-in's shared id, where the client has token revocation on.
    pub origin_jti: Option<String>,
    /// The granted scopes.
    pub scopes: Vec<String>,
}

/// Verifies an access token for user operations (scope `aws.cognito.signin.user.admin`).
pub async fn user_operation(_app: &App, _token: &Secret<String>) -> Result<SignedIn> {
    Err(Error::invalid_access_token())
}

/// Verifies an access token for `/oauth2/userInfo` (scope `openid`) of a pool's domain.
pub async fn userinfo(_app: &App, _pool: &Pool, _token: &Secret<String>) -> Result<SignedIn> {
    Err(Error::invalid_access_token())
}

//! Tokens: what a completed sign-in is given.

use futures_util::future::BoxFuture;

use crate::app::App;
use crate::domain::hooks::Metadata;
use crate::domain::sessions::Proven;
use crate::error::{Error, Result};
use crate::ids::SessionId;
use crate::store::audit::Actor;
use crate::store::clients::Client;
use crate::store::db::Tx;
use crate::store::pools::Pool;
use crate::time::Span;

/// The tokens of one answer.
#[derive(Clone)]
pub struct Issued {
    /// The access token.
    pub access_token: String,
    /// The ID token; none when a hosted sign-in did not ask for `openid`.
    pub id_token: Option<String>,
    /// The refresh token; none in the answer to a refresh.
    pub refresh_token: Option<String>,
    /// Lifetime of the access token.
    pub lifetime: Span,
}

/// What a completed sign-in uses up, in the transaction that stores it: of many requests with the
/// same proof one wins.
pub trait Claim: Send + Sync {
    /// Uses it up for the session that is being stored, or refuses.
    fn claim<'a>(&'a self, tx: &'a mut Tx, session: &'a SessionId) -> BoxFuture<'a, Result<()>>;
}

/// A browser's sign-in that becomes tokens (the `authorization_code` grant).
pub struct Exchange<'a> {
    /// The pool.
    pub pool: &'a Pool,
    /// The client that gets the tokens.
    pub client: &'a Client,
    /// The sign-in. Tokens are refused if its user was disabled or signed out since.
    pub proven: &'a Proven,
    /// The granted scopes.
    pub scopes: &'a [String],
    /// `nonce` of the authorization request.
    pub nonce: Option<&'a str>,
}

/// Mints the tokens of a code. `claim` uses up the code.
///
/// # Errors: NotAuthorized, UserNotFound, whatever `claim` refuses with
pub async fn exchange(
    _app: &App,
    _actor: &Actor,
    _exchange: Exchange<'_>,
    _claim: &dyn Claim,
) -> Result<Issued> {
    Err(Error::not_implemented("Sign-in"))
}

/// Mints an access token for a client itself. The caller has checked secret, grant and scopes.
pub async fn client_credentials(
    _app: &App,
    _actor: &Actor,
    _pool: &Pool,
    _client: &Client,
    _scopes: &[String],
    _metadata: &Metadata,
) -> Result<Issued> {
    Err(Error::not_implemented("client_credentials"))
}

/// Whom an ID token of ours names, whether or not it has expired (`id_token_hint`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdHint {
    /// `aud`: the client.
    pub client: String,
    /// `sub`: the user.
    pub sub: String,
}

/// Reads an ID token that the pool has signed; none for everything else.
pub async fn id_token_hint(_app: &App, _pool: &Pool, _token: &str) -> Result<Option<IdHint>> {
    Ok(None)
}

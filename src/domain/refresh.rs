//! Refresh tokens: new tokens for a sign-in that still holds.

use crate::app::App;
use crate::domain::challenge::{Face, built};
use crate::domain::clients;
use crate::domain::complete::{Completion, REFRESH, complete};
use crate::domain::hooks::{Metadata, TokenSource};
use crate::domain::tokens::{Issued, Nothing};
use crate::error::{Error, Reason, Result};
use crate::ids::PoolId;
use crate::secret::Secret;
use crate::settings::client::OAuthFlow;
use crate::store::audit::Actor;
use crate::store::clients::Client;
use crate::store::pools::Pool;
use crate::store::refresh_tokens;
use crate::store::sessions::{self, Session};
use crate::store::users::{self, Status, User};

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
    app: &App,
    actor: &Actor,
    pool: &Pool,
    client: &Client,
    refresh: Refresh<'_>,
) -> Result<Issued> {
    built::check_devices(pool)?;
    if client.settings.rotates() {
        return Err(Error::not_implemented("Refresh token rotation"));
    }
    let (session, user) = standing(app, client, refresh.token).await?;
    if refresh.face != Face::Hosted {
        clients::check_secret_hash(app, client, &user.username, refresh.secret_hash)?;
    }
    if !user.enabled {
        return Err(Error::user_is_disabled().because(Reason::UserDisabled));
    }
    if user.status == Status::ResetRequired {
        return Err(Error::password_reset_required());
    }
    let session = Session {
        scope: still_granted(client, &session)?,
        ..session
    };
    let completion = Completion {
        pool,
        client,
        user: &user,
        session: &session,
        new: false,
        source: TokenSource::RefreshTokens,
        nonce: None,
        metadata: refresh.metadata,
    };
    complete(app, actor, completion, &Nothing).await
}

/// The pool that gave out a refresh token, to resolve requests to the bare host.
pub async fn pool_of(app: &App, token: &Secret<String>) -> Result<Option<PoolId>> {
    let hashes = app.vault.hashes(REFRESH, token.expose());
    let mut db = app.store.read().await?;
    let found = refresh_tokens::find(&mut db, &hashes).await?;
    Ok(found.map(|token| token.pool))
}

/// The session of a refresh token of this client, neither ended nor expired, and its user.
async fn standing(app: &App, client: &Client, token: &Secret<String>) -> Result<(Session, User)> {
    let invalid = || Error::invalid_refresh_token().because(Reason::BadToken);
    let hashes = app.vault.hashes(REFRESH, token.expose());
    let mut db = app.store.read().await?;
    let found = sessions::of_refresh_token(&mut db, &hashes).await?;
    let (session, expires) = found
        .filter(|(session, _)| session.pool == client.pool && session.client == client.id)
        .ok_or_else(invalid)?;
    if session.revoked.is_some() {
        return Err(Error::refresh_token_revoked().because(Reason::RevokedToken));
    }
    if app.clock.now(&client.pool) >= expires {
        return Err(Error::refresh_token_expired().because(Reason::ExpiredToken));
    }
    let user = users::by_sub(&mut db, &client.pool, &session.sub).await?;
    let unknown = || Error::user_does_not_exist().because(Reason::UnknownUser);
    Ok((session, user.ok_or_else(unknown)?))
}

/// The scopes of a session that its client still allows (security.md D10). Those of an API sign-in
/// are not subject to the client's OAuth settings.
fn still_granted(client: &Client, session: &Session) -> Result<String> {
    if session.origin.is_none() {
        return Ok(session.scope.clone());
    }
    let invalid = || Error::invalid_refresh_token().because(Reason::BadToken);
    let allowed = client.settings.allowed_oauth_scopes.as_deref();
    let allowed = allowed.unwrap_or_default();
    let granted = session.scope.split(' ');
    let left: Vec<&str> = granted
        .filter(|scope| allowed.iter().any(|name| name == scope))
        .collect();
    if left.is_empty() || !client.settings.allows_oauth(OAuthFlow::Code) {
        return Err(invalid());
    }
    Ok(left.join(" "))
}

//! Refresh tokens: new tokens for a sign-in that still holds.
//!
//! [`refresh`] serves the sign-in flow of both APIs, GetTokensFromRefreshToken and the token
//! endpoint. Where the client's refresh tokens rotate, a refresh gives a new one with the expiry of
//! the first; the old one works for the grace period more, from its first use on. At grace 0 one of
//! many refreshes with the same token wins: it is used up in the transaction that stores the next.

use futures_util::future::BoxFuture;

use crate::app::App;
use crate::domain::clients;
use crate::domain::complete::{Completion, REFRESH, complete};
use crate::domain::devices;
use crate::domain::hooks::{Metadata, TokenSource};
use crate::domain::refresh_token;
use crate::domain::revocation;
use crate::domain::tokens::{Claim, Issued, Nothing};
use crate::error::{Error, Reason, Result};
use crate::ids::{PoolId, SessionId};
use crate::secret::Secret;
use crate::settings::client::OAuthFlow;
use crate::store::audit::{Actor, Event};
use crate::store::clients::Client;
use crate::store::db::{Conn, Tx};
use crate::store::pools::Pool;
use crate::store::refresh_tokens::{self, RefreshToken};
use crate::store::sessions::{self, Session};
use crate::store::users::{self, Status, User};
use crate::time::{Span, Timestamp};

/// A refresh is asked for.
pub struct Refresh<'a> {
    /// Where, and what proves the client.
    pub door: Door<'a>,
    /// The refresh token.
    pub token: &'a Secret<String>,
    /// `DeviceKey` of the device that the user signed in with.
    pub device_key: Option<&'a str>,
    /// `ClientMetadata`.
    pub metadata: &'a Metadata,
}

/// Where a refresh is asked for.
#[derive(Clone, Copy)]
pub enum Door<'a> {
    /// REFRESH_TOKEN_AUTH of InitiateAuth and AdminInitiateAuth, with `SECRET_HASH`, which is of
    /// the user's stored user name. Rotating tokens do not pass here.
    Flow(Option<&'a Secret<String>>),
    /// GetTokensFromRefreshToken, which has checked the client's secret itself.
    Operation,
    /// The token endpoint, which has checked the client's secret itself.
    Endpoint,
}

/// New tokens; `auth_time`, `origin_jti` and scopes stay, attributes and groups are read again.
///
/// # Errors: NotAuthorized (`Invalid Refresh Token`, revoked, expired, disabled), UserNotFound,
/// PasswordResetRequired (not at [`Door::Operation`]), RefreshTokenReuse (not at [`Door::Flow`])
pub async fn refresh(
    app: &App,
    actor: &Actor,
    pool: &Pool,
    client: &Client,
    refresh: Refresh<'_>,
) -> Result<Issued> {
    let Standing {
        token,
        session,
        user,
    } = standing(app, client, refresh.token).await?;
    check_device(pool, &session, &refresh)?;
    if let Door::Flow(secret_hash) = refresh.door {
        clients::check_secret_hash(app, client, &user.username, secret_hash)?;
    }
    let rotation = Rotation {
        token: &token,
        now: app.clock.now(&pool.id),
        grace: client.settings.rotation_grace(),
    };
    if let Err(error) = rotation.check(token.used) {
        return Err(reused(app, actor, &session, refresh.door, error).await);
    }
    if user.status == Status::ResetRequired {
        return Err(match refresh.door {
            // The operation's model has no PasswordResetRequiredException.
            Door::Operation => Error::invalid_refresh_token().because(Reason::BadToken),
            Door::Flow(_) | Door::Endpoint => Error::password_reset_required(),
        });
    }
    let session = Session {
        scope: still_granted(client, &session)?,
        ..session
    };
    let rotates = client.settings.rotates() || must_rotate(app, client, refresh.door);
    let completion = Completion {
        pool,
        client,
        user: &user,
        session: &session,
        new: false,
        refreshable: rotates,
        source: match refresh.door {
            Door::Operation => TokenSource::RefreshOperation,
            Door::Flow(_) | Door::Endpoint => TokenSource::RefreshTokens,
        },
        nonce: None,
        decided: None,
        metadata: refresh.metadata,
        derived: None,
    };
    let claim: &dyn Claim = if rotates { &rotation } else { &Nothing };
    match complete(app, actor, completion, claim).await {
        Err(error) if error.reason == Some(Reason::ReusedToken) => {
            Err(reused(app, actor, &session, refresh.door, error).await)
        }
        done => done,
    }
}

/// The refresh tokens of a client that cannot keep a secret change hands at each use (RFC 9700
/// 2.2.2). The operations leave it to the client's setting, as their callers expect.
fn must_rotate(app: &App, client: &Client, door: Door<'_>) -> bool {
    let public = client.secrets.is_empty() && matches!(door, Door::Endpoint);
    public && app.profile(Some(&client.pool)).is_strict()
}

/// A sign-in at the API needs its device where the pool tracks them, and only the API can name it
/// (oauth.md 4.3). One that was given none, or whose device was forgotten, is not refreshed. The app
/// of a sign-in on the pages need not name the browser, but it may not name another device.
fn check_device(pool: &Pool, session: &Session, refresh: &Refresh<'_>) -> Result<()> {
    if !devices::tracks(pool) {
        return Ok(());
    }
    let at_api = !matches!(refresh.door, Door::Endpoint);
    let own = session.device_key.as_deref();
    let fits = if session.origin.is_some() {
        own.is_none() || refresh.device_key.is_none() || own == refresh.device_key
    } else {
        at_api && own.is_some() && own == refresh.device_key
    };
    if fits {
        return Ok(());
    }
    Err(Error::invalid_refresh_token().because(Reason::UnknownDevice))
}

/// Puts a reuse into the audit, for it may be a thief's, and by the standards ends the sign-in: of
/// thief and owner nobody can say who came first (RFC 9700 4.14.2; security.md D9). Gives the error to answer with: the model
/// of the sign-in operations knows no RefreshTokenReuseException.
async fn reused(
    app: &App,
    actor: &Actor,
    session: &Session,
    door: Door<'_>,
    error: Error,
) -> Error {
    let noted = async {
        let at = app.clock.now(&session.pool);
        let mut tx = app.store.write(actor).await?;
        if app.profile(Some(&session.pool)).is_strict() {
            revocation::end_session(&mut tx, &session.pool, &session.id, at).await?;
        }
        let event = Event {
            at,
            pool: Some(&session.pool),
            act: "RefreshTokens",
            target: Some(session.sub.as_str()),
            refused: error.reason,
        };
        tx.audit(event).await?;
        tx.commit().await?;
        Ok(())
    };
    match (noted.await, door) {
        (Err(failed), _) => failed,
        (Ok(()), Door::Flow(_)) => Error::refresh_token_revoked().because(Reason::ReusedToken),
        (Ok(()), _) => error,
    }
}

/// The pool that gave out a refresh token, to resolve requests to the bare host.
pub async fn pool_of(app: &App, token: &Secret<String>) -> Result<Option<PoolId>> {
    let mut db = app.store.read().await?;
    let found = find(app, &mut db, token).await?;
    Ok(found.map(|token| token.pool))
}

/// The stored token of a text.
async fn find(app: &App, db: &mut Conn, token: &Secret<String>) -> Result<Option<RefreshToken>> {
    let hashes = app.vault.hashes(REFRESH, token.expose());
    refresh_tokens::find(db, &hashes).await
}

/// A refresh token of this client, of a session that has neither ended nor expired.
struct Standing {
    token: RefreshToken,
    session: Session,
    user: User,
}

async fn standing(app: &App, client: &Client, token: &Secret<String>) -> Result<Standing> {
    let invalid = || Error::invalid_refresh_token().because(Reason::BadToken);
    let mut db = app.store.read().await?;
    let hashes = app.vault.hashes(REFRESH, token.expose());
    let unknown = || Error::user_does_not_exist().because(Reason::UnknownUser);
    let Some((session, token)) = sessions::of_refresh_token(&mut db, &hashes).await? else {
        // With a user go the user's tokens; they remember whose they were.
        let sub = refresh_token::bearer(app, client, token).ok_or_else(invalid)?;
        let there = users::by_sub(&mut db, &client.pool, &sub).await?.is_some();
        return Err(if there { invalid() } else { unknown() });
    };
    if session.pool != client.pool || session.client != client.id {
        return Err(invalid());
    }
    let user = users::by_sub(&mut db, &client.pool, &session.sub).await?;
    let user = user.ok_or_else(unknown)?;
    // Before what disabling revokes as well: a token that is good no more says why.
    if !user.enabled {
        return Err(Error::user_is_disabled().because(Reason::UserDisabled));
    }
    if session.revoked.is_some() {
        return Err(Error::refresh_token_revoked().because(Reason::RevokedToken));
    }
    if app.clock.now(&client.pool) >= token.expires {
        return Err(Error::refresh_token_expired().because(Reason::ExpiredToken));
    }
    Ok(Standing {
        token,
        session,
        user,
    })
}

/// The end of a refresh token: another is given for it.
struct Rotation<'a> {
    token: &'a RefreshToken,
    now: Timestamp,
    grace: Span,
}

impl Rotation<'_> {
    /// Refuses a token that was used before, and longer ago than the grace period. One that was
    /// used while tokens rotated stays used when they rotate no more.
    fn check(&self, used: Option<Timestamp>) -> Result<()> {
        match used {
            Some(used) if self.now >= used.plus(self.grace) => {
                Err(Error::refresh_token_reused().because(Reason::ReusedToken))
            }
            _ => Ok(()),
        }
    }

    async fn use_up(&self, tx: &mut Tx) -> Result<()> {
        if refresh_tokens::use_up(tx, self.token, self.now).await? {
            return Ok(());
        }
        let hash = std::slice::from_ref(&self.token.hash);
        match refresh_tokens::find(tx, hash).await? {
            Some(token) => self.check(token.used),
            None => Err(Error::invalid_refresh_token().because(Reason::BadToken)),
        }
    }
}

impl Claim for Rotation<'_> {
    fn claim<'a>(&'a self, tx: &'a mut Tx, _session: &'a SessionId) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.use_up(tx))
    }
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

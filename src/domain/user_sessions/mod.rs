//! The sessions of a user, for the user and for administrators: listed and ended one by one.
//!
//! Source: the model's documentation of ListUserSessions, RevokeUserSession and their Admin forms.

mod config;
pub mod device;

use crate::app::App;
use crate::domain::access::SignedIn;
use crate::domain::{pools, usernames};
use crate::error::{Error, Result};
use crate::ids::{PoolId, SessionId, Sub};
use crate::names;
use crate::store::audit::{Actor, Event};
use crate::store::db::Tx;
use crate::store::pools::Pool;
use crate::store::sessions::{self, Kind, Session};
use crate::store::user_sessions;
use crate::time::{Span, Timestamp};

pub use config::{ClientConfig, client_config, pool_config, set_client_config, set_pool_config};

/// The most sessions of an answer, which is one page.
const MOST: i64 = 125;

names! {
    /// `RevokeAssociatedSessions`.
    pub enum Associated { None = "NONE", Linked = "LINKED" }
}

/// Sessions with the one that the caller's token belongs to.
pub struct Listed {
    /// The sessions, the last used first.
    pub sessions: Vec<Session>,
    /// The caller's own.
    pub current: Option<SessionId>,
}

/// The sessions of a signed-in user.
///
/// # Errors: OperationNotEnabled, InvalidParameter (token: there is one page)
pub async fn list_own(app: &App, who: &SignedIn, token: Option<&str>) -> Result<Listed> {
    check_tracked(&who.pool)?;
    check_token(token)?;
    let sessions = live(app, &who.pool, &who.user.sub).await?;
    let current = Some(who.session.clone());
    Ok(Listed { sessions, current })
}

/// The sessions of a user, for an administrator.
///
/// # Errors: ResourceNotFound, UserNotFound, OperationNotEnabled, InvalidParameter (token)
pub async fn list_of(
    app: &App,
    pool: &PoolId,
    username: &str,
    token: Option<&str>,
) -> Result<Listed> {
    let (pool, sub) = named(app, pool, username).await?;
    check_token(token)?;
    let sessions = live(app, &pool, &sub).await?;
    Ok(Listed {
        sessions,
        current: None,
    })
}

/// Ends a session of a signed-in user, but not the one that asks.
///
/// # Errors: OperationNotEnabled, ResourceNotFound, InvalidParameter (the caller's own)
pub async fn revoke_own(
    app: &App,
    actor: &Actor,
    who: &SignedIn,
    (session, associated): (&str, Associated),
) -> Result<()> {
    check_tracked(&who.pool)?;
    if session == who.session.as_str() {
        return Err(Error::session_is_current());
    }
    let owner = (&who.pool, &who.user.sub);
    let act = ("RevokeUserSession", associated);
    revoke(app, actor, owner, session, act).await
}

/// Ends a session of a user, for an administrator.
///
/// # Errors: ResourceNotFound (pool, session), UserNotFound, OperationNotEnabled
pub async fn revoke_of(
    app: &App,
    actor: &Actor,
    (pool, username): (&PoolId, &str),
    (session, associated): (&str, Associated),
) -> Result<()> {
    let (pool, sub) = named(app, pool, username).await?;
    let act = ("AdminRevokeUserSession", associated);
    revoke(app, actor, (&pool, &sub), session, act).await
}

/// Brings a user within the pool's limit for a session that is being opened, and notes the use of
/// the browser session that a token session came from. Nothing where sessions are not tracked.
pub(in crate::domain) async fn track(
    tx: &mut Tx,
    actor: &Actor,
    pool: &Pool,
    (session, new): (&Session, bool),
    now: Timestamp,
) -> Result<()> {
    let settings = &pool.document.sessions;
    if !settings.tracks() {
        return Ok(());
    }
    if new {
        let most = settings.max_per_user().saturating_sub(1);
        user_sessions::evict(tx, session, most, now).await?;
    }
    if let Some(origin) = &session.origin {
        sessions::touch_browser(tx, &pool.id, origin, (now, actor)).await?;
    }
    Ok(())
}

/// Ends what is linked to a session: what came from a browser's, or the browser's it came from.
pub(in crate::domain) async fn revoke_linked(
    tx: &mut Tx,
    session: &Session,
    now: Timestamp,
) -> Result<()> {
    match (session.kind, &session.origin) {
        (Kind::Browser, _) => {
            let owner = (&session.pool, &session.sub);
            user_sessions::revoke_from(tx, owner, &session.id, now).await?;
        }
        (Kind::Token, Some(origin)) => {
            sessions::revoke(tx, &session.pool, origin, now).await?;
        }
        (Kind::Token, None) => {}
    }
    Ok(())
}

/// How long a browser's session is kept in a pool.
pub(in crate::domain) fn browser_lifetime(pool: &Pool) -> Span {
    Span::minutes(pool.document.sessions.kept_minutes())
}

fn check_tracked(pool: &Pool) -> Result<()> {
    if pool.document.sessions.tracks() {
        return Ok(());
    }
    Err(Error::tracking_not_enabled())
}

/// There is one page, so there is no token that was given out.
fn check_token(token: Option<&str>) -> Result<()> {
    token.map_or(Ok(()), |_| Err(Error::invalid_pagination_token()))
}

async fn named(app: &App, pool: &PoolId, username: &str) -> Result<(Pool, Sub)> {
    let pool = pools::get(app, pool).await?;
    let user = {
        let mut db = app.store.read().await?;
        usernames::get(&mut db, &pool, username).await?
    };
    check_tracked(&pool)?;
    Ok((pool, user.sub))
}

async fn live(app: &App, pool: &Pool, sub: &Sub) -> Result<Vec<Session>> {
    let now = app.clock.now(&pool.id);
    let mut db = app.store.read().await?;
    let mut sessions = user_sessions::live(&mut db, (&pool.id, sub), now, MOST).await?;
    let kept = browser_lifetime(pool);
    sessions.retain(|s| s.kind == Kind::Token || now < s.auth_at.plus(kept));
    Ok(sessions)
}

async fn revoke(
    app: &App,
    actor: &Actor,
    (pool, sub): (&Pool, &Sub),
    session: &str,
    (act, associated): (&str, Associated),
) -> Result<()> {
    let id = SessionId::parse(session).map_err(|_| Error::session_not_found())?;
    let now = app.clock.now(&pool.id);
    let mut tx = app.store.write(actor).await?;
    let found = sessions::find(&mut tx, &pool.id, &id).await?;
    let found = found.filter(|s| s.sub == *sub && s.revoked.is_none() && now < s.expires);
    let found = found.ok_or_else(Error::session_not_found)?;
    if !sessions::revoke(&mut tx, &pool.id, &id, now).await? {
        return Err(Error::session_not_found());
    }
    if associated == Associated::Linked {
        revoke_linked(&mut tx, &found, now).await?;
    }
    tx.audit(Event {
        at: now,
        pool: Some(&pool.id),
        act,
        target: Some(sub.as_str()),
        refused: None,
    })
    .await?;
    tx.commit().await?;
    Ok(())
}

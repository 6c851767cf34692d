//! Completed sign-ins that last: a browser's (SSO) and those that tokens hang off.

use crate::app::App;
use crate::domain::claims::ADMIN_SCOPE;
use crate::domain::complete::hold;
use crate::domain::lockout;
use crate::domain::tokens::Claim;
use crate::domain::user_sessions::browser_lifetime;
use crate::error::Result;
use crate::ids::{DeviceKey, PoolId, SessionId, Uuid};
use crate::settings::sessions::DEFAULT_VALIDITY_MINUTES;
use crate::store::audit::{Actor, Event};
use crate::store::clients::Client;
use crate::store::pools::Pool;
use crate::store::sessions::{self, Assurance, Kind, Session};
use crate::store::users::{self, Status, User};
use crate::time::{Span, Timestamp};

/// A person signed in with a browser: the live row behind the session cookie.
#[derive(Clone, Debug)]
pub struct Proven {
    /// The user, as stored now.
    pub user: User,
    /// The browser session: what the cookie seals.
    pub session: SessionId,
    /// When the person signed in.
    pub auth_at: Timestamp,
    /// The device that the browser is, where the pool tracks them.
    pub device: Option<DeviceKey>,
    /// The id of that event, which every token made of it carries.
    pub event_id: Uuid,
    /// What the sign-in is worth.
    pub assurance: Assurance,
    /// When the browser session ends (not sliding): an hour after the sign-in, or longer where the
    /// pool tracks sessions and a client says so.
    pub expires: Timestamp,
}

impl Proven {
    /// Whether a client takes this sign-in without asking again. Where sessions are tracked each
    /// client says for how long (`SSOSession.MaxValidityMinutes`).
    pub fn serves(&self, app: &App, pool: &Pool, client: &Client) -> bool {
        let minutes = if pool.document.sessions.tracks() {
            client.extras.sso_minutes()
        } else {
            DEFAULT_VALIDITY_MINUTES
        };
        app.clock.now(&pool.id) < self.auth_at.plus(Span::minutes(minutes))
    }
}

/// The browser session of an id, unless it ended or its user may not sign in: disabled, or to reset
/// the password first (security.md H8). It outlives a global sign-out, as Cognito's does.
pub async fn browser(app: &App, pool: &Pool, session: &SessionId) -> Result<Option<Proven>> {
    let (kept, pool) = (browser_lifetime(pool), &pool.id);
    let now = app.clock.now(pool);
    let mut db = app.store.read().await?;
    let found = sessions::find(&mut db, pool, session).await?;
    let end = |s: &Session| s.expires.min(s.auth_at.plus(kept));
    let live = |s: &Session| s.kind == Kind::Browser && s.revoked.is_none() && now < end(s);
    let Some(found) = found.filter(live) else {
        return Ok(None);
    };
    let user = users::by_sub(&mut db, pool, &found.sub).await?;
    let may = |user: &User| user.enabled && user.status != Status::ResetRequired;
    Ok(user.filter(may).map(|user| Proven {
        user,
        device: device_of(&found),
        session: found.id,
        auth_at: found.auth_at,
        event_id: found.event_id,
        assurance: found.assurance,
        expires: found.expires.min(found.auth_at.plus(kept)),
    }))
}

/// The device that a browser session is on.
pub(in crate::domain) fn device_of(session: &Session) -> Option<DeviceKey> {
    let key = session.device_key.as_deref()?;
    DeviceKey::parse(key).ok()
}

/// Ends a browser session (`/logout`). Ending one that is not there is no error.
pub async fn end_browser(
    app: &App,
    actor: &Actor,
    pool: &PoolId,
    session: &SessionId,
) -> Result<()> {
    let now = app.clock.now(pool);
    let mut tx = app.store.write(actor).await?;
    if sessions::revoke(&mut tx, pool, session, now).await? {
        let event = Event {
            at: now,
            pool: Some(pool),
            act: "SignOut",
            target: Some(session.as_str()),
            refused: None,
        };
        tx.audit(event).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// A new token session of an API sign-in, not stored yet.
pub(super) fn new(
    app: &App,
    actor: &Actor,
    client: &Client,
    (user, assurance): (&User, Assurance),
) -> Result<Session> {
    let now = app.clock.now(&user.pool);
    Ok(Session {
        pool: user.pool.clone(),
        id: app.rng.session_id("tkn")?,
        kind: Kind::Token,
        sub: user.sub.clone(),
        client: client.id.clone(),
        origin_jti: app.rng.uuid()?,
        event_id: app.rng.uuid()?,
        origin: None,
        scope: ADMIN_SCOPE.to_owned(),
        resource: None,
        assurance,
        device_key: None,
        ip: actor.ip.clone(),
        agent: actor.agent.clone(),
        auth_at: now,
        created: now,
        last_used: now,
        expires: now.plus(client.settings.refresh_token_lifetime()),
        revoked: None,
    })
}

/// Stores a browser's completed sign-in.
pub(super) async fn open_browser(
    (app, actor): (&App, &Actor),
    (pool, client): (&Pool, &Client),
    (user, assurance): (User, Assurance),
    (event, device): (Option<Uuid>, Option<&DeviceKey>),
    claim: &dyn Claim,
) -> Result<Proven> {
    let now = app.clock.now(&user.pool);
    let session = Session {
        id: app.rng.session_id("sso")?,
        kind: Kind::Browser,
        scope: String::new(),
        expires: now.plus(browser_lifetime(pool)),
        ..new(app, actor, client, (&user, assurance))?
    };
    let session = Session {
        device_key: device.map(ToString::to_string),
        event_id: event.unwrap_or(session.event_id),
        ..session
    };
    let mut tx = app.store.write(actor).await?;
    claim.claim(&mut tx, &session.id).await?;
    hold(&mut tx, &user).await?;
    lockout::clear(&mut tx, &user.pool, &user.sub).await?;
    sessions::insert(&mut tx, &session).await?;
    let event = Event {
        at: now,
        pool: Some(&user.pool),
        act: "BrowserSignIn",
        target: Some(user.sub.as_str()),
        refused: None,
    };
    tx.audit(event).await?;
    tx.commit().await?;
    Ok(Proven {
        user,
        device: device.cloned(),
        session: session.id,
        auth_at: session.auth_at,
        event_id: session.event_id,
        assurance: session.assurance,
        expires: session.expires,
    })
}

//! Completed sign-ins that last: those that tokens hang off, and those of browsers.

use super::audit::Actor;
use super::db::{Conn, DbError, Tx};
use super::refresh_tokens::RefreshToken;
use super::users::{self, User};
use crate::error::{Error, Result};
use crate::ids::{ClientId, DeviceKey, PoolId, SessionId, Sub, Uuid};
use crate::names;
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    BY_ID = "SELECT pool_id, session_id, kind, sub, client_id, origin_jti, event_id, origin_id, scope, device_key, ip, agent, \
             auth_ms, created_ms, last_used_ms, expires_ms, revoked_ms, resource, acr, amr \
             FROM sessions WHERE pool_id = $1 AND session_id = $2";
    BY_TOKEN = "SELECT s.pool_id, s.session_id, s.kind, s.sub, s.client_id, s.origin_jti, s.event_id, s.origin_id, s.scope, \
                s.device_key, s.ip, s.agent, s.auth_ms, s.created_ms, s.last_used_ms, s.expires_ms, s.revoked_ms, s.resource, s.acr, s.amr, \
                t.token_hash, t.expires_ms AS token_expires_ms, t.used_ms AS token_used_ms FROM refresh_tokens t \
                JOIN sessions s ON s.pool_id = t.pool_id AND s.session_id = t.session_id WHERE t.token_hash = $1";
    /// A user, and whether the sign-in of an access token stands; both ways are index look-ups.
    USER_BY_ORIGIN = "SELECT u.pool_id, u.sub, u.username, u.username_key, u.status, u.enabled, u.attributes, u.created_ms, \
                      u.modified_ms, u.auth_epoch, u.tokens_valid_from_ms, u.mfa, u.version, s.session_id FROM users u \
                      LEFT JOIN sessions s ON s.pool_id = u.pool_id AND s.origin_jti = $3 AND s.sub = u.sub \
                      AND s.revoked_ms IS NULL WHERE u.pool_id = $1 AND u.sub = $2";
    USER_BY_EVENT = "SELECT u.pool_id, u.sub, u.username, u.username_key, u.status, u.enabled, u.attributes, u.created_ms, \
                     u.modified_ms, u.auth_epoch, u.tokens_valid_from_ms, u.mfa, u.version, s.session_id FROM users u \
                     LEFT JOIN sessions s ON s.pool_id = u.pool_id AND s.sub = u.sub AND s.event_id = $3 \
                     AND s.kind = 'TOKEN' AND s.revoked_ms IS NULL WHERE u.pool_id = $1 AND u.sub = $2 LIMIT 1";
    INSERT = "INSERT INTO sessions (pool_id, session_id, kind, sub, client_id, origin_jti, event_id, origin_id, scope, device_key, \
              ip, agent, auth_ms, created_ms, last_used_ms, expires_ms, resource, acr, amr) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";
    /// A session whose device was forgotten meanwhile is not used any more.
    TOUCH = "UPDATE sessions SET last_used_ms = $3, ip = COALESCE($5, ip), agent = COALESCE($6, agent) \
             WHERE pool_id = $1 AND session_id = $2 AND revoked_ms IS NULL AND COALESCE(device_key, '') = COALESCE($4, '')";
    TOUCH_BROWSER = "UPDATE sessions SET last_used_ms = $3, ip = COALESCE($4, ip), agent = COALESCE($5, agent) \
                     WHERE pool_id = $1 AND session_id = $2 AND revoked_ms IS NULL";
    /// Takes the rows, so that registering and forgetting a device wait for each other.
    HOLD_DEVICE = "UPDATE sessions SET device_key = device_key \
                   WHERE pool_id = $1 AND sub = $2 AND device_key = $3 AND revoked_ms IS NULL";
    END_REFRESH = "DELETE FROM refresh_tokens WHERE pool_id = $1 AND session_id IN \
                   (SELECT session_id FROM sessions WHERE pool_id = $1 AND sub = $2 AND device_key = $3)";
    END_BROWSER = "UPDATE sessions SET revoked_ms = $4 \
                   WHERE pool_id = $1 AND sub = $2 AND device_key = $3 AND kind = 'SSO' AND revoked_ms IS NULL";
    BIND_BROWSER = "UPDATE sessions SET device_key = $3 WHERE pool_id = $1 AND session_id = $2 AND revoked_ms IS NULL";
    UNBIND = "UPDATE sessions SET device_key = NULL WHERE pool_id = $1 AND sub = $2 AND device_key = $3";
    REVOKE = "UPDATE sessions SET revoked_ms = $3 WHERE pool_id = $1 AND session_id = $2 AND revoked_ms IS NULL";
    REVOKE_TOKENS_OF_USER = "UPDATE sessions SET revoked_ms = $3 \
                             WHERE pool_id = $1 AND sub = $2 AND kind = 'TOKEN' AND revoked_ms IS NULL";
    /// The user's row stays as it is until the transaction ends, so that a sign-in cannot slip past
    /// a sign-out that runs beside it. SQLite has one writer and needs no lock.
    HOLD_USER = sqlite "SELECT enabled, auth_epoch FROM users WHERE pool_id = $1 AND sub = $2"
                postgres "SELECT enabled, auth_epoch FROM users WHERE pool_id = $1 AND sub = $2 FOR SHARE";
    PRUNE = "DELETE FROM sessions WHERE (pool_id, session_id) IN \
             (SELECT pool_id, session_id FROM sessions WHERE expires_ms <= $1 LIMIT $2)";
    END_USER = "UPDATE users SET auth_epoch = auth_epoch + 1, tokens_valid_from_ms = $3, version = version + 1 \
                WHERE pool_id = $1 AND sub = $2";
}

names! {
    /// What hangs off a session.
    pub enum Kind { Token = "TOKEN", Browser = "SSO" }
}

/// What a sign-in is worth, as its tokens say it (`domain::assurance`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assurance {
    /// `acr`: the level, as the pool called it when the sign-in was completed.
    pub acr: Option<String>,
    /// `amr`, joined by spaces.
    pub amr: String,
}

/// A completed sign-in.
#[derive(Clone, Debug)]
pub struct Session {
    /// The pool.
    pub pool: PoolId,
    /// Its id.
    pub id: SessionId,
    /// What hangs off it.
    pub kind: Kind,
    /// The user.
    pub sub: Sub,
    /// The client that the user signed in to.
    pub client: ClientId,
    /// The id that its tokens share.
    pub origin_jti: Uuid,
    /// The id of the event in which the user signed in.
    pub event_id: Uuid,
    /// The browser session this one came from.
    pub origin: Option<SessionId>,
    /// The granted scopes, joined by spaces.
    pub scope: String,
    /// The API that its access tokens are for (RFC 8707).
    pub resource: Option<String>,
    /// What the sign-in is worth.
    pub assurance: Assurance,
    /// The device that the user signed in with.
    pub device_key: Option<String>,
    /// The address that the user signed in from.
    pub ip: Option<String>,
    /// The user agent that the user signed in with.
    pub agent: Option<String>,
    /// When the user signed in.
    pub auth_at: Timestamp,
    /// When the row was made.
    pub created: Timestamp,
    /// When it was last used.
    pub last_used: Timestamp,
    /// When it ends by itself.
    pub expires: Timestamp,
    /// When it was ended.
    pub revoked: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pool_id: String,
    session_id: String,
    kind: String,
    sub: String,
    client_id: String,
    origin_jti: String,
    event_id: String,
    origin_id: Option<String>,
    scope: String,
    device_key: Option<String>,
    ip: Option<String>,
    agent: Option<String>,
    auth_ms: i64,
    created_ms: i64,
    last_used_ms: i64,
    expires_ms: i64,
    revoked_ms: Option<i64>,
    resource: Option<String>,
    acr: Option<String>,
    amr: String,
}

impl TryFrom<Row> for Session {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        let origin = row.origin_id.map(SessionId::parse).transpose();
        Ok(Self {
            pool: PoolId::parse(row.pool_id).map_err(Error::internal)?,
            id: SessionId::parse(row.session_id).map_err(Error::internal)?,
            kind: Kind::try_from(row.kind).map_err(Error::internal)?,
            sub: Sub::parse(row.sub).map_err(Error::internal)?,
            client: ClientId::parse(row.client_id).map_err(Error::internal)?,
            origin_jti: Uuid::parse(row.origin_jti).map_err(Error::internal)?,
            event_id: Uuid::parse(row.event_id).map_err(Error::internal)?,
            origin: origin.map_err(Error::internal)?,
            scope: row.scope,
            resource: row.resource,
            assurance: Assurance {
                acr: row.acr,
                amr: row.amr,
            },
            device_key: row.device_key,
            ip: row.ip,
            agent: row.agent,
            auth_at: Timestamp::from_ms(row.auth_ms),
            created: Timestamp::from_ms(row.created_ms),
            last_used: Timestamp::from_ms(row.last_used_ms),
            expires: Timestamp::from_ms(row.expires_ms),
            revoked: row.revoked_ms.map(Timestamp::from_ms),
        })
    }
}

#[derive(sqlx::FromRow)]
struct TokenRow {
    #[sqlx(flatten)]
    session: Row,
    token_hash: String,
    token_expires_ms: i64,
    token_used_ms: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct Found {
    #[sqlx(flatten)]
    user: users::Row,
    session_id: Option<String>,
}

/// How a token names its session.
#[derive(Clone, Copy, Debug)]
pub enum Named<'a> {
    /// By `origin_jti`.
    Origin(&'a str),
    /// By `event_id`, where the client's tokens have no `origin_jti`.
    Event(&'a str),
}

/// What of a user's row decides whether a sign-in may be completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Held {
    /// Whether the user may sign in at all.
    pub enabled: bool,
    /// Raised by everything that ends sign-ins in progress.
    pub auth_epoch: i64,
}

/// The session of an id, ended ones included.
pub async fn find(db: &mut Conn, pool: &PoolId, session: &SessionId) -> Result<Option<Session>> {
    let row: Option<Row> = db.optional(BY_ID, args![pool, session]).await?;
    row.map(Session::try_from).transpose()
}

/// The session of a refresh token, ended ones included, and the token. `hashes` are those that the
/// same text may have, by key.
pub async fn of_refresh_token(
    db: &mut Conn,
    hashes: &[String],
) -> Result<Option<(Session, RefreshToken)>> {
    for hash in hashes {
        let row: Option<TokenRow> = db.optional(BY_TOKEN, args![hash]).await?;
        if let Some(row) = row {
            let session: Session = row.session.try_into()?;
            let token = RefreshToken {
                pool: session.pool.clone(),
                hash: row.token_hash,
                session: session.id.clone(),
                expires: Timestamp::from_ms(row.token_expires_ms),
                used: row.token_used_ms.map(Timestamp::from_ms),
            };
            return Ok(Some((session, token)));
        }
    }
    Ok(None)
}

/// A user, and the session that a token names if it is theirs, there, and was not ended.
pub async fn user_of(
    db: &mut Conn,
    pool: &PoolId,
    sub: &Sub,
    named: Option<Named<'_>>,
) -> Result<Option<(User, Option<SessionId>)>> {
    let (sql, name) = match named {
        None => (USER_BY_ORIGIN, None),
        Some(Named::Origin(name)) => (USER_BY_ORIGIN, Some(name)),
        Some(Named::Event(name)) => (USER_BY_EVENT, Some(name)),
    };
    let row: Option<Found> = db.optional(sql, args![pool, sub, name]).await?;
    row.map(|row| {
        let session = row.session_id.map(SessionId::parse).transpose();
        Ok((User::try_from(row.user)?, session.map_err(Error::internal)?))
    })
    .transpose()
}

/// Adds a session.
pub async fn insert(tx: &mut Tx, session: &Session) -> Result<(), DbError> {
    let args = args![
        &session.pool,
        &session.id,
        session.kind.as_str(),
        &session.sub,
        &session.client,
        &session.origin_jti,
        &session.event_id,
        session.origin.as_ref().map(SessionId::as_str),
        &session.scope,
        session.device_key.as_deref(),
        session.ip.as_deref(),
        session.agent.as_deref(),
        session.auth_at,
        session.created,
        session.last_used,
        session.expires,
        session.resource.as_deref(),
        session.assurance.acr.as_deref(),
        &session.assurance.amr
    ];
    tx.execute(INSERT, args).await.map(drop)
}

/// Notes that a session was used, from where and with what; false when it was ended, or its device
/// forgotten, meanwhile.
pub async fn touch(
    tx: &mut Tx,
    session: &Session,
    (now, actor): (Timestamp, &Actor),
) -> Result<bool, DbError> {
    let device = session.device_key.as_deref();
    let (ip, agent) = (actor.ip.as_deref(), actor.agent.as_deref());
    let args = args![&session.pool, &session.id, now, device, ip, agent];
    Ok(tx.execute(TOUCH, args).await? == 1)
}

/// Notes that a browser's session was used, by the tokens that came from it.
pub async fn touch_browser(
    tx: &mut Tx,
    pool: &PoolId,
    session: &SessionId,
    (now, actor): (Timestamp, &Actor),
) -> Result<(), DbError> {
    let (ip, agent) = (actor.ip.as_deref(), actor.agent.as_deref());
    let args = args![pool, session, now, ip, agent];
    tx.execute(TOUCH_BROWSER, args).await.map(drop)
}

/// Holds the sessions of a device until the transaction ends; says whether there is one.
pub async fn hold_device(
    tx: &mut Tx,
    pool: &PoolId,
    sub: &Sub,
    device: &DeviceKey,
) -> Result<bool, DbError> {
    Ok(tx.execute(HOLD_DEVICE, args![pool, sub, device]).await? > 0)
}

/// Says which device a browser's session is on.
pub async fn bind_browser(
    tx: &mut Tx,
    pool: &PoolId,
    session: &SessionId,
    device: &DeviceKey,
) -> Result<(), DbError> {
    let args = args![pool, session, device];
    tx.execute(BIND_BROWSER, args).await.map(drop)
}

/// Ends the refresh tokens of a device's sessions, and the session of the browser that it is; access
/// tokens last as long as they would.
pub async fn end_device(
    tx: &mut Tx,
    (pool, sub): (&PoolId, &Sub),
    device: &DeviceKey,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.execute(HOLD_DEVICE, args![pool, sub, device]).await?;
    tx.execute(END_REFRESH, args![pool, sub, device]).await?;
    tx.execute(END_BROWSER, args![pool, sub, device, now])
        .await?;
    tx.execute(UNBIND, args![pool, sub, device]).await.map(drop)
}

/// Ends a session; false when there is none or it was ended before.
pub async fn revoke(
    tx: &mut Tx,
    pool: &PoolId,
    session: &SessionId,
    now: Timestamp,
) -> Result<bool, DbError> {
    let changed = tx.execute(REVOKE, args![pool, session, now]).await?;
    Ok(changed == 1)
}

/// Holds a user's row until the transaction ends; none when there is no such user.
pub async fn hold_user(tx: &mut Tx, pool: &PoolId, sub: &Sub) -> Result<Option<Held>, DbError> {
    tx.optional(HOLD_USER, args![pool, sub]).await
}

/// Ends all token sessions of a user, and the sign-ins in progress.
pub async fn end_user(
    tx: &mut Tx,
    pool: &PoolId,
    sub: &Sub,
    now: Timestamp,
) -> Result<(), DbError> {
    tx.execute(END_USER, args![pool, sub, now]).await?;
    let args = args![pool, sub, now];
    tx.execute(REVOKE_TOKENS_OF_USER, args).await.map(drop)
}

/// Removes sessions that ended by themselves before a point in time, with their refresh tokens, at
/// most `most`; says how many.
pub async fn prune(tx: &mut Tx, before: Timestamp, most: i64) -> Result<u64, DbError> {
    tx.execute(PRUNE, args![before, most]).await
}

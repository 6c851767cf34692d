//! A user's sessions as a list, and those that end because of others.

use super::db::{Conn, DbError, Tx};
use super::sessions::{Row, Session};
use crate::error::Result;
use crate::ids::{ClientId, PoolId, SessionId, Sub};
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    LIVE = "SELECT pool_id, session_id, kind, sub, client_id, origin_jti, event_id, origin_id, scope, device_key, ip, agent, \
            auth_ms, created_ms, last_used_ms, expires_ms, revoked_ms, resource, acr, amr FROM sessions \
            WHERE pool_id = $1 AND sub = $2 AND revoked_ms IS NULL AND expires_ms > $3 \
            ORDER BY last_used_ms DESC, session_id LIMIT $4";
    /// All but the newest few and the one that is being opened.
    EVICT = "UPDATE sessions SET revoked_ms = $3 WHERE pool_id = $1 AND sub = $2 AND kind = 'TOKEN' \
             AND revoked_ms IS NULL AND expires_ms > $3 AND session_id <> $4 AND session_id NOT IN \
             (SELECT session_id FROM sessions WHERE pool_id = $1 AND sub = $2 AND kind = 'TOKEN' \
              AND revoked_ms IS NULL AND expires_ms > $3 AND session_id <> $4 \
              ORDER BY last_used_ms DESC, created_ms DESC, session_id LIMIT $5)";
    /// Spared are the session that asks, the browser's that it came from, and what the client that
    /// asks was given of a browser's that asks.
    END_OTHERS = "UPDATE sessions SET revoked_ms = $3 WHERE pool_id = $1 AND sub = $2 AND revoked_ms IS NULL \
                  AND session_id <> $4 AND (COALESCE(origin_id, '') <> $4 OR client_id <> $5) \
                  AND session_id NOT IN (SELECT COALESCE(origin_id, '') FROM sessions \
                  WHERE pool_id = $1 AND session_id = $4)";
    END_SIGN_INS = "UPDATE users SET auth_epoch = auth_epoch + 1, version = version + 1 \
                    WHERE pool_id = $1 AND sub = $2";
    REVOKE_FROM = "UPDATE sessions SET revoked_ms = $4 \
                   WHERE pool_id = $1 AND sub = $2 AND origin_id = $3 AND revoked_ms IS NULL";
}

/// The sessions of a user that have not ended, the last used first.
pub async fn live(
    db: &mut Conn,
    (pool, sub): (&PoolId, &Sub),
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Session>> {
    let rows: Vec<Row> = db.all(LIVE, args![pool, sub, now, limit]).await?;
    rows.into_iter().map(Session::try_from).collect()
}

/// Ends the token sessions of a user that were used least recently, so that there are at most
/// `most` beside `opened`; says how many ended.
pub async fn evict(
    tx: &mut Tx,
    opened: &Session,
    most: i64,
    now: Timestamp,
) -> Result<u64, DbError> {
    let args = args![&opened.pool, &opened.sub, now, &opened.id, most];
    tx.execute(EVICT, args).await
}

/// Ends the sessions that came from a browser's.
pub async fn revoke_from(
    tx: &mut Tx,
    (pool, sub): (&PoolId, &Sub),
    origin: &SessionId,
    now: Timestamp,
) -> Result<u64, DbError> {
    tx.execute(REVOKE_FROM, args![pool, sub, origin, now]).await
}

/// The session that does not end, and the client that it is used through.
#[derive(Clone, Copy, Debug)]
pub struct Spared<'a> {
    /// The session.
    pub session: &'a SessionId,
    /// The client.
    pub client: &'a ClientId,
}

/// Ends a user's sessions, those of browsers too, but for the spared one and what it hangs
/// together with.
pub async fn end_others(
    tx: &mut Tx,
    (pool, sub): (&PoolId, &Sub),
    spared: Option<Spared<'_>>,
    now: Timestamp,
) -> Result<(), DbError> {
    let (session, client) = match spared {
        Some(spared) => (spared.session.as_str(), spared.client.as_str()),
        // No session has an empty id.
        None => ("", ""),
    };
    let args = args![pool, sub, now, session, client];
    tx.execute(END_OTHERS, args).await.map(drop)
}

/// Ends a user's sign-ins under way.
pub async fn end_sign_ins(tx: &mut Tx, (pool, sub): (&PoolId, &Sub)) -> Result<(), DbError> {
    tx.execute(END_SIGN_INS, args![pool, sub]).await.map(drop)
}

//! A user's sessions as a list, and those that end because of others.

use super::db::{Conn, DbError, Tx};
use super::sessions::{Row, Session};
use crate::error::Result;
use crate::ids::{PoolId, SessionId, Sub};
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

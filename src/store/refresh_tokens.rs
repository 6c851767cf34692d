//! Refresh tokens: keyed hashes that hang off sessions.

use super::db::{Conn, DbError, Tx};
use crate::error::{Error, Result};
use crate::ids::{PoolId, SessionId};
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    BY_HASH = "SELECT pool_id, token_hash, session_id, expires_ms, used_ms FROM refresh_tokens WHERE token_hash = $1";
    INSERT = "INSERT INTO refresh_tokens (pool_id, token_hash, session_id, issued_ms, expires_ms) VALUES ($1, $2, $3, $4, $5)";
    USE_UP = "UPDATE refresh_tokens SET used_ms = $3 WHERE pool_id = $1 AND token_hash = $2 AND used_ms IS NULL";
}

/// A stored refresh token.
#[derive(Clone, Debug)]
pub struct RefreshToken {
    /// The pool.
    pub pool: PoolId,
    /// Its keyed hash.
    pub hash: String,
    /// The session it hangs off.
    pub session: SessionId,
    /// When it stops working.
    pub expires: Timestamp,
    /// When another was given for it first (rotation).
    pub used: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    pool_id: String,
    token_hash: String,
    session_id: String,
    expires_ms: i64,
    used_ms: Option<i64>,
}

impl TryFrom<Row> for RefreshToken {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            pool: PoolId::parse(row.pool_id).map_err(Error::internal)?,
            hash: row.token_hash,
            session: SessionId::parse(row.session_id).map_err(Error::internal)?,
            expires: Timestamp::from_ms(row.expires_ms),
            used: row.used_ms.map(Timestamp::from_ms),
        })
    }
}

/// The token of a keyed hash; `hashes` are those that the same text may have, by key.
pub async fn find(db: &mut Conn, hashes: &[String]) -> Result<Option<RefreshToken>> {
    for hash in hashes {
        let row: Option<Row> = db.optional(BY_HASH, args![hash]).await?;
        if let Some(row) = row {
            return row.try_into().map(Some);
        }
    }
    Ok(None)
}

/// Adds a token.
pub async fn insert(tx: &mut Tx, token: &RefreshToken, now: Timestamp) -> Result<(), DbError> {
    let args = args![&token.pool, &token.hash, &token.session, now, token.expires];
    tx.execute(INSERT, args).await.map(drop)
}

/// Notes that another token was given for this one; false when that was so before. Of many at once
/// one gets true, on every database.
pub async fn use_up(tx: &mut Tx, token: &RefreshToken, now: Timestamp) -> Result<bool, DbError> {
    let changed = tx.execute(USE_UP, args![&token.pool, &token.hash, now]);
    Ok(changed.await? == 1)
}

//! Refresh tokens: keyed hashes that hang off sessions.

use super::db::{Conn, DbError, Tx};
use crate::error::{Error, Result};
use crate::ids::{PoolId, SessionId};
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    BY_HASH = "SELECT pool_id, session_id, expires_ms FROM refresh_tokens WHERE token_hash = $1";
    INSERT = "INSERT INTO refresh_tokens (pool_id, token_hash, session_id, issued_ms, expires_ms) VALUES ($1, $2, $3, $4, $5)";
}

/// A stored refresh token.
#[derive(Clone, Debug)]
pub struct RefreshToken {
    /// The pool.
    pub pool: PoolId,
    /// The session it hangs off.
    pub session: SessionId,
    /// When it stops working.
    pub expires: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    pool_id: String,
    session_id: String,
    expires_ms: i64,
}

impl TryFrom<Row> for RefreshToken {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            pool: PoolId::parse(row.pool_id).map_err(Error::internal)?,
            session: SessionId::parse(row.session_id).map_err(Error::internal)?,
            expires: Timestamp::from_ms(row.expires_ms),
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
pub async fn insert(
    tx: &mut Tx,
    token: &RefreshToken,
    hash: &str,
    now: Timestamp,
) -> Result<(), DbError> {
    let args = args![&token.pool, hash, &token.session, now, token.expires];
    tx.execute(INSERT, args).await.map(drop)
}

//! Nonces of sealed attempts that led to success: each works once, on every node.

use super::db::{Conn, DbError, Tx};
use crate::ids::PoolId;
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    IS_CONSUMED = "SELECT nonce FROM consumed WHERE pool_id = $1 AND nonce = $2";
    PRUNE = "DELETE FROM consumed WHERE (pool_id, nonce) IN \
             (SELECT pool_id, nonce FROM consumed WHERE expires_ms < $1 LIMIT $2)";
    CONSUME = "INSERT INTO consumed (pool_id, nonce, expires_ms) VALUES ($1, $2, $3) ON CONFLICT (pool_id, nonce) DO NOTHING";
}

#[derive(sqlx::FromRow)]
struct Nonce {
    #[expect(dead_code, reason = "the statement asks whether there is a row")]
    nonce: String,
}

/// Whether a nonce was used up. The answer may be out of date at once; [`consume`] decides.
pub async fn is_consumed(db: &mut Conn, pool: &PoolId, nonce: &str) -> Result<bool, DbError> {
    let row: Option<Nonce> = db.optional(IS_CONSUMED, args![pool, nonce]).await?;
    Ok(row.is_some())
}

/// Forgets nonces whose attempts expired before a point in time, at most `most`; says how many.
pub async fn prune(tx: &mut Tx, before: Timestamp, most: i64) -> Result<u64, DbError> {
    tx.execute(PRUNE, args![before, most]).await
}

/// Uses up a nonce; false when it was used before. The row is needed until the attempt that
/// carries the nonce expires.
pub async fn consume(
    tx: &mut Tx,
    pool: &PoolId,
    nonce: &str,
    expires: Timestamp,
) -> Result<bool, DbError> {
    let added = tx.execute(CONSUME, args![pool, nonce, expires]).await?;
    Ok(added == 1)
}

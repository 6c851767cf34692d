//! Nonces of sealed attempts that led to success: each works once, on every node.

use super::db::{DbError, Tx};
use crate::ids::PoolId;
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    CONSUME = "INSERT INTO consumed (pool_id, nonce, expires_ms) VALUES ($1, $2, $3) ON CONFLICT (pool_id, nonce) DO NOTHING";
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

//! Emptying the store, as a whole or one pool's users.

use super::db::{DbError, Tx};
use crate::ids::PoolId;
use crate::{args, statements};

statements! {
    ALL_POOLS = "DELETE FROM pools";
    USERS_OF_POOL = "DELETE FROM users WHERE pool_id = $1";
    LOCKOUTS_OF_POOL = "DELETE FROM lockouts WHERE pool_id = $1";
    CONSUMED_OF_POOL = "DELETE FROM consumed WHERE pool_id = $1";
}

/// Removes every pool with all it owns (each pool-owned table cascades from `pools`).
pub async fn all_pools(tx: &mut Tx) -> Result<u64, DbError> {
    tx.touched.everything();
    tx.execute(ALL_POOLS, args![]).await
}

/// Removes what people left in a pool: users with their passwords, codes, memberships and
/// sessions. The pool's settings, clients, groups and domains stay.
pub async fn users_of_pool(tx: &mut Tx, pool: &PoolId) -> Result<u64, DbError> {
    tx.execute(CONSUMED_OF_POOL, args![pool]).await?;
    tx.execute(LOCKOUTS_OF_POOL, args![pool]).await?;
    tx.execute(USERS_OF_POOL, args![pool]).await
}

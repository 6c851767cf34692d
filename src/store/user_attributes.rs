//! What ListUsers can search users by: one row per user and attribute, its value folded.

use super::db::{Arg, DbError, Tx};
use crate::ids::{PoolId, Sub};
use crate::{args, statements};

statements! {
    /// As many rows as there are pairs; the pairs that are not used are NULL.
    INSERT = "INSERT INTO user_attributes (pool_id, sub, name, value_key) \
              SELECT $1, $2, given.name, given.value_key FROM ( \
              SELECT CAST($3 AS TEXT) AS name, CAST($4 AS TEXT) AS value_key \
              UNION ALL SELECT CAST($5 AS TEXT), CAST($6 AS TEXT) \
              UNION ALL SELECT CAST($7 AS TEXT), CAST($8 AS TEXT) \
              UNION ALL SELECT CAST($9 AS TEXT), CAST($10 AS TEXT) \
              UNION ALL SELECT CAST($11 AS TEXT), CAST($12 AS TEXT) \
              UNION ALL SELECT CAST($13 AS TEXT), CAST($14 AS TEXT) \
              UNION ALL SELECT CAST($15 AS TEXT), CAST($16 AS TEXT) \
              UNION ALL SELECT CAST($17 AS TEXT), CAST($18 AS TEXT) \
              ) AS given WHERE given.name IS NOT NULL";
    DELETE = "DELETE FROM user_attributes WHERE pool_id = $1 AND sub = $2 AND name = $3";
}

/// How many pairs one statement takes.
const PAIRS: usize = 8;

/// An attribute's name and the key that its value is found by.
pub type Pair = (&'static str, String);

/// Makes a user findable by these attributes, which must be new.
pub async fn insert(tx: &mut Tx, pool: &PoolId, sub: &Sub, pairs: &[Pair]) -> Result<(), DbError> {
    for chunk in pairs.chunks(PAIRS) {
        let mut args = args![pool, sub];
        for at in 0..PAIRS {
            let pair = chunk.get(at);
            args.push(Arg::from(pair.map(|(name, _)| *name)));
            args.push(Arg::from(pair.map(|(_, key)| key.clone())));
        }
        tx.execute(INSERT, args).await?;
    }
    Ok(())
}

/// Makes a user no longer findable by an attribute.
pub async fn delete(tx: &mut Tx, pool: &PoolId, sub: &Sub, name: &str) -> Result<(), DbError> {
    tx.execute(DELETE, args![pool, sub, name]).await.map(drop)
}

//! Failed sign-ins of users. An attempt counts as a failure from the moment it is admitted until
//! it succeeds, so that parallel guesses cannot slip past the lock.

use super::db::{DbError, Tx};
use crate::ids::{PoolId, Sub};
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    /// One statement decides and counts. Locked is what lies ahead of now, but not further ahead
    /// than the longest lock (the clock went back). A lock that ended 15 minutes ago is forgotten.
    /// The fifth failure locks for 1 s, each further one for twice as long, at most 15 minutes.
    CLAIM = "INSERT INTO lockouts (pool_id, sub, failures, last_ms, locked_until_ms) VALUES ($1, $2, 1, $3, $3) \
             ON CONFLICT (pool_id, sub) DO UPDATE SET \
               failures = CASE WHEN lockouts.locked_until_ms + 900000 <= $3 THEN 1 ELSE lockouts.failures + 1 END, \
               last_ms = $3, \
               locked_until_ms = $3 + CASE \
                 WHEN lockouts.locked_until_ms + 900000 <= $3 OR lockouts.failures < 4 THEN 0 \
                 WHEN lockouts.failures > 13 THEN 900000 \
                 ELSE CAST(1000 AS BIGINT) << CAST(lockouts.failures - 4 AS INTEGER) END \
             WHERE lockouts.locked_until_ms <= $3 OR lockouts.locked_until_ms > $3 + 900000 \
             RETURNING failures";
    /// Takes one failure back; the lock goes with it unless another attempt has set its own.
    REFUND = "UPDATE lockouts SET failures = failures - 1, \
                locked_until_ms = CASE WHEN failures = $3 AND last_ms = $4 THEN $4 ELSE locked_until_ms END \
              WHERE pool_id = $1 AND sub = $2 AND failures > 0";
    PRUNE = "DELETE FROM lockouts WHERE (pool_id, sub) IN \
             (SELECT pool_id, sub FROM lockouts WHERE locked_until_ms <= $1 LIMIT $2)";
    CLEAR = "DELETE FROM lockouts WHERE pool_id = $1 AND sub = $2";
}

#[derive(sqlx::FromRow)]
struct Failures {
    failures: i64,
}

/// Admits an attempt and counts it as a failure; gives the number of failures with it, or none
/// while the user is locked.
pub async fn claim(
    tx: &mut Tx,
    pool: &PoolId,
    sub: &Sub,
    now: Timestamp,
) -> Result<Option<i64>, DbError> {
    let row: Option<Failures> = tx.optional(CLAIM, args![pool, sub, now]).await?;
    Ok(row.map(|row| row.failures))
}

/// Takes back the claim that was number `failures` at `at`.
pub async fn refund(
    tx: &mut Tx,
    pool: &PoolId,
    sub: &Sub,
    (failures, at): (i64, Timestamp),
) -> Result<(), DbError> {
    let args = args![pool, sub, failures, at];
    tx.execute(REFUND, args).await.map(drop)
}

/// Forgets all failures of a user.
pub async fn clear(tx: &mut Tx, pool: &PoolId, sub: &Sub) -> Result<(), DbError> {
    tx.execute(CLEAR, args![pool, sub]).await.map(drop)
}

/// Forgets the failures of users whose locks ended before a point in time, at most `most`; says
/// how many.
pub async fn prune(tx: &mut Tx, before: Timestamp, most: i64) -> Result<u64, DbError> {
    tx.execute(PRUNE, args![before, most]).await
}

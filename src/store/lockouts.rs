//! Failed sign-ins of users. An attempt counts as a failure from the moment it is admitted until
//! it succeeds, so that parallel guesses cannot slip past the lock.

use super::db::{DbError, Tx};
use crate::ids::{PoolId, Sub};
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    /// One statement decides and counts. Locked is what lies ahead of now, but not further ahead
    /// than the longest lock (the clock went back). A lock that ended 15 minutes ago is forgotten.
    /// The fifth failure locks for 1 s, each further one for twice as long, at most 15 minutes; and for
    /// 30 s more while it is not known to be one, so that no other is let through meanwhile.
    CLAIM = "INSERT INTO lockouts (pool_id, sub, failures, last_ms, locked_until_ms) VALUES ($1, $2, 1, $3, $3) \
             ON CONFLICT (pool_id, sub) DO UPDATE SET \
               failures = CASE WHEN lockouts.locked_until_ms + 900000 <= $3 THEN 1 ELSE lockouts.failures + 1 END, \
               last_ms = $3, \
               locked_until_ms = $3 + CASE \
                 WHEN lockouts.locked_until_ms + 900000 <= $3 OR lockouts.failures < 4 THEN 0 \
                 WHEN lockouts.failures > 13 THEN 930000 \
                 ELSE (CAST(1000 AS BIGINT) << CAST(lockouts.failures - 4 AS INTEGER)) + 30000 END \
             WHERE lockouts.locked_until_ms <= $3 OR lockouts.locked_until_ms > $3 + 930000 \
             RETURNING locked_until_ms";
    /// Takes one failure back, and the lock if it was this one's: no two locks end at one time.
    REFUND = "UPDATE lockouts SET failures = failures - 1, \
                locked_until_ms = CASE WHEN locked_until_ms = $3 THEN $4 ELSE locked_until_ms END \
              WHERE pool_id = $1 AND sub = $2 AND failures > 0";
    /// The claim was a failure: its lock begins now.
    SETTLE = "UPDATE lockouts SET locked_until_ms = $3 - 30000 - $4 + $5, last_ms = $5 \
              WHERE pool_id = $1 AND sub = $2 AND locked_until_ms = $3";
    PRUNE = "DELETE FROM lockouts WHERE (pool_id, sub) IN \
             (SELECT pool_id, sub FROM lockouts WHERE locked_until_ms <= $1 LIMIT $2)";
    CLEAR = "DELETE FROM lockouts WHERE pool_id = $1 AND sub = $2";
}

#[derive(sqlx::FromRow)]
struct Locked {
    locked_until_ms: i64,
}

/// An attempt that was admitted.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    at: Timestamp,
    until: Timestamp,
}

impl Claim {
    /// Whether it locks the user, and so has to be settled when it was a failure.
    pub fn locks(self) -> bool {
        self.until > self.at
    }
}

/// Admits an attempt and counts it as a failure; none while the user is locked.
pub async fn claim(
    tx: &mut Tx,
    pool: &PoolId,
    sub: &Sub,
    at: Timestamp,
) -> Result<Option<Claim>, DbError> {
    let row: Option<Locked> = tx.optional(CLAIM, args![pool, sub, at]).await?;
    Ok(row.map(|row| Claim {
        at,
        until: Timestamp::from_ms(row.locked_until_ms),
    }))
}

/// Takes a claim back.
pub async fn refund(tx: &mut Tx, pool: &PoolId, sub: &Sub, claim: Claim) -> Result<(), DbError> {
    let args = args![pool, sub, claim.until, claim.at];
    tx.execute(REFUND, args).await.map(drop)
}

/// A claim that locks was a failure, as is known `now`.
pub async fn settle(
    tx: &mut Tx,
    pool: &PoolId,
    sub: &Sub,
    claim: Claim,
    now: Timestamp,
) -> Result<(), DbError> {
    let args = args![pool, sub, claim.until, claim.at, now];
    tx.execute(SETTLE, args).await.map(drop)
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

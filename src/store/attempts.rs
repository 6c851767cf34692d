//! How often somebody did something within an hour, or a day.

use super::db::{DbError, Tx};
use crate::ids::{PoolId, Sub};
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    /// One statement decides and counts. A window that is over starts anew, and so does one that
    /// lies ahead (the clock went back).
    CLAIM = "INSERT INTO attempts (pool_id, sub, act, window_ms, count) VALUES ($1, $2, $3, $4, 1) \
             ON CONFLICT (pool_id, sub, act) DO UPDATE SET \
               count = CASE WHEN attempts.window_ms > $5 AND attempts.window_ms <= $4 \
                            THEN attempts.count + 1 ELSE 1 END, \
               window_ms = CASE WHEN attempts.window_ms > $5 AND attempts.window_ms <= $4 \
                                THEN attempts.window_ms ELSE $4 END \
             WHERE attempts.count < $6 OR attempts.window_ms <= $5 OR attempts.window_ms > $4 \
             RETURNING count";
    REFUND = "UPDATE attempts SET count = count - 1 WHERE pool_id = $1 AND sub = $2 AND act = $3 AND count > 0";
    FORGET_USER = "DELETE FROM attempts WHERE pool_id = $1 AND sub = $2";
    PRUNE = "DELETE FROM attempts WHERE window_ms <= $1";
}

/// One act of somebody.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// The pool.
    pub pool: &'a PoolId,
    /// The user, or a phantom.
    pub sub: &'a Sub,
    /// The act's name.
    pub act: &'a str,
}

#[derive(sqlx::FromRow)]
struct Counted {
    count: i64,
}

/// Counts an attempt in the window that began after `over`, unless there were `limit` already; says
/// how many there are now, if it was counted.
pub async fn claim(
    tx: &mut Tx,
    attempt: Attempt<'_>,
    limit: i64,
    (now, over): (Timestamp, Timestamp),
) -> Result<Option<i64>, DbError> {
    let args = args![attempt.pool, attempt.sub, attempt.act, now, over, limit];
    let counted: Option<Counted> = tx.optional(CLAIM, args).await?;
    Ok(counted.map(|counted| counted.count))
}

/// Takes one attempt back.
pub async fn refund(tx: &mut Tx, attempt: Attempt<'_>) -> Result<(), DbError> {
    let args = args![attempt.pool, attempt.sub, attempt.act];
    tx.execute(REFUND, args).await.map(drop)
}

/// Forgets all attempts of a user.
pub async fn forget_user(tx: &mut Tx, pool: &PoolId, sub: &Sub) -> Result<(), DbError> {
    tx.execute(FORGET_USER, args![pool, sub]).await.map(drop)
}

/// Removes the counts of windows that began at a point in time or before.
pub async fn prune(tx: &mut Tx, over: Timestamp) -> Result<(), DbError> {
    tx.execute(PRUNE, args![over]).await.map(drop)
}

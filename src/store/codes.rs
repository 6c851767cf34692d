//! Codes that were sent to users: one live code of each kind, known only by its keyed hash.

use super::db::{Conn, DbError, Tx};
use crate::ids::{PoolId, Sub};
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    ISSUE = "INSERT INTO codes (pool_id, sub, kind, code_hash, attribute, destination, issued_ms, expires_ms) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (pool_id, sub, kind) DO UPDATE SET code_hash = $4, attribute = $5, destination = $6, \
             issued_ms = $7, expires_ms = $8";
    LIVE = "SELECT code_hash, attribute, destination FROM codes \
            WHERE pool_id = $1 AND sub = $2 AND kind = $3 AND expires_ms > $4";
    CLAIM = "DELETE FROM codes WHERE pool_id = $1 AND sub = $2 AND kind = $3 AND code_hash = $4 AND expires_ms > $5 \
             RETURNING code_hash, attribute, destination";
    FORGET = "DELETE FROM codes WHERE pool_id = $1 AND sub = $2 AND kind = $3";
    FORGET_USER = "DELETE FROM codes WHERE pool_id = $1 AND sub = $2";
    PRUNE = "DELETE FROM codes WHERE (pool_id, sub, kind) IN \
             (SELECT pool_id, sub, kind FROM codes WHERE expires_ms <= $1 LIMIT $2)";
}

/// A live code, as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Code {
    /// Its keyed hash.
    pub code_hash: String,
    /// The contact's attribute: `email` or `phone_number`.
    pub attribute: String,
    /// Where it was sent.
    pub destination: String,
}

/// Whose code, and what for.
#[derive(Clone, Copy, Debug)]
pub struct Slot<'a> {
    /// The pool.
    pub pool: &'a PoolId,
    /// The user, or a phantom.
    pub sub: &'a Sub,
    /// What for.
    pub kind: &'a str,
}

/// Stores a code in the place of the one before it.
pub async fn issue(
    tx: &mut Tx,
    slot: Slot<'_>,
    code: &Code,
    issued: Timestamp,
    expires: Timestamp,
) -> Result<(), DbError> {
    let args = args![
        slot.pool,
        slot.sub,
        slot.kind,
        &code.code_hash,
        &code.attribute,
        &code.destination,
        issued,
        expires
    ];
    tx.execute(ISSUE, args).await.map(drop)
}

/// The code that would be accepted now.
pub async fn live(db: &mut Conn, slot: Slot<'_>, now: Timestamp) -> Result<Option<Code>, DbError> {
    db.optional(LIVE, args![slot.pool, slot.sub, slot.kind, now])
        .await
}

/// Uses a code up, and gives it if it was still there.
pub async fn claim(
    tx: &mut Tx,
    slot: Slot<'_>,
    code_hash: &str,
    now: Timestamp,
) -> Result<Option<Code>, DbError> {
    let args = args![slot.pool, slot.sub, slot.kind, code_hash, now];
    tx.optional(CLAIM, args).await
}

/// Makes a code worthless.
pub async fn forget(tx: &mut Tx, slot: Slot<'_>) -> Result<(), DbError> {
    let args = args![slot.pool, slot.sub, slot.kind];
    tx.execute(FORGET, args).await.map(drop)
}

/// Makes all codes of a user worthless.
pub async fn forget_user(tx: &mut Tx, pool: &PoolId, sub: &Sub) -> Result<(), DbError> {
    tx.execute(FORGET_USER, args![pool, sub]).await.map(drop)
}

/// Removes codes that expired before a point in time, at most `most`; says how many.
pub async fn prune(tx: &mut Tx, before: Timestamp, most: i64) -> Result<u64, DbError> {
    tx.execute(PRUNE, args![before, most]).await
}

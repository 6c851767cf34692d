//! Software tokens: the TOTP secret of a user.

use super::db::{Conn, DbError, Tx};
use crate::ids::{PoolId, Sub};
use crate::{args, statements};

statements! {
    BY_USER = "SELECT secret, pending, name, last_step FROM software_tokens WHERE pool_id = $1 AND sub = $2";
    /// A secret that is already in use stays until the new one is proven.
    PUT_PENDING = "INSERT INTO software_tokens (pool_id, sub, pending, last_step) VALUES ($1, $2, $3, 0) \
                   ON CONFLICT (pool_id, sub) DO UPDATE SET pending = $3";
    PROVE = "UPDATE software_tokens SET secret = pending, pending = NULL, name = $4, last_step = $5 \
             WHERE pool_id = $1 AND sub = $2 AND pending = $3";
    PUT = "INSERT INTO software_tokens (pool_id, sub, secret, name, last_step) VALUES ($1, $2, $3, $4, $5) \
           ON CONFLICT (pool_id, sub) DO UPDATE SET secret = $3, pending = NULL, name = $4, last_step = $5";
    USE_STEP = "UPDATE software_tokens SET last_step = $4 \
                WHERE pool_id = $1 AND sub = $2 AND secret = $3 AND last_step < $4";
    DELETE = "DELETE FROM software_tokens WHERE pool_id = $1 AND sub = $2";
}

/// A user's software token. Secrets open with `Place { table: "software_tokens", column: "secret",
/// row: "{pool_id}/{sub}" }`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SoftwareToken {
    /// The secret in use, sealed.
    pub secret: Option<String>,
    /// One that waits for its first code, sealed.
    pub pending: Option<String>,
    /// What the user calls the device.
    pub name: Option<String>,
    /// The last 30-second step of which a code was used.
    pub last_step: i64,
}

/// A secret that was proven by its first code.
#[derive(Clone, Copy, Debug)]
pub struct Proven<'a> {
    /// The secret, sealed.
    pub secret: &'a str,
    /// What the user calls the device.
    pub name: Option<&'a str>,
    /// The step of the code.
    pub step: i64,
}

/// The token of a user.
pub async fn find(
    db: &mut Conn,
    pool: &PoolId,
    sub: &Sub,
) -> Result<Option<SoftwareToken>, DbError> {
    db.optional(BY_USER, args![pool, sub]).await
}

/// Keeps a secret until it is proven; it takes the place of one that was not.
pub async fn put_pending(
    tx: &mut Tx,
    pool: &PoolId,
    sub: &Sub,
    sealed: &str,
) -> Result<(), DbError> {
    tx.execute(PUT_PENDING, args![pool, sub, sealed])
        .await
        .map(drop)
}

/// Puts the waiting secret in use; says whether it was still the one that was proven.
pub async fn prove(
    tx: &mut Tx,
    pool: &PoolId,
    sub: &Sub,
    proven: Proven<'_>,
) -> Result<bool, DbError> {
    let args = args![pool, sub, proven.secret, proven.name, proven.step];
    Ok(tx.execute(PROVE, args).await? == 1)
}

/// Puts a secret in use that was proven before it was stored.
pub async fn put(tx: &mut Tx, pool: &PoolId, sub: &Sub, proven: Proven<'_>) -> Result<(), DbError> {
    let args = args![pool, sub, proven.secret, proven.name, proven.step];
    tx.execute(PUT, args).await.map(drop)
}

/// Uses up a step of a secret and all before it; false when it was used before, or the secret is
/// not in use any more.
pub async fn use_step(
    tx: &mut Tx,
    pool: &PoolId,
    sub: &Sub,
    (secret, step): (&str, i64),
) -> Result<bool, DbError> {
    let args = args![pool, sub, secret, step];
    Ok(tx.execute(USE_STEP, args).await? == 1)
}

/// Removes the token of a user, if there is one.
pub async fn delete(tx: &mut Tx, pool: &PoolId, sub: &Sub) -> Result<bool, DbError> {
    Ok(tx.execute(DELETE, args![pool, sub]).await? > 0)
}

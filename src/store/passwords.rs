//! Passwords: never the password, only what proves it.

use super::db::{Conn, DbError, Tx};
use crate::error::{Error, Result};
use crate::ids::{PoolId, Sub};
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    BY_USER = "SELECT phc, srp, temporary, expires_ms, set_ms, history FROM passwords \
               WHERE pool_id = $1 AND sub = $2";
    SET = "INSERT INTO passwords (pool_id, sub, phc, srp, temporary, expires_ms, set_ms, history) \
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
           ON CONFLICT (pool_id, sub) DO UPDATE SET phc = $3, srp = $4, temporary = $5, expires_ms = $6, \
           set_ms = $7, history = $8";
    REHASH = "UPDATE passwords SET phc = $4 WHERE pool_id = $1 AND sub = $2 AND phc = $3";
}

/// What proves a user's password.
#[derive(Clone, Debug)]
pub struct Password {
    /// Argon2id in PHC string form.
    pub phc: String,
    /// SRP salt (16 bytes) and verifier (384 bytes), sealed; opens with `Place { table:
    /// "passwords", column: "srp", row: "{pool_id}/{sub}" }`.
    pub srp: Option<String>,
    /// Whether the user must choose another at sign-in.
    pub temporary: bool,
    /// When a temporary password stops working.
    pub expires: Option<Timestamp>,
    /// When it was set.
    pub set: Timestamp,
    /// Earlier PHC strings, newest first.
    pub history: Vec<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    phc: String,
    srp: Option<String>,
    temporary: bool,
    expires_ms: Option<i64>,
    set_ms: i64,
    history: String,
}

/// A user's password, if there is one.
pub async fn find(db: &mut Conn, pool: &PoolId, sub: &Sub) -> Result<Option<Password>> {
    let Some(row) = db.optional::<Row>(BY_USER, args![pool, sub]).await? else {
        return Ok(None);
    };
    Ok(Some(Password {
        phc: row.phc,
        srp: row.srp,
        temporary: row.temporary,
        expires: row.expires_ms.map(Timestamp::from_ms),
        set: Timestamp::from_ms(row.set_ms),
        history: serde_json::from_str(&row.history).map_err(Error::internal)?,
    }))
}

/// Gives a user this password, whether or not there was one.
pub async fn set(
    tx: &mut Tx,
    pool: &PoolId,
    sub: &Sub,
    password: &Password,
) -> Result<(), DbError> {
    let history = serde_json::Value::from(password.history.clone()).to_string();
    let args = args![
        pool,
        sub,
        &password.phc,
        password.srp.clone(),
        password.temporary,
        password.expires,
        password.set,
        history
    ];
    tx.execute(SET, args).await.map(drop)
}

/// Puts a hash of the same password, made with other costs, in the place of the old one. Nothing
/// happens if the password has changed since `old` was read.
pub async fn rehash(
    tx: &mut Tx,
    pool: &PoolId,
    sub: &Sub,
    old: &str,
    new: &str,
) -> Result<(), DbError> {
    tx.execute(REHASH, args![pool, sub, old, new])
        .await
        .map(drop)
}

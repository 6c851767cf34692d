//! Signing keys: their ids are reserved with the pool, the sealed key is attached at first use.

use super::db::{Conn, DbError, Tx};
use crate::error::{Error, Result};
use crate::ids::PoolId;
use crate::signing::TokenUse;
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    OF_POOL = "SELECT pool_id, kid, token_use, sealed FROM signing_keys WHERE pool_id = $1 ORDER BY created_ms, kid";
    BY_KID = "SELECT pool_id, kid, token_use, sealed FROM signing_keys WHERE kid = $1";
    RESERVE = "INSERT INTO signing_keys (pool_id, kid, token_use, created_ms) VALUES ($1, $2, $3, $4)";
    ATTACH = "UPDATE signing_keys SET sealed = $3 WHERE pool_id = $1 AND kid = $2 AND sealed IS NULL";
}

/// A key's row. It opens with `Place { table: "signing_keys", column: "sealed", row:
/// "{pool_id}/{kid}" }`.
#[derive(Clone, Debug)]
pub struct SealedKey {
    /// The pool.
    pub pool: PoolId,
    /// The key's id.
    pub kid: String,
    /// What it signs.
    pub token_use: TokenUse,
    /// The PKCS#8 document, sealed; none until the key is first needed.
    pub sealed: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    pool_id: String,
    kid: String,
    token_use: String,
    sealed: Option<String>,
}

impl TryFrom<Row> for SealedKey {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            pool: PoolId::parse(row.pool_id).map_err(Error::internal)?,
            kid: row.kid,
            token_use: TokenUse::try_from(row.token_use).map_err(Error::internal)?,
            sealed: row.sealed,
        })
    }
}

/// The keys of a pool, oldest first.
pub async fn of_pool(db: &mut Conn, pool: &PoolId) -> Result<Vec<SealedKey>> {
    let rows: Vec<Row> = db.all(OF_POOL, args![pool]).await?;
    rows.into_iter().map(SealedKey::try_from).collect()
}

/// The key of an id.
pub async fn by_kid(db: &mut Conn, kid: &str) -> Result<Option<SealedKey>> {
    let row: Option<Row> = db.optional(BY_KID, args![kid]).await?;
    row.map(SealedKey::try_from).transpose()
}

/// Reserves a key id.
pub async fn reserve(
    tx: &mut Tx,
    pool: &PoolId,
    kid: &str,
    token_use: TokenUse,
    now: Timestamp,
) -> Result<(), DbError> {
    let args = args![pool, kid, token_use.as_str(), now];
    tx.execute(RESERVE, args).await.map(drop)
}

/// Attaches a sealed key to its id; false when another one was faster.
pub async fn attach(
    tx: &mut Tx,
    pool: &PoolId,
    kid: &str,
    sealed: String,
) -> Result<bool, DbError> {
    let changed = tx.execute(ATTACH, args![pool, kid, sealed]).await?;
    Ok(changed == 1)
}

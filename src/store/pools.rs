//! User pools.

use super::db::{Conn, DbError, Tx};
use crate::error::{Error, Result};
use crate::ids::PoolId;
use crate::settings::pool::{PoolDocument, PoolSettings};
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    BY_ID = "SELECT pool_id, region, account, name, document, created_ms, modified_ms, version \
             FROM pools WHERE pool_id = $1";
    INSERT = "INSERT INTO pools (pool_id, region, account, name, document, created_ms, modified_ms, version, epoch) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, 1, 1)";
    BUMP_EPOCH = "UPDATE pools SET epoch = epoch + 1 WHERE pool_id = $1";
}

/// A user pool.
#[derive(Clone, Debug)]
pub struct Pool {
    /// Its id.
    pub id: PoolId,
    /// The region it was made in.
    pub region: String,
    /// The account it belongs to.
    pub account: String,
    /// Its display name.
    pub name: String,
    /// Its settings, schema, MFA settings and tags.
    pub document: PoolDocument,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub modified: Timestamp,
    /// Raised by every change.
    pub version: i64,
}

impl Pool {
    /// What CreateUserPool and UpdateUserPool set.
    pub const fn settings(&self) -> &PoolSettings {
        &self.document.settings
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pool_id: String,
    region: String,
    account: String,
    name: String,
    document: String,
    created_ms: i64,
    modified_ms: i64,
    version: i64,
}

impl TryFrom<Row> for Pool {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: PoolId::parse(row.pool_id).map_err(Error::internal)?,
            region: row.region,
            account: row.account,
            name: row.name,
            document: serde_json::from_str(&row.document).map_err(Error::internal)?,
            created: Timestamp::from_ms(row.created_ms),
            modified: Timestamp::from_ms(row.modified_ms),
            version: row.version,
        })
    }
}

/// The pool of an id.
pub async fn find(db: &mut Conn, pool: &PoolId) -> Result<Option<Pool>> {
    let row: Option<Row> = db.optional(BY_ID, args![pool]).await?;
    row.map(Pool::try_from).transpose()
}

/// Adds a pool. A unique violation means the id is taken.
pub async fn insert(tx: &mut Tx, pool: &Pool) -> Result<(), DbError> {
    let document = serde_json::to_string(&pool.document).unwrap_or_default();
    let args = args![
        &pool.id,
        &pool.region,
        &pool.account,
        &pool.name,
        document,
        pool.created,
        pool.modified
    ];
    tx.execute(INSERT, args).await.map(drop)
}

/// Tells every node that what it cached of this pool is stale. Called by each write to a pool,
/// client or domain, in the same transaction.
pub async fn bump_epoch(tx: &mut Tx, pool: &PoolId) -> Result<(), DbError> {
    tx.execute(BUMP_EPOCH, args![pool]).await.map(drop)
}

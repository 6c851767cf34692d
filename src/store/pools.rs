//! User pools.

use std::sync::Arc;

use super::db::{Conn, DbError, Tx, encoded};
use crate::error::{Error, Result};
use crate::ids::{KeyArn, PoolId};
use crate::settings::pool::{LambdaConfig, PoolDocument, PoolSettings};
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    BY_ID = "SELECT pool_id, region, account, name, document, created_ms, modified_ms, version, epoch \
             FROM pools WHERE pool_id = $1";
    INSERT = "INSERT INTO pools (pool_id, region, account, name, document, created_ms, modified_ms, version, epoch, kms_key, triggers) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10)";
    PAGE = "SELECT pool_id, name, triggers, created_ms, modified_ms \
            FROM pools WHERE account = $1 AND region = $2 AND pool_id > $3 ORDER BY pool_id LIMIT $4";
    NEWEST = "SELECT pool_id, region, account, name, document, created_ms, modified_ms, version, epoch \
              FROM pools ORDER BY created_ms DESC, pool_id LIMIT $1";
    UPDATE = "UPDATE pools SET name = $3, document = $4, modified_ms = $5, kms_key = $6, triggers = $7, version = version + 1, epoch = epoch + 1 \
              WHERE pool_id = $1 AND version = $2";
    KEY_SINCE = "SELECT created_ms FROM pools WHERE kms_key = $1 ORDER BY created_ms LIMIT 1";
    DELETE = "DELETE FROM pools WHERE pool_id = $1";
    COUNT_USERS = "SELECT COUNT(*) FROM users WHERE pool_id = $1";
    EPOCH = "SELECT epoch FROM pools WHERE pool_id = $1";
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
    pub document: Arc<PoolDocument>,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub modified: Timestamp,
    /// Raised by every change.
    pub version: i64,
    /// Raised by every change of it, its clients, domains and resource servers. Begins anywhere, so
    /// that a pool made in the place of another is not taken for it.
    pub epoch: i64,
}

impl Pool {
    /// What CreateUserPool and UpdateUserPool set.
    pub fn settings(&self) -> &PoolSettings {
        &self.document.settings
    }

    /// The key of its custom senders: that of `LambdaConfig.KMSKeyID`.
    pub fn kms_key(&self) -> Option<KeyArn> {
        let lambda = self.settings().lambda_config.as_ref()?;
        KeyArn::of(lambda.kms_key_id.as_deref()?)
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
    epoch: i64,
}

impl TryFrom<Row> for Pool {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: PoolId::parse(row.pool_id).map_err(Error::internal)?,
            region: row.region,
            account: row.account,
            name: row.name,
            document: Arc::new(serde_json::from_str(&row.document).map_err(Error::internal)?),
            created: Timestamp::from_ms(row.created_ms),
            modified: Timestamp::from_ms(row.modified_ms),
            version: row.version,
            epoch: row.epoch,
        })
    }
}

/// What a list shows of a pool.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its id.
    pub id: PoolId,
    /// Its display name.
    pub name: String,
    /// Its triggers.
    pub triggers: LambdaConfig,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub modified: Timestamp,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    pool_id: String,
    name: String,
    triggers: Option<String>,
    created_ms: i64,
    modified_ms: i64,
}

impl TryFrom<ListedRow> for Listed {
    type Error = Error;
    fn try_from(row: ListedRow) -> Result<Self> {
        let triggers = row.triggers.as_deref().map(serde_json::from_str);
        Ok(Self {
            id: PoolId::parse(row.pool_id).map_err(Error::internal)?,
            name: row.name,
            triggers: triggers
                .transpose()
                .map_err(Error::internal)?
                .unwrap_or_default(),
            created: Timestamp::from_ms(row.created_ms),
            modified: Timestamp::from_ms(row.modified_ms),
        })
    }
}

/// The pool of an id.
pub async fn find(db: &mut Conn, pool: &PoolId) -> Result<Option<Pool>> {
    let row: Option<Row> = db.optional(BY_ID, args![pool]).await?;
    row.map(Pool::try_from).transpose()
}

/// Up to `limit` pools of an account and region, by id, after the one named.
pub async fn page(
    db: &mut Conn,
    (account, region): (&str, &str),
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Listed>> {
    let args = args![account, region, after.unwrap_or_default(), limit];
    let rows: Vec<ListedRow> = db.all(PAGE, args).await?;
    rows.into_iter().map(Listed::try_from).collect()
}

/// The `limit` newest pools of all accounts and regions.
pub async fn newest(db: &mut Conn, limit: i64) -> Result<Vec<Pool>> {
    let rows: Vec<Row> = db.all(NEWEST, args![limit]).await?;
    rows.into_iter().map(Pool::try_from).collect()
}

/// Adds a pool. A unique violation means the id is taken.
pub async fn insert(tx: &mut Tx, pool: &Pool) -> Result<(), DbError> {
    let args = args![
        &pool.id,
        &pool.region,
        &pool.account,
        &pool.name,
        encoded(&*pool.document)?,
        pool.created,
        pool.modified,
        pool.epoch,
        pool.kms_key().as_ref().map(KeyArn::as_str),
        triggers(pool)?
    ];
    tx.execute(INSERT, args).await.map(drop)
}

/// Writes a pool's name and document back, if nobody else has changed the pool since it was read;
/// says whether it was.
pub async fn update(tx: &mut Tx, pool: &Pool) -> Result<bool, DbError> {
    let args = args![
        &pool.id,
        pool.version,
        &pool.name,
        encoded(&*pool.document)?,
        pool.modified,
        pool.kms_key().as_ref().map(KeyArn::as_str),
        triggers(pool)?
    ];
    tx.touched.pool(&pool.id);
    tx.execute(UPDATE, args).await.map(|rows| rows == 1)
}

/// What lists read of a pool's triggers.
fn triggers(pool: &Pool) -> Result<Option<String>, DbError> {
    pool.settings()
        .lambda_config
        .as_ref()
        .map(encoded)
        .transpose()
}

/// When the oldest pool with this key was made; none if no pool has it.
pub async fn key_since(db: &mut Conn, key: &KeyArn) -> Result<Option<Timestamp>, DbError> {
    let row: Option<(i64,)> = db.optional(KEY_SINCE, args![key.as_str()]).await?;
    Ok(row.map(|(ms,)| Timestamp::from_ms(ms)))
}

/// Deletes a pool and, by cascade, everything in it.
pub async fn delete(tx: &mut Tx, pool: &PoolId) -> Result<(), DbError> {
    tx.touched.pool(pool);
    tx.execute(DELETE, args![pool]).await.map(drop)
}

/// The epoch of a pool.
pub async fn epoch(db: &mut Conn, pool: &PoolId) -> Result<Option<i64>, DbError> {
    let row: Option<(i64,)> = db.optional(EPOCH, args![pool]).await?;
    Ok(row.map(|(epoch,)| epoch))
}

/// Tells every node that what it cached of this pool is stale. Called by each write to a pool,
/// client or domain, in the same transaction. Called first, it makes such writes wait for each
/// other, so that what they count stays true. Says whether the pool exists.
pub async fn bump_epoch(tx: &mut Tx, pool: &PoolId) -> Result<bool, DbError> {
    tx.touched.pool(pool);
    tx.execute(BUMP_EPOCH, args![pool])
        .await
        .map(|rows| rows == 1)
}

/// How many users a pool has.
pub async fn count_users(db: &mut Conn, pool: &PoolId) -> Result<i64, DbError> {
    let (count,): (i64,) = db.one(COUNT_USERS, args![pool]).await?;
    Ok(count)
}

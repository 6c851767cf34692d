//! Domains of pools.

use serde::{Deserialize, Serialize};

use super::db::{Conn, DbError, Tx, encoded};
use crate::error::{Error, Result};
use crate::ids::PoolId;
use crate::settings::domain::DomainSettings;
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    BY_NAME = "SELECT pool_id, domain, custom, document, created_ms, version FROM domains WHERE domain = $1";
    OF_POOL = "SELECT pool_id, domain, custom, document, created_ms, version FROM domains WHERE pool_id = $1 ORDER BY domain";
    INSERT = "INSERT INTO domains (pool_id, domain, custom, document, created_ms, version) VALUES ($1, $2, $3, $4, $5, 1)";
    UPDATE = "UPDATE domains SET document = $4, version = version + 1 WHERE pool_id = $1 AND domain = $2 AND version = $3";
    DELETE = "DELETE FROM domains WHERE pool_id = $1 AND domain = $2";
}

/// A domain: where a pool's pages and OAuth endpoints are.
#[derive(Clone, Debug)]
pub struct Domain {
    /// The pool.
    pub pool: PoolId,
    /// A prefix, or the full name of a custom domain; unique over all pools.
    pub domain: String,
    /// Whether it is a custom domain.
    pub custom: bool,
    /// The rest.
    pub document: Document,
    /// When it was made.
    pub created: Timestamp,
    /// Raised by every change.
    pub version: i64,
}

/// The JSON document of a domain's row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// What Create and Update set.
    pub settings: DomainSettings,
    /// The name of the distribution that would serve it on AWS.
    pub distribution: String,
    /// When it last changed.
    pub modified: Option<Timestamp>,
    /// How often the version of its pages has changed: browsers signed in before are not any more.
    #[serde(default)]
    pub switches: i64,
}

impl Domain {
    /// The version of its pages: 1 (the classic hosted UI) unless set.
    pub fn managed_login(&self) -> i64 {
        self.document.settings.managed_login_version.unwrap_or(1)
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    pool_id: String,
    domain: String,
    custom: bool,
    document: String,
    created_ms: i64,
    version: i64,
}

impl TryFrom<Row> for Domain {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            pool: PoolId::parse(row.pool_id).map_err(Error::internal)?,
            domain: row.domain,
            custom: row.custom,
            document: serde_json::from_str(&row.document).map_err(Error::internal)?,
            created: Timestamp::from_ms(row.created_ms),
            version: row.version,
        })
    }
}

/// The domain of a name, in whichever pool it is.
pub async fn find(db: &mut Conn, domain: &str) -> Result<Option<Domain>> {
    let row: Option<Row> = db.optional(BY_NAME, args![domain]).await?;
    row.map(Domain::try_from).transpose()
}

/// The domains of a pool.
pub async fn of_pool(db: &mut Conn, pool: &PoolId) -> Result<Vec<Domain>> {
    let rows: Vec<Row> = db.all(OF_POOL, args![pool]).await?;
    rows.into_iter().map(Domain::try_from).collect()
}

/// Adds a domain. A unique violation means the name is taken.
pub async fn insert(tx: &mut Tx, domain: &Domain) -> Result<(), DbError> {
    let args = args![
        &domain.pool,
        &domain.domain,
        domain.custom,
        encoded(&domain.document)?,
        domain.created
    ];
    tx.execute(INSERT, args).await.map(drop)
}

/// Writes a domain's document back, if nobody else has changed it since it was read; says whether
/// it was.
pub async fn update(tx: &mut Tx, domain: &Domain) -> Result<bool, DbError> {
    let args = args![
        &domain.pool,
        &domain.domain,
        domain.version,
        encoded(&domain.document)?
    ];
    tx.execute(UPDATE, args).await.map(|rows| rows == 1)
}

/// Deletes a domain; says whether it was there.
pub async fn delete(tx: &mut Tx, pool: &PoolId, domain: &str) -> Result<bool, DbError> {
    let rows = tx.execute(DELETE, args![pool, domain]).await?;
    Ok(rows == 1)
}

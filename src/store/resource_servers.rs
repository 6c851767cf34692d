//! Resource servers.

use serde::{Deserialize, Serialize};

use super::db::{Conn, DbError, Tx, encoded};
use crate::error::{Error, Result};
use crate::ids::PoolId;
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    OF_POOL = "SELECT pool_id, identifier, name, scopes, created_ms, version FROM resource_servers \
               WHERE pool_id = $1 ORDER BY identifier";
    PAGE = "SELECT pool_id, identifier, name, scopes, created_ms, version FROM resource_servers \
            WHERE pool_id = $1 AND identifier > $2 ORDER BY identifier LIMIT $3";
    BY_IDENTIFIER = "SELECT pool_id, identifier, name, scopes, created_ms, version FROM resource_servers \
                     WHERE pool_id = $1 AND identifier = $2";
    COUNT = "SELECT COUNT(*) FROM resource_servers WHERE pool_id = $1";
    INSERT = "INSERT INTO resource_servers (pool_id, identifier, name, scopes, created_ms, version) \
              VALUES ($1, $2, $3, $4, $5, 1)";
    UPDATE = "UPDATE resource_servers SET name = $4, scopes = $5, version = version + 1 \
              WHERE pool_id = $1 AND identifier = $2 AND version = $3";
    DELETE = "DELETE FROM resource_servers WHERE pool_id = $1 AND identifier = $2";
}

/// An API whose scopes clients may ask for.
#[derive(Clone, Debug)]
pub struct ResourceServer {
    /// The pool.
    pub pool: PoolId,
    /// Its identifier, unique in the pool.
    pub identifier: String,
    /// Its display name.
    pub name: String,
    /// Its scopes; none when they were never given.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created: Timestamp,
    /// Raised by every change.
    pub version: i64,
}

/// One scope of a resource server, in AWS's shape.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Scope {
    /// Its name, without `/`.
    pub scope_name: String,
    /// What it allows, for people.
    pub scope_description: String,
}

impl ResourceServer {
    /// All its scopes as tokens name them.
    pub fn scope_strings(&self) -> impl Iterator<Item = String> {
        let scopes = self.scopes.iter();
        scopes.map(|scope| self.scope_string(&scope.scope_name))
    }

    /// A scope as tokens name it.
    pub fn scope_string(&self, scope_name: &str) -> String {
        format!("{}/{scope_name}", self.identifier)
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    pool_id: String,
    identifier: String,
    name: String,
    scopes: String,
    created_ms: i64,
    version: i64,
}

impl TryFrom<Row> for ResourceServer {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            pool: PoolId::parse(row.pool_id).map_err(Error::internal)?,
            identifier: row.identifier,
            name: row.name,
            scopes: serde_json::from_str(&row.scopes).map_err(Error::internal)?,
            created: Timestamp::from_ms(row.created_ms),
            version: row.version,
        })
    }
}

/// All resource servers of a pool, by identifier.
pub async fn all(db: &mut Conn, pool: &PoolId) -> Result<Vec<ResourceServer>> {
    let rows: Vec<Row> = db.all(OF_POOL, args![pool]).await?;
    rows.into_iter().map(ResourceServer::try_from).collect()
}

/// Up to `limit` resource servers of a pool, by identifier, after the one named.
pub async fn page(
    db: &mut Conn,
    pool: &PoolId,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<ResourceServer>> {
    let args = args![pool, after.unwrap_or_default(), limit];
    let rows: Vec<Row> = db.all(PAGE, args).await?;
    rows.into_iter().map(ResourceServer::try_from).collect()
}

/// The resource server of an identifier.
pub async fn find(
    db: &mut Conn,
    pool: &PoolId,
    identifier: &str,
) -> Result<Option<ResourceServer>> {
    let row: Option<Row> = db.optional(BY_IDENTIFIER, args![pool, identifier]).await?;
    row.map(ResourceServer::try_from).transpose()
}

/// How many resource servers a pool has.
pub async fn count(db: &mut Conn, pool: &PoolId) -> Result<i64, DbError> {
    let (count,): (i64,) = db.one(COUNT, args![pool]).await?;
    Ok(count)
}

/// Adds a resource server. A unique violation means the identifier is taken.
pub async fn insert(tx: &mut Tx, server: &ResourceServer) -> Result<(), DbError> {
    let args = args![
        &server.pool,
        &server.identifier,
        &server.name,
        encoded(&server.scopes)?,
        server.created
    ];
    tx.execute(INSERT, args).await.map(drop)
}

/// Writes name and scopes back, if nobody else has changed them since they were read; says whether
/// it was.
pub async fn update(tx: &mut Tx, server: &ResourceServer) -> Result<bool, DbError> {
    let args = args![
        &server.pool,
        &server.identifier,
        server.version,
        &server.name,
        encoded(&server.scopes)?
    ];
    tx.execute(UPDATE, args).await.map(|rows| rows == 1)
}

/// Deletes a resource server.
pub async fn delete(tx: &mut Tx, pool: &PoolId, identifier: &str) -> Result<(), DbError> {
    tx.execute(DELETE, args![pool, identifier]).await.map(drop)
}

//! Resource servers.

use serde::{Deserialize, Serialize};

use super::db::Conn;
use crate::error::{Error, Result};
use crate::ids::PoolId;
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    OF_POOL = "SELECT pool_id, identifier, name, scopes, created_ms, version FROM resource_servers \
               WHERE pool_id = $1 ORDER BY identifier";
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

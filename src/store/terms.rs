//! Terms documents: links by language, of one client.

use std::collections::BTreeMap;

use super::db::{Conn, DbError, Tx, encoded};
use crate::error::{Error, Result};
use crate::ids::{ClientId, PoolId};
use crate::settings::branding::TermsName;
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    BY_ID = "SELECT terms_id, client_id, name, links, created_ms, modified_ms, version FROM terms \
             WHERE pool_id = $1 AND terms_id = $2";
    OF_CLIENT = "SELECT terms_id, client_id, name, links, created_ms, modified_ms, version FROM terms \
                 WHERE pool_id = $1 AND client_id = $2 ORDER BY name";
    PAGE = "SELECT terms_id, client_id, name, links, created_ms, modified_ms, version FROM terms \
            WHERE pool_id = $1 AND terms_id > $2 ORDER BY terms_id LIMIT $3";
    INSERT = "INSERT INTO terms (pool_id, terms_id, client_id, name, links, created_ms, modified_ms, version) \
              VALUES ($1, $2, $3, $4, $5, $6, $6, 1)";
    UPDATE = "UPDATE terms SET name = $4, links = $5, modified_ms = $6, version = version + 1 \
              WHERE pool_id = $1 AND terms_id = $2 AND version = $3";
    DELETE = "DELETE FROM terms WHERE pool_id = $1 AND terms_id = $2";
}

/// Links by language, in AWS's names: `cognito:default`, `cognito:french`.
pub type Links = BTreeMap<String, String>;

/// A document.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The pool.
    pub pool: PoolId,
    /// Its id: a version 4 UUID.
    pub id: String,
    /// The client on whose sign-up page it is named.
    pub client: ClientId,
    /// Which document it is.
    pub name: TermsName,
    /// Where it is.
    pub links: Links,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub modified: Timestamp,
    /// Raised by every change.
    pub version: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    terms_id: String,
    client_id: String,
    name: String,
    links: String,
    created_ms: i64,
    modified_ms: i64,
    version: i64,
}

impl Row {
    fn of(self, pool: &PoolId) -> Result<Terms> {
        Ok(Terms {
            pool: pool.clone(),
            id: self.terms_id,
            client: ClientId::parse(self.client_id).map_err(Error::internal)?,
            name: TermsName::try_from(self.name).map_err(Error::internal)?,
            links: serde_json::from_str(&self.links).map_err(Error::internal)?,
            created: Timestamp::from_ms(self.created_ms),
            modified: Timestamp::from_ms(self.modified_ms),
            version: self.version,
        })
    }
}

/// The document of an id.
pub async fn find(db: &mut Conn, pool: &PoolId, id: &str) -> Result<Option<Terms>> {
    let row: Option<Row> = db.optional(BY_ID, args![pool, id]).await?;
    row.map(|row| row.of(pool)).transpose()
}

/// The documents of a client.
pub async fn of_client(db: &mut Conn, pool: &PoolId, client: &ClientId) -> Result<Vec<Terms>> {
    let rows: Vec<Row> = db.all(OF_CLIENT, args![pool, client]).await?;
    rows.into_iter().map(|row| row.of(pool)).collect()
}

/// Up to `limit` documents of a pool, by id, after the one named.
pub async fn page(
    db: &mut Conn,
    pool: &PoolId,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Terms>> {
    let args = args![pool, after.unwrap_or_default(), limit];
    let rows: Vec<Row> = db.all(PAGE, args).await?;
    rows.into_iter().map(|row| row.of(pool)).collect()
}

/// Adds a document. A unique violation means that the client has one of that name.
pub async fn insert(tx: &mut Tx, terms: &Terms) -> Result<(), DbError> {
    let args = args![
        &terms.pool,
        &terms.id,
        &terms.client,
        terms.name.as_str(),
        encoded(&terms.links)?,
        terms.created
    ];
    tx.execute(INSERT, args).await.map(drop)
}

/// Writes a document back, if nobody else has changed it since it was read; says whether it was. A
/// unique violation means that the client has another of that name.
pub async fn update(tx: &mut Tx, terms: &Terms) -> Result<bool, DbError> {
    let args = args![
        &terms.pool,
        &terms.id,
        terms.version,
        terms.name.as_str(),
        encoded(&terms.links)?,
        terms.modified
    ];
    tx.execute(UPDATE, args).await.map(|rows| rows == 1)
}

/// Deletes a document; says whether it was there.
pub async fn delete(tx: &mut Tx, pool: &PoolId, id: &str) -> Result<bool, DbError> {
    let rows = tx.execute(DELETE, args![pool, id]).await?;
    Ok(rows == 1)
}

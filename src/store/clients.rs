//! App clients and their secrets.

use std::sync::Arc;

use super::db::{Conn, DbError, Tx, encoded};
use crate::error::{Error, Result};
use crate::ids::{ClientId, PoolId};
use crate::settings::client::{ClientExtras, ClientSettings};
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    BY_ID = "SELECT pool_id, client_id, name, document, extras, registered, created_ms, modified_ms, version \
             FROM clients WHERE client_id = $1";
    BY_ID_AT = "SELECT c.pool_id, c.client_id, c.name, c.document, c.extras, c.registered, c.created_ms, c.modified_ms, c.version, p.epoch \
                FROM clients c JOIN pools p ON p.pool_id = c.pool_id WHERE c.client_id = $1";
    SECRETS = "SELECT secret_id, sealed, created_ms FROM client_secrets \
               WHERE pool_id = $1 AND client_id = $2 ORDER BY created_ms, secret_id";
    PAGE = "SELECT client_id, name FROM clients WHERE pool_id = $1 AND client_id > $2 ORDER BY client_id LIMIT $3";
    PAGE_OF_KIND = "SELECT client_id, name FROM clients WHERE pool_id = $1 AND registered = $4 AND client_id > $2 \
                    ORDER BY client_id LIMIT $3";
    COUNT_REGISTERED = "SELECT COUNT(*) FROM clients WHERE pool_id = $1 AND registered = $2";
    COUNT = "SELECT COUNT(*) FROM clients WHERE pool_id = $1";
    INSERT = "INSERT INTO clients (pool_id, client_id, name, document, created_ms, modified_ms, version, extras, registered) \
              VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8)";
    INSERT_SECRET = "INSERT INTO client_secrets (pool_id, client_id, secret_id, sealed, created_ms) \
                     VALUES ($1, $2, $3, $4, $5)";
    DELETE_SECRET = "DELETE FROM client_secrets WHERE pool_id = $1 AND client_id = $2 AND secret_id = $3";
    UPDATE = "UPDATE clients SET name = $4, document = $5, modified_ms = $6, extras = $7, version = version + 1 \
              WHERE pool_id = $1 AND client_id = $2 AND version = $3";
    DELETE = "DELETE FROM clients WHERE pool_id = $1 AND client_id = $2";
}

/// An app client.
#[derive(Clone, Debug)]
pub struct Client {
    /// The pool it belongs to.
    pub pool: PoolId,
    /// Its id.
    pub id: ClientId,
    /// Its display name.
    pub name: String,
    /// Its settings.
    pub settings: Arc<ClientSettings>,
    /// What operations of their own set.
    pub extras: Arc<ClientExtras>,
    /// Its secrets, sealed, oldest first; empty for a public client.
    pub secrets: Vec<SealedSecret>,
    /// Whether it registered itself.
    pub registered: bool,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub modified: Timestamp,
    /// Raised by every change.
    pub version: i64,
}

/// One of a client's secrets. It opens with `Place { table: "client_secrets", column: "sealed",
/// row: "{pool_id}/{client_id}/{secret_id}" }`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SealedSecret {
    /// Its id.
    pub secret_id: String,
    /// The sealed text.
    pub sealed: String,
    /// When it was made, in milliseconds.
    pub created_ms: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    pool_id: String,
    client_id: String,
    name: String,
    document: String,
    extras: String,
    registered: bool,
    created_ms: i64,
    modified_ms: i64,
    version: i64,
}

#[derive(sqlx::FromRow)]
struct RowAt {
    #[sqlx(flatten)]
    client: Row,
    epoch: i64,
}

impl Row {
    fn with(self, secrets: Vec<SealedSecret>) -> Result<Client> {
        Ok(Client {
            pool: PoolId::parse(self.pool_id).map_err(Error::internal)?,
            id: ClientId::parse(self.client_id).map_err(Error::internal)?,
            name: self.name,
            settings: Arc::new(serde_json::from_str(&self.document).map_err(Error::internal)?),
            extras: Arc::new(serde_json::from_str(&self.extras).map_err(Error::internal)?),
            secrets,
            registered: self.registered,
            created: Timestamp::from_ms(self.created_ms),
            modified: Timestamp::from_ms(self.modified_ms),
            version: self.version,
        })
    }
}

/// The client of an id, in whichever pool it is.
pub async fn find(db: &mut Conn, client: &ClientId) -> Result<Option<Client>> {
    let Some(row) = db.optional::<Row>(BY_ID, args![client]).await? else {
        return Ok(None);
    };
    let secrets = db.all(SECRETS, args![&row.pool_id, &row.client_id]).await?;
    row.with(secrets).map(Some)
}

/// The client of an id with the epoch of its pool, both of one moment.
pub async fn find_at(db: &mut Conn, client: &ClientId) -> Result<Option<(i64, Client)>> {
    let Some(row) = db.optional::<RowAt>(BY_ID_AT, args![client]).await? else {
        return Ok(None);
    };
    let found = &row.client;
    let secrets = db
        .all(SECRETS, args![&found.pool_id, &found.client_id])
        .await?;
    Ok(Some((row.epoch, row.client.with(secrets)?)))
}

/// The secrets of a client, sealed, oldest first.
pub async fn secrets(db: &mut Conn, client: &Client) -> Result<Vec<SealedSecret>, DbError> {
    db.all(SECRETS, args![&client.pool, &client.id]).await
}

/// Ids and names of up to `limit` clients of a pool, by id, after the one named; `registered`: only
/// those that registered themselves, or only those that did not.
pub async fn page(
    db: &mut Conn,
    pool: &PoolId,
    registered: Option<bool>,
    (after, limit): (Option<&str>, i64),
) -> Result<Vec<(ClientId, String)>> {
    let after = after.unwrap_or_default();
    let rows: Vec<(String, String)> = match registered {
        None => db.all(PAGE, args![pool, after, limit]).await?,
        Some(registered) => {
            let args = args![pool, after, limit, registered];
            db.all(PAGE_OF_KIND, args).await?
        }
    };
    rows.into_iter()
        .map(|(id, name)| Ok((ClientId::parse(id).map_err(Error::internal)?, name)))
        .collect()
}

/// How many clients a pool has.
pub async fn count(db: &mut Conn, pool: &PoolId) -> Result<i64, DbError> {
    let (count,): (i64,) = db.one(COUNT, args![pool]).await?;
    Ok(count)
}

/// How many clients of a pool registered themselves.
pub async fn count_registered(db: &mut Conn, pool: &PoolId) -> Result<i64, DbError> {
    let (count,): (i64,) = db.one(COUNT_REGISTERED, args![pool, true]).await?;
    Ok(count)
}

/// Adds a client without its secrets. A unique violation means the id is taken, in any pool.
pub async fn insert(tx: &mut Tx, client: &Client) -> Result<(), DbError> {
    let args = args![
        &client.pool,
        &client.id,
        &client.name,
        encoded(&*client.settings)?,
        client.created,
        client.modified,
        encoded(&*client.extras)?,
        client.registered
    ];
    tx.execute(INSERT, args).await.map(drop)
}

/// Adds a secret to a client.
pub async fn insert_secret(
    tx: &mut Tx,
    client: &Client,
    secret: &SealedSecret,
) -> Result<(), DbError> {
    let args = args![
        &client.pool,
        &client.id,
        &secret.secret_id,
        &secret.sealed,
        secret.created_ms
    ];
    tx.execute(INSERT_SECRET, args).await.map(drop)
}

/// Removes a secret of a client.
pub async fn delete_secret(tx: &mut Tx, client: &Client, secret: &str) -> Result<(), DbError> {
    let args = args![&client.pool, &client.id, secret];
    tx.execute(DELETE_SECRET, args).await.map(drop)
}

/// Writes a client's name and settings back, if nobody else has changed it since it was read; says
/// whether it was.
pub async fn update(tx: &mut Tx, client: &Client) -> Result<bool, DbError> {
    let args = args![
        &client.pool,
        &client.id,
        client.version,
        &client.name,
        encoded(&*client.settings)?,
        client.modified,
        encoded(&*client.extras)?
    ];
    tx.execute(UPDATE, args).await.map(|rows| rows == 1)
}

/// Deletes a client and, by cascade, its secrets, sessions and tokens; says whether it was there.
pub async fn delete(tx: &mut Tx, pool: &PoolId, client: &ClientId) -> Result<bool, DbError> {
    let rows = tx.execute(DELETE, args![pool, client]).await?;
    Ok(rows == 1)
}

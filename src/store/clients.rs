//! App clients and their secrets.

use super::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{ClientId, PoolId};
use crate::settings::client::ClientSettings;
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    BY_ID = "SELECT pool_id, client_id, name, document, created_ms, modified_ms, version \
             FROM clients WHERE client_id = $1";
    SECRETS = "SELECT secret_id, sealed, created_ms FROM client_secrets \
               WHERE pool_id = $1 AND client_id = $2 ORDER BY created_ms, secret_id";
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
    pub settings: ClientSettings,
    /// Its secrets, sealed, oldest first; empty for a public client.
    pub secrets: Vec<SealedSecret>,
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
    created_ms: i64,
    modified_ms: i64,
    version: i64,
}

impl Row {
    fn with(self, secrets: Vec<SealedSecret>) -> Result<Client> {
        Ok(Client {
            pool: PoolId::parse(self.pool_id).map_err(Error::internal)?,
            id: ClientId::parse(self.client_id).map_err(Error::internal)?,
            name: self.name,
            settings: serde_json::from_str(&self.document).map_err(Error::internal)?,
            secrets,
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

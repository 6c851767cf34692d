//! App clients: made, described, listed, changed, deleted (api.md 3.3).

mod check;
mod create;
mod extras;
mod flows;
mod oauth;
mod permissions;
mod rotation;
mod secrets;
mod shown;
mod update;
mod urls;
mod validity;

use std::sync::Arc;

use crate::app::App;
use crate::domain::catalogue;
use crate::domain::paging::{Ask, List, Page};
use crate::domain::pools as pool_rules;
use crate::error::{Error, Result};
use crate::ids::{ClientId, PoolId};
use crate::names;
use crate::secret::Secret;
use crate::store::audit::{Actor, Event};
use crate::store::catalogue::Known;
use crate::store::clients::{self, Client};
use crate::store::db::{Conn, Tx};
use crate::store::pools::{self, Pool};

pub(in crate::domain) use create::register;
pub use create::{NewClient, create};
pub(in crate::domain) use extras::change_extras;
pub use rotation::{NewSecret, add_secret, delete_secret, list_secrets};
pub use secrets::{check_secret, check_secret_hash};
pub use shown::shown;
pub use update::update;
pub(in crate::domain) use validity::LONGEST_TOKEN;

/// The most rows of a page.
const MOST: i64 = 60;

/// A client as answers show it: with its secret in clear.
#[derive(Clone, Debug)]
pub struct Described {
    /// The client.
    pub client: Client,
    /// Its first secret; none for a public client.
    pub secret: Option<Secret<String>>,
}

names! {
    /// How a client came to be (`ClientType`): by CreateUserPoolClient, or by dynamic client
    /// registration.
    pub enum Kind { Regular = "REGULAR", Registered = "DCR" }
}

impl Kind {
    /// Of a client.
    pub const fn of(client: &Client) -> Self {
        if client.registered {
            Self::Registered
        } else {
            Self::Regular
        }
    }
}

/// A pool and one of its clients.
///
/// # Errors: ResourceNotFound, of the pool, or of a client that is not there or in another pool.
pub async fn of_pool(app: &App, pool: &PoolId, client: &ClientId) -> Result<(Pool, Client)> {
    let found = catalogue::client(app, client).await?;
    belonging(app, pool, client, found).await
}

/// The same where no secret is checked.
///
/// # Errors: those of [`of_pool`]
pub(super) async fn of_pool_remembered(
    app: &App,
    pool: &PoolId,
    client: &ClientId,
) -> Result<(Pool, Client)> {
    let found = catalogue::remembered(app, client).await?;
    belonging(app, pool, client, found).await
}

async fn belonging(
    app: &App,
    pool: &PoolId,
    client: &ClientId,
    found: Option<(Arc<Known>, Client)>,
) -> Result<(Pool, Client)> {
    if let Some((known, found)) = found.filter(|(known, _)| known.pool.id == *pool) {
        return Ok((known.pool.clone(), found));
    }
    pool_rules::get(app, pool).await?;
    Err(Error::client_not_found(client.as_str()))
}

/// A client and its pool, for unsigned calls that know nothing but a client id.
///
/// # Errors: ResourceNotFound.
pub async fn public(app: &App, client: &ClientId) -> Result<(Pool, Client)> {
    let found = catalogue::client(app, client).await?;
    let (known, found) = found.ok_or_else(|| Error::client_not_found(client.as_str()))?;
    Ok((known.pool.clone(), found))
}

/// A client with its secret.
///
/// # Errors: ResourceNotFound.
pub async fn describe(app: &App, pool: &PoolId, client: &ClientId) -> Result<Described> {
    let mut db = app.store.read().await?;
    if pools::find(&mut db, pool).await?.is_none() {
        return Err(Error::pool_not_found(pool.as_str()));
    }
    let found = clients::find(&mut db, client).await?;
    let found = found.filter(|client| client.pool == *pool);
    let client = found.ok_or_else(|| Error::client_not_found(client.as_str()))?;
    let secret = client.secrets.first();
    let secret = secret.map(|s| secrets::open(app, &client, s)).transpose()?;
    Ok(Described { client, secret })
}

/// A client as it is now, while other writes to its pool wait.
///
/// # Errors: ResourceNotFound.
async fn lock(tx: &mut Tx, pool: &PoolId, client: &ClientId) -> Result<(Pool, Client)> {
    let pool = pool_rules::lock(tx, pool).await?;
    let found = in_pool(tx, &pool.id, client).await?;
    Ok((pool, found))
}

/// A client of a pool, as it is now.
///
/// # Errors: ResourceNotFound, also for one of another pool.
pub(super) async fn in_pool(db: &mut Conn, pool: &PoolId, client: &ClientId) -> Result<Client> {
    let found = clients::find(db, client).await?;
    let found = found.filter(|client| client.pool == *pool);
    found.ok_or_else(|| Error::client_not_found(client.as_str()))
}

/// The clients of a pool, by id; of one kind, if one is given.
///
/// # Errors: ResourceNotFound, InvalidParameter (token).
pub async fn list(
    app: &App,
    pool: &PoolId,
    kind: Option<Kind>,
    ask: &Ask,
) -> Result<Page<(ClientId, String)>> {
    pool_rules::get(app, pool).await?;
    let list = List {
        operation: "ListUserPoolClients",
        scope: pool.as_str(),
        parameters: match kind {
            None => "",
            Some(kind) => kind.as_str(),
        },
    };
    let after: Option<String> = list.after(app, ask)?;
    let count = ask.rows(MOST);
    let registered = kind.map(|kind| kind == Kind::Registered);
    let rows = {
        let mut db = app.store.read().await?;
        let part = (after.as_deref(), count + 1);
        clients::page(&mut db, pool, registered, part).await?
    };
    list.page(app, rows, count, |(id, _)| id.clone())
}

/// Deletes a client with its secrets, sessions and tokens.
///
/// # Errors: ResourceNotFound.
pub async fn delete(app: &App, actor: &Actor, pool: &PoolId, client: &ClientId) -> Result<()> {
    let mut tx = app.store.write(actor).await?;
    pool_rules::lock(&mut tx, pool).await?;
    if !clients::delete(&mut tx, pool, client).await? {
        return Err(Error::client_not_found(client.as_str()));
    }
    finish(app, tx, "DeleteUserPoolClient", (pool, client)).await
}

async fn finish(
    app: &App,
    mut tx: Tx,
    act: &str,
    (pool, client): (&PoolId, &ClientId),
) -> Result<()> {
    tx.audit(Event {
        at: app.clock.now(pool),
        pool: Some(pool),
        act,
        target: Some(client.as_str()),
        refused: None,
    })
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Whether a browser may be sent to a URL at all: what may be registered may be followed.
pub fn may_redirect_to(url: &str) -> bool {
    urls::check(url, "callback").is_ok()
}

//! App clients.

mod secrets;

use crate::app::App;
use crate::error::{Error, Result};
use crate::ids::{ClientId, PoolId};
use crate::store::clients::{self, Client};
use crate::store::pools::{self, Pool};

pub use secrets::{check_secret, check_secret_hash};

/// A pool and one of its clients.
///
/// # Errors: ResourceNotFound, of the pool, or of a client that is not there or in another pool.
pub async fn of_pool(app: &App, pool: &PoolId, client: &ClientId) -> Result<(Pool, Client)> {
    let mut db = app.store.read().await?;
    let Some(pool) = pools::find(&mut db, pool).await? else {
        return Err(Error::pool_not_found(pool.as_str()));
    };
    let found = clients::find(&mut db, client).await?;
    let found = found.filter(|client| client.pool == pool.id);
    let found = found.ok_or_else(|| Error::client_not_found(client.as_str()))?;
    Ok((pool, found))
}

/// A client and its pool, for unsigned calls that know nothing but a client id.
///
/// # Errors: ResourceNotFound.
pub async fn public(app: &App, client: &ClientId) -> Result<(Pool, Client)> {
    let mut db = app.store.read().await?;
    let missing = || Error::client_not_found(client.as_str());
    let found = clients::find(&mut db, client).await?.ok_or_else(missing)?;
    let pool = pools::find(&mut db, &found.pool).await?;
    Ok((pool.ok_or_else(missing)?, found))
}

//! User pools.

use crate::app::App;
use crate::error::{Error, Result};
use crate::ids::PoolId;
use crate::store::pools::{self, Pool};

/// The pool of an id, in whatever region and account it was made.
///
/// # Errors: ResourceNotFound `User pool {id} does not exist.`
pub async fn get(app: &App, pool: &PoolId) -> Result<Pool> {
    let mut db = app.store.read().await?;
    pools::find(&mut db, pool)
        .await?
        .ok_or_else(|| Error::pool_not_found(pool.as_str()))
}

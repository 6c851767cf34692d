//! What operations of their own set for a client, beside UpdateUserPoolClient.

use std::sync::Arc;

use crate::app::App;
use crate::error::{Error, Result};
use crate::ids::{ClientId, PoolId};
use crate::settings::client::ClientExtras;
use crate::store::audit::Actor;
use crate::store::clients::{self, Client};
use crate::store::pools::{self, Pool};

/// Changes a client's extras while other writes to its pool wait; `check` may refuse, and may change
/// the pool with it.
///
/// # Errors: ResourceNotFound, ConcurrentModification, those of `check`
pub(in crate::domain) async fn change_extras(
    app: &App,
    actor: &Actor,
    (pool, client): (&PoolId, &ClientId),
    act: &str,
    check: impl FnOnce(&mut Pool) -> Result<()>,
    apply: impl FnOnce(&mut ClientExtras),
) -> Result<Client> {
    let mut tx = app.store.write(actor).await?;
    let (mut pool, mut client) = super::lock(&mut tx, pool, client).await?;
    let before = Arc::clone(&pool.document);
    check(&mut pool)?;
    if pool.document != before && !pools::update(&mut tx, &pool).await? {
        return Err(Error::concurrent_modification());
    }
    apply(Arc::make_mut(&mut client.extras));
    if !clients::update(&mut tx, &client).await? {
        return Err(Error::concurrent_modification());
    }
    super::finish(app, tx, act, (&client.pool, &client.id)).await?;
    Ok(client)
}

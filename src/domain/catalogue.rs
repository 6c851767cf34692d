//! Pools and clients as this node knows them: at most a second behind another node's changes, never
//! behind its own (docs/adr/0013).

use std::sync::Arc;

use crate::app::App;
use crate::error::Result;
use crate::ids::{ClientId, PoolId};
use crate::store::catalogue::Known;
use crate::store::clients::{self, Client};

/// The pool of an id.
pub(super) async fn pool(app: &App, pool: &PoolId) -> Result<Option<Arc<Known>>> {
    let now = app.clock.elapsed();
    app.store.catalogue().pool(&app.store, pool, now).await
}

/// A client and its pool, with the secrets that the client has now.
pub(super) async fn client(app: &App, client: &ClientId) -> Result<Option<(Arc<Known>, Client)>> {
    let Some((known, mut client)) = remembered(app, client).await? else {
        return Ok(None);
    };
    if !client.secrets.is_empty() {
        let mut db = app.store.read().await?;
        client.secrets = clients::secrets(&mut db, &client).await?;
        // A client keeps at least one secret for as long as it exists.
        if client.secrets.is_empty() {
            return Ok(None);
        }
    }
    Ok(Some((known, client)))
}

/// A client and its pool where no secret is checked: those it holds may be gone by now.
pub(super) async fn remembered(
    app: &App,
    client: &ClientId,
) -> Result<Option<(Arc<Known>, Client)>> {
    let now = app.clock.elapsed();
    app.store.catalogue().client(&app.store, client, now).await
}

//! UpdateUserPoolClient: a full replacement. What the request omits goes back to its default;
//! name, id and secrets stay.

use super::check::{self, Against};
use super::{Described, finish, secrets};
use crate::app::App;
use crate::domain::resource_servers;
use crate::error::{Error, Result};
use crate::ids::{ClientId, PoolId};
use crate::settings::client::ClientSettings;
use crate::store::audit::Actor;
use crate::store::clients;

/// Replaces a client's settings, and its name if a new one is given.
///
/// # Errors: ResourceNotFound, InvalidParameter, InvalidOAuthFlow, ScopeDoesNotExist,
/// FeatureUnavailableInTier, ConcurrentModification.
pub async fn update(
    app: &App,
    actor: &Actor,
    (pool, client): (&PoolId, &ClientId),
    name: Option<String>,
    mut settings: ClientSettings,
) -> Result<Described> {
    check::settle(&mut settings);
    let mut tx = app.store.write(actor).await?;
    let (pool, mut client) = super::lock(&mut tx, pool, client).await?;
    let scopes = resource_servers::scopes(&mut tx, &pool.id).await?;
    let against = Against {
        pool: &pool,
        scopes: &scopes,
        secret: !client.secrets.is_empty(),
        registered: client.registered,
        verb: "updating",
    };
    check::settings(&settings, &against)?;
    client.settings = settings.into();
    if let Some(name) = name {
        client.name = name;
    }
    client.modified = app.clock.now(&pool.id);
    if !clients::update(&mut tx, &client).await? {
        return Err(Error::concurrent_modification());
    }
    let secret = client.secrets.first();
    let secret = secret.map(|s| secrets::open(app, &client, s)).transpose()?;
    finish(app, tx, "UpdateUserPoolClient", (&client.pool, &client.id)).await?;
    Ok(Described { client, secret })
}

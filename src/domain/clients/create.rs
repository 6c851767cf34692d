//! CreateUserPoolClient.

use std::sync::Arc;

use super::check::{self, Against};
use super::{Described, finish, rotation};
use crate::app::App;
use crate::domain::{pools, resource_servers};
use crate::error::{Error, Result};
use crate::ids::{ClientId, PoolId};
use crate::secret::Secret;
use crate::settings::client::ClientSettings;
use crate::store::audit::Actor;
use crate::store::clients::{self, Client};
use crate::store::db::OnUnique;

/// The most clients of a pool.
const MOST: i64 = 1000;
/// How a client's name fixes its id, as LocalStack's users know it.
const CUSTOM_ID: &str = "_custom_id_:";

/// A client to be made.
#[derive(Clone, Debug)]
pub struct NewClient {
    /// Its pool.
    pub pool: PoolId,
    /// Its id where the caller fixes one; else what follows `_custom_id_:` in the name, else a new
    /// one.
    pub id: Option<ClientId>,
    /// Its display name.
    pub name: String,
    /// Whether it gets a secret of the server's making.
    pub generate_secret: bool,
    /// Its secret where the caller chooses one.
    pub secret: Option<Secret<String>>,
    /// Its settings.
    pub settings: ClientSettings,
}

/// Makes a client.
///
/// # Errors: ResourceNotFound, InvalidParameter, InvalidOAuthFlow, ScopeDoesNotExist,
/// FeatureUnavailableInTier, LimitExceeded.
pub async fn create(app: &App, actor: &Actor, new: NewClient) -> Result<Described> {
    let secret = match (new.generate_secret, new.secret) {
        (true, Some(_)) => return Err(Error::secret_twice()),
        (true, None) => Some(Secret::new(app.rng.client_secret()?)),
        (false, given) => given,
    };
    let id = match (new.id, new.name.strip_prefix(CUSTOM_ID)) {
        (Some(id), _) => id,
        (None, Some(id)) => ClientId::parse(id).map_err(|_| Error::client_custom_id())?,
        (None, None) => app.rng.client_id()?,
    };
    let mut settings = new.settings;
    check::settle(&mut settings);

    let mut tx = app.store.write(actor).await?;
    let pool = pools::lock(&mut tx, &new.pool).await?;
    let scopes = resource_servers::scopes(&mut tx, &pool.id).await?;
    let against = Against {
        pool: &pool,
        scopes: &scopes,
        secret: secret.is_some(),
        verb: "creating",
    };
    check::settings(&settings, &against)?;
    if clients::count(&mut tx, &pool.id).await? >= MOST {
        return Err(Error::limit_exceeded("User pool client"));
    }
    let now = app.clock.now(&pool.id);
    let mut client = Client {
        pool: pool.id,
        id,
        name: new.name,
        settings: settings.into(),
        extras: Arc::default(),
        secrets: Vec::new(),
        created: now,
        modified: now,
        version: 1,
    };
    clients::insert(&mut tx, &client)
        .await
        .on_unique(Error::client_id_taken)?;
    if let Some(secret) = &secret {
        rotation::insert(app, &mut tx, &mut client, secret).await?;
    }
    finish(app, tx, "CreateUserPoolClient", (&client.pool, &client.id)).await?;
    Ok(Described { client, secret })
}

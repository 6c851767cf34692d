//! CreateUserPoolClient, and clients that register themselves.

use std::sync::Arc;

use super::check::{self, Against};
use super::{Described, finish, rotation};
use crate::app::App;
use crate::domain::{limits, pools, resource_servers};
use crate::error::{Error, Result};
use crate::ids::{ClientId, PoolId};
use crate::secret::Secret;
use crate::settings::client::ClientSettings;
use crate::store::audit::Actor;
use crate::store::clients::{self, Client};
use crate::store::db::{OnUnique, Tx};
use crate::store::pools::Pool;

/// The most clients of a pool.
const MOST: i64 = 1000;
/// The most of them that registered themselves: whoever may register cannot fill the pool.
const MOST_REGISTERED: i64 = 500;
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
    let id = match (&new.id, new.name.strip_prefix(CUSTOM_ID)) {
        (Some(id), _) => id.clone(),
        (None, Some(id)) => ClientId::parse(id).map_err(|_| Error::client_custom_id())?,
        (None, None) => app.rng.client_id()?,
    };
    let secret = secret(app, &new)?;
    let mut tx = app.store.write(actor).await?;
    let pool = pools::lock(&mut tx, &new.pool).await?;
    let made = Made {
        id,
        secret: secret.as_ref(),
        registered: false,
    };
    let client = insert(app, &mut tx, (&pool, new), made).await?;
    finish(app, tx, "CreateUserPoolClient", (&client.pool, &client.id)).await?;
    Ok(Described { client, secret })
}

/// Makes a client that registers itself. Its name fixes no id. `permits`: whether the pool, as it is
/// when the client is stored, lets it.
///
/// # Errors: those of [`create`], TooManyRequests, ConcurrentModification (no longer permitted)
pub(in crate::domain) async fn register(
    app: &App,
    actor: &Actor,
    new: NewClient,
    permits: impl Fn(&Pool) -> bool,
) -> Result<Described> {
    let (id, secret) = (app.rng.client_id()?, secret(app, &new)?);
    let mut tx = app.store.write(actor).await?;
    let pool = pools::lock(&mut tx, &new.pool).await?;
    if !permits(&pool) {
        return Err(Error::concurrent_modification());
    }
    let (address, now) = (
        actor.ip.as_deref().unwrap_or_default(),
        app.clock.now(&pool.id),
    );
    limits::registration(app, &mut tx, &pool.id, address, now).await?;
    if clients::count_registered(&mut tx, &pool.id).await? >= MOST_REGISTERED {
        return Err(Error::limit_exceeded("User pool client"));
    }
    let made = Made {
        id,
        secret: secret.as_ref(),
        registered: true,
    };
    let client = insert(app, &mut tx, (&pool, new), made).await?;
    finish(app, tx, "RegisterClient", (&client.pool, &client.id)).await?;
    Ok(Described { client, secret })
}

fn secret(app: &App, new: &NewClient) -> Result<Option<Secret<String>>> {
    match (new.generate_secret, &new.secret) {
        (true, Some(_)) => Err(Error::secret_twice()),
        (true, None) => Ok(Some(Secret::new(app.rng.client_secret()?))),
        (false, given) => Ok(given.clone()),
    }
}

/// What the server makes of a new client.
struct Made<'a> {
    id: ClientId,
    secret: Option<&'a Secret<String>>,
    registered: bool,
}

async fn insert(
    app: &App,
    tx: &mut Tx,
    (pool, new): (&Pool, NewClient),
    made: Made<'_>,
) -> Result<Client> {
    let mut settings = new.settings;
    check::settle(&mut settings);
    let scopes = resource_servers::scopes(tx, &pool.id).await?;
    let against = Against {
        pool,
        scopes: &scopes,
        secret: made.secret.is_some(),
        registered: made.registered,
        verb: "creating",
    };
    check::settings(&settings, &against)?;
    if clients::count(tx, &pool.id).await? >= MOST {
        return Err(Error::limit_exceeded("User pool client"));
    }
    let now = app.clock.now(&pool.id);
    let mut client = Client {
        pool: pool.id.clone(),
        id: made.id,
        name: new.name,
        settings: settings.into(),
        extras: Arc::default(),
        secrets: Vec::new(),
        registered: made.registered,
        created: now,
        modified: now,
        version: 1,
    };
    clients::insert(tx, &client)
        .await
        .on_unique(Error::client_id_taken)?;
    if let Some(secret) = made.secret {
        rotation::insert(app, tx, &mut client, secret).await?;
    }
    Ok(client)
}

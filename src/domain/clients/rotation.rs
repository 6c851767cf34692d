//! The secrets of a client: one or two, so that a new one can be rolled out before the old one goes.
//!
//! Every check of a secret tries all of them and reads them from the database, so a new secret works
//! and a deleted one stops with the answer of the operation, on every node (security.md D7).

use super::{finish, lock, of_pool, secrets};
use crate::app::App;
use crate::error::{Error, Result};
use crate::ids::{ClientId, PoolId};
use crate::secret::Secret;
use crate::store::audit::Actor;
use crate::store::clients::{self, Client, SealedSecret};
use crate::store::db::Tx;

/// The most secrets of a client.
const MOST: usize = 2;
/// The most characters of a client id that begin the id of a secret, whose limit is 128.
const ID_PART: usize = 112;

/// A secret that was added.
#[derive(Clone, Debug)]
pub struct NewSecret {
    /// Its row.
    pub row: SealedSecret,
    /// The secret itself, if the server made it.
    pub generated: Option<Secret<String>>,
}

/// Adds a secret to a client that has one: `given`, or one of the server's making.
///
/// # Errors: ResourceNotFound, InvalidParameter (public client, known secret), LimitExceeded.
pub async fn add_secret(
    app: &App,
    actor: &Actor,
    (pool, client): (&PoolId, &ClientId),
    given: Option<Secret<String>>,
) -> Result<NewSecret> {
    let (secret, generated) = if let Some(secret) = given {
        (secret, None)
    } else {
        let secret = Secret::new(app.rng.client_secret()?);
        (secret.clone(), Some(secret))
    };
    let mut tx = app.store.write(actor).await?;
    let (_, mut client) = lock(&mut tx, pool, client).await?;
    check_kind(&client)?;
    if client.secrets.is_empty() {
        return Err(Error::client_without_secret());
    }
    if client.secrets.len() >= MOST {
        return Err(Error::limit_exceeded("Client secret"));
    }
    if secrets::check_secret(app, &client, Some(secret.expose()))? {
        return Err(Error::client_secret_known());
    }
    let row = insert(app, &mut tx, &mut client, &secret).await?;
    let at = (&client.pool, &client.id);
    finish(app, tx, "AddUserPoolClientSecret", at).await?;
    Ok(NewSecret { row, generated })
}

/// The secrets of a client, sealed, oldest first.
///
/// # Errors: ResourceNotFound; InvalidParameter, for a token: there is never another page.
pub async fn list_secrets(
    app: &App,
    pool: &PoolId,
    client: &ClientId,
    token: Option<&str>,
) -> Result<Vec<SealedSecret>> {
    let (_, client) = of_pool(app, pool, client).await?;
    if token.is_some() {
        return Err(Error::invalid_pagination_token());
    }
    check_kind(&client)?;
    Ok(client.secrets)
}

/// Deletes one of two secrets.
///
/// # Errors: ResourceNotFound (pool, client, secret), InvalidParameter (the last one).
pub async fn delete_secret(
    app: &App,
    actor: &Actor,
    (pool, client): (&PoolId, &ClientId),
    secret: &str,
) -> Result<()> {
    let mut tx = app.store.write(actor).await?;
    let (_, client) = lock(&mut tx, pool, client).await?;
    check_kind(&client)?;
    if !client.secrets.iter().any(|s| s.secret_id == secret) {
        return Err(Error::client_secret_not_found(secret));
    }
    if client.secrets.len() < MOST {
        return Err(Error::last_client_secret());
    }
    clients::delete_secret(&mut tx, &client, secret).await?;
    let at = (&client.pool, &client.id);
    finish(app, tx, "DeleteUserPoolClientSecret", at).await
}

/// A client that registered itself keeps the secret it was given. Source: the model's documentation
/// of `ClientType`.
fn check_kind(client: &Client) -> Result<()> {
    if client.registered {
        return Err(Error::registered_client_secrets());
    }
    Ok(())
}

/// Stores a secret. Its id is `{client id}--{milliseconds}`, made different from the one before.
pub(super) async fn insert(
    app: &App,
    tx: &mut Tx,
    client: &mut Client,
    secret: &Secret<String>,
) -> Result<SealedSecret> {
    let last = client.secrets.iter().map(|secret| secret.created_ms).max();
    let now = app.clock.now(&client.pool).ms();
    let created_ms = last.map_or(now, |last| now.max(last + 1));
    let secret_id = format!("{:.ID_PART$}--{created_ms}", client.id.as_str());
    let row = SealedSecret {
        sealed: secrets::seal(app, client, &secret_id, secret.expose())?,
        secret_id,
        created_ms,
    };
    clients::insert_secret(tx, client, &row).await?;
    client.secrets.push(row.clone());
    Ok(row)
}

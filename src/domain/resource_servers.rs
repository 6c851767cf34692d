//! Resource servers: the APIs whose scopes a client may ask for (api.md 3.4).

use crate::app::App;
use crate::domain::paging::{Ask, List, Page};
use crate::domain::pools;
use crate::error::{Error, Result};
use crate::ids::PoolId;
use crate::store::audit::{Actor, Event};
use crate::store::db::{Conn, OnUnique, Tx};
use crate::store::resource_servers::{self, ResourceServer, Scope};

/// The most resource servers of a pool.
const MOST: i64 = 25;
/// The most rows of a page.
const PAGE: i64 = 50;

/// Every custom scope of a pool, as tokens name it: `{identifier}/{scope name}`.
pub async fn scopes(db: &mut Conn, pool: &PoolId) -> Result<Vec<String>> {
    let servers = resource_servers::all(db, pool).await?;
    let scopes = servers.iter().flat_map(ResourceServer::scope_strings);
    Ok(scopes.collect())
}

/// What a resource server is to be.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Its pool.
    pub pool: PoolId,
    /// Its identifier.
    pub identifier: String,
    /// Its display name.
    pub name: String,
    /// Its scopes.
    pub scopes: Vec<Scope>,
}

/// Makes a resource server.
///
/// # Errors: ResourceNotFound, InvalidParameter, LimitExceeded.
pub async fn create(app: &App, actor: &Actor, wanted: Wanted) -> Result<ResourceServer> {
    // Those scopes are Cognito's own: they let a client act on the pool.
    if wanted.identifier.starts_with("aws.cognito") {
        return Err(Error::resource_server_reserved());
    }
    check_scopes(&wanted.scopes)?;
    let mut tx = app.store.write(actor).await?;
    let pool = pools::lock(&mut tx, &wanted.pool).await?;
    let server = ResourceServer {
        created: app.clock.now(&pool.id),
        pool: pool.id,
        identifier: wanted.identifier,
        name: wanted.name,
        scopes: wanted.scopes,
        version: 1,
    };
    let count = resource_servers::count(&mut tx, &server.pool).await?;
    resource_servers::insert(&mut tx, &server)
        .await
        .on_unique(|| Error::resource_server_exists(&server.identifier, server.pool.as_str()))?;
    if count >= MOST {
        return Err(Error::limit_exceeded("Resource server"));
    }
    finish(app, tx, "CreateResourceServer", &server).await?;
    Ok(server)
}

/// A resource server.
///
/// # Errors: ResourceNotFound.
pub async fn get(app: &App, pool: &PoolId, identifier: &str) -> Result<ResourceServer> {
    pools::get(app, pool).await?;
    let mut db = app.store.read().await?;
    let found = resource_servers::find(&mut db, pool, identifier).await?;
    found.ok_or_else(|| Error::resource_server_not_found(identifier))
}

/// The resource servers of a pool, by identifier.
///
/// # Errors: ResourceNotFound, InvalidParameter (token).
pub async fn list(app: &App, pool: &PoolId, ask: &Ask) -> Result<Page<ResourceServer>> {
    pools::get(app, pool).await?;
    let list = List {
        operation: "ListResourceServers",
        scope: pool.as_str(),
        parameters: "",
    };
    let after: Option<String> = list.after(app, ask)?;
    let count = ask.rows(PAGE);
    let mut db = app.store.read().await?;
    let rows = resource_servers::page(&mut db, pool, after.as_deref(), count + 1).await?;
    list.page(app, rows, count, |server| server.identifier.clone())
}

/// Replaces a resource server's name and scopes.
///
/// # Errors: ResourceNotFound, InvalidParameter.
pub async fn update(app: &App, actor: &Actor, wanted: Wanted) -> Result<ResourceServer> {
    check_scopes(&wanted.scopes)?;
    let mut tx = app.store.write(actor).await?;
    let pool = pools::lock(&mut tx, &wanted.pool).await?;
    let missing = || Error::resource_server_not_found(&wanted.identifier);
    let found = resource_servers::find(&mut tx, &pool.id, &wanted.identifier).await?;
    let mut server = found.ok_or_else(missing)?;
    server.name = wanted.name;
    server.scopes = wanted.scopes;
    if !resource_servers::update(&mut tx, &server).await? {
        return Err(Error::concurrent_modification());
    }
    finish(app, tx, "UpdateResourceServer", &server).await?;
    Ok(server)
}

/// Deletes a resource server. Clients keep its scopes in their settings; such scopes are no longer
/// granted.
///
/// # Errors: ResourceNotFound.
pub async fn delete(app: &App, actor: &Actor, pool: &PoolId, identifier: &str) -> Result<()> {
    let mut tx = app.store.write(actor).await?;
    let pool = pools::lock(&mut tx, pool).await?;
    let found = resource_servers::find(&mut tx, &pool.id, identifier).await?;
    let server = found.ok_or_else(|| Error::resource_server_not_found(identifier))?;
    resource_servers::delete(&mut tx, &pool.id, identifier).await?;
    finish(app, tx, "DeleteResourceServer", &server).await
}

fn check_scopes(scopes: &[Scope]) -> Result<()> {
    let mut names: Vec<&str> = scopes.iter().map(|s| s.scope_name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    if names.len() < scopes.len() {
        return Err(Error::scope_twice());
    }
    Ok(())
}

async fn finish(app: &App, mut tx: Tx, act: &str, server: &ResourceServer) -> Result<()> {
    tx.audit(Event {
        at: app.clock.now(&server.pool),
        pool: Some(&server.pool),
        act,
        target: Some(&server.identifier),
        refused: None,
    })
    .await?;
    tx.commit().await?;
    Ok(())
}

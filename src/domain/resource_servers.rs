//! Resource servers: the APIs whose scopes a client may ask for.

use crate::error::Result;
use crate::ids::PoolId;
use crate::store::db::Conn;
use crate::store::resource_servers;

/// Every custom scope of a pool, as tokens name it: `{identifier}/{scope name}`.
pub async fn scopes(db: &mut Conn, pool: &PoolId) -> Result<Vec<String>> {
    let servers = resource_servers::all(db, pool).await?;
    let scopes = servers.iter().flat_map(|server| {
        let name = |scope: &resource_servers::Scope| server.scope_string(&scope.scope_name);
        server.scopes.iter().map(name)
    });
    Ok(scopes.collect())
}

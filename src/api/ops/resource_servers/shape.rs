//! `ResourceServerType`. There is no `ManagedBy` member: the service makes none of its own.

use serde::Serialize;

use crate::store::resource_servers::{ResourceServer, Scope};

/// The answer of Create, Describe and Update.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    resource_server: ResourceServerType,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ResourceServerType {
    user_pool_id: String,
    identifier: String,
    name: String,
    scopes: Vec<Scope>,
}

impl From<ResourceServer> for ResourceServerType {
    fn from(server: ResourceServer) -> Self {
        Self {
            user_pool_id: server.pool.to_string(),
            identifier: server.identifier,
            name: server.name,
            scopes: server.scopes,
        }
    }
}

impl From<ResourceServer> for Response {
    fn from(server: ResourceServer) -> Self {
        Self {
            resource_server: server.into(),
        }
    }
}

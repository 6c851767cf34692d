//! CreateResourceServer.

use serde::Deserialize;

use super::shape::Response;
use crate::domain::resource_servers::{self, Wanted};
use crate::error::Result;
use crate::ids::PoolId;
use crate::store::resource_servers::Scope;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    identifier: String,
    name: String,
    scopes: Option<Vec<Scope>>,
}

/// # Errors: ResourceNotFound, InvalidParameter, LimitExceeded
pub async fn create_resource_server(call: Call<Iam>, req: Request) -> Result<Response> {
    let wanted = Wanted {
        pool: req.user_pool_id,
        identifier: req.identifier,
        name: req.name,
        scopes: req.scopes.unwrap_or_default(),
    };
    let server = resource_servers::create(&call.app, &call.actor, wanted).await?;
    Ok(server.into())
}

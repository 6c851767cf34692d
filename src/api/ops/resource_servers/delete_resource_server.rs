//! DeleteResourceServer.

use serde::Deserialize;

use crate::domain::resource_servers;
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    identifier: String,
}

/// # Errors: ResourceNotFound
pub async fn delete_resource_server(call: Call<Iam>, req: Request) -> Result<()> {
    let (pool, identifier) = (&req.user_pool_id, &req.identifier);
    resource_servers::delete(&call.app, &call.actor, pool, identifier).await
}

//! DescribeResourceServer.

use serde::Deserialize;

use super::shape::Response;
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
pub async fn describe_resource_server(call: Call<Iam>, req: Request) -> Result<Response> {
    let server = resource_servers::get(&call.app, &req.user_pool_id, &req.identifier).await?;
    Ok(server.into())
}

//! DescribeUserPoolClient: with the secret in clear.

use serde::Deserialize;

use super::shape::Response;
use crate::domain::clients;
use crate::error::Result;
use crate::ids::{ClientId, PoolId};
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    client_id: ClientId,
}

/// # Errors: ResourceNotFound
pub async fn describe_user_pool_client(call: Call<Iam>, req: Request) -> Result<Response> {
    let described = clients::describe(&call.app, &req.user_pool_id, &req.client_id).await?;
    Ok(described.into())
}

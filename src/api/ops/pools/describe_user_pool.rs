//! DescribeUserPool.

use serde::Deserialize;

use super::shape::Response;
use crate::domain::pools;
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
}

/// # Errors: ResourceNotFound
pub async fn describe_user_pool(call: Call<Iam>, req: Request) -> Result<Response> {
    let described = pools::describe(&call.app, &req.user_pool_id).await?;
    Ok(Response::of(&call.app, described))
}

//! DeleteUserPool: the pool and everything in it.

use serde::Deserialize;

use crate::domain::pools;
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
}

/// # Errors: ResourceNotFound, InvalidParameter (deletion protection, domain)
pub async fn delete_user_pool(call: Call<Iam>, req: Request) -> Result<()> {
    pools::delete(&call.app, &call.actor, &req.user_pool_id).await
}

//! DeleteGroup.

use serde::Deserialize;

use crate::domain::groups;
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    group_name: String,
    user_pool_id: PoolId,
}

/// # Errors: ResourceNotFound
pub async fn delete_group(call: Call<Iam>, req: Request) -> Result<()> {
    groups::delete(&call.app, &call.actor, &req.user_pool_id, &req.group_name).await
}

//! GetGroup.

use serde::Deserialize;

use super::shape::One;
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
pub async fn get_group(call: Call<Iam>, req: Request) -> Result<One> {
    let group = groups::get(&call.app, &req.user_pool_id, &req.group_name).await?;
    Ok(group.into())
}

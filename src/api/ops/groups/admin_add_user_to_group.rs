//! AdminAddUserToGroup.

use serde::Deserialize;

use crate::domain::groups;
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    username: String,
    group_name: String,
}

/// # Errors: ResourceNotFound, UserNotFound, InvalidParameter
pub async fn admin_add_user_to_group(call: Call<Iam>, req: Request) -> Result<()> {
    let membership = (req.group_name.as_str(), req.username.as_str());
    groups::add_user(&call.app, &call.actor, &req.user_pool_id, membership).await
}

//! AdminEnableUser: a user may sign in again.

use serde::Deserialize;

use crate::api::shapes::Empty;
use crate::domain::admin_users;
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    username: String,
}

/// # Errors: ResourceNotFound, UserNotFound
pub async fn admin_enable_user(call: Call<Iam>, req: Request) -> Result<Empty> {
    let (app, actor, pool) = (&call.app, &call.actor, &req.user_pool_id);
    admin_users::set_enabled(app, actor, pool, &req.username, true).await?;
    Ok(Empty {})
}

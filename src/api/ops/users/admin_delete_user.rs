//! AdminDeleteUser: a user goes, with all that belongs to the user.

use serde::Deserialize;

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
pub async fn admin_delete_user(call: Call<Iam>, req: Request) -> Result<()> {
    let (app, actor, pool) = (&call.app, &call.actor, &req.user_pool_id);
    admin_users::delete(app, actor, pool, &req.username).await
}

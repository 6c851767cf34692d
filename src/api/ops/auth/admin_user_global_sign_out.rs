//! AdminUserGlobalSignOut: an administrator ends all sign-ins of a user.

use serde::Deserialize;

use crate::api::shapes::Empty;
use crate::domain::revocation;
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
pub async fn admin_user_global_sign_out(call: Call<Iam>, req: Request) -> Result<Empty> {
    let Request {
        user_pool_id,
        username,
    } = req;
    revocation::sign_out_named(&call.app, &call.actor, &user_pool_id, &username, call.act).await?;
    Ok(Empty {})
}

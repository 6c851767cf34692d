//! AdminGetUserAuthFactors: what a user can begin a sign-in with, and the second factors.

use serde::Deserialize;

use super::auth_factors::Response;
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
pub async fn admin_get_user_auth_factors(call: Call<Iam>, req: Request) -> Result<Response> {
    let (pool, user) = admin_users::find(&call.app, &req.user_pool_id, &req.username).await?;
    Response::of(&call.app, &pool, user).await
}

//! AdminGetUser: one user, flat.

use serde::{Deserialize, Serialize};

use crate::api::shapes::{AttributeType, MfaShown, attributes};
use crate::domain::admin_users;
use crate::error::Result;
use crate::ids::PoolId;
use crate::time::EpochSeconds;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    username: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    username: String,
    user_attributes: Vec<AttributeType>,
    user_create_date: EpochSeconds,
    user_last_modified_date: EpochSeconds,
    enabled: bool,
    user_status: &'static str,
    #[serde(flatten)]
    mfa: MfaShown,
}

/// # Errors: ResourceNotFound, UserNotFound
pub async fn admin_get_user(call: Call<Iam>, req: Request) -> Result<Response> {
    let (_, user) = admin_users::find(&call.app, &req.user_pool_id, &req.username).await?;
    Ok(Response {
        user_attributes: attributes(&user),
        user_create_date: user.created.into(),
        user_last_modified_date: user.modified.into(),
        enabled: user.enabled,
        user_status: user.status.as_str(),
        username: user.username,
        mfa: user.mfa.into(),
    })
}

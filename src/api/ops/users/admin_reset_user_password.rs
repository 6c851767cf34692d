//! AdminResetUserPassword: a user must choose a new password.

use serde::Deserialize;

use crate::api::shapes::Empty;
use crate::domain::admin_users;
use crate::domain::hooks::Metadata;
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    username: String,
    #[serde(default)]
    client_metadata: Metadata,
}

/// # Errors: those of [`admin_users::reset_password`]
pub async fn admin_reset_user_password(call: Call<Iam>, req: Request) -> Result<Empty> {
    let (app, actor, pool) = (&call.app, &call.actor, &req.user_pool_id);
    admin_users::reset_password(app, actor, pool, &req.username, &req.client_metadata).await?;
    Ok(Empty {})
}

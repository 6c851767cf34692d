//! AdminForgetDevice: a device is taken from a user.

use serde::Deserialize;

use crate::domain::{admin_users, devices};
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    username: String,
    device_key: String,
}

/// # Errors: ResourceNotFound (pool, device), UserNotFound, InvalidUserPoolConfiguration
pub async fn admin_forget_device(call: Call<Iam>, req: Request) -> Result<()> {
    let app = &call.app;
    let (pool, user) = admin_users::find(app, &req.user_pool_id, &req.username).await?;
    let owner = (&pool, &user.sub);
    devices::forget(app, &call.actor, owner, &req.device_key, call.act).await
}

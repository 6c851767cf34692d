//! AdminGetDevice: a device of a user.

use serde::Deserialize;

use super::shape::{DeviceType, One, narrowed};
use crate::domain::{admin_users, devices};
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    device_key: String,
    user_pool_id: PoolId,
    username: String,
}

/// # Errors: ResourceNotFound (pool, user, device), InvalidUserPoolConfiguration
pub async fn admin_get_device(call: Call<Iam>, req: Request) -> Result<One> {
    let app = &call.app;
    let found = admin_users::find(app, &req.user_pool_id, &req.username).await;
    let (pool, user) = found.map_err(narrowed)?;
    let device = devices::get(app, (&pool, &user.sub), &req.device_key).await?;
    Ok(One {
        device: DeviceType::whole((&pool, &user), device),
    })
}

//! AdminUpdateDeviceStatus: whether a user's device is remembered.

use serde::Deserialize;

use super::shape::Status;
use crate::api::shapes::Empty;
use crate::domain::changes::Asker;
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
    device_remembered_status: Option<Status>,
}

/// # Errors: ResourceNotFound (pool, device), UserNotFound, InvalidUserPoolConfiguration
pub async fn admin_update_device_status(call: Call<Iam>, req: Request) -> Result<Empty> {
    let app = &call.app;
    let (pool, user) = admin_users::find(app, &req.user_pool_id, &req.username).await?;
    let status = req.device_remembered_status.map(Status::remembers);
    let (owner, wish) = ((&pool, &user.sub), (req.device_key.as_str(), status));
    let act = (call.act, Asker::Nobody);
    devices::set_remembered(app, &call.actor, owner, wish, act).await?;
    Ok(Empty {})
}

//! UpdateDeviceStatus: the signed-in user says whether a device is remembered.

use serde::Deserialize;

use super::shape::Status;
use crate::api::shapes::Empty;
use crate::domain::changes::Asker;
use crate::domain::devices;
use crate::error::Result;
use crate::secret::Secret;
use crate::wire::call::{Call, Token};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    #[expect(dead_code, reason = "the caller was admitted by it")]
    access_token: Secret<String>,
    device_key: String,
    device_remembered_status: Option<Status>,
}

/// # Errors: those of an access token, InvalidUserPoolConfiguration, ResourceNotFound
pub async fn update_device_status(call: Call<Token>, req: Request) -> Result<Empty> {
    let who = &call.caller.0;
    let owner = (&who.pool, &who.user.sub);
    let status = req.device_remembered_status.map(Status::remembers);
    let wish = (req.device_key.as_str(), status);
    let act = (call.act, Asker::from(who));
    devices::set_remembered(&call.app, &call.actor, owner, wish, act).await?;
    Ok(Empty {})
}

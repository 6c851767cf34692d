//! GetDevice: a device of the signed-in user.

use serde::Deserialize;

use super::shape::{DeviceType, One};
use crate::domain::devices;
use crate::error::Result;
use crate::secret::Secret;
use crate::wire::call::{Call, Token};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    #[expect(dead_code, reason = "the caller was admitted by it")]
    access_token: Option<Secret<String>>,
    device_key: String,
}

/// # Errors: those of an access token, InvalidUserPoolConfiguration, ResourceNotFound
pub async fn get_device(call: Call<Token>, req: Request) -> Result<One> {
    let (app, who) = (&call.app, &call.caller.0);
    let device = devices::get(app, (&who.pool, &who.user.sub), &req.device_key).await?;
    Ok(One {
        device: DeviceType::whole((&who.pool, &who.user), device),
    })
}

//! ForgetDevice: the signed-in user gives a device up.

use serde::Deserialize;

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
pub async fn forget_device(call: Call<Token>, req: Request) -> Result<()> {
    let who = &call.caller.0;
    let owner = (&who.pool, &who.user.sub);
    devices::forget(&call.app, &call.actor, owner, &req.device_key, call.act).await
}

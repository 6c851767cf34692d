//! ConfirmDevice: a sign-in's device is registered.

use serde::{Deserialize, Serialize};

use crate::domain::devices::{self, Registration};
use crate::error::Result;
use crate::secret::Secret;
use crate::wire::call::{Call, Token};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    #[expect(dead_code, reason = "the caller was admitted by it")]
    access_token: Secret<String>,
    device_key: String,
    device_secret_verifier_config: Option<VerifierConfig>,
    device_name: Option<String>,
}

/// `DeviceSecretVerifierConfigType`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct VerifierConfig {
    password_verifier: Option<Secret<String>>,
    salt: Option<Secret<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_confirmation_necessary: bool,
}

/// # Errors: those of an access token, InvalidUserPoolConfiguration, InvalidParameter (key,
/// verifier), DeviceKeyExists
pub async fn confirm_device(call: Call<Token>, req: Request) -> Result<Response> {
    let config = req.device_secret_verifier_config.unwrap_or_default();
    let asked = Registration {
        key: &req.device_key,
        name: req.device_name.as_deref(),
        salt: config.salt.as_ref(),
        verifier: config.password_verifier.as_ref(),
    };
    let who = &call.caller.0;
    Ok(Response {
        user_confirmation_necessary: devices::register(&call.app, &call.actor, who, asked).await?,
    })
}

//! StartWebAuthnRegistration: what a browser needs to make a passkey.

use serde::Serialize;
use serde_json::Value;

use crate::api::shapes::SignedInRequest;
use crate::domain::passkeys;
use crate::error::Result;
use crate::wire::call::{Call, Token};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    credential_creation_options: Value,
}

/// # Errors: those of an access token, WebAuthnNotEnabled, WebAuthnConfigurationMissing,
/// LimitExceeded
pub async fn start_web_authn_registration(
    call: Call<Token>,
    _req: SignedInRequest,
) -> Result<Response> {
    let owner = (&call.caller.0).into();
    let options = passkeys::start(&call.app, &call.actor, owner).await?;
    Ok(Response {
        credential_creation_options: options,
    })
}

//! CompleteWebAuthnRegistration: the passkey that a browser made.

use serde::Deserialize;
use serde_json::Value;

use crate::api::shapes::Empty;
use crate::domain::passkeys;
use crate::error::Result;
use crate::secret::Secret;
use crate::wire::call::{Call, Token};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    #[expect(dead_code, reason = "the caller was admitted by it")]
    access_token: Secret<String>,
    credential: Value,
}

/// # Errors: those of an access token, and of [`passkeys::complete`]
pub async fn complete_web_authn_registration(call: Call<Token>, req: Request) -> Result<Empty> {
    let owner = (&call.caller.0).into();
    passkeys::complete(&call.app, &call.actor, owner, req.credential).await?;
    Ok(Empty {})
}

//! DeleteWebAuthnCredential.

use serde::Deserialize;

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
    credential_id: String,
}

/// # Errors: those of an access token, ResourceNotFound
pub async fn delete_web_authn_credential(call: Call<Token>, req: Request) -> Result<Empty> {
    passkeys::delete(&call.app, &call.actor, &call.caller.0, &req.credential_id).await?;
    Ok(Empty {})
}

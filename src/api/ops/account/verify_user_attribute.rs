//! VerifyUserAttribute: a signed-in person proves a contact.

use serde::Deserialize;

use crate::api::shapes::Empty;
use crate::domain::profile;
use crate::error::Result;
use crate::secret::Secret;
use crate::wire::call::{Call, Token};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    #[expect(dead_code, reason = "the caller's type has read it")]
    access_token: Secret<String>,
    attribute_name: String,
    code: Secret<String>,
}

/// # Errors: those of [`profile::verify`], NotAuthorized (token)
pub async fn verify_user_attribute(call: Call<Token>, req: Request) -> Result<Empty> {
    let (app, actor, who) = (&call.app, &call.actor, &call.caller.0);
    profile::verify(app, actor, who, &req.attribute_name, &req.code).await?;
    Ok(Empty {})
}

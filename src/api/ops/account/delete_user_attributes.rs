//! DeleteUserAttributes: a signed-in person takes attributes away.

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
    user_attribute_names: Vec<String>,
}

/// # Errors: those of [`profile::delete_attributes`], NotAuthorized (token)
pub async fn delete_user_attributes(call: Call<Token>, req: Request) -> Result<Empty> {
    let (app, actor, who) = (&call.app, &call.actor, &call.caller.0);
    profile::delete_attributes(app, actor, who, req.user_attribute_names).await?;
    Ok(Empty {})
}

//! ChangePassword: a signed-in person chooses another password.

use serde::Deserialize;

use crate::api::shapes::Empty;
use crate::domain::accounts;
use crate::error::Result;
use crate::secret::Secret;
use crate::wire::call::{Call, Token};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    #[expect(dead_code, reason = "the caller's type has read it")]
    access_token: Secret<String>,
    previous_password: Option<Secret<String>>,
    proposed_password: Secret<String>,
}

/// # Errors: those of [`accounts::change_password`], NotAuthorized (token)
pub async fn change_password(call: Call<Token>, req: Request) -> Result<Empty> {
    let request = accounts::ChangePassword {
        previous: req.previous_password,
        proposed: req.proposed_password,
    };
    accounts::change_password(&call.app, &call.actor, &call.caller.0, request).await?;
    Ok(Empty {})
}

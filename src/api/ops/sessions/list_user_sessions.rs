//! ListUserSessions: a user sees where the account is signed in.

use serde::Deserialize;

use super::shape::Sessions;
use crate::domain::user_sessions;
use crate::error::Result;
use crate::secret::Secret;
use crate::wire::call::{Call, Token};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    #[expect(dead_code, reason = "the caller was admitted by it")]
    access_token: Secret<String>,
    next_token: Option<String>,
}

/// # Errors: those of an access token, OperationNotEnabled, InvalidParameter (token)
pub async fn list_user_sessions(call: Call<Token>, req: Request) -> Result<Sessions> {
    let token = req.next_token.as_deref();
    let listed = user_sessions::list_own(&call.app, &call.caller.0, token).await?;
    Ok(listed.into())
}

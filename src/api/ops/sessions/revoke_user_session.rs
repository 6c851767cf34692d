//! RevokeUserSession: a user ends another of the own sessions.

use serde::Deserialize;

use crate::api::shapes::Empty;
use crate::domain::user_sessions::{self, Associated};
use crate::error::Result;
use crate::secret::Secret;
use crate::wire::call::{Call, Token};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    #[expect(dead_code, reason = "the caller was admitted by it")]
    access_token: Secret<String>,
    session_id: String,
    revoke_associated_sessions: Option<Associated>,
}

/// # Errors: those of an access token, OperationNotEnabled, ResourceNotFound, InvalidParameter (the
/// session of the token)
pub async fn revoke_user_session(call: Call<Token>, req: Request) -> Result<Empty> {
    let associated = req.revoke_associated_sessions.unwrap_or(Associated::None);
    let session = (req.session_id.as_str(), associated);
    user_sessions::revoke_own(&call.app, &call.actor, &call.caller.0, session).await?;
    Ok(Empty {})
}

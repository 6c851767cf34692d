//! AdminRevokeUserSession: an administrator ends a session of a user.

use serde::Deserialize;

use crate::api::shapes::Empty;
use crate::domain::user_sessions::{self, Associated};
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    username: String,
    session_id: String,
    revoke_associated_sessions: Option<Associated>,
}

/// # Errors: ResourceNotFound, UserNotFound, OperationNotEnabled
pub async fn admin_revoke_user_session(call: Call<Iam>, req: Request) -> Result<Empty> {
    let associated = req.revoke_associated_sessions.unwrap_or(Associated::None);
    let owner = (&req.user_pool_id, req.username.as_str());
    let session = (req.session_id.as_str(), associated);
    user_sessions::revoke_of(&call.app, &call.actor, owner, session).await?;
    Ok(Empty {})
}

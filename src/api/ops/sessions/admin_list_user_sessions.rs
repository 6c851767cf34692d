//! AdminListUserSessions: where a user is signed in.

use serde::Deserialize;

use super::shape::Sessions;
use crate::domain::user_sessions;
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    username: String,
    next_token: Option<String>,
}

/// # Errors: ResourceNotFound, UserNotFound, OperationNotEnabled, InvalidParameter (token)
pub async fn admin_list_user_sessions(call: Call<Iam>, req: Request) -> Result<Sessions> {
    let (pool, token) = (&req.user_pool_id, req.next_token.as_deref());
    let listed = user_sessions::list_of(&call.app, pool, &req.username, token).await?;
    Ok(listed.into())
}

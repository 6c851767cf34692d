//! AdminDeleteSoftwareToken: a user lost the authenticator app.

use serde::Deserialize;

use crate::api::shapes::Empty;
use crate::domain::mfa::software_token;
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    username: String,
}

/// A user without a token is no error.
///
/// # Errors: ResourceNotFound, UserNotFound
pub async fn admin_delete_software_token(call: Call<Iam>, req: Request) -> Result<Empty> {
    let user = (req.username.as_str(), call.act);
    software_token::delete(&call.app, &call.actor, &req.user_pool_id, user).await?;
    Ok(Empty {})
}

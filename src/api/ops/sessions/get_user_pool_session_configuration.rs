//! GetUserPoolSessionConfiguration.

use serde::{Deserialize, Serialize};

use crate::domain::user_sessions;
use crate::error::Result;
use crate::ids::PoolId;
use crate::settings::sessions::PoolSessions;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    pub(super) user_pool_id: PoolId,
    #[serde(flatten)]
    pub(super) sessions: PoolSessions,
}

/// # Errors: ResourceNotFound
pub async fn get_user_pool_session_configuration(
    call: Call<Iam>,
    req: Request,
) -> Result<Response> {
    let sessions = user_sessions::pool_config(&call.app, &req.user_pool_id).await?;
    Ok(Response {
        user_pool_id: req.user_pool_id,
        sessions,
    })
}

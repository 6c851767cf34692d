//! SetUserPoolSessionConfiguration: a full replacement.

use serde::Deserialize;

use super::get_user_pool_session_configuration::Response;
use crate::domain::user_sessions;
use crate::error::Result;
use crate::ids::PoolId;
use crate::settings::sessions::{TokenSession, Tracking};
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    user_session_tracking: Tracking,
    token_session: TokenSession,
}

/// # Errors: ResourceNotFound, FeatureUnavailableInTier, ConcurrentModification
pub async fn set_user_pool_session_configuration(
    call: Call<Iam>,
    req: Request,
) -> Result<Response> {
    let set = (req.user_session_tracking, req.token_session);
    let pool = &req.user_pool_id;
    let sessions = user_sessions::set_pool_config(&call.app, &call.actor, pool, set).await?;
    Ok(Response {
        user_pool_id: req.user_pool_id,
        sessions,
    })
}

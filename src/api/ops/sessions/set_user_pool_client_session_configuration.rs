//! SetUserPoolClientSessionConfiguration: a full replacement.

use serde::Deserialize;

use super::get_user_pool_client_session_configuration::Response;
use crate::domain::user_sessions;
use crate::error::Result;
use crate::ids::{ClientId, PoolId};
use crate::settings::sessions::SsoSession;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    client_id: ClientId,
    #[serde(rename = "SSOSession")]
    sso_session: SsoSession,
}

/// # Errors: ResourceNotFound, OperationNotEnabled, FeatureUnavailableInTier, ConcurrentModification
pub async fn set_user_pool_client_session_configuration(
    call: Call<Iam>,
    req: Request,
) -> Result<Response> {
    let client = (&req.user_pool_id, &req.client_id);
    let sso = req.sso_session;
    let config = user_sessions::set_client_config(&call.app, &call.actor, client, sso).await?;
    Ok(Response {
        user_pool_id: req.user_pool_id,
        client_id: req.client_id,
        sso_session: config.sso,
    })
}

//! GetUserPoolClientSessionConfiguration.

use serde::{Deserialize, Serialize};

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
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    pub(super) user_pool_id: PoolId,
    pub(super) client_id: ClientId,
    #[serde(rename = "SSOSession")]
    pub(super) sso_session: SsoSession,
}

/// # Errors: ResourceNotFound
pub async fn get_user_pool_client_session_configuration(
    call: Call<Iam>,
    req: Request,
) -> Result<Response> {
    let (pool, client) = (&req.user_pool_id, &req.client_id);
    let config = user_sessions::client_config(&call.app, pool, client).await?;
    Ok(Response {
        user_pool_id: req.user_pool_id,
        client_id: req.client_id,
        sso_session: config.sso,
    })
}

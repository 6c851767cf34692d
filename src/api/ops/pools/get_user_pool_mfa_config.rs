//! GetUserPoolMfaConfig.

use serde::{Deserialize, Serialize};

use crate::domain::pools::{self, MfaConfig};
use crate::error::Result;
use crate::ids::PoolId;
use crate::settings::pool::{Mfa, MfaSettings};
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    mfa_configuration: Mfa,
    #[serde(flatten)]
    factors: MfaSettings,
}

impl From<MfaConfig> for Response {
    fn from(config: MfaConfig) -> Self {
        Self {
            mfa_configuration: config.mode,
            factors: config.factors,
        }
    }
}

/// # Errors: ResourceNotFound
pub async fn get_user_pool_mfa_config(call: Call<Iam>, req: Request) -> Result<Response> {
    let config = pools::get_mfa_config(&call.app, &req.user_pool_id).await?;
    Ok(config.into())
}

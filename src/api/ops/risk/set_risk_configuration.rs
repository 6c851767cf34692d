//! SetRiskConfiguration: a full replacement, for a pool or a client.

use serde::Deserialize;

use super::shape::Risk;
use crate::domain::risk;
use crate::error::Result;
use crate::ids::{ClientId, PoolId};
use crate::settings::risk::RiskConfiguration;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    client_id: Option<ClientId>,
    #[serde(flatten)]
    configuration: RiskConfiguration,
}

/// # Errors: ResourceNotFound, UserPoolAddOnNotEnabled, InvalidParameter
pub async fn set_risk_configuration(call: Call<Iam>, req: Request) -> Result<Risk> {
    let whose = (&req.user_pool_id, req.client_id.as_ref());
    let set = risk::set(&call.app, &call.actor, whose, req.configuration).await?;
    Ok(set.into())
}

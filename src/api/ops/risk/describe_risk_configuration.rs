//! DescribeRiskConfiguration: what was set for a pool or a client.

use serde::Deserialize;

use super::shape::Risk;
use crate::domain::risk;
use crate::error::Result;
use crate::ids::{ClientId, PoolId};
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    client_id: Option<ClientId>,
}

/// # Errors: ResourceNotFound, UserPoolAddOnNotEnabled
pub async fn describe_risk_configuration(call: Call<Iam>, req: Request) -> Result<Risk> {
    let client = req.client_id.as_ref();
    let found = risk::describe(&call.app, &req.user_pool_id, client).await?;
    Ok(found.into())
}

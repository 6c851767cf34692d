//! DeleteUserPoolDomain.

use serde::Deserialize;

use crate::api::shapes::Empty;
use crate::domain::domains;
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    domain: String,
    user_pool_id: PoolId,
}

/// # Errors: InvalidParameter
pub async fn delete_user_pool_domain(call: Call<Iam>, req: Request) -> Result<Empty> {
    domains::delete(&call.app, &call.actor, &req.user_pool_id, &req.domain).await?;
    Ok(Empty {})
}

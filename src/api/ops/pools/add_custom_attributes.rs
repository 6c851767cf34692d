//! AddCustomAttributes: more attributes for a pool's schema, for good.

use serde::Deserialize;

use crate::api::shapes::Empty;
use crate::domain::pools;
use crate::error::Result;
use crate::ids::PoolId;
use crate::settings::pool::SchemaAttribute;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    custom_attributes: Vec<SchemaAttribute>,
}

/// # Errors: ResourceNotFound, InvalidParameter
pub async fn add_custom_attributes(call: Call<Iam>, req: Request) -> Result<Empty> {
    let pool = &req.user_pool_id;
    pools::add_custom_attributes(&call.app, &call.actor, pool, req.custom_attributes).await?;
    Ok(Empty {})
}

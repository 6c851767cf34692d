//! UpdateGroup: what is not given stays.

use serde::Deserialize;

use super::shape::One;
use crate::domain::groups::{self, Wanted};
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    group_name: String,
    user_pool_id: PoolId,
    description: Option<String>,
    role_arn: Option<String>,
    precedence: Option<i64>,
}

/// # Errors: ResourceNotFound
pub async fn update_group(call: Call<Iam>, req: Request) -> Result<One> {
    let wanted = Wanted {
        pool: req.user_pool_id,
        name: req.group_name,
        description: req.description,
        role_arn: req.role_arn,
        precedence: req.precedence,
    };
    let group = groups::update(&call.app, &call.actor, wanted).await?;
    Ok(group.into())
}

//! TagResource: tags for a user pool.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::api::shapes::Empty;
use crate::domain::pools;
use crate::error::Result;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    resource_arn: String,
    tags: BTreeMap<String, String>,
}

/// # Errors: InvalidParameter, ResourceNotFound
pub async fn tag_resource(call: Call<Iam>, req: Request) -> Result<Empty> {
    pools::tag(&call.app, &call.actor, &req.resource_arn, req.tags).await?;
    Ok(Empty {})
}

//! UntagResource: tags of a user pool go.

use serde::Deserialize;

use crate::api::shapes::Empty;
use crate::domain::pools;
use crate::error::Result;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    resource_arn: String,
    tag_keys: Vec<String>,
}

/// # Errors: InvalidParameter, ResourceNotFound
pub async fn untag_resource(call: Call<Iam>, req: Request) -> Result<Empty> {
    pools::untag(&call.app, &call.actor, &req.resource_arn, &req.tag_keys).await?;
    Ok(Empty {})
}

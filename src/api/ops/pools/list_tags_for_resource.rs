//! ListTagsForResource: the tags of a user pool.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::pools;
use crate::error::Result;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    resource_arn: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    tags: BTreeMap<String, String>,
}

/// # Errors: InvalidParameter, ResourceNotFound
pub async fn list_tags_for_resource(call: Call<Iam>, req: Request) -> Result<Response> {
    let tags = pools::list_tags(&call.app, &req.resource_arn).await?;
    Ok(Response { tags })
}

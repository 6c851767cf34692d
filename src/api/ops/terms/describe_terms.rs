//! DescribeTerms.

use serde::Deserialize;

use super::shape::Response;
use crate::domain::terms;
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    terms_id: String,
    user_pool_id: PoolId,
}

/// # Errors: ResourceNotFound
pub async fn describe_terms(call: Call<Iam>, req: Request) -> Result<Response> {
    let found = terms::get(&call.app, &req.user_pool_id, &req.terms_id).await?;
    Ok(found.into())
}

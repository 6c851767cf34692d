//! DescribeTermsByClient.

use serde::Deserialize;

use super::shape::Response;
use crate::domain::terms;
use crate::error::Result;
use crate::ids::{ClientId, PoolId};
use crate::settings::branding::TermsName;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    client_id: ClientId,
    user_pool_id: PoolId,
    terms_name: TermsName,
}

/// # Errors: ResourceNotFound
pub async fn describe_terms_by_client(call: Call<Iam>, req: Request) -> Result<Response> {
    let (pool, client) = (&req.user_pool_id, &req.client_id);
    let found = terms::of_client(&call.app, pool, client, req.terms_name).await?;
    Ok(found.into())
}

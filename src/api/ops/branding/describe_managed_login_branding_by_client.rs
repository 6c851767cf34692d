//! DescribeManagedLoginBrandingByClient.

use serde::Deserialize;

use super::shape::Response;
use crate::domain::branding;
use crate::error::Result;
use crate::ids::{ClientId, PoolId};
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    client_id: ClientId,
    return_merged_resources: Option<bool>,
}

/// # Errors: ResourceNotFound
pub async fn describe_managed_login_branding_by_client(
    call: Call<Iam>,
    req: Request,
) -> Result<Response> {
    let (pool, client) = (&req.user_pool_id, &req.client_id);
    let merged = req.return_merged_resources.unwrap_or_default();
    Response::try_from(branding::describe_by_client(&call.app, pool, client, merged).await?)
}

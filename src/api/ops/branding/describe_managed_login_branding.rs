//! DescribeManagedLoginBranding.

use serde::Deserialize;

use super::shape::Response;
use crate::domain::branding;
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    managed_login_branding_id: String,
    return_merged_resources: Option<bool>,
}

/// # Errors: ResourceNotFound
pub async fn describe_managed_login_branding(call: Call<Iam>, req: Request) -> Result<Response> {
    let (pool, id) = (&req.user_pool_id, &req.managed_login_branding_id);
    let merged = req.return_merged_resources.unwrap_or_default();
    Response::try_from(branding::describe(&call.app, pool, id, merged).await?)
}

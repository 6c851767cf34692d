//! DeleteManagedLoginBranding.

use serde::Deserialize;

use crate::domain::branding;
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    managed_login_branding_id: String,
}

/// # Errors: ResourceNotFound
pub async fn delete_managed_login_branding(call: Call<Iam>, req: Request) -> Result<()> {
    let (pool, id) = (&req.user_pool_id, &req.managed_login_branding_id);
    branding::delete(&call.app, &call.actor, pool, id).await
}

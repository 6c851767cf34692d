//! UpdateManagedLoginBranding: what is not given stays as it is.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::shape::{AssetIn, Response, given};
use crate::domain::branding::{self, Changes};
use crate::error::{Error, Result};
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: Option<PoolId>,
    managed_login_branding_id: Option<String>,
    use_cognito_provided_values: Option<bool>,
    settings: Option<Map<String, Value>>,
    assets: Option<Vec<AssetIn>>,
}

/// # Errors: ResourceNotFound, InvalidParameter, ConcurrentModification
pub async fn update_managed_login_branding(call: Call<Iam>, req: Request) -> Result<Response> {
    let missing = Error::missing_parameter;
    let pool = req.user_pool_id.ok_or_else(|| missing("UserPoolId"))?;
    let id = req.managed_login_branding_id;
    let id = id.ok_or_else(|| missing("ManagedLoginBrandingId"))?;
    let changes = Changes {
        provided: req.use_cognito_provided_values,
        settings: req.settings,
        assets: given(req.assets)?,
    };
    let updated = branding::update(&call.app, &call.actor, &pool, &id, changes).await?;
    Response::try_from(updated)
}

//! CreateManagedLoginBranding: the style of a client's managed-login pages.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::shape::{AssetIn, Response, given};
use crate::domain::branding::{self, Changes};
use crate::error::Result;
use crate::ids::{ClientId, PoolId};
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    client_id: ClientId,
    use_cognito_provided_values: Option<bool>,
    settings: Option<Map<String, Value>>,
    assets: Option<Vec<AssetIn>>,
}

/// # Errors: ResourceNotFound, InvalidParameter, ManagedLoginBrandingExists, LimitExceeded
pub async fn create_managed_login_branding(call: Call<Iam>, req: Request) -> Result<Response> {
    let changes = Changes {
        provided: req.use_cognito_provided_values,
        settings: req.settings,
        assets: given(req.assets)?,
    };
    let (pool, client) = (&req.user_pool_id, &req.client_id);
    let made = branding::create(&call.app, &call.actor, pool, client, changes).await?;
    Response::try_from(made)
}

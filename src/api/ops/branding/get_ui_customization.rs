//! GetUICustomization: an empty object where nothing was set.

use serde::Deserialize;

use super::shape::{UiResponse, client_of};
use crate::domain::branding;
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    client_id: Option<String>,
}

/// # Errors: ResourceNotFound
pub async fn get_ui_customization(call: Call<Iam>, req: Request) -> Result<UiResponse> {
    let client = client_of(req.client_id)?;
    let shown = branding::get(&call.app, &req.user_pool_id, client.as_ref()).await?;
    Ok(shown.into())
}

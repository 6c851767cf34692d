//! SetUICustomization: the look of the classic pages.

use serde::Deserialize;

use super::shape::{Blob, UiResponse, client_of};
use crate::domain::branding::{self, Customization};
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    client_id: Option<String>,
    #[serde(rename = "CSS")]
    css: Option<String>,
    image_file: Option<Blob>,
}

/// # Errors: ResourceNotFound, InvalidParameter (no domain, CSS, logo)
pub async fn set_ui_customization(call: Call<Iam>, req: Request) -> Result<UiResponse> {
    let wanted = Customization {
        pool: req.user_pool_id,
        client: client_of(req.client_id)?,
        css: req.css,
        image: req.image_file.as_ref().map(Blob::bytes).transpose()?,
    };
    let shown = branding::set(&call.app, &call.actor, wanted).await?;
    Ok(Some(shown).into())
}

//! UpdateUserAttributes: a signed-in person changes attributes.

use serde::{Deserialize, Serialize};

use crate::api::shapes::{AttributeType, CodeDeliveryDetailsType, given};
use crate::domain::hooks::Metadata;
use crate::domain::profile;
use crate::error::Result;
use crate::secret::Secret;
use crate::wire::call::{Call, Token};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    #[expect(dead_code, reason = "the caller's type has read it")]
    access_token: Secret<String>,
    user_attributes: Vec<AttributeType>,
    #[serde(default)]
    client_metadata: Metadata,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    code_delivery_details_list: Vec<CodeDeliveryDetailsType>,
}

/// # Errors: those of [`profile::update_attributes`], NotAuthorized (token)
pub async fn update_user_attributes(call: Call<Token>, req: Request) -> Result<Response> {
    let (app, actor, who) = (&call.app, &call.actor, &call.caller.0);
    let given = given(req.user_attributes);
    let sent = profile::update_attributes(app, actor, who, given, &req.client_metadata).await?;
    Ok(Response {
        code_delivery_details_list: sent.into_iter().map(Into::into).collect(),
    })
}

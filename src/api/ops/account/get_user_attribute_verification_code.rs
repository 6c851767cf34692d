//! GetUserAttributeVerificationCode: a code to one of the person's contacts.

use serde::{Deserialize, Serialize};

use crate::api::shapes::CodeDeliveryDetailsType;
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
    attribute_name: String,
    #[serde(default)]
    client_metadata: Metadata,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    code_delivery_details: CodeDeliveryDetailsType,
}

/// # Errors: those of [`profile::send_code`], NotAuthorized (token)
pub async fn get_user_attribute_verification_code(
    call: Call<Token>,
    req: Request,
) -> Result<Response> {
    let (app, actor, who) = (&call.app, &call.actor, &call.caller.0);
    let metadata = &req.client_metadata;
    let sent = profile::send_code(app, actor, who, &req.attribute_name, metadata).await?;
    Ok(Response {
        code_delivery_details: sent.into(),
    })
}

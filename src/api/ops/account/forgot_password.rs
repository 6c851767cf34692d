//! ForgotPassword: a code to set a new password with.

use serde::{Deserialize, Serialize};

use crate::api::context::UserContextData;
use crate::api::shapes::CodeDeliveryDetailsType;
use crate::domain::hooks::Metadata;
use crate::domain::risk::origin;
use crate::domain::{clients, recovery};
use crate::error::Result;
use crate::ids::ClientId;
use crate::secret::Secret;
use crate::wire::call::{Call, Public};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    client_id: ClientId,
    secret_hash: Option<Secret<String>>,
    username: String,
    #[serde(default)]
    client_metadata: Metadata,
    user_context_data: Option<UserContextData>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    code_delivery_details: CodeDeliveryDetailsType,
}

/// # Errors: those of [`recovery::forgot`], ResourceNotFound, NotAuthorized (secret hash)
pub async fn forgot_password(call: Call<Public>, req: Request) -> Result<Response> {
    let (pool, client) = clients::public(&call.app, &req.client_id).await?;
    clients::check_secret_hash(&call.app, &client, &req.username, req.secret_hash.as_ref())?;
    let request = recovery::Forgot {
        username: req.username,
        metadata: req.client_metadata,
    };
    let told = req.user_context_data.map(Into::into);
    let actor = origin::of_user(&call.actor, (&pool, &client), told);
    let details = recovery::forgot(&call.app, &actor, &pool, &client, request).await?;
    Ok(Response {
        code_delivery_details: details.into(),
    })
}

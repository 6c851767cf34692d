//! SignUp: a person opens an account in a user pool.

use serde::{Deserialize, Serialize};

use crate::api::context::UserContextData;
use crate::api::shapes::{AttributeType, CodeDeliveryDetailsType, given};
use crate::domain::challenge::SignUpSession;
use crate::domain::hooks::Metadata;
use crate::domain::risk::origin;
use crate::domain::{accounts, clients};
use crate::error::Result;
use crate::ids::ClientId;
use crate::secret::Secret;
use crate::store::users::Status;
use crate::wire::call::{Call, Public};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    client_id: ClientId,
    secret_hash: Option<Secret<String>>,
    username: String,
    password: Option<Secret<String>>,
    #[serde(default)]
    user_attributes: Vec<AttributeType>,
    #[serde(default)]
    validation_data: Vec<AttributeType>,
    #[serde(default)]
    client_metadata: Metadata,
    user_context_data: Option<UserContextData>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_confirmed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_delivery_details: Option<CodeDeliveryDetailsType>,
    user_sub: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
}

/// # Errors: those of [`accounts::sign_up`], ResourceNotFound, NotAuthorized (secret hash)
pub async fn sign_up(call: Call<Public>, req: Request) -> Result<Response> {
    let (pool, client) = clients::public(&call.app, &req.client_id).await?;
    clients::check_secret_hash(&call.app, &client, &req.username, req.secret_hash.as_ref())?;
    let request = accounts::SignUp {
        username: req.username,
        // A blank password is none (model: SignUpRequest.Password).
        password: req
            .password
            .filter(|password| !password.expose().is_empty()),
        attributes: given(req.user_attributes),
        validation_data: given(req.validation_data),
        metadata: req.client_metadata,
    };
    let told = req.user_context_data.map(Into::into);
    let actor = origin::of_user(&call.actor, (&pool, &client), told);
    let done = accounts::sign_up(&call.app, &actor, &pool, &client, request).await?;
    let session = SignUpSession::begin(&call.app, &pool, &client, &done.user)?;
    Ok(Response {
        user_confirmed: done.user.status == Status::Confirmed,
        code_delivery_details: done.delivery.map(Into::into),
        user_sub: done.user.sub.to_string(),
        session,
    })
}

//! ConfirmForgotPassword: a code and a new password.

use serde::Deserialize;

use crate::api::context::UserContextData;
use crate::api::shapes::Empty;
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
    confirmation_code: Secret<String>,
    password: Secret<String>,
    #[serde(default)]
    client_metadata: Metadata,
    user_context_data: Option<UserContextData>,
}

/// # Errors: those of [`recovery::confirm_forgot`], ResourceNotFound, NotAuthorized (secret hash)
pub async fn confirm_forgot_password(call: Call<Public>, req: Request) -> Result<Empty> {
    let (pool, client) = clients::public(&call.app, &req.client_id).await?;
    clients::check_secret_hash(&call.app, &client, &req.username, req.secret_hash.as_ref())?;
    let request = recovery::ConfirmForgot {
        username: req.username,
        code: req.confirmation_code,
        password: req.password,
        metadata: req.client_metadata,
    };
    let told = req.user_context_data.map(Into::into);
    let actor = origin::of_user(&call.actor, (&pool, &client), told);
    recovery::confirm_forgot(&call.app, &actor, &pool, &client, request).await?;
    Ok(Empty {})
}

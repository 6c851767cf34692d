//! ConfirmSignUp: a person proves the contact of a new account.

use serde::{Deserialize, Serialize};

use crate::api::context::UserContextData;
use crate::domain::challenge::{self, SignUpSession};
use crate::domain::hooks::Metadata;
use crate::domain::risk::origin;
use crate::domain::{accounts, clients};
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
    #[serde(default)]
    force_alias_creation: bool,
    #[serde(default)]
    client_metadata: Metadata,
    session: Option<Secret<String>>,
    user_context_data: Option<UserContextData>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
}

/// # Errors: those of [`accounts::confirm_sign_up`], ResourceNotFound, NotAuthorized (secret hash,
/// `Session`)
pub async fn confirm_sign_up(call: Call<Public>, req: Request) -> Result<Response> {
    let (pool, client) = clients::public(&call.app, &req.client_id).await?;
    clients::check_secret_hash(&call.app, &client, &req.username, req.secret_hash.as_ref())?;
    let begun = match &req.session {
        Some(session) => SignUpSession::open(&call.app, &client, session).await?,
        None => None,
    };
    let request = accounts::ConfirmSignUp {
        username: req.username,
        code: req.confirmation_code,
        force_alias_creation: req.force_alias_creation,
        metadata: req.client_metadata,
        expected: begun.as_ref().map(|begun| begun.sub().clone()),
    };
    let told = req.user_context_data.map(Into::into);
    let actor = origin::of_user(&call.actor, (&pool, &client), told);
    let confirmed = accounts::confirm_sign_up(&call.app, &actor, &pool, &client, request).await?;
    let place = (&pool, &client);
    let session =
        challenge::after_confirmation(&call.app, place, begun.as_ref(), &confirmed).await?;
    Ok(Response { session })
}

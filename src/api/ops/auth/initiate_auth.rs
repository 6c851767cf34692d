//! InitiateAuth: a sign-in begins, or tokens are refreshed.

use serde::Deserialize;

use super::outcome::Response;
use crate::api::context::UserContextData;
use crate::domain::challenge::{self, Face, Flow, Parameters, Start};
use crate::domain::clients;
use crate::domain::hooks::Metadata;
use crate::domain::risk::origin;
use crate::error::Result;
use crate::ids::ClientId;
use crate::secret::Secret;
use crate::wire::call::{Call, Public};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    client_id: ClientId,
    auth_flow: Flow,
    #[serde(default)]
    auth_parameters: Parameters,
    #[serde(default)]
    client_metadata: Metadata,
    user_context_data: Option<UserContextData>,
    session: Option<Secret<String>>,
}

/// # Errors: ResourceNotFound, and those of [`challenge::start`]
pub async fn initiate_auth(call: Call<Public>, req: Request) -> Result<Response> {
    let (pool, client) = clients::public(&call.app, &req.client_id).await?;
    let start = Start {
        face: Face::Api,
        flow: req.auth_flow,
        parameters: req.auth_parameters,
        session: req.session,
        metadata: &req.client_metadata,
        wanted: &[],
    };
    let told = req.user_context_data.map(Into::into);
    let actor = origin::of_user(&call.actor, (&pool, &client), told);
    let outcome = challenge::start(&call.app, &actor, &pool, &client, start).await?;
    Response::of(outcome)
}

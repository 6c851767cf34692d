//! AdminInitiateAuth: a sign-in begins at an application's own server.

use serde::Deserialize;

use super::outcome::Response;
use crate::api::context::ContextData;
use crate::domain::challenge::{self, Face, Flow, Parameters, Start};
use crate::domain::clients;
use crate::domain::hooks::Metadata;
use crate::domain::risk::origin;
use crate::error::Result;
use crate::ids::{ClientId, PoolId};
use crate::secret::Secret;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    client_id: ClientId,
    auth_flow: Flow,
    #[serde(default)]
    auth_parameters: Parameters,
    #[serde(default)]
    client_metadata: Metadata,
    context_data: Option<ContextData>,
    session: Option<Secret<String>>,
}

/// # Errors: ResourceNotFound, and those of [`challenge::start`]
pub async fn admin_initiate_auth(call: Call<Iam>, req: Request) -> Result<Response> {
    let (pool, client) = clients::of_pool(&call.app, &req.user_pool_id, &req.client_id).await?;
    let start = Start {
        face: Face::Admin,
        flow: req.auth_flow,
        parameters: req.auth_parameters,
        session: req.session,
        metadata: &req.client_metadata,
        wanted: &[],
    };
    let told = req.context_data.map(Into::into);
    let actor = origin::of_admin(&call.actor, &pool, told);
    let outcome = challenge::start(&call.app, &actor, &pool, &client, start).await?;
    Response::of(outcome)
}

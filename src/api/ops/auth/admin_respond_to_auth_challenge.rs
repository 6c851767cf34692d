//! AdminRespondToAuthChallenge: a sign-in goes on at an application's own server.

use serde::Deserialize;

use super::outcome::Response;
use crate::api::context::ContextData;
use crate::domain::challenge::{self, Answer, ChallengeName, Face, Parameters};
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
    challenge_name: ChallengeName,
    session: Option<Secret<String>>,
    #[serde(default)]
    challenge_responses: Parameters,
    #[serde(default)]
    client_metadata: Metadata,
    context_data: Option<ContextData>,
}

/// # Errors: ResourceNotFound, and those of [`challenge::answer`]
pub async fn admin_respond_to_auth_challenge(call: Call<Iam>, req: Request) -> Result<Response> {
    let (pool, client) = clients::of_pool(&call.app, &req.user_pool_id, &req.client_id).await?;
    let answer = Answer {
        face: Face::Admin,
        name: req.challenge_name,
        parameters: req.challenge_responses,
        session: req.session,
        metadata: &req.client_metadata,
    };
    let told = req.context_data.map(Into::into);
    let actor = origin::of_admin(&call.actor, &pool, told);
    let outcome = challenge::answer(&call.app, &actor, &pool, &client, answer).await?;
    Response::of(outcome)
}

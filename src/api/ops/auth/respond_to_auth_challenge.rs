//! RespondToAuthChallenge: a sign-in goes on.

use serde::Deserialize;

use super::outcome::Response;
use crate::api::context::UserContextData;
use crate::domain::challenge::{self, Answer, ChallengeName, Face, Parameters};
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
    challenge_name: ChallengeName,
    session: Option<Secret<String>>,
    #[serde(default)]
    challenge_responses: Parameters,
    #[serde(default)]
    client_metadata: Metadata,
    user_context_data: Option<UserContextData>,
}

/// # Errors: ResourceNotFound, and those of [`challenge::answer`]
pub async fn respond_to_auth_challenge(call: Call<Public>, req: Request) -> Result<Response> {
    let (pool, client) = clients::public(&call.app, &req.client_id).await?;
    let answer = Answer {
        face: Face::Api,
        name: req.challenge_name,
        parameters: req.challenge_responses,
        session: req.session,
        metadata: &req.client_metadata,
    };
    let told = req.user_context_data.map(Into::into);
    let actor = origin::of_user(&call.actor, (&pool, &client), told);
    let outcome = challenge::answer(&call.app, &actor, &pool, &client, answer).await?;
    Response::of(outcome)
}

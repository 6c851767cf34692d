//! GetDerivedToken: a token of the pool becomes another, for one service (RFC 8693).

use serde::{Deserialize, Serialize};

use crate::domain::exchange::{self, Exchange, Handed, Kind, Proof, Target, Wanted};
use crate::error::{Error, Result};
use crate::ids::ClientId;
use crate::secret::Secret;
use crate::wire::call::{Call, IamOrClient};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    client_id: ClientId,
    client_secret: Option<Secret<String>>,
    subject_token: Secret<String>,
    subject_token_type: Kind,
    subject_token_provider_name: Option<String>,
    actor_token: Option<Secret<String>>,
    actor_token_type: Option<Kind>,
    actor_token_provider_name: Option<String>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    audiences: Vec<String>,
    #[serde(default)]
    resources: Vec<String>,
    requested_token_type: Option<Wanted>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    issued_token: String,
    issued_token_type: &'static str,
    token_type: &'static str,
    expires_in: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<String>>,
}

/// # Errors: ResourceNotFound (client, provider, resource server), NotAuthorized (secret, tokens,
/// disabled), InvalidParameter, UserNotFound, UserLambdaValidation, UnexpectedLambda,
/// InvalidLambdaResponse
pub async fn get_derived_token(call: Call<IamOrClient>, req: Request) -> Result<Response> {
    let secret = req.client_secret.as_ref();
    let wanted = req.requested_token_type.unwrap_or(Wanted::Access);
    let provider = req.subject_token_provider_name.as_deref();
    let ask = Exchange {
        client: &req.client_id,
        proof: match call.caller {
            IamOrClient::Iam => Proof::Admin(secret),
            IamOrClient::Client => Proof::Client(secret),
        },
        subject: Exchange::subject(&req.subject_token, req.subject_token_type, provider),
        actor: actor(&req)?,
        scopes: &req.scopes,
        target: target(&req)?,
        wanted,
    };
    let exchanged = exchange::exchange(&call.app, &call.actor, ask).await?;
    Ok(Response {
        issued_token: exchanged.token,
        issued_token_type: wanted.as_str(),
        // An ID token opens nothing (RFC 8693 2.2.1).
        token_type: match wanted {
            Wanted::Access => "Bearer",
            Wanted::Id => "N_A",
        },
        expires_in: exchanged.seconds,
        scopes: exchanged.scopes,
    })
}

fn actor(req: &Request) -> Result<Option<Handed<'_>>> {
    let provider = req.actor_token_provider_name.as_deref();
    match (&req.actor_token, req.actor_token_type) {
        (Some(token), Some(kind)) => Ok(Some(Exchange::actor(token, kind, provider))),
        (Some(_), None) => Err(Error::actor_without_type()),
        (None, None) if provider.is_none() => Ok(None),
        (None, _) => Err(Error::actor_without_token()),
    }
}

fn target(req: &Request) -> Result<Option<Target<'_>>> {
    match (req.audiences.first(), req.resources.first()) {
        (Some(_), Some(_)) => Err(Error::audience_twice()),
        (Some(name), None) => Ok(Some(Target::Audience(name))),
        (None, Some(identifier)) => Ok(Some(Target::Resource(identifier))),
        (None, None) => Ok(None),
    }
}

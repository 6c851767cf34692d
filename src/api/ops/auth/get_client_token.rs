//! GetClientToken: a machine's access token, without a domain.
//!
//! The client proves itself with its secret; a signature is not looked at, as documented.

use serde::{Deserialize, Serialize};

use crate::domain::client_tokens::{self, Ask};
use crate::domain::hooks::Metadata;
use crate::error::Result;
use crate::ids::ClientId;
use crate::secret::Secret;
use crate::wire::call::{Call, Public};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    client_id: ClientId,
    secret: Secret<String>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    client_metadata: Metadata,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    client_authentication_result: ClientAuthenticationResult,
}

/// `ClientAuthenticationResultType`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ClientAuthenticationResult {
    access_token: String,
    expires_in: i64,
    token_type: &'static str,
}

/// # Errors: ResourceNotFound (client), NotAuthorized (secret, trigger), InvalidParameter (flow,
/// scopes)
pub async fn get_client_token(call: Call<Public>, req: Request) -> Result<Response> {
    let ask = Ask {
        client: &req.client_id,
        secret: &req.secret,
        scopes: &req.scopes,
        metadata: &req.client_metadata,
    };
    let issued = client_tokens::issue(&call.app, &call.actor, ask).await?;
    Ok(Response {
        client_authentication_result: ClientAuthenticationResult {
            access_token: issued.access_token,
            expires_in: issued.lifetime.as_seconds(),
            token_type: "Bearer",
        },
    })
}

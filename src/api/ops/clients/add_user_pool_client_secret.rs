//! AddUserPoolClientSecret: a second secret for a client.

use serde::{Deserialize, Serialize};

use super::shape::ClientSecretDescriptor;
use crate::domain::clients;
use crate::error::Result;
use crate::ids::{ClientId, PoolId};
use crate::secret::Secret;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    client_id: ClientId,
    client_secret: Option<Secret<String>>,
}

/// The secret itself is told here only, and only if the caller did not choose it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    client_secret_descriptor: ClientSecretDescriptor,
}

/// # Errors: ResourceNotFound, InvalidParameter, LimitExceeded
pub async fn add_user_pool_client_secret(call: Call<Iam>, req: Request) -> Result<Response> {
    let at = (&req.user_pool_id, &req.client_id);
    let added = clients::add_secret(&call.app, &call.actor, at, req.client_secret).await?;
    let generated = added.generated.map(|secret| secret.expose().clone());
    Ok(Response {
        client_secret_descriptor: ClientSecretDescriptor {
            client_secret_value: generated,
            ..added.row.into()
        },
    })
}

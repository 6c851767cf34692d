//! ListUserPoolClientSecrets: ids and dates of a client's secrets, never the secrets.

use serde::{Deserialize, Serialize};

use super::shape::ClientSecretDescriptor;
use crate::domain::clients;
use crate::error::Result;
use crate::ids::{ClientId, PoolId};
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    client_id: ClientId,
    next_token: Option<String>,
}

/// There are at most two secrets, so there is never a `NextToken`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    client_secrets: Vec<ClientSecretDescriptor>,
}

/// # Errors: ResourceNotFound, InvalidParameter (token)
pub async fn list_user_pool_client_secrets(call: Call<Iam>, req: Request) -> Result<Response> {
    let (pool, client) = (&req.user_pool_id, &req.client_id);
    let token = req.next_token.as_deref();
    let secrets = clients::list_secrets(&call.app, pool, client, token).await?;
    Ok(Response {
        client_secrets: secrets.into_iter().map(Into::into).collect(),
    })
}

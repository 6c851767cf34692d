//! DeleteUserPoolClient.

use serde::Deserialize;

use crate::domain::clients;
use crate::error::Result;
use crate::ids::{ClientId, PoolId};
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    client_id: ClientId,
}

/// # Errors: ResourceNotFound
pub async fn delete_user_pool_client(call: Call<Iam>, req: Request) -> Result<()> {
    clients::delete(&call.app, &call.actor, &req.user_pool_id, &req.client_id).await
}

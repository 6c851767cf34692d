//! DeleteUserPoolClientSecret: one of a client's two secrets stops working, at once.

use serde::Deserialize;

use crate::api::shapes::Empty;
use crate::domain::clients;
use crate::error::Result;
use crate::ids::{ClientId, PoolId};
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "the names of the model")]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    client_id: ClientId,
    client_secret_id: String,
}

/// # Errors: ResourceNotFound, InvalidParameter (the last secret)
pub async fn delete_user_pool_client_secret(call: Call<Iam>, req: Request) -> Result<Empty> {
    let at = (&req.user_pool_id, &req.client_id);
    clients::delete_secret(&call.app, &call.actor, at, &req.client_secret_id).await?;
    Ok(Empty {})
}

//! UpdateUserPoolClient: a full replacement.

use super::settings::client_request;
use super::shape::Response;
use crate::domain::clients;
use crate::error::Result;
use crate::ids::{ClientId, PoolId};
use crate::wire::call::{Call, Iam};

client_request! {
    pub struct Request {
        user_pool_id: PoolId,
        client_id: ClientId,
        client_name: Option<String>,
    }
}

/// # Errors: ResourceNotFound, InvalidParameter, InvalidOAuthFlow, ScopeDoesNotExist,
/// FeatureUnavailableInTier, ConcurrentModification
pub async fn update_user_pool_client(call: Call<Iam>, mut req: Request) -> Result<Response> {
    let settings = req.settings();
    let which = (&req.user_pool_id, &req.client_id);
    let name = req.client_name;
    let changed = clients::update(&call.app, &call.actor, which, name, settings).await?;
    Ok(changed.into())
}

//! CreateUserPoolClient.

use super::settings::client_request;
use super::shape::Response;
use crate::domain::clients::{self, NewClient};
use crate::error::Result;
use crate::ids::PoolId;
use crate::secret::Secret;
use crate::wire::call::{Call, Iam};

client_request! {
    pub struct Request {
        user_pool_id: PoolId,
        client_name: String,
        generate_secret: Option<bool>,
        client_secret: Option<Secret<String>>,
    }
}

/// # Errors: ResourceNotFound, InvalidParameter, InvalidOAuthFlow, ScopeDoesNotExist,
/// FeatureUnavailableInTier, LimitExceeded
pub async fn create_user_pool_client(call: Call<Iam>, mut req: Request) -> Result<Response> {
    let settings = req.settings();
    let new = NewClient {
        pool: req.user_pool_id,
        id: None,
        name: req.client_name,
        generate_secret: req.generate_secret.unwrap_or(false),
        secret: req.client_secret,
        settings,
    };
    let made = clients::create(&call.app, &call.actor, new).await?;
    Ok(made.into())
}

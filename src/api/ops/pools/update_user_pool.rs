//! UpdateUserPool: a full replacement.

use super::settings::pool_request;
use crate::api::shapes::Empty;
use crate::domain::pools::{self, Replacement};
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

pool_request! {
    pub struct Request {
        user_pool_id: PoolId,
        pool_name: Option<String>,
    }
}

/// # Errors: ResourceNotFound, InvalidParameter, FeatureUnavailableInTier, TierChangeNotAllowed,
/// UserPoolTagging, ConcurrentModification
pub async fn update_user_pool(call: Call<Iam>, mut req: Request) -> Result<Empty> {
    let new = Replacement {
        name: req.pool_name.take(),
        settings: req.settings(),
        tags: req.user_pool_tags,
    };
    pools::update(&call.app, &call.actor, &req.user_pool_id, &new).await?;
    Ok(Empty {})
}

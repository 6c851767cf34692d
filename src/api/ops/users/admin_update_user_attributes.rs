//! AdminUpdateUserAttributes: an administrator changes attributes.

use serde::Deserialize;

use crate::api::shapes::{AttributeType, Empty, given};
use crate::domain::admin_users;
use crate::domain::hooks::Metadata;
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    username: String,
    user_attributes: Vec<AttributeType>,
    #[serde(default)]
    client_metadata: Metadata,
}

/// # Errors: those of [`admin_users::update_attributes`]
pub async fn admin_update_user_attributes(call: Call<Iam>, req: Request) -> Result<Empty> {
    let (app, actor, pool) = (&call.app, &call.actor, &req.user_pool_id);
    let change = (given(req.user_attributes), &req.client_metadata);
    admin_users::update_attributes(app, actor, pool, &req.username, change).await?;
    Ok(Empty {})
}

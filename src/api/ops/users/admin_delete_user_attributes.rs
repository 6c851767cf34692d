//! AdminDeleteUserAttributes: an administrator takes attributes away.

use serde::Deserialize;

use crate::api::shapes::Empty;
use crate::domain::admin_users;
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    username: String,
    user_attribute_names: Vec<String>,
}

/// # Errors: those of [`admin_users::delete_attributes`]
pub async fn admin_delete_user_attributes(call: Call<Iam>, req: Request) -> Result<Empty> {
    let (app, actor, pool) = (&call.app, &call.actor, &req.user_pool_id);
    let names = req.user_attribute_names;
    admin_users::delete_attributes(app, actor, pool, &req.username, names).await?;
    Ok(Empty {})
}

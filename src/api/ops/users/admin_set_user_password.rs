//! AdminSetUserPassword: a user gets a password, for good or for the first sign-in.

use serde::Deserialize;

use crate::api::shapes::Empty;
use crate::domain::admin_users;
use crate::domain::password::Kind;
use crate::error::Result;
use crate::ids::PoolId;
use crate::secret::Secret;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    username: String,
    password: Secret<String>,
    #[serde(default)]
    permanent: bool,
}

/// # Errors: those of [`admin_users::set_password`]
pub async fn admin_set_user_password(call: Call<Iam>, req: Request) -> Result<Empty> {
    let (app, actor, pool) = (&call.app, &call.actor, &req.user_pool_id);
    let kind = if req.permanent {
        Kind::Permanent
    } else {
        Kind::Temporary
    };
    let password = (&req.password, kind);
    admin_users::set_password(app, actor, pool, &req.username, password).await?;
    Ok(Empty {})
}

//! AdminListDevices: the devices of a user.

use serde::Deserialize;

use super::shape::{Many, narrowed};
use crate::domain::paging::Ask;
use crate::domain::{admin_users, devices};
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    username: String,
    limit: Option<i64>,
    pagination_token: Option<String>,
}

/// # Errors: ResourceNotFound (pool, user), InvalidUserPoolConfiguration, InvalidParameter (token)
pub async fn admin_list_devices(call: Call<Iam>, req: Request) -> Result<Many> {
    let app = &call.app;
    let found = admin_users::find(app, &req.user_pool_id, &req.username).await;
    let (pool, user) = found.map_err(narrowed)?;
    let ask = Ask {
        limit: req.limit,
        token: req.pagination_token,
    };
    let page = devices::list(app, (&pool, &user.sub), call.act, &ask).await?;
    Ok(Many::whole((&pool, &user), page))
}

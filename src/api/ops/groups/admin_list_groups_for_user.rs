//! AdminListGroupsForUser: the most important group first.

use serde::Deserialize;

use super::shape::Many;
use crate::domain::groups;
use crate::domain::paging::Ask;
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    username: String,
    user_pool_id: PoolId,
    limit: Option<i64>,
    next_token: Option<String>,
}

/// # Errors: ResourceNotFound, UserNotFound, InvalidParameter (token)
pub async fn admin_list_groups_for_user(call: Call<Iam>, req: Request) -> Result<Many> {
    let ask = Ask {
        limit: req.limit,
        token: req.next_token,
    };
    let pool = &req.user_pool_id;
    let page = groups::list_of_user(&call.app, pool, &req.username, &ask).await?;
    Ok(page.into())
}

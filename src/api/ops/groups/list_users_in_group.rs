//! ListUsersInGroup.

use serde::{Deserialize, Serialize};

use crate::api::shapes::UserType;
use crate::domain::groups;
use crate::domain::paging::Ask;
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    group_name: String,
    limit: Option<i64>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    users: Vec<UserType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// # Errors: ResourceNotFound, InvalidParameter (token)
pub async fn list_users_in_group(call: Call<Iam>, req: Request) -> Result<Response> {
    let ask = Ask {
        limit: req.limit,
        token: req.next_token,
    };
    let page = groups::members(&call.app, &req.user_pool_id, &req.group_name, &ask).await?;
    Ok(Response {
        users: page.items.into_iter().map(UserType::from).collect(),
        next_token: page.next,
    })
}

//! ListUsers: the users of a pool, all or by a filter, page by page.

use serde::{Deserialize, Serialize};

use crate::api::shapes::UserType;
use crate::domain::listing::{self, Wanted};
use crate::domain::paging::Ask;
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    attributes_to_get: Option<Vec<String>>,
    limit: Option<i64>,
    pagination_token: Option<String>,
    filter: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    users: Vec<UserType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pagination_token: Option<String>,
}

/// # Errors: ResourceNotFound; InvalidParameter (filter, token, attribute)
pub async fn list_users(call: Call<Iam>, req: Request) -> Result<Response> {
    let wanted = Wanted {
        filter: req.filter.as_deref(),
        attributes: req.attributes_to_get.as_deref(),
    };
    let ask = Ask {
        limit: req.limit,
        token: req.pagination_token,
    };
    let page = listing::users(&call.app, &req.user_pool_id, wanted, &ask).await?;
    let shown = |user| UserType::from(user).with(wanted.attributes);
    Ok(Response {
        users: page.items.into_iter().map(shown).collect(),
        pagination_token: page.next,
    })
}

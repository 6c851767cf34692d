//! AdminListUserAuthEvents: what happened to a user's account, the newest first.

use serde::Deserialize;

use super::shape::Events;
use crate::domain::paging::Ask;
use crate::domain::risk::events;
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    username: String,
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// # Errors: ResourceNotFound, UserNotFound, UserPoolAddOnNotEnabled, InvalidParameter (token)
pub async fn admin_list_user_auth_events(call: Call<Iam>, req: Request) -> Result<Events> {
    let ask = Ask {
        limit: req.max_results,
        token: req.next_token,
    };
    let page = events::list(&call.app, &req.user_pool_id, &req.username, &ask).await?;
    Ok(page.into())
}

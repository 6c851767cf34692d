//! ListGroups.

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
    user_pool_id: PoolId,
    limit: Option<i64>,
    next_token: Option<String>,
}

/// # Errors: ResourceNotFound, InvalidParameter (token)
pub async fn list_groups(call: Call<Iam>, req: Request) -> Result<Many> {
    let ask = Ask {
        limit: req.limit,
        token: req.next_token,
    };
    let page = groups::list(&call.app, &req.user_pool_id, &ask).await?;
    Ok(page.into())
}

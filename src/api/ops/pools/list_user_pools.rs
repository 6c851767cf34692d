//! ListUserPools: the pools of the caller's region and account.

use serde::{Deserialize, Serialize};

use crate::domain::paging::Ask;
use crate::domain::pools;
use crate::error::Result;
use crate::settings::pool::LambdaConfig;
use crate::store::pools::Listed;
use crate::time::EpochSeconds;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    max_results: i64,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_pools: Vec<UserPoolDescriptionType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct UserPoolDescriptionType {
    id: String,
    name: String,
    lambda_config: LambdaConfig,
    creation_date: EpochSeconds,
    last_modified_date: EpochSeconds,
}

/// # Errors: InvalidParameter (token)
pub async fn list_user_pools(call: Call<Iam>, req: Request) -> Result<Response> {
    let ask = Ask {
        limit: Some(req.max_results),
        token: req.next_token,
    };
    let page = pools::list(&call.app, &call.account, &call.region, &ask).await?;
    Ok(Response {
        user_pools: page.items.into_iter().map(description).collect(),
        next_token: page.next,
    })
}

fn description(pool: Listed) -> UserPoolDescriptionType {
    UserPoolDescriptionType {
        id: pool.id.to_string(),
        name: pool.name,
        lambda_config: pool.triggers,
        creation_date: pool.created.into(),
        last_modified_date: pool.modified.into(),
    }
}

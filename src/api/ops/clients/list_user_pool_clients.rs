//! ListUserPoolClients: ids and names only.

use serde::{Deserialize, Serialize};

use crate::domain::clients::{self, Kind};
use crate::domain::paging::Ask;
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    max_results: Option<i64>,
    next_token: Option<String>,
    client_type: Option<Kind>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_pool_clients: Vec<UserPoolClientDescription>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct UserPoolClientDescription {
    client_id: String,
    user_pool_id: String,
    client_name: String,
}

/// # Errors: ResourceNotFound, InvalidParameter (token)
pub async fn list_user_pool_clients(call: Call<Iam>, req: Request) -> Result<Response> {
    let ask = Ask {
        limit: req.max_results,
        token: req.next_token,
    };
    let page = clients::list(&call.app, &req.user_pool_id, req.client_type, &ask).await?;
    let pool = req.user_pool_id.as_str();
    let page = page.map(|(id, name)| UserPoolClientDescription {
        client_id: id.to_string(),
        user_pool_id: pool.to_owned(),
        client_name: name,
    });
    Ok(Response {
        user_pool_clients: page.items,
        next_token: page.next,
    })
}

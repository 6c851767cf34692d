//! ListTerms.

use serde::{Deserialize, Serialize};

use super::shape::TermsDescriptionType;
use crate::domain::paging::Ask;
use crate::domain::terms;
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    max_results: Option<i64>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    terms: Vec<TermsDescriptionType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// # Errors: ResourceNotFound, InvalidParameter (token)
pub async fn list_terms(call: Call<Iam>, req: Request) -> Result<Response> {
    let ask = Ask {
        limit: req.max_results,
        token: req.next_token,
    };
    let page = terms::list(&call.app, &req.user_pool_id, &ask).await?;
    let page = page.map(TermsDescriptionType::from);
    Ok(Response {
        terms: page.items,
        next_token: page.next,
    })
}

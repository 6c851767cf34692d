//! CreateTerms.

use serde::Deserialize;

use super::shape::Response;
use crate::domain::terms;
use crate::error::Result;
use crate::ids::{ClientId, PoolId};
use crate::settings::branding::{Enforcement, TermsName, TermsSource};
use crate::store::terms::Links;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    client_id: ClientId,
    terms_name: TermsName,
    /// There is one value of each so far, and it is what we do.
    #[serde(rename = "TermsSource")]
    _terms_source: TermsSource,
    #[serde(rename = "Enforcement")]
    _enforcement: Enforcement,
    #[serde(default)]
    links: Links,
}

/// # Errors: ResourceNotFound, InvalidParameter, TermsExists
pub async fn create_terms(call: Call<Iam>, req: Request) -> Result<Response> {
    let (pool, client) = (&req.user_pool_id, &req.client_id);
    let document = (req.terms_name, req.links);
    let made = terms::create(&call.app, &call.actor, pool, client, document).await?;
    Ok(made.into())
}

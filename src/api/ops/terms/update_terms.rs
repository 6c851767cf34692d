//! UpdateTerms: what is not given stays as it is.

use serde::Deserialize;

use super::shape::Response;
use crate::domain::terms::{self, Changes};
use crate::error::Result;
use crate::ids::PoolId;
use crate::settings::branding::{Enforcement, TermsName, TermsSource};
use crate::store::terms::Links;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    terms_id: String,
    user_pool_id: PoolId,
    terms_name: Option<TermsName>,
    /// There is one value of each so far, and it is what we do.
    #[serde(rename = "TermsSource")]
    _terms_source: Option<TermsSource>,
    #[serde(rename = "Enforcement")]
    _enforcement: Option<Enforcement>,
    links: Option<Links>,
}

/// # Errors: ResourceNotFound, InvalidParameter, TermsExists, ConcurrentModification
pub async fn update_terms(call: Call<Iam>, req: Request) -> Result<Response> {
    let changes = Changes {
        name: req.terms_name,
        links: req.links,
    };
    let (pool, id) = (&req.user_pool_id, &req.terms_id);
    let updated = terms::update(&call.app, &call.actor, pool, id, changes).await?;
    Ok(updated.into())
}

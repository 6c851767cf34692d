//! UpdateUserPoolDomain.

use serde::Deserialize;

use super::create_user_pool_domain::Response;
use crate::domain::domains;
use crate::error::Result;
use crate::ids::PoolId;
use crate::settings::domain::{CustomDomainConfig, DomainSettings, Routing};
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    domain: String,
    user_pool_id: PoolId,
    managed_login_version: Option<i64>,
    custom_domain_config: Option<CustomDomainConfig>,
    routing: Option<Routing>,
}

/// # Errors: InvalidParameter, FeatureUnavailableInTier, ConcurrentModification
pub async fn update_user_pool_domain(call: Call<Iam>, req: Request) -> Result<Response> {
    let settings = DomainSettings {
        managed_login_version: req.managed_login_version,
        custom_domain_config: req.custom_domain_config,
        routing: req.routing,
    };
    let (pool, name) = (&req.user_pool_id, &req.domain);
    let changed = domains::update(&call.app, &call.actor, pool, name, settings).await?;
    Ok(changed.into())
}

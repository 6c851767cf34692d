//! CreateUserPoolDomain.

use serde::{Deserialize, Serialize};

use crate::domain::domains;
use crate::error::Result;
use crate::ids::PoolId;
use crate::settings::domain::{CustomDomainConfig, DomainSettings, Routing};
use crate::store::domains::Domain;
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

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    #[serde(skip_serializing_if = "Option::is_none")]
    managed_login_version: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud_front_domain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    routing: Option<Routing>,
}

impl From<Domain> for Response {
    fn from(domain: Domain) -> Self {
        let document = domain.document;
        Self {
            managed_login_version: document.settings.managed_login_version,
            cloud_front_domain: domain.custom.then_some(document.distribution),
            routing: document.settings.routing,
        }
    }
}

/// # Errors: ResourceNotFound, InvalidParameter, FeatureUnavailableInTier
pub async fn create_user_pool_domain(call: Call<Iam>, req: Request) -> Result<Response> {
    let settings = DomainSettings {
        managed_login_version: req.managed_login_version,
        custom_domain_config: req.custom_domain_config,
        routing: req.routing,
    };
    let (pool, name) = (&req.user_pool_id, &req.domain);
    let made = domains::create(&call.app, &call.actor, pool, name, settings).await?;
    Ok(made.into())
}

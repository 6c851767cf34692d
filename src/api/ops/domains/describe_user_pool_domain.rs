//! DescribeUserPoolDomain: a name that nobody has is an empty description, not an error.

use serde::{Deserialize, Serialize};

use crate::domain::domains;
use crate::error::Result;
use crate::settings::domain::{CustomDomainConfig, Routing};
use crate::store::domains::Domain;
use crate::store::pools::Pool;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    domain: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    domain_description: Description,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Description {
    Known(Box<Known>),
    Unknown {},
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Known {
    user_pool_id: String,
    #[serde(rename = "AWSAccountId")]
    aws_account_id: String,
    domain: String,
    s3_bucket: String,
    cloud_front_distribution: String,
    version: String,
    status: &'static str,
    custom_domain_config: CustomDomainConfig,
    managed_login_version: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    routing: Option<Routing>,
}

pub async fn describe_user_pool_domain(call: Call<Iam>, req: Request) -> Result<Response> {
    let found = domains::find(&call.app, &req.domain).await?;
    let domain_description = match found {
        Some((domain, pool)) => Description::Known(Box::new(known(domain, pool))),
        None => Description::Unknown {},
    };
    Ok(Response { domain_description })
}

fn known(domain: Domain, pool: Pool) -> Known {
    let managed_login_version = domain.managed_login();
    let document = domain.document;
    Known {
        user_pool_id: pool.id.to_string(),
        aws_account_id: pool.account,
        domain: domain.domain,
        s3_bucket: format!("aws-cognito-prod-{}-assets", pool.region),
        cloud_front_distribution: document.distribution,
        version: document.modified.unwrap_or(domain.created).compact(),
        status: "ACTIVE",
        custom_domain_config: document.settings.custom_domain_config.unwrap_or_default(),
        managed_login_version,
        routing: document.settings.routing,
    }
}

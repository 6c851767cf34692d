//! `UserPoolType`, as CreateUserPool and DescribeUserPool answer it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::app::App;
use crate::domain::pools::Described;
use crate::settings::pool::{PoolSettings, SchemaAttribute};
use crate::time::EpochSeconds;

/// The answer of both.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    user_pool: UserPoolType,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct UserPoolType {
    id: String,
    name: String,
    arn: String,
    creation_date: EpochSeconds,
    last_modified_date: EpochSeconds,
    #[serde(flatten)]
    settings: PoolSettings,
    schema_attributes: Vec<SchemaAttribute>,
    estimated_number_of_users: i64,
    user_pool_tags: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_domain: Option<String>,
}

impl Response {
    /// Shows a pool.
    pub fn of(app: &App, described: Described) -> Self {
        let settings = described.settings();
        let arn = app.pool_arn(&described.pool);
        let pool = described.pool;
        let user_pool = UserPoolType {
            id: pool.id.to_string(),
            name: pool.name,
            arn,
            creation_date: pool.created.into(),
            last_modified_date: pool.modified.into(),
            settings,
            schema_attributes: pool.document.schema.clone(),
            estimated_number_of_users: described.users,
            user_pool_tags: pool.document.tags.clone(),
            domain: described.domain,
            custom_domain: described.custom_domain,
        };
        Self { user_pool }
    }
}

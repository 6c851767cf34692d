//! CreateUserPool.

use super::settings::pool_request;
use super::shape::Response;
use crate::domain::pools::{self, NewPool};
use crate::error::Result;
use crate::settings::pool::{Alias, Contact, PoolSettings, SchemaAttribute, UsernameConfiguration};
use crate::wire::call::{Call, Iam};

pool_request! {
    pub struct Request {
        pool_name: String,
        schema: Option<Vec<SchemaAttribute>>,
        alias_attributes: Option<Vec<Alias>>,
        username_attributes: Option<Vec<Contact>>,
        username_configuration: Option<UsernameConfiguration>,
    }
}

/// # Errors: InvalidParameter, FeatureUnavailableInTier, UserPoolTagging
pub async fn create_user_pool(call: Call<Iam>, mut req: Request) -> Result<Response> {
    let settings = PoolSettings {
        alias_attributes: req.alias_attributes.take(),
        username_attributes: req.username_attributes.take(),
        username_configuration: req.username_configuration.take(),
        ..req.settings()
    };
    let new = NewPool {
        id: None,
        region: call.region,
        account: call.account,
        name: req.pool_name,
        settings,
        schema: req.schema.unwrap_or_default(),
        tags: req.user_pool_tags.unwrap_or_default(),
    };
    let made = pools::create(&call.app, &call.actor, new).await?;
    Ok(Response::of(&call.app, made))
}

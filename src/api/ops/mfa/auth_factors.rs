//! What GetUserAuthFactors and AdminGetUserAuthFactors answer.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::app::App;
use crate::domain::first_factors;
use crate::error::Result;
use crate::settings::pool::FirstFactor;
use crate::store::pools::Pool;
use crate::store::users::{Factor, User};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    username: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred_mfa_setting: Option<Factor>,
    #[serde(
        rename = "UserMFASettingList",
        skip_serializing_if = "BTreeSet::is_empty"
    )]
    user_mfa_setting_list: BTreeSet<Factor>,
    configured_user_auth_factors: Vec<FirstFactor>,
}

impl Response {
    pub(super) async fn of(app: &App, pool: &Pool, user: User) -> Result<Self> {
        Ok(Self {
            configured_user_auth_factors: first_factors::of(app, pool, &user).await?,
            username: user.username,
            preferred_mfa_setting: user.mfa.preferred,
            user_mfa_setting_list: user.mfa.enabled,
        })
    }
}

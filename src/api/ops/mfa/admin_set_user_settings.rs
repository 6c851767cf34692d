//! AdminSetUserSettings: text messages as second factor of a user, the old way.

use serde::Deserialize;

use super::settings::{MfaOption, sms_of};
use crate::api::shapes::Empty;
use crate::domain::admin_users;
use crate::domain::changes::Asker;
use crate::domain::mfa::preference;
use crate::error::Result;
use crate::ids::PoolId;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    username: String,
    #[serde(rename = "MFAOptions")]
    mfa_options: Vec<MfaOption>,
}

/// # Errors: ResourceNotFound, UserNotFound, InvalidParameter
pub async fn admin_set_user_settings(call: Call<Iam>, req: Request) -> Result<Empty> {
    let sms = sms_of(&req.mfa_options)?;
    let (pool, user) = admin_users::find(&call.app, &req.user_pool_id, &req.username).await?;
    let user = (&pool, &user.sub);
    let act = (call.act, Asker::Nobody);
    preference::set_options(&call.app, &call.actor, user, sms, act).await?;
    Ok(Empty {})
}

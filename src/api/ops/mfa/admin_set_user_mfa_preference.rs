//! AdminSetUserMFAPreference: which second factors a user is asked for.

use serde::Deserialize;

use super::settings::{FactorSettings, PasskeySettings, wishes};
use crate::api::shapes::Empty;
use crate::domain::admin_users;
use crate::domain::changes::Asker;
use crate::domain::mfa::preference;
use crate::error::Result;
use crate::ids::PoolId;
use crate::store::users::Factor;
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    username: String,
    #[serde(rename = "SMSMfaSettings")]
    sms_mfa_settings: Option<FactorSettings>,
    software_token_mfa_settings: Option<FactorSettings>,
    email_mfa_settings: Option<FactorSettings>,
    web_authn_mfa_settings: Option<PasskeySettings>,
}

/// # Errors: ResourceNotFound, UserNotFound, InvalidParameter
pub async fn admin_set_user_mfa_preference(call: Call<Iam>, req: Request) -> Result<Empty> {
    let factors = [
        (Factor::Sms, req.sms_mfa_settings),
        (Factor::SoftwareToken, req.software_token_mfa_settings),
        (Factor::Email, req.email_mfa_settings),
    ];
    let wishes = wishes(factors, req.web_authn_mfa_settings.as_ref());
    let (pool, user) = admin_users::find(&call.app, &req.user_pool_id, &req.username).await?;
    let user = (&pool, &user.sub);
    let act = (call.act, Asker::Nobody);
    preference::set(&call.app, &call.actor, user, &wishes, act).await?;
    Ok(Empty {})
}

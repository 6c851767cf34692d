//! SetUserMFAPreference: which second factors the signed-in user is asked for.

use serde::Deserialize;

use super::settings::{FactorSettings, PasskeySettings, wishes};
use crate::api::shapes::Empty;
use crate::domain::changes::Asker;
use crate::domain::mfa::preference;
use crate::error::Result;
use crate::secret::Secret;
use crate::store::users::Factor;
use crate::wire::call::{Call, Token};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    #[expect(dead_code, reason = "the caller was admitted by it")]
    access_token: Secret<String>,
    #[serde(rename = "SMSMfaSettings")]
    sms_mfa_settings: Option<FactorSettings>,
    software_token_mfa_settings: Option<FactorSettings>,
    email_mfa_settings: Option<FactorSettings>,
    web_authn_mfa_settings: Option<PasskeySettings>,
}

/// # Errors: those of an access token, NotAuthorized (stale sign-in), InvalidParameter
pub async fn set_user_mfa_preference(call: Call<Token>, req: Request) -> Result<Empty> {
    let factors = [
        (Factor::Sms, req.sms_mfa_settings),
        (Factor::SoftwareToken, req.software_token_mfa_settings),
        (Factor::Email, req.email_mfa_settings),
    ];
    let wishes = wishes(factors, req.web_authn_mfa_settings.as_ref());
    let who = &call.caller.0;
    let user = (&who.pool, &who.user.sub);
    let act = (call.act, Asker::from(who));
    preference::set(&call.app, &call.actor, user, &wishes, act).await?;
    Ok(Empty {})
}

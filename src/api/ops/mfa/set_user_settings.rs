//! SetUserSettings: text messages as second factor of the signed-in user, the old way.

use serde::Deserialize;

use super::settings::{MfaOption, sms_of};
use crate::api::shapes::Empty;
use crate::domain::changes::Asker;
use crate::domain::mfa::preference;
use crate::error::Result;
use crate::secret::Secret;
use crate::wire::call::{Call, Token};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    #[expect(dead_code, reason = "the caller was admitted by it")]
    access_token: Secret<String>,
    #[serde(rename = "MFAOptions")]
    mfa_options: Vec<MfaOption>,
}

/// # Errors: those of an access token, NotAuthorized (stale sign-in), InvalidParameter
pub async fn set_user_settings(call: Call<Token>, req: Request) -> Result<Empty> {
    let sms = sms_of(&req.mfa_options)?;
    let who = &call.caller.0;
    let user = (&who.pool, &who.user.sub);
    let act = (call.act, Asker::from(who));
    preference::set_options(&call.app, &call.actor, user, sms, act).await?;
    Ok(Empty {})
}

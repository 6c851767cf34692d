//! SetUserPoolMfaConfig: a full replacement, answered with what is now in force.

use serde::Deserialize;

use super::get_user_pool_mfa_config::Response;
use crate::domain::pools::{self, MfaConfig};
use crate::error::Result;
use crate::ids::PoolId;
use crate::settings::pool::{EmailMfa, Mfa, MfaSettings, SmsMfa, SoftwareTokenMfa, WebAuthn};
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    user_pool_id: PoolId,
    sms_mfa_configuration: Option<SmsMfa>,
    software_token_mfa_configuration: Option<SoftwareTokenMfa>,
    email_mfa_configuration: Option<EmailMfa>,
    mfa_configuration: Option<Mfa>,
    web_authn_configuration: Option<WebAuthn>,
}

/// # Errors: ResourceNotFound, InvalidParameter, FeatureUnavailableInTier, ConcurrentModification
pub async fn set_user_pool_mfa_config(call: Call<Iam>, req: Request) -> Result<Response> {
    let given = MfaConfig {
        mode: req.mfa_configuration.unwrap_or(Mfa::Off),
        factors: MfaSettings {
            sms_mfa_configuration: req.sms_mfa_configuration,
            software_token_mfa_configuration: req.software_token_mfa_configuration,
            email_mfa_configuration: req.email_mfa_configuration,
            web_authn_configuration: req.web_authn_configuration,
        },
    };
    let config = pools::set_mfa_config(&call.app, &call.actor, &req.user_pool_id, given).await?;
    Ok(config.into())
}

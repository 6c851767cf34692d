//! GetUserPoolMfaConfig, SetUserPoolMfaConfig, and what they share with the pool's other settings.
//!
//! The pool's SMS configuration and SMS authentication message are one setting with two doors:
//! CreateUserPool/UpdateUserPool and SetUserPoolMfaConfig.

use std::sync::Arc;

use super::{check, stored, tiers};
use crate::app::App;
use crate::domain::passkeys::relying_party;
use crate::error::{Error, Result};
use crate::ids::PoolId;
use crate::settings::pool::{Mfa, MfaSettings, PoolDocument, SmsMfa};
use crate::store::audit::Actor;
use crate::store::pools::Pool;

/// A pool's multi-factor and passkey settings.
#[derive(Clone, Debug)]
pub struct MfaConfig {
    /// Whether a second factor is required.
    pub mode: Mfa,
    /// The factors and passkeys.
    pub factors: MfaSettings,
}

/// The settings of a pool.
pub async fn get_mfa_config(app: &App, pool: &PoolId) -> Result<MfaConfig> {
    Ok(config(&stored(app, pool).await?))
}

/// Replaces the settings of a pool: what is not given is cleared.
///
/// # Errors: InvalidParameter (no factor, factors that are off, no SMS configuration, bad relying party),
/// FeatureUnavailableInTier, ResourceNotFound, ConcurrentModification.
pub async fn set_mfa_config(
    app: &App,
    actor: &Actor,
    pool: &PoolId,
    given: MfaConfig,
) -> Result<MfaConfig> {
    let apply = |pool: &mut Pool| apply(pool, &given);
    let changed = super::change(app, actor, pool, "SetUserPoolMfaConfig", apply).await?;
    Ok(config(&changed))
}

/// After the pool's own settings changed: text messages are a second factor while the pool has an
/// SMS configuration and either second factors are on or SMS was one before.
pub(super) fn follow(document: &mut PoolDocument) {
    let settings = &document.settings;
    let wanted = settings.mfa() != Mfa::Off || document.mfa.sms_mfa_configuration.is_some();
    let sms = settings.sms_configuration.clone().filter(|_| wanted);
    document.mfa.sms_mfa_configuration = sms.map(|sms| SmsMfa {
        sms_authentication_message: settings.sms_authentication_message.clone(),
        sms_configuration: Some(sms),
    });
}

/// Whether a user of the pool could have any second factor.
pub(super) fn has_factor(mfa: &MfaSettings) -> bool {
    let totp = mfa.software_token_mfa_configuration.as_ref();
    mfa.sms_mfa_configuration.is_some()
        || totp.is_some_and(|totp| totp.enabled == Some(true))
        || mfa.email_mfa_configuration.is_some()
}

fn config(pool: &Pool) -> MfaConfig {
    let mut factors = pool.document.mfa.clone();
    if let Some(sms) = &mut factors.sms_mfa_configuration {
        super::shown::fill_region(&mut sms.sms_configuration, &pool.region);
    }
    MfaConfig {
        mode: pool.settings().mfa(),
        factors,
    }
}

fn apply(pool: &mut Pool, given: &MfaConfig) -> Result<()> {
    let mut factors = given.factors.clone();
    tiers::mfa(&factors, pool.settings().tier())?;
    if let Some(id) = factors
        .web_authn_configuration
        .as_ref()
        .and_then(|passkeys| passkeys.relying_party_id.as_deref())
        && !relying_party::is_name(id)
    {
        return Err(Error::relying_party());
    }
    match (given.mode, has_factor(&factors)) {
        (Mfa::Off, true) => return Err(Error::mfa_off_with_factors()),
        (Mfa::On | Mfa::Optional, false) => return Err(Error::mfa_factor_required()),
        _ => {}
    }
    let document = Arc::make_mut(&mut pool.document);
    let settings = &mut document.settings;
    if let Some(sms) = &mut factors.sms_mfa_configuration {
        if let Some(configuration) = &sms.sms_configuration {
            check::sms(configuration, &pool.region)?;
            settings.sms_configuration = Some(configuration.clone());
        }
        if given.mode != Mfa::Off && settings.sms_configuration.is_none() {
            return Err(Error::mfa_sms_configuration());
        }
        sms.sms_configuration
            .clone_from(&settings.sms_configuration);
        settings
            .sms_authentication_message
            .clone_from(&sms.sms_authentication_message);
    }
    settings.mfa_configuration = Some(given.mode);
    document.mfa = factors;
    Ok(())
}

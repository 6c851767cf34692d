//! Which features a pool's plan includes (api.md 3.1, "Tier gates").

use crate::domain::assurance;
use crate::error::{Error, Result};
use crate::settings::pool::{FactorConfiguration, FirstFactor, MfaSettings, PoolSettings, Tier};

/// Checks what CreateUserPool and UpdateUserPool set against the plan.
pub(super) fn settings(settings: &PoolSettings) -> Result<()> {
    let tier = settings.tier();
    let refuse = |feature| Err(Error::feature_unavailable(feature, tier.as_str()));
    let threat_protection = settings.user_pool_add_ons.as_ref().is_some_and(|add_ons| {
        let mode = add_ons.advanced_security_mode.as_deref();
        mode.is_some_and(|mode| mode != "OFF")
    });
    if threat_protection && tier != Tier::Plus {
        return refuse("Threat protection");
    }
    if tier != Tier::Lite {
        return Ok(());
    }
    let lambda = settings.lambda_config.as_ref();
    let trigger = lambda.and_then(|lambda| lambda.pre_token_generation_config.as_ref());
    let version = trigger.and_then(|trigger| trigger.lambda_version.as_deref());
    if version.is_some_and(|version| version != "V1_0") {
        return refuse("Access token customization");
    }
    let passwordless = |factor: &FirstFactor| *factor != FirstFactor::Password;
    if settings.first_factors().iter().any(passwordless) {
        return refuse("Passwordless sign-in");
    }
    let registration = settings.dcr_configuration.as_ref();
    if registration.is_some_and(|dcr| dcr.enable_status.as_deref() != Some("Disabled")) {
        return refuse("Dynamic client registration");
    }
    if assurance::is_renamed(settings) {
        return refuse("ACR configuration");
    }
    Ok(())
}

/// Checks what SetUserPoolMfaConfig sets against the plan.
pub(super) fn mfa(mfa: &MfaSettings, tier: Tier) -> Result<()> {
    if tier != Tier::Lite {
        return Ok(());
    }
    if mfa.email_mfa_configuration.is_some() {
        return Err(Error::feature_unavailable("E-mail MFA", tier.as_str()));
    }
    let passkeys = mfa.web_authn_configuration.as_ref();
    let factor = passkeys.and_then(|passkeys| passkeys.factor_configuration);
    if factor == Some(FactorConfiguration::MultiFactor) {
        return Err(Error::feature_unavailable("Passkey MFA", tier.as_str()));
    }
    Ok(())
}

/// The managed login pages need a plan above Lite.
pub(crate) fn managed_login(version: i64, tier: Tier) -> Result<()> {
    if version >= 2 && tier == Tier::Lite {
        return Err(Error::feature_unavailable("Managed login", tier.as_str()));
    }
    Ok(())
}

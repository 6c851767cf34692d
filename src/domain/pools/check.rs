//! What a pool's settings must satisfy beyond the shapes of the model (api.md 3.1).

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::assurance::Level;
use crate::error::{Error, Result};
use crate::ids::KeyArn;
use crate::settings::pool::{
    AccountRecoverySetting, Contact, EmailConfiguration, FirstFactor, KeyConfiguration,
    LambdaConfig, PoolSettings, Recovery, SmsConfiguration,
};

const MOST_TAGS: usize = 50;

/// Checks settings by themselves; `region` is the pool's.
pub(super) fn settings(settings: &PoolSettings, region: &str) -> Result<()> {
    let given = |empty: bool| !empty;
    if given(settings.alias_attributes().is_empty())
        && given(settings.username_attributes().is_empty())
    {
        return Err(Error::alias_and_username_attributes());
    }
    policies(settings)?;
    settings.lambda_config.as_ref().map_or(Ok(()), lambda)?;
    settings
        .email_configuration
        .as_ref()
        .map_or(Ok(()), email)?;
    if let Some(configuration) = &settings.sms_configuration {
        sms(configuration, region)?;
    }
    verification(settings)?;
    let recovery_setting = settings.account_recovery_setting.as_ref();
    recovery_setting.map_or(Ok(()), recovery)?;
    settings.key_configuration.as_ref().map_or(Ok(()), key)?;
    acr(settings)
}

/// Checks a pool's tags.
pub(super) fn tags(tags: &BTreeMap<String, String>) -> Result<()> {
    if are_too_many(tags) {
        return Err(Error::tags_over_limit());
    }
    if tags.keys().any(|key| is_reserved(key)) {
        return Err(Error::tag_reserved());
    }
    Ok(())
}

/// Whether a pool may not have so many tags.
pub(super) fn are_too_many(tags: &BTreeMap<String, String>) -> bool {
    tags.len() > MOST_TAGS
}

/// Whether a tag's key is one of AWS's own.
pub(super) fn is_reserved(key: &str) -> bool {
    key.to_ascii_lowercase().starts_with("aws:")
}

/// Checks how text messages are to be sent.
pub(super) fn sms(sms: &SmsConfiguration, region: &str) -> Result<()> {
    let sns = sms.sns_caller_arn.as_deref().unwrap_or_default();
    if sns.is_empty() == sms.eums_sms.is_none() {
        return Err(Error::sms_configuration_one_way());
    }
    let elsewhere = sms
        .eums_sms
        .as_ref()
        .and_then(|eums| eums.region.as_deref());
    if elsewhere.is_some_and(|elsewhere| elsewhere != region) {
        return Err(Error::eums_region());
    }
    Ok(())
}

fn policies(settings: &PoolSettings) -> Result<()> {
    let days = |days: Option<i64>| days.filter(|days| *days > 0);
    let policies = settings.policies.as_ref();
    let policy = policies.and_then(|p| p.password_policy.as_ref());
    let legacy = settings.admin_create_user_config.as_ref();
    let new = days(policy.and_then(|p| p.temporary_password_validity_days));
    let old = days(legacy.and_then(|c| c.unused_account_validity_days));
    if new.is_some() && old.is_some() && new != old {
        return Err(Error::temporary_password_days_twice());
    }
    let sign_in = policies.and_then(|p| p.sign_in_policy.as_ref());
    let Some(factors) = sign_in.and_then(|p| p.allowed_first_auth_factors.as_ref()) else {
        return Ok(());
    };
    if factors.contains(&FirstFactor::SoftwareToken) {
        return Err(Error::first_factor_software_token());
    }
    if !factors.contains(&FirstFactor::Password) {
        return Err(Error::first_factor_password());
    }
    Ok(())
}

fn lambda(lambda: &LambdaConfig) -> Result<()> {
    let versioned = lambda.pre_token_generation_config.as_ref();
    let versioned = versioned.and_then(|config| config.lambda_arn.as_ref());
    if let (Some(plain), Some(versioned)) = (&lambda.pre_token_generation, versioned)
        && plain != versioned
    {
        return Err(Error::pre_token_generation_twice());
    }
    let sender = lambda.custom_sms_sender.is_some() || lambda.custom_email_sender.is_some();
    if sender && lambda.kms_key_id.is_none() {
        return Err(Error::custom_sender_key());
    }
    let key = lambda.kms_key_id.as_deref();
    if key.is_some_and(|key| KeyArn::of(key).is_none()) {
        return Err(Error::kms_key_id());
    }
    Ok(())
}

fn email(email: &EmailConfiguration) -> Result<()> {
    let developer = email.email_sending_account.as_deref() == Some("DEVELOPER");
    if developer && email.source_arn.is_none() {
        return Err(Error::developer_email_source());
    }
    Ok(())
}

/// What is verified by itself can be verified: a code to a phone needs a way to send it, the pool's own
/// or a function. A contact that waits for its proof is one of those. Source: the refusals that users of
/// `UpdateUserPool` and the Amplify tools report.
fn verification(settings: &PoolSettings) -> Result<()> {
    let lambda = settings.lambda_config.as_ref();
    let sends = settings.sms_configuration.is_some()
        || lambda.is_some_and(|lambda| lambda.custom_sms_sender.is_some());
    if settings.auto_verified(Contact::PhoneNumber) && !sends {
        return Err(Error::auto_verified_phone());
    }
    let waiting = settings.user_attribute_update_settings.as_ref();
    let waiting = waiting.and_then(|s| s.attributes_require_verification_before_update.as_deref());
    let waiting = waiting.unwrap_or_default();
    if waiting
        .iter()
        .any(|contact| !settings.auto_verified(*contact))
    {
        return Err(Error::verification_before_update());
    }
    Ok(())
}

fn recovery(setting: &AccountRecoverySetting) -> Result<()> {
    let ways = setting.recovery_mechanisms.as_deref().unwrap_or_default();
    let admin_only = ways.iter().any(|way| way.name == Some(Recovery::AdminOnly));
    if admin_only && ways.len() > 1 {
        return Err(Error::recovery_admin_only());
    }
    if let [first, second] = ways
        && (first.name == second.name || first.priority == second.priority)
    {
        return Err(Error::recovery_twice());
    }
    Ok(())
}

fn key(key: &KeyConfiguration) -> Result<()> {
    let customer = key.key_type.as_deref() == Some("CUSTOMER_MANAGED_KEY");
    if customer != key.kms_key_arn.is_some() {
        return Err(Error::kms_key());
    }
    Ok(())
}

/// No two of the four levels may have the same name; a level that is not set has its default name.
fn acr(settings: &PoolSettings) -> Result<()> {
    let names = Level::ALL.map(|level| level.name_in(settings));
    if BTreeSet::from(names).len() < Level::ALL.len() {
        return Err(Error::acr_twice());
    }
    Ok(())
}

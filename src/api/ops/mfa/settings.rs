//! The shapes of SetUserMFAPreference, SetUserSettings and their admin twins.

use serde::Deserialize;

use crate::domain::mfa::preference::{Wish, Wishes};
use crate::error::{Error, Result};
use crate::store::users::Factor;

/// `SMSMfaSettingsType`, `SoftwareTokenMfaSettingsType`, `EmailMfaSettingsType`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct FactorSettings {
    enabled: Option<bool>,
    preferred_mfa: Option<bool>,
}

/// `WebAuthnMfaSettingsType`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PasskeySettings {
    enabled: Option<bool>,
}

/// What a request wants of each factor that it names.
pub(super) fn wishes(
    factors: [(Factor, Option<FactorSettings>); 3],
    passkeys: Option<&PasskeySettings>,
) -> Wishes {
    let named = factors.into_iter();
    let wish = |settings: FactorSettings| Wish {
        enabled: settings.enabled,
        preferred: settings.preferred_mfa,
    };
    Wishes {
        factors: named
            .filter_map(|(factor, settings)| Some((factor, wish(settings?))))
            .collect(),
        passkeys: passkeys.and_then(|passkeys| passkeys.enabled),
    }
}

/// `MFAOptionType`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct MfaOption {
    delivery_medium: Option<String>,
    attribute_name: Option<String>,
}

/// Whether `MFAOptions` turn text messages on.
///
/// # Errors: InvalidParameter (anything but SMS to `phone_number`)
pub(super) fn sms_of(options: &[MfaOption]) -> Result<bool> {
    let sms = |option: &MfaOption| {
        option.delivery_medium.as_deref() == Some("SMS")
            && option.attribute_name.as_deref() == Some("phone_number")
    };
    if !options.iter().all(sms) {
        return Err(Error::mfa_options());
    }
    Ok(!options.is_empty())
}

//! Which sign-in flows a client may list together.

use super::check::Against;
use crate::error::{Error, Result};
use crate::settings::client::{AuthFlowSetting, ClientSettings};
use crate::settings::pool::Tier;

/// Checks `ExplicitAuthFlows`.
pub(super) fn check(settings: &ClientSettings, against: &Against<'_>) -> Result<()> {
    let tier = against.pool.settings().tier();
    let flows = settings.explicit_auth_flows.as_deref().unwrap_or_default();
    let legacy = |flow: &AuthFlowSetting| {
        matches!(
            flow,
            AuthFlowSetting::AdminNoSrp
                | AuthFlowSetting::CustomOnly
                | AuthFlowSetting::UserPassword
        )
    };
    if flows.iter().any(legacy) && !flows.iter().all(legacy) {
        return Err(Error::mixed_auth_flows());
    }
    if flows.contains(&AuthFlowSetting::AllowClientToken) {
        if flows.len() > 1 {
            return Err(Error::client_token_alone());
        }
        if !against.secret {
            return Err(Error::client_token_secret());
        }
    }
    if settings.rotates() && settings.lists_flow(AuthFlowSetting::AllowRefreshToken) {
        return Err(Error::rotation_and_refresh_flow());
    }
    if tier == Tier::Lite && settings.lists_flow(AuthFlowSetting::AllowUserAuth) {
        return Err(Error::feature_unavailable("USER_AUTH", tier.as_str()));
    }
    Ok(())
}

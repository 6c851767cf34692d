//! Which sign-in flows a client may list together.

use crate::error::{Error, Result};
use crate::settings::client::{AuthFlowSetting, ClientSettings};
use crate::settings::pool::Tier;

/// Checks `ExplicitAuthFlows`.
pub(super) fn check(settings: &ClientSettings, tier: Tier) -> Result<()> {
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
    if settings.rotates() && settings.lists_flow(AuthFlowSetting::AllowRefreshToken) {
        return Err(Error::rotation_and_refresh_flow());
    }
    if tier == Tier::Lite && settings.lists_flow(AuthFlowSetting::AllowUserAuth) {
        return Err(Error::feature_unavailable("USER_AUTH", tier.as_str()));
    }
    Ok(())
}

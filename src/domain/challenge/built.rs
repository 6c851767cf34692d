//! Settings that restrict or change sign-in and are not built yet. Sign-in in such a pool answers
//! the honest 501: tokens given out past a setting that asks for more would be a lie.
//!
//! Triggers are refused where they would be called (`domain::hooks`).

use super::{Flow, Parameters};
use crate::error::{Error, Result};
use crate::store::pools::Pool;

/// Refuses pools that ask for more at sign-in than is built.
pub(in crate::domain) fn check(pool: &Pool) -> Result<()> {
    let settings = pool.settings();
    let add_ons = settings.user_pool_add_ons.as_ref();
    let mode = add_ons.and_then(|add_ons| add_ons.advanced_security_mode.as_deref());
    if mode == Some("ENFORCED") {
        return Err(Error::not_implemented("AdvancedSecurityMode ENFORCED"));
    }
    Ok(())
}

/// Refuses flows and parameters that are not built.
pub(super) fn check_asked(flow: Flow, parameters: &Parameters) -> Result<()> {
    let step_up = ["TARGET_ACR_VALUES", "ACCESS_TOKEN", "MAX_AGE"];
    let asked = step_up.iter().find(|name| parameters.find(name).is_some());
    if let (Flow::UserAuth, Some(name)) = (flow, asked) {
        return Err(Error::not_implemented(name));
    }
    Ok(())
}

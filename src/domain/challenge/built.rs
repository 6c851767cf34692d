//! Settings that restrict or change sign-in and are not built yet. Sign-in in such a pool answers
//! the honest 501: tokens given out past a setting that asks for more would be a lie.
//!
//! Triggers are refused where they would be called (`domain::hooks`).

use super::{Flow, Parameters};
use crate::error::{Error, Result};
use crate::store::pools::Pool;

/// Refuses pools that ask for more at sign-in than is built.
pub(in crate::domain) fn check(pool: &Pool) -> Result<()> {
    check_devices(pool)
}

/// Refuses pools that track devices: their sign-ins and refreshes depend on the device.
pub(in crate::domain) fn check_devices(pool: &Pool) -> Result<()> {
    if pool.settings().device_configuration.is_some() {
        return Err(Error::not_implemented("DeviceConfiguration"));
    }
    Ok(())
}

/// Refuses flows and parameters that are not built.
pub(super) fn check_asked(flow: Option<Flow>, parameters: &Parameters) -> Result<()> {
    if let Some(flow @ Flow::Custom) = flow {
        return Err(Error::not_implemented(flow.as_str()));
    }
    let step_up = ["TARGET_ACR_VALUES", "ACCESS_TOKEN", "MAX_AGE"];
    let asked = step_up.iter().find(|name| parameters.find(name).is_some());
    if let (Some(Flow::UserAuth), Some(name)) = (flow, asked) {
        return Err(Error::not_implemented(name));
    }
    let key = parameters.find("DEVICE_KEY");
    check_device_key(key.map(|key| key.expose().as_str()))
}

/// Refuses a device to sign in or refresh with.
pub(in crate::domain) fn check_device_key(key: Option<&str>) -> Result<()> {
    match key {
        Some(_) => Err(Error::not_implemented("DEVICE_KEY")),
        None => Ok(()),
    }
}

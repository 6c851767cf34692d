//! What can be asked for at sign-in and is not built yet: the honest 501.

use super::{Flow, Parameters};
use crate::error::{Error, Result};

/// Refuses flows and parameters that are not built.
pub(super) fn check_asked(flow: Flow, parameters: &Parameters) -> Result<()> {
    let step_up = ["TARGET_ACR_VALUES", "ACCESS_TOKEN", "MAX_AGE"];
    let asked = step_up.iter().find(|name| parameters.find(name).is_some());
    if let (Flow::UserAuth, Some(name)) = (flow, asked) {
        return Err(Error::not_implemented(name));
    }
    Ok(())
}

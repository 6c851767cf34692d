//! Threat protection (`AdvancedSecurityMode`): what is recorded about sign-ins, what makes one risky,
//! and what a risk leads to. docs/differences.md says what is scored and how.
//!
//! Where the mode is OFF, and in pools without it, nothing of this runs: no statement, no hash.

pub mod compromised;
mod config;
pub mod events;
mod feedback;
pub mod origin;
mod ranges;
pub mod score;

use std::net::IpAddr;

use crate::error::{Error, Result};
use crate::settings::risk::{
    AccountTakeover, CompromisedAction, CompromisedCredentials, PasswordEvent, RiskConfiguration,
    TakeoverAction,
};
use crate::store::auth_events::Level;
use crate::store::clients::Client;
use crate::store::pools::Pool;

pub use config::{Configured, describe, set};
pub(in crate::domain) use feedback::token as feedback_token;
pub use feedback::{admin_feedback, feedback};

/// How far threat protection goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// There is none.
    Off,
    /// It records and stops nobody.
    Audit,
    /// It acts, too.
    Enforced,
}

/// How far threat protection goes in a pool.
pub fn mode(pool: &Pool) -> Mode {
    let add_ons = pool.settings().user_pool_add_ons.as_ref();
    match add_ons.and_then(|add_ons| add_ons.advanced_security_mode.as_deref()) {
        Some("AUDIT") => Mode::Audit,
        Some("ENFORCED") => Mode::Enforced,
        _ => Mode::Off,
    }
}

/// Refuses pools without threat protection.
///
/// # Errors: UserPoolAddOnNotEnabled
pub(in crate::domain) fn check_enabled(pool: &Pool) -> Result<()> {
    match mode(pool) {
        Mode::Off => Err(Error::add_on_not_enabled()),
        Mode::Audit | Mode::Enforced => Ok(()),
    }
}

/// The configuration that holds for a client: its own, else the pool's.
fn of<'a>(pool: &'a Pool, client: &'a Client) -> Option<&'a RiskConfiguration> {
    let stored = client.extras.risk.as_ref().or(pool.document.risk.as_ref());
    stored.map(|stored| &stored.configuration)
}

/// Whether requests from an address are always refused (`BlockedIPRangeList`).
pub(in crate::domain) fn is_blocked(pool: &Pool, client: &Client, ip: Option<IpAddr>) -> bool {
    let exceptions = of(pool, client).and_then(|risk| risk.risk_exception_configuration.as_ref());
    let blocked = exceptions.and_then(|e| e.blocked_ip_range_list.as_deref());
    mode(pool) == Mode::Enforced && ranges::contain(blocked.unwrap_or_default(), ip)
}

/// Whether no risk is looked for in requests from an address (`SkippedIPRangeList`).
pub(in crate::domain) fn is_skipped(pool: &Pool, client: &Client, ip: Option<IpAddr>) -> bool {
    let exceptions = of(pool, client).and_then(|risk| risk.risk_exception_configuration.as_ref());
    let skipped = exceptions.and_then(|e| e.skipped_ip_range_list.as_deref());
    ranges::contain(skipped.unwrap_or_default(), ip)
}

/// Whether passwords are looked up at such an event, and what a compromised one leads to. Without a
/// configuration they are looked up and nobody is stopped.
fn password_rule(
    pool: &Pool,
    client: Option<&Client>,
    event: PasswordEvent,
) -> Option<CompromisedAction> {
    let configuration = client.map_or_else(
        || {
            pool.document
                .risk
                .as_ref()
                .map(|stored| &stored.configuration)
        },
        |client| of(pool, client),
    );
    let rule: Option<&CompromisedCredentials> =
        configuration.and_then(|c| c.compromised_credentials_risk_configuration.as_ref());
    let filter = rule.and_then(|rule| rule.event_filter.as_deref());
    if filter.is_some_and(|filter| !filter.is_empty() && !filter.contains(&event)) {
        return None;
    }
    let action = rule.and_then(|rule| rule.actions.as_ref()?.event_action);
    match mode(pool) {
        Mode::Off => None,
        Mode::Audit => Some(CompromisedAction::Nothing),
        Mode::Enforced => Some(action.unwrap_or(CompromisedAction::Nothing)),
    }
}

/// What a level of risk leads to; nothing unless configured, and nothing where nobody is stopped.
pub(in crate::domain) fn action<'a>(
    pool: &'a Pool,
    client: &'a Client,
    level: Level,
) -> Option<(&'a AccountTakeover, &'a TakeoverAction)> {
    if mode(pool) != Mode::Enforced {
        return None;
    }
    let takeover = of(pool, client)?
        .account_takeover_risk_configuration
        .as_ref()?;
    let actions = takeover.actions.as_ref()?;
    let action = match level {
        Level::Low => actions.low_action.as_ref(),
        Level::Medium => actions.medium_action.as_ref(),
        Level::High => actions.high_action.as_ref(),
    };
    Some((takeover, action?))
}

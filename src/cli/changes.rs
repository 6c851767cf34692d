//! Flags that say what is asked of changes of an account.

use std::str::FromStr;

use anyhow::anyhow;
use clap::Args;

use crate::settings::changes::{ChangeRules, Minutes, Said};

/// The flags.
#[derive(Args, Debug)]
pub(super) struct ChangeArgs {
    /// Minutes after a sign-in in which its tokens may change password, contacts, factors, passkeys
    /// and remembered devices or delete the account; refreshed tokens are as old as the sign-in;
    /// 0 is no limit [default: 0, in the strict profile 5]
    #[arg(long, env = "POOLHOUSE_FRESH_SIGN_IN", value_name = "MINUTES")]
    fresh_sign_in: Option<Minutes>,
    /// The same for one pool, as us-east-1_abc123=15 (repeatable)
    #[arg(
        long,
        env = "POOLHOUSE_POOL_FRESH_SIGN_IN",
        value_name = "POOL=MINUTES",
        value_delimiter = ','
    )]
    pool_fresh_sign_in: Vec<String>,
    /// Whether a change of password, contacts, factors or passkeys ends the user's other sessions,
    /// true or false [default: false, in the strict profile true]
    #[arg(
        long,
        env = "POOLHOUSE_END_OTHER_SESSIONS",
        value_name = "BOOL",
        value_parser = bool::from_str
    )]
    end_other_sessions: Option<bool>,
    /// The same for one pool, as us-east-1_abc123=false (repeatable)
    #[arg(
        long,
        env = "POOLHOUSE_POOL_END_OTHER_SESSIONS",
        value_name = "POOL=BOOL",
        value_delimiter = ','
    )]
    pool_end_other_sessions: Vec<String>,
    /// Whether users are told by mail of such changes, true or false [default: false, in the strict
    /// profile true]
    #[arg(
        long,
        env = "POOLHOUSE_CHANGE_NOTICES",
        value_name = "BOOL",
        value_parser = bool::from_str
    )]
    change_notices: Option<bool>,
    /// The same for one pool, as us-east-1_abc123=false (repeatable)
    #[arg(
        long,
        env = "POOLHOUSE_POOL_CHANGE_NOTICES",
        value_name = "POOL=BOOL",
        value_delimiter = ','
    )]
    pool_change_notices: Vec<String>,
}

impl ChangeArgs {
    pub(super) fn into_rules(self) -> anyhow::Result<ChangeRules> {
        let usual = Said {
            fresh: self.fresh_sign_in,
            ends_sessions: self.end_other_sessions,
            notices: self.change_notices,
        };
        let mut rules = ChangeRules {
            usual,
            ..ChangeRules::default()
        };
        let wrong = |flag: &'static str, text: &str| {
            let text = text.to_owned();
            move |wrong: String| anyhow!("--{flag} {text} cannot be used: {wrong}")
        };
        for text in &self.pool_fresh_sign_in {
            let added = rules.add(text, |said| &mut said.fresh);
            added.map_err(wrong("pool-fresh-sign-in", text))?;
        }
        for text in &self.pool_end_other_sessions {
            let added = rules.add(text, |said| &mut said.ends_sessions);
            added.map_err(wrong("pool-end-other-sessions", text))?;
        }
        for text in &self.pool_change_notices {
            let added = rules.add(text, |said| &mut said.notices);
            added.map_err(wrong("pool-change-notices", text))?;
        }
        Ok(rules)
    }
}

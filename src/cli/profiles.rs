//! Flags that say whom a pool follows.

use anyhow::anyhow;
use clap::Args;

use crate::settings::changes::ChangeRules;
use crate::settings::profile::Profiles;

/// The flags.
#[derive(Args, Debug)]
pub(super) struct ProfileArgs {
    /// Whom the OAuth endpoints, and changes of an account, follow where they differ: parity (Amazon
    /// Cognito) or strict (the standards: RFC 6749, RFC 9700, OpenID Connect, ASVS)
    #[arg(
        long,
        env = "POOLHOUSE_PROFILE",
        value_name = "PROFILE",
        default_value = "parity"
    )]
    profile: String,
    /// The profile of one pool, as us-east-1_abc123=strict (repeatable)
    #[arg(
        long,
        env = "POOLHOUSE_POOL_PROFILE",
        value_name = "POOL=PROFILE",
        value_delimiter = ','
    )]
    pool_profile: Vec<String>,
}

impl ProfileArgs {
    pub(super) fn into_profiles(self, changes: ChangeRules) -> anyhow::Result<Profiles> {
        let usual = self.profile.parse();
        let usual =
            usual.map_err(|wrong| anyhow!("--profile {} cannot be used: {wrong}", self.profile))?;
        let mut profiles = Profiles {
            usual,
            changes,
            ..Profiles::default()
        };
        for text in &self.pool_profile {
            let added = profiles.add(text);
            added.map_err(|wrong| anyhow!("--pool-profile {text} cannot be used: {wrong}"))?;
        }
        Ok(profiles)
    }
}

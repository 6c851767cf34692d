//! How the OAuth endpoints of a pool behave, and what is asked of changes of an account, where Cognito
//! and the standards part (docs/adr/0017-two-profiles.md).

use std::collections::BTreeMap;
use std::str::FromStr;

use super::changes::{ChangeRules, Changes};
use crate::ids::PoolId;

/// Whom a pool follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// Cognito, in what clients of it may notice.
    #[default]
    Parity,
    /// The standards: RFC 6749, RFC 9700, OpenID Connect; for changes of an account ASVS 5.
    Strict,
}

impl Profile {
    /// Whether the standards win.
    pub const fn is_strict(self) -> bool {
        matches!(self, Self::Strict)
    }
}

impl FromStr for Profile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "parity" => Ok(Self::Parity),
            "strict" => Ok(Self::Strict),
            _ => Err("it is parity or strict".to_owned()),
        }
    }
}

/// The profile of each pool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profiles {
    /// That of pools which have none of their own, and of requests that name no pool.
    pub usual: Profile,
    /// Those of pools that have their own.
    pub own: BTreeMap<PoolId, Profile>,
    /// What else is said of changes of an account.
    pub changes: ChangeRules,
}

impl Profiles {
    /// The profile of a pool; of a request that names none, the usual one.
    pub fn of(&self, pool: Option<&PoolId>) -> Profile {
        let own = pool.and_then(|pool| self.own.get(pool));
        own.copied().unwrap_or(self.usual)
    }

    /// What is asked of changes of an account in a pool.
    pub fn changes(&self, pool: &PoolId) -> Changes {
        self.changes.of(pool, self.of(Some(pool)))
    }

    /// Gives a pool its own, as `POOL=PROFILE` says it.
    ///
    /// # Errors
    /// What is wrong with the text, in words.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        let form = || "it is a pool id, = and parity or strict".to_owned();
        let (pool, profile) = text.split_once('=').ok_or_else(form)?;
        let pool = PoolId::parse(pool).map_err(|_| form())?;
        if self.own.insert(pool, profile.parse()?).is_some() {
            return Err("the pool has a profile already".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pools_own_profile_wins() {
        let mut profiles = Profiles {
            usual: Profile::Strict,
            ..Profiles::default()
        };
        profiles.add("us-east-1_aB3dE6gH9=parity").unwrap();
        let pool = |id: &str| PoolId::parse(id).unwrap();
        let of = |id: &str| profiles.of(Some(&pool(id)));
        assert_eq!(of("us-east-1_aB3dE6gH9"), Profile::Parity);
        assert_eq!(of("us-east-1_another00"), Profile::Strict);
        assert_eq!(profiles.of(None), Profile::Strict);
        for wrong in [
            "",
            "us-east-1_aB3dE6gH8",
            "us-east-1_aB3dE6gH8=",
            "us-east-1_aB3dE6gH8=Strict",
            "nobody=strict",
            "us-east-1_aB3dE6gH9=strict",
        ] {
            assert!(profiles.add(wrong).is_err(), "{wrong}");
        }
    }
}

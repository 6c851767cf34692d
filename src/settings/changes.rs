//! What an operator asks of changes of an account: how fresh the sign-in behind them is, whether
//! they end the user's other sessions, and whether the user is told by mail (docs/adr/0019).
//! Cognito does none of this.

use std::collections::BTreeMap;
use std::str::FromStr;

use super::profile::Profile;
use crate::ids::PoolId;
use crate::time::Span;

/// How fresh a sign-in has to be in the strict profile, in minutes.
const STRICT_MINUTES: u32 = 5;
/// The longest limit that can be set, in minutes: thirty days.
const LONGEST_MINUTES: u32 = 43_200;

/// What holds for a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changes {
    /// How long after a sign-in its tokens may change the account; none: as long as they live.
    pub fresh: Option<Span>,
    /// Whether a change ends the user's other sessions.
    pub ends_sessions: bool,
    /// Whether the user is told by mail.
    pub notices: bool,
}

/// A number of minutes, 0 for no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minutes(u32);

impl Minutes {
    fn limit(self) -> Option<Span> {
        let limit = Span::minutes(i64::from(self.0));
        (self.0 > 0).then_some(limit)
    }
}

impl FromStr for Minutes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let minutes = text.parse().ok().filter(|n| *n <= LONGEST_MINUTES);
        let wrong = || format!("it is a number of minutes from 0 to {LONGEST_MINUTES}");
        minutes.map(Self).ok_or_else(wrong)
    }
}

/// What the operator says; what is not said is for the profile to say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// How fresh a sign-in has to be.
    pub fresh: Option<Minutes>,
    /// Whether a change ends the user's other sessions.
    pub ends_sessions: Option<bool>,
    /// Whether the user is told by mail.
    pub notices: Option<bool>,
}

/// What is said of all pools, and of pools by themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeRules {
    /// Of pools of which nothing else is said.
    pub usual: Said,
    /// Of pools by themselves, word by word.
    pub own: BTreeMap<PoolId, Said>,
}

impl ChangeRules {
    /// What holds for a pool of this profile.
    pub fn of(&self, pool: &PoolId, profile: Profile) -> Changes {
        let own = self.own.get(pool).copied().unwrap_or_default();
        let strict = profile.is_strict();
        let fresh = own.fresh.or(self.usual.fresh);
        let fresh = fresh.unwrap_or(Minutes(if strict { STRICT_MINUTES } else { 0 }));
        let ends_sessions = own.ends_sessions.or(self.usual.ends_sessions);
        let notices = own.notices.or(self.usual.notices);
        Changes {
            fresh: fresh.limit(),
            ends_sessions: ends_sessions.unwrap_or(strict),
            notices: notices.unwrap_or(strict),
        }
    }

    /// Says something of one pool, as `POOL=VALUE`.
    ///
    /// # Errors
    /// What is wrong with the text, in words.
    pub fn add<T: FromStr>(
        &mut self,
        text: &str,
        word: fn(&mut Said) -> &mut Option<T>,
    ) -> Result<(), String>
    where
        T::Err: ToString,
    {
        let form = || "it is a pool id, = and the value".to_owned();
        let (pool, value) = text.split_once('=').ok_or_else(form)?;
        let pool = PoolId::parse(pool).map_err(|_| form())?;
        let value = value.parse().map_err(|wrong: T::Err| wrong.to_string())?;
        if word(self.own.entry(pool).or_default())
            .replace(value)
            .is_some()
        {
            return Err("it is said of the pool already".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(id: &str) -> PoolId {
        PoolId::parse(id).unwrap()
    }

    const OFF: Changes = Changes {
        fresh: None,
        ends_sessions: false,
        notices: false,
    };
    const ON: Changes = Changes {
        fresh: Some(Span::minutes(5)),
        ends_sessions: true,
        notices: true,
    };

    #[test]
    fn a_pools_word_wins_over_the_servers_and_that_over_the_profile() {
        let (one, other) = (pool("us-east-1_aB3dE6gH9"), pool("us-east-1_another00"));
        let mut rules = ChangeRules::default();
        assert_eq!(rules.of(&one, Profile::Parity), OFF);
        assert_eq!(rules.of(&one, Profile::Strict), ON);
        rules.usual.notices = Some(false);
        rules.usual.fresh = Some("0".parse().unwrap());
        let expected = Changes {
            fresh: None,
            notices: false,
            ..ON
        };
        assert_eq!(rules.of(&one, Profile::Strict), expected);
        let word = "us-east-1_aB3dE6gH9";
        rules
            .add(&format!("{word}=true"), |said| &mut said.notices)
            .unwrap();
        rules
            .add(&format!("{word}=15"), |said| &mut said.fresh)
            .unwrap();
        rules
            .add(&format!("{word}=false"), |said| &mut said.ends_sessions)
            .unwrap();
        let expected = Changes {
            fresh: Some(Span::minutes(15)),
            notices: true,
            ends_sessions: false,
        };
        assert_eq!(rules.of(&one, Profile::Strict), expected);
        assert_eq!(rules.of(&one, Profile::Parity), expected);
        assert_eq!(rules.of(&other, Profile::Parity), OFF);
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        let mut rules = ChangeRules::default();
        for wrong in [
            "",
            "5",
            "us-east-1_aB3dE6gH9",
            "us-east-1_aB3dE6gH9=",
            "us-east-1_aB3dE6gH9=-1",
            "us-east-1_aB3dE6gH9=43201",
            "us-east-1_aB3dE6gH9=5m",
            "nobody=5",
        ] {
            let added = rules.add(wrong, |said| &mut said.fresh);
            assert!(added.is_err(), "{wrong}");
        }
        let wrong = rules.add("us-east-1_aB3dE6gH8=yes", |said| &mut said.notices);
        assert!(wrong.is_err());
        let mut add = |text: &str| rules.add(text, |said| &mut said.fresh);
        add("us-east-1_aB3dE6gH7=43200").unwrap();
        assert!(add("us-east-1_aB3dE6gH7=1").is_err(), "twice");
    }
}

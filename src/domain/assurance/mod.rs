//! What a sign-in is worth: the methods it was made with (`amr`), the level that they come to
//! (`acr`), and what is missing to a higher one ([`target`]).
//!
//! The combinations are fixed; a pool names the levels (`AcrConfiguration`). Both claims are settled
//! when a sign-in is completed and go with it from then on: refreshing, exchanging a token or naming
//! the levels otherwise changes nothing of what was proven.
//!
//! Source: Cognito developer guide, "Authentication levels with ACR and AMR claims".

pub mod target;

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::names;
use crate::settings::pool::{AcrLevel, Contact, FirstFactor, PoolSettings};
use crate::store::pools::Pool;
use crate::store::sessions::Assurance;
use crate::store::users::Factor;
use crate::time::Timestamp;

names! {
    /// How somebody proved to be a user, by its name in `amr`. What is not listed here (a remembered
    /// device, what functions ask for) is worth nothing.
    pub enum Method {
        Password = "pwd",
        SoftwareToken = "otp",
        Sms = "sms",
        Email = "email_otp",
        PlatformKey = "swk",
        RoamingKey = "hwk",
    }

    /// A level, by its key in `AcrConfiguration`.
    pub enum Level { One = "Level1", Two = "Level2", Three = "Level3", Four = "Level4" }
}

/// Two methods or more.
const SEVERAL: &str = "mfa";

/// What is enough for a level, the highest first.
const COMBINATIONS: [(Level, &[Method]); 8] = [
    (Level::Four, &[Method::Password, Method::SoftwareToken]),
    (Level::Three, &[Method::PlatformKey]),
    (Level::Three, &[Method::RoamingKey]),
    (Level::Three, &[Method::Password, Method::Sms]),
    (Level::Three, &[Method::Password, Method::Email]),
    (Level::Two, &[Method::Sms]),
    (Level::Two, &[Method::Email]),
    (Level::One, &[Method::Password]),
];

impl Method {
    /// A code to a contact.
    pub const fn code_to(contact: Contact) -> Self {
        match contact {
            Contact::Email => Self::Email,
            Contact::PhoneNumber => Self::Sms,
        }
    }

    /// A second factor.
    pub const fn second(factor: Factor) -> Self {
        match factor {
            Factor::Sms => Self::Sms,
            Factor::Email => Self::Email,
            Factor::SoftwareToken => Self::SoftwareToken,
        }
    }

    /// A first factor; of passkeys the kind that claims less.
    pub const fn first(factor: FirstFactor) -> Self {
        match factor {
            FirstFactor::Password => Self::Password,
            FirstFactor::EmailOtp => Self::Email,
            FirstFactor::SmsOtp => Self::Sms,
            FirstFactor::WebAuthn => Self::PlatformKey,
            FirstFactor::SoftwareToken => Self::SoftwareToken,
        }
    }

    /// A passkey by what its browser said of it (`authenticatorAttachment`). One of which nothing was
    /// said is not claimed to be a piece of hardware.
    pub fn passkey(attachment: Option<&str>) -> Self {
        match attachment {
            Some("cross-platform") => Self::RoamingKey,
            _ => Self::PlatformKey,
        }
    }
}

impl Level {
    /// All of them, the lowest first.
    pub const ALL: [Self; 4] = [Self::One, Self::Two, Self::Three, Self::Four];

    /// The highest level that these methods come to; none for none.
    pub fn of(methods: &[Method]) -> Option<Self> {
        let mut combinations = COMBINATIONS.iter();
        let all = |needed: &&[Method]| needed.iter().all(|method| methods.contains(method));
        let found = combinations.find(|(_, needed)| all(needed));
        found.map(|(level, _)| *level)
    }

    /// Whether methods come to this level or a higher one.
    pub fn is_reached(self, methods: &[Method]) -> bool {
        Self::of(methods) >= Some(self)
    }

    /// What a pool calls it.
    pub fn name_in(self, settings: &PoolSettings) -> Cow<'_, str> {
        let levels = settings.acr_configuration.as_ref();
        let level = levels.and_then(|levels| levels.get(self.as_str()));
        let name = level.and_then(|level| level.acr_value.as_deref());
        Cow::Borrowed(name.unwrap_or(self.default_name()))
    }

    /// The level that a pool calls so now.
    pub fn named(settings: &PoolSettings, name: &str) -> Option<Self> {
        let mut levels = Self::ALL.into_iter();
        levels.find(|level| level.name_in(settings) == name)
    }

    const fn default_name(self) -> &'static str {
        match self {
            Self::One => "urn:cognito:loa:1",
            Self::Two => "urn:cognito:loa:2",
            Self::Three => "urn:cognito:loa:3",
            Self::Four => "urn:cognito:loa:4",
        }
    }
}

/// The names of all four levels.
pub fn effective(settings: &PoolSettings) -> BTreeMap<String, AcrLevel> {
    let level = |level: Level| {
        let name = level.name_in(settings).into_owned();
        let named = AcrLevel {
            acr_value: Some(name),
        };
        (level.as_str().to_owned(), named)
    };
    Level::ALL.map(level).into()
}

/// Whether a pool calls a level otherwise than it is called by itself. What Describe shows may be
/// sent back unchanged, whatever the plan.
pub fn is_renamed(settings: &PoolSettings) -> bool {
    let mut levels = Level::ALL.into_iter();
    levels.any(|level| level.name_in(settings) != level.default_name())
}

/// What the tokens of a sign-in say, made with these methods in this order.
pub fn of(pool: &Pool, methods: &[Method]) -> Assurance {
    let level = Level::of(methods);
    let several = (methods.len() > 1).then_some(SEVERAL);
    let names = methods.iter().map(|method| method.as_str()).chain(several);
    Assurance {
        acr: level.map(|level| level.name_in(pool.settings()).into_owned()),
        amr: names.collect::<Vec<_>>().join(" "),
    }
}

/// The methods of a sign-in that was completed.
pub fn methods(assurance: &Assurance) -> Vec<Method> {
    let names = assurance.amr.split(' ');
    names.filter_map(Method::parse).collect()
}

/// Each method once, in the order in which they were proven.
pub fn distinct(methods: impl IntoIterator<Item = Method>) -> Vec<Method> {
    let mut distinct = Vec::new();
    for method in methods {
        if !distinct.contains(&method) {
            distinct.push(method);
        }
    }
    distinct
}

/// Whether a sign-in is young enough. 0 seconds ask for a new one whatever the clock says (OpenID
/// Connect Core 3.1.2.1).
pub const fn is_fresh(max_age: Option<i64>, signed_in: Timestamp, now: Timestamp) -> bool {
    match max_age {
        Some(most) => most > 0 && now.seconds() - signed_in.seconds() <= most,
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Method::{Email, Password, PlatformKey, RoamingKey, Sms, SoftwareToken};

    #[test]
    fn the_combinations_of_the_guide() {
        for (methods, level) in [
            (&[][..], None),
            (&[Password], Some(Level::One)),
            (&[Sms], Some(Level::Two)),
            (&[Email], Some(Level::Two)),
            (&[Email, Sms], Some(Level::Two)),
            (&[PlatformKey], Some(Level::Three)),
            (&[RoamingKey], Some(Level::Three)),
            (&[Password, Sms], Some(Level::Three)),
            (&[Email, Password], Some(Level::Three)),
            (&[Password, SoftwareToken], Some(Level::Four)),
            (&[PlatformKey, SoftwareToken, Password], Some(Level::Four)),
            // No row of the table: an authenticator app alone, or beside a code.
            (&[SoftwareToken], None),
            (&[SoftwareToken, Sms], Some(Level::Two)),
            (&[SoftwareToken, PlatformKey], Some(Level::Three)),
        ] {
            assert_eq!(Level::of(methods), level, "{methods:?}");
        }
    }

    #[test]
    fn a_level_is_reached_by_higher_ones() {
        assert!(Level::Two.is_reached(&[PlatformKey]) && Level::One.is_reached(&[Sms]));
        assert!(!Level::Four.is_reached(&[PlatformKey]) && !Level::One.is_reached(&[]));
    }

    #[test]
    fn names_are_the_pools_or_the_defaults() {
        let mine = AcrLevel {
            acr_value: Some("urn:mine".to_owned()),
        };
        let settings = PoolSettings {
            acr_configuration: Some([("Level2".to_owned(), mine)].into()),
            ..PoolSettings::default()
        };
        let named = |name| Level::named(&settings, name);
        assert_eq!(named("urn:mine"), Some(Level::Two));
        assert_eq!(named("urn:cognito:loa:2"), None);
        assert_eq!(named("urn:cognito:loa:4"), Some(Level::Four));
        assert!(is_renamed(&settings));
        let shown = PoolSettings {
            acr_configuration: Some(effective(&PoolSettings::default())),
            ..PoolSettings::default()
        };
        assert!(!is_renamed(&shown) && effective(&shown).len() == 4);
    }

    #[test]
    fn passkeys_are_what_their_browser_said() {
        assert_eq!(Method::passkey(Some("cross-platform")), RoamingKey);
        assert_eq!(Method::passkey(Some("platform")), PlatformKey);
        assert_eq!(Method::passkey(None), PlatformKey);
    }

    #[test]
    fn age_is_counted_in_whole_seconds_and_zero_is_never_enough() {
        let at = Timestamp::from_ms;
        assert!(is_fresh(None, at(0), at(9_000_000)));
        assert!(is_fresh(Some(5), at(1_900), at(6_999)));
        assert!(!is_fresh(Some(5), at(1_000), at(7_000)));
        assert!(!is_fresh(Some(0), at(1_000), at(1_000)));
    }
}

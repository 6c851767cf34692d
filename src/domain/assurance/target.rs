//! What is missing to a level: of all that a person can prove, what leads there from what is proven.
//!
//! A level is reached by its own combinations and by those of higher ones. First factors (the
//! password, passkeys, and codes where nothing else was proven) begin; second factors follow the
//! password, or whatever a sign-in is credited with.

use super::{Level, Method};
use crate::app::App;
use crate::domain::{first_factors, mfa};
use crate::error::Result;
use crate::settings::pool::FirstFactor;
use crate::store::pools::Pool;
use crate::store::users::{Factor, User};

/// What somebody can prove.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Means {
    /// In place of a password, and the password.
    pub firsts: Vec<FirstFactor>,
    /// After something else.
    pub seconds: Vec<Factor>,
}

/// What comes next on the way to a level: one of these. Both empty: the level is out of reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// To begin with.
    pub firsts: Vec<FirstFactor>,
    /// To end with, beside what is proven. Where there are some nothing else is needed.
    pub seconds: Vec<Factor>,
}

impl Missing {
    /// Whether nothing leads to the level.
    pub const fn is_out_of_reach(&self) -> bool {
        self.firsts.is_empty() && self.seconds.is_empty()
    }
}

/// What a user can prove now. Factors are there or not: none is set up on the way.
pub async fn means(app: &App, pool: &Pool, user: &User) -> Result<Means> {
    let firsts = first_factors::of(app, pool, user).await?;
    Ok(Means {
        seconds: beside_codes(mfa::provable(pool, user), &firsts),
        firsts,
    })
}

/// Second factors, and the codes that are first factors: each can follow a password as well.
pub fn beside_codes(mut seconds: Vec<Factor>, firsts: &[FirstFactor]) -> Vec<Factor> {
    for first in firsts {
        let code = match first {
            FirstFactor::EmailOtp => Factor::Email,
            FirstFactor::SmsOtp => Factor::Sms,
            FirstFactor::Password | FirstFactor::WebAuthn | FirstFactor::SoftwareToken => continue,
        };
        if !seconds.contains(&code) {
            seconds.push(code);
        }
    }
    seconds
}

/// What is missing to a level beside what is proven.
pub fn missing(level: Level, proven: &[Method], means: &Means) -> Missing {
    let with = |more: &[Method]| {
        let all: Vec<Method> = proven.iter().chain(more).copied().collect();
        level.is_reached(&all)
    };
    let new = |method: Method| !proven.contains(&method);
    let completes = |factor: &Factor| {
        let method = Method::second(*factor);
        !proven.is_empty() && new(method) && with(&[method])
    };
    let begins = |factor: &FirstFactor| {
        let first = Method::first(*factor);
        let has_key = proven.contains(&Method::PlatformKey) || proven.contains(&Method::RoamingKey);
        let known = !new(first) || *factor == FirstFactor::WebAuthn && has_key;
        // After something else a code is a second factor (`beside_codes`).
        let code = matches!(factor, FirstFactor::EmailOtp | FirstFactor::SmsOtp);
        let late = code && !proven.is_empty();
        let then = |second: &Factor| with(&[first, Method::second(*second)]);
        let followed = *factor == FirstFactor::Password && means.seconds.iter().any(then);
        !known && !late && (with(&[first]) || followed)
    };
    Missing {
        firsts: means.firsts.iter().copied().filter(begins).collect(),
        seconds: means.seconds.iter().copied().filter(completes).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use FirstFactor::{EmailOtp, Password, WebAuthn};

    fn all() -> Means {
        Means {
            firsts: vec![Password, EmailOtp, WebAuthn],
            seconds: vec![Factor::Sms, Factor::SoftwareToken, Factor::Email],
        }
    }

    fn leads(level: Level, proven: &[Method]) -> (Vec<FirstFactor>, Vec<Factor>) {
        let missing = missing(level, proven, &all());
        (missing.firsts, missing.seconds)
    }

    #[test]
    fn from_scratch_the_first_factor_leads_there_alone_or_with_a_second() {
        let none = Vec::new;
        assert_eq!(leads(Level::Four, &[]), (vec![Password], none()));
        assert_eq!(leads(Level::Three, &[]), (vec![Password, WebAuthn], none()));
        let every = vec![Password, EmailOtp, WebAuthn];
        assert_eq!(leads(Level::Two, &[]), (every.clone(), none()));
        assert_eq!(leads(Level::One, &[]), (every, none()));
    }

    #[test]
    fn only_what_is_missing_is_asked_for() {
        let pwd = [Method::Password];
        let token = vec![Factor::SoftwareToken];
        assert_eq!(leads(Level::Four, &pwd), (vec![], token.clone()));
        let every = vec![Factor::Sms, Factor::SoftwareToken, Factor::Email];
        assert_eq!(leads(Level::Three, &pwd), (vec![WebAuthn], every));
        let with_mail = [Method::Password, Method::Email];
        assert_eq!(leads(Level::Four, &with_mail), (vec![], token));
        // A code alone goes on with the password, and the app after it.
        assert_eq!(
            leads(Level::Four, &[Method::Email]),
            (vec![Password], vec![])
        );
        let mail = leads(Level::Three, &[Method::Email]);
        assert_eq!(mail, (vec![Password, WebAuthn], vec![]));
        let key = leads(Level::Four, &[Method::RoamingKey]);
        assert_eq!(key, (vec![Password], vec![]));
    }

    #[test]
    fn who_has_not_the_means_gets_nowhere() {
        let alone = Means {
            firsts: vec![Password],
            seconds: vec![Factor::Sms],
        };
        assert!(missing(Level::Four, &[], &alone).is_out_of_reach());
        assert!(missing(Level::Four, &[Method::Password], &alone).is_out_of_reach());
        assert!(!missing(Level::Three, &[], &alone).is_out_of_reach());
        assert!(missing(Level::One, &[], &Means::default()).is_out_of_reach());
    }

    #[test]
    fn codes_of_first_factors_follow_a_password_too() {
        let seconds = beside_codes(
            vec![Factor::Email],
            &[Password, EmailOtp, FirstFactor::SmsOtp],
        );
        assert_eq!(seconds, [Factor::Email, Factor::Sms]);
    }
}

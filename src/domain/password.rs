//! Passwords: the policy, the history, and what is stored in their place.

use std::sync::Arc;

use crate::app::App;
use crate::domain::srp::{SALT_BYTES, SrpIdentity, Verifier};
use crate::error::{Code, Error, Result};
use crate::ids::Sub;
use crate::secret::Secret;
use crate::settings::pool::PasswordPolicy;
use crate::store::db::Tx;
use crate::store::lockouts;
use crate::store::passwords::{self, Password};
use crate::store::pools::Pool;
use crate::time::{Span, Timestamp};
use crate::vault::Place;

/// What proves a password, ready to be stored.
#[derive(Clone, Debug)]
pub struct Prepared {
    phc: String,
    srp: String,
}

/// Whether a new password is the user's own or one to be replaced at the first sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The user's own.
    Permanent,
    /// Works until it expires, for choosing another.
    Temporary,
}

/// The most characters of a password.
const LONGEST: usize = 256;
/// The characters that count as symbols (api.md 4.4). A space counts only inside a password; the
/// API's model lets none through at all.
pub const SYMBOLS: &str = "^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+= ";

/// Checks a password against the pool's policy. Only the first broken rule is told, in Cognito's
/// order (api.md 4.4).
///
/// # Errors: InvalidPassword `Password did not conform with policy: {rule}`; InvalidParameter, when it
/// is longer than any password (the answers to challenges are not checked against the model)
pub fn check_policy(pool: &Pool, password: &str) -> Result<()> {
    if password.chars().count() > LONGEST {
        return Err(Error::password_too_long());
    }
    let policy = policy(pool);
    let any = |of: fn(char) -> bool| password.chars().any(of);
    let minimum = usize::try_from(policy.minimum_length.unwrap_or(8)).unwrap_or(0);
    let on = |flag: Option<bool>| flag.unwrap_or(false);
    let rules: [(bool, &str); 5] = [
        (
            password.chars().count() < minimum,
            "Password not long enough",
        ),
        (
            on(policy.require_uppercase) && !any(|c| c.is_ascii_uppercase()),
            "Password must have uppercase characters",
        ),
        (
            on(policy.require_lowercase) && !any(|c| c.is_ascii_lowercase()),
            "Password must have lowercase characters",
        ),
        (
            on(policy.require_numbers) && !any(|c| c.is_ascii_digit()),
            "Password must have numeric characters",
        ),
        (
            on(policy.require_symbols) && !password.trim().chars().any(|c| SYMBOLS.contains(c)),
            "Password must have symbol characters",
        ),
    ];
    match rules.iter().find(|(broken, _)| *broken) {
        Some((_, rule)) => Err(Error::password_policy(rule)),
        None => Ok(()),
    }
}

/// The policy in force: a pool that never got one has the strict default (api.md 3.1).
pub fn policy(pool: &Pool) -> PasswordPolicy {
    let set = pool.settings().policies.as_ref();
    set.and_then(|policies| policies.password_policy.clone())
        .unwrap_or(PasswordPolicy {
            minimum_length: Some(8),
            require_uppercase: Some(true),
            require_lowercase: Some(true),
            require_numbers: Some(true),
            require_symbols: Some(true),
            ..PasswordPolicy::default()
        })
}

/// Turns a password into what is stored of it: one argon2id hash and one SRP verifier. For SRP a
/// user is known by the stored user name, whatever was typed (api-auth.md 3.3).
pub async fn prepare(
    app: &App,
    pool: &Pool,
    sub: &Sub,
    username: &str,
    plain: &Secret<String>,
) -> Result<Prepared> {
    let salt = app.rng.bytes()?;
    let srp_salt = app.rng.bytes::<SALT_BYTES>()?;
    let plain = plain.clone();
    let (pool_name, user_id) = (pool.id.pool_name().to_owned(), username.to_owned());
    let work = app.hashing.run(move |hasher| {
        let phc = hasher.hash(plain.expose(), salt)?;
        let identity = SrpIdentity {
            pool_name: &pool_name,
            user_id: &user_id,
        };
        let verifier = Verifier::new(&identity, plain.expose(), srp_salt);
        Ok((phc, verifier))
    });
    let (phc, verifier) = work.await?;
    let row = format!("{}/{sub}", pool.id);
    let place = Place {
        table: "passwords",
        column: "srp",
        row: &row,
    };
    let srp = app.vault.seal(place, verifier.to_bytes().as_slice())?;
    Ok(Prepared { phc, srp })
}

impl Prepared {
    /// The row to store. `before` is the password that it replaces, read in the same transaction.
    pub fn into_row(
        self,
        pool: &Pool,
        before: Option<&Password>,
        kind: Kind,
        now: Timestamp,
    ) -> Password {
        let kept = history_size(pool).saturating_sub(1);
        let current = before.map(|password| password.phc.clone());
        let earlier = before.into_iter().flat_map(|p| p.history.iter().cloned());
        let days = pool.settings().temporary_password_days();
        let temporary = kind == Kind::Temporary;
        Password {
            phc: self.phc,
            srp: Some(self.srp),
            temporary,
            expires: temporary.then(|| now.plus(Span::days(days))),
            set: now,
            history: current.into_iter().chain(earlier).take(kept).collect(),
        }
    }
}

/// Gives a user a new password in place of the old one, whose failed attempts are forgotten. The
/// caller raises the user's `auth_epoch`.
pub async fn store(
    tx: &mut Tx,
    pool: &Pool,
    sub: &Sub,
    (prepared, kind): (Prepared, Kind),
    now: Timestamp,
) -> Result<()> {
    let before = passwords::find(tx, &pool.id, sub).await?;
    let row = prepared.into_row(pool, before.as_ref(), kind, now);
    passwords::set(tx, &pool.id, sub, &row).await?;
    lockouts::clear(tx, &pool.id, sub).await?;
    Ok(())
}

/// Whether a password is the stored one. `None` (no such user, or a user without a password) costs
/// as much as a comparison and is never right.
pub async fn verify(app: &App, stored: Option<&Password>, plain: &Secret<String>) -> Result<bool> {
    let (stored, plain) = (stored.map(|p| p.phc.clone()), plain.clone());
    let work = app
        .hashing
        .run(move |hasher| hasher.verify(stored.as_deref(), plain.expose()));
    Ok(work.await?.matches)
}

/// Refuses a password that is the user's present one or one of the last few, as many as the pool's
/// `PasswordHistorySize` says.
///
/// # Errors: PasswordHistoryPolicyViolation
pub async fn check_history(
    app: &App,
    pool: &Pool,
    stored: Option<&Password>,
    plain: &Secret<String>,
) -> Result<()> {
    let Some(stored) = stored else { return Ok(()) };
    let earlier = std::iter::once(&stored.phc).chain(&stored.history);
    let earlier: Arc<[String]> = earlier.take(history_size(pool)).cloned().collect();
    if earlier.is_empty() {
        return Ok(());
    }
    let plain = plain.clone();
    let work = app.hashing.run(move |hasher| {
        for phc in earlier.iter() {
            if hasher.verify(Some(phc), plain.expose())?.matches {
                return Ok(true);
            }
        }
        Ok(false)
    });
    if work.await? {
        return Err(Error::new(
            Code::PasswordHistoryPolicyViolation,
            "Password has previously been used.",
        ));
    }
    Ok(())
}

/// How many passwords, the present one included, may not be chosen again.
fn history_size(pool: &Pool) -> usize {
    let size = policy(pool).password_history_size.unwrap_or(0);
    usize::try_from(size).unwrap_or(0)
}

/// A password that meets the pool's policy, for an invitation.
pub fn generate(app: &App, pool: &Pool) -> Result<Secret<String>> {
    const GROUPS: [&[u8]; 4] = [
        b"ABCDEFGHJKLMNPQRSTUVWXYZ",
        b"abcdefghijkmnopqrstuvwxyz",
        b"23456789",
        b"!@#$%*-_=+?",
    ];
    let minimum = policy(pool).minimum_length.unwrap_or(8);
    let length = usize::try_from(minimum).unwrap_or(0).max(12);
    let mut letters = String::with_capacity(length);
    for group in GROUPS {
        letters.push_str(&app.rng.text(group, 1)?);
    }
    letters.push_str(&app.rng.text(&GROUPS.concat(), length - GROUPS.len())?);
    shuffle(app, &letters).map(Secret::new)
}

/// Fisher and Yates, so that nobody knows which place holds which kind.
fn shuffle(app: &App, letters: &str) -> Result<String> {
    let mut letters: Vec<char> = letters.chars().collect();
    for last in (1..letters.len()).rev() {
        let other = app.rng.below(last as u64 + 1)?;
        letters.swap(last, usize::try_from(other).map_err(Error::internal)?);
    }
    Ok(letters.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PoolId;
    use crate::settings::pool::{Policies, PoolDocument};

    fn pool(policy: Option<PasswordPolicy>) -> Pool {
        let mut document = PoolDocument::default();
        document.settings.policies = policy.map(|policy| Policies {
            password_policy: Some(policy),
            ..Policies::default()
        });
        Pool {
            id: PoolId::parse("us-east-1_aB3dE6gH9").unwrap(),
            region: String::new(),
            account: String::new(),
            name: String::new(),
            document: document.into(),
            created: Timestamp::from_ms(0),
            modified: Timestamp::from_ms(0),
            version: 1,
            epoch: 1,
        }
    }

    #[test]
    fn only_the_first_broken_rule_is_told() {
        let strict = pool(None);
        for (password, rule) in [
            ("Aa1!", "Password not long enough"),
            ("aaaaaaaa", "Password must have uppercase characters"),
            ("AAAAAAAA", "Password must have lowercase characters"),
            ("AAAAaaaa", "Password must have numeric characters"),
            ("AAAAaaa1", "Password must have symbol characters"),
            ("AAAAaa1é", "Password must have symbol characters"),
            (" AAAaaa1 ", "Password must have symbol characters"),
        ] {
            let error = check_policy(&strict, password).unwrap_err();
            assert_eq!(
                error.message,
                format!("Password did not conform with policy: {rule}")
            );
        }
        for password in ["AAAAaa1!", "AAAA aa1", "ÄÖÜAaa1~"] {
            assert!(check_policy(&strict, password).is_ok(), "{password}");
        }
    }

    #[test]
    fn a_given_policy_asks_only_for_what_it_names() {
        let lax = pool(Some(PasswordPolicy {
            minimum_length: Some(6),
            ..PasswordPolicy::default()
        }));
        assert!(check_policy(&lax, "aaaaaa").is_ok());
        assert!(check_policy(&lax, "aaaaa").is_err());
    }
}

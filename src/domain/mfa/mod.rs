//! Second factors: which a pool offers, which a user has, and which is asked for (api-auth.md 5).

pub mod preference;
pub mod software_token;
pub(in crate::domain) mod totp;
pub(in crate::domain) mod tries;

use crate::app::App;
use crate::domain::passkeys::relying_party;
use crate::error::Result;
use crate::ids::Sub;
use crate::settings::pool::{Contact, Mfa};
use crate::store::pools::Pool;
use crate::store::users::{Factor, User};

/// All factors, in the order in which Cognito lists them.
const ALL: [Factor; 3] = [Factor::Sms, Factor::SoftwareToken, Factor::Email];

/// What a user has to prove after the first factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::domain) enum Asked {
    /// Nothing more.
    Nothing,
    /// This factor.
    One(Factor),
    /// One of these, by choice.
    Choice(Vec<Factor>),
    /// None is set up: one of these has to be.
    SetUp(Vec<Factor>),
}

/// What the pool asks of a user.
pub(in crate::domain) fn asked(pool: &Pool, user: &User) -> Asked {
    let mode = pool.settings().mfa();
    if mode == Mfa::Off {
        return Asked::Nothing;
    }
    let usable: Vec<Factor> = usable(pool, user).collect();
    let preferred = user.mfa.preferred.filter(|factor| usable.contains(factor));
    match (usable.as_slice(), preferred) {
        (_, Some(factor)) | (&[factor], None) => Asked::One(factor),
        ([], _) if mode == Mfa::Optional => Asked::Nothing,
        // A phone number is a factor by itself where the pool sends text messages.
        ([], _) if offers(pool, Factor::Sms) && reachable(user, Factor::Sms) => {
            Asked::One(Factor::Sms)
        }
        ([], _) => Asked::SetUp(offered(pool).collect()),
        _ => Asked::Choice(usable),
    }
}

/// What can be asked of a user of whom nothing is asked, when the sign-in is risky: a factor that the
/// user has turned on, or a code to a contact of the user. Nothing where the pool has no factors.
pub(in crate::domain) fn possible(pool: &Pool, user: &User) -> Asked {
    if pool.settings().mfa() == Mfa::Off {
        return Asked::Nothing;
    }
    let by_code = [Factor::Sms, Factor::Email].into_iter();
    let mut by_code = by_code.filter(|f| offers(pool, *f) && reachable(user, *f));
    match asked(pool, user) {
        Asked::Nothing | Asked::SetUp(_) => by_code.next().map_or(Asked::Nothing, Asked::One),
        asked => asked,
    }
}

/// What a user could be asked to prove after something else: what is turned on, and what the pool asks
/// for by itself.
pub(in crate::domain) fn provable(pool: &Pool, user: &User) -> Vec<Factor> {
    if pool.settings().mfa() == Mfa::Off {
        return Vec::new();
    }
    let mut factors: Vec<Factor> = usable(pool, user).collect();
    if let Asked::One(factor) = asked(pool, user)
        && !factors.contains(&factor)
    {
        factors.push(factor);
    }
    factors
}

/// What a name that is nobody's seems to be able to prove: drawn for it once and for all, as half of
/// them seem to have a passkey.
pub(in crate::domain) fn provable_by_phantom(
    app: &App,
    pool: &Pool,
    (sub, contact): (&Sub, Contact),
) -> Result<Vec<Factor>> {
    if pool.settings().mfa() == Mfa::Off {
        return Ok(Vec::new());
    }
    let row = format!("{}/{sub}", pool.id);
    let drawn = app.vault.derive("phantom factors", &row)?;
    let drawn = drawn.first().copied().unwrap_or_default();
    let seems = |factor: &Factor| match contact_of(*factor) {
        Some(of) => of == contact && drawn & 1 == 1,
        None => drawn & 2 == 2,
    };
    Ok(offered(pool).filter(seems).collect())
}

/// The factors that users of a pool can have.
pub(in crate::domain) fn offered(pool: &Pool) -> impl Iterator<Item = Factor> {
    ALL.into_iter().filter(|factor| offers(pool, *factor))
}

/// Whether users of a pool can have a factor.
pub(in crate::domain) fn offers(pool: &Pool, factor: Factor) -> bool {
    let mfa = &pool.document.mfa;
    match factor {
        Factor::Sms => mfa.sms_mfa_configuration.is_some(),
        Factor::Email => mfa.email_mfa_configuration.is_some(),
        Factor::SoftwareToken => {
            let totp = mfa.software_token_mfa_configuration.as_ref();
            totp.is_some_and(|totp| totp.enabled == Some(true))
        }
    }
}

/// Whether a contact of a user receives codes of a second factor: it cannot be used to recover the
/// account then.
pub(in crate::domain) fn takes_codes(pool: &Pool, user: &User, contact: Contact) -> bool {
    pool.settings().mfa() != Mfa::Off
        && usable(pool, user).any(|factor| contact_of(factor) == Some(contact))
}

/// Whether a user's passkey, recognising them, does for both factors: pool and user have turned that
/// on, and the user has another second factor to fall back on (WebAuthnMfaSettings).
pub(in crate::domain) fn passkeys_suffice(pool: &Pool, user: &User) -> bool {
    relying_party::is_multi_factor(pool) && user.mfa.passkeys && usable(pool, user).next().is_some()
}

/// The contact that receives a factor's codes.
pub(in crate::domain) const fn contact_of(factor: Factor) -> Option<Contact> {
    match factor {
        Factor::Sms => Some(Contact::PhoneNumber),
        Factor::Email => Some(Contact::Email),
        Factor::SoftwareToken => None,
    }
}

/// Whether the user has the contact that a factor needs. A software token is turned on only once
/// it is proven.
fn reachable(user: &User, factor: Factor) -> bool {
    contact_of(factor).is_none_or(|contact| user.attributes.contains_key(contact.as_str()))
}

fn usable(pool: &Pool, user: &User) -> impl Iterator<Item = Factor> {
    let enabled = user.mfa.enabled.iter().copied();
    enabled.filter(|factor| offers(pool, *factor) && reachable(user, *factor))
}

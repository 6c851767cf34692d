//! First factors: what a user can begin a choice-based sign-in (USER_AUTH) with.
//!
//! One rule for the challenges, the pages and GetUserAuthFactors: the pool allows the factor
//! (`AllowedFirstAuthFactors`), the user has it, and it leaves nothing out that the pool asks of
//! the user. A code is one factor: whoever has to prove a second one begins with the password
//! (Cognito developer guide, "Authentication flows": passwordless sign-in and MFA exclude each
//! other), or with a passkey that counts for two.

use crate::app::App;
use crate::domain::codes::Sent;
use crate::domain::mfa::{self, Asked};
use crate::domain::passkeys::sign_in;
use crate::domain::{delivery, records};
use crate::error::Result;
use crate::settings::pool::{Contact, FirstFactor, Mfa};
use crate::store::passwords;
use crate::store::pools::Pool;
use crate::store::users::{Attributes, Status, User};

/// The order in which they are listed.
const ORDER: [FirstFactor; 4] = [
    FirstFactor::Password,
    FirstFactor::EmailOtp,
    FirstFactor::SmsOtp,
    FirstFactor::WebAuthn,
];

/// What a user has besides contacts.
#[derive(Clone, Copy, Debug, Default)]
struct Means {
    password: bool,
    passkey: bool,
}

/// What a user can begin with now.
pub async fn of(app: &App, pool: &Pool, user: &User) -> Result<Vec<FirstFactor>> {
    let passkey = sign_in::offer(app, pool, user).await?.is_some();
    let mut db = app.store.read().await?;
    let password = passwords::find(&mut db, &pool.id, &user.sub).await?;
    let means = Means {
        password: password.is_some(),
        passkey,
    };
    let can = |factor: &FirstFactor| can(pool, user, means, *factor);
    Ok(allowed(pool).into_iter().filter(can).collect())
}

/// What a name that is nobody's seems to be able to begin with: the password and codes to the
/// contact that stands for the name.
pub fn of_phantom(pool: &Pool, sent: &Sent) -> Vec<FirstFactor> {
    let seems = |factor: &FirstFactor| match factor {
        FirstFactor::Password => true,
        other => pool.settings().mfa() != Mfa::On && contact_of(*other) == Some(sent.contact),
    };
    allowed(pool).into_iter().filter(seems).collect()
}

/// What the pool lets users begin with.
pub fn allowed(pool: &Pool) -> Vec<FirstFactor> {
    let allowed = pool.settings().first_factors();
    let listed = |factor: &FirstFactor| allowed.contains(factor);
    ORDER.into_iter().filter(listed).collect()
}

/// Whether somebody with these attributes needs no password: the pool lets them begin with a code
/// to one of their contacts (api.md 4.2 and 4.3).
pub fn spare_password(pool: &Pool, attributes: &Attributes) -> bool {
    let has = |contact: Contact| attributes.contains_key(contact.as_str());
    let codes = allowed(pool).into_iter().filter_map(contact_of);
    pool.settings().mfa() != Mfa::On && codes.into_iter().any(has)
}

/// The contact that receives a factor's codes.
pub const fn contact_of(factor: FirstFactor) -> Option<Contact> {
    match factor {
        FirstFactor::EmailOtp => Some(Contact::Email),
        FirstFactor::SmsOtp => Some(Contact::PhoneNumber),
        FirstFactor::Password | FirstFactor::WebAuthn | FirstFactor::SoftwareToken => None,
    }
}

/// The factor whose codes a contact receives.
pub const fn code_to(contact: Contact) -> FirstFactor {
    match contact {
        Contact::Email => FirstFactor::EmailOtp,
        Contact::PhoneNumber => FirstFactor::SmsOtp,
    }
}

/// Whether a user can begin with a factor that the pool allows.
fn can(pool: &Pool, user: &User, means: Means, factor: FirstFactor) -> bool {
    match factor {
        FirstFactor::Password => means.password,
        FirstFactor::EmailOtp => reaches(pool, user, means, Contact::Email),
        FirstFactor::SmsOtp => reaches(pool, user, means, Contact::PhoneNumber),
        FirstFactor::WebAuthn => means.passkey,
        FirstFactor::SoftwareToken => false,
    }
}

/// Whether a code to a contact can begin the user's sign-in. The contact must be verified; only for
/// a user without a password and without any verified contact the given one will do, or an
/// administrator could make no user who signs in without a password.
fn reaches(pool: &Pool, user: &User, means: Means, contact: Contact) -> bool {
    let verified = |contact| records::is_verified(user, contact);
    let only = !means.password
        && ![Contact::Email, Contact::PhoneNumber]
            .into_iter()
            .any(verified);
    let there = delivery::contact(user, contact).is_some();
    alone(pool, user) && there && (verified(contact) || only)
}

/// Whether one factor that is no password is enough for a user: the account is in order and nothing
/// more is asked. A temporary password, or one to be reset, has to be replaced first.
fn alone(pool: &Pool, user: &User) -> bool {
    let standing = matches!(user.status, Status::Confirmed | Status::Unconfirmed);
    standing && mfa::asked(pool, user) == Asked::Nothing
}

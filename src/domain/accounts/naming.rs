//! The name of a new user (api.md 4.1).

use std::collections::BTreeMap;

use crate::app::App;
use crate::domain::{contacts, usernames};
use crate::error::{Error, Result};
use crate::ids::Sub;
use crate::settings::pool::{Alias, Contact};
use crate::store::pools::Pool;

/// What a new user is called.
#[derive(Clone, Debug)]
pub struct Name {
    /// The immutable id.
    pub sub: Sub,
    /// The stored user name: as given, or the `sub` where contacts are the user names.
    pub username: String,
    /// The contact that was given as the user name.
    pub login: Option<Contact>,
}

/// Names a new user. A contact given as the user name becomes an attribute.
///
/// # Errors: InvalidParameter, when the pool takes no such name
pub fn new_name(
    app: &App,
    pool: &Pool,
    given: &str,
    values: &mut BTreeMap<String, String>,
) -> Result<Name> {
    let sub = app.rng.sub()?;
    let logins = pool.settings().username_attributes();
    if logins.is_empty() {
        check_no_alias(pool, given)?;
        return Ok(Name {
            sub,
            username: given.to_owned(),
            login: None,
        });
    }
    let login = usernames::contact_like(given)
        .filter(|contact| logins.contains(contact) && contacts::check(*contact, given).is_ok())
        .ok_or_else(|| should_be(logins))?;
    let before = values.insert(login.as_str().to_owned(), given.to_owned());
    let same = |before: String| usernames::key(pool, &before) == usernames::key(pool, given);
    if !before.is_none_or(same) {
        return Err(Error::invalid_parameter(format!(
            "Username and {} must be the same.",
            login.as_str()
        )));
    }
    Ok(Name {
        username: sub.to_string(),
        sub,
        login: Some(login),
    })
}

/// A name must not look like what others sign in with.
fn check_no_alias(pool: &Pool, given: &str) -> Result<()> {
    let aliases = pool.settings().alias_attributes();
    match usernames::contact_like(given) {
        Some(Contact::Email) if aliases.contains(&Alias::Email) => {
            Err(Error::username_email_format())
        }
        Some(Contact::PhoneNumber) if aliases.contains(&Alias::PhoneNumber) => {
            Err(Error::username_phone_format())
        }
        _ => Ok(()),
    }
}

fn should_be(logins: &[Contact]) -> Error {
    match logins {
        [Contact::Email] => Error::username_should_be_email(),
        [Contact::PhoneNumber] => Error::username_should_be_phone(),
        _ => Error::username_should_be_contact(),
    }
}

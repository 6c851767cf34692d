//! A user's row together with everything the user is found by: search keys and aliases. Every write
//! to a user goes through here, so that row and keys cannot part.
//!
//! Transactions take what they change of a user in one order, so that they wait for each other and
//! never in a circle: attempts, codes, the user's row, passwords, lockouts.

use std::collections::BTreeSet;

use crate::domain::accounts::Name;
use crate::domain::listing::keys;
use crate::domain::usernames::{self, MAX_USERNAME};
use crate::error::{Code, Error, Result};
use crate::ids::Sub;
use crate::settings::pool::{Alias, Contact};
use crate::store::aliases::{self, AliasKey};
use crate::store::db::{DbError, Tx};
use crate::store::pools::Pool;
use crate::store::user_attributes::{self, Pair};
use crate::store::users::{self, Attributes, Mfa, Status, User};
use crate::store::{attempts, auth_events, codes};
use crate::time::Timestamp;

/// Why a user could not be written.
#[derive(Debug)]
pub enum Refused {
    /// The user name belongs to somebody.
    Username,
    /// An alias belongs to somebody.
    Alias(&'static str),
    /// Something else went wrong.
    Failed(Error),
}

impl From<DbError> for Refused {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

impl Refused {
    /// As AliasExistsException `An account with the given {attribute} already exists.`
    pub fn alias_exists(self) -> Error {
        match self {
            Self::Username => Error::username_exists(),
            Self::Alias(kind) => Error::contact_exists(Code::AliasExists, kind),
            Self::Failed(error) => error,
        }
    }
}

/// A user who is not stored yet.
pub fn new_user(
    pool: &Pool,
    name: &Name,
    status: Status,
    attributes: Attributes,
    now: Timestamp,
) -> User {
    User {
        pool: pool.id.clone(),
        sub: name.sub.clone(),
        username: name.username.clone(),
        username_key: usernames::key(pool, &name.username),
        status,
        enabled: true,
        attributes,
        created: now,
        modified: now,
        auth_epoch: 1,
        tokens_valid_from: Timestamp::from_ms(0),
        mfa: Mfa::default(),
        version: 1,
    }
}

/// Adds a user.
pub async fn insert(tx: &mut Tx, pool: &Pool, user: &User) -> Result<(), Refused> {
    users::insert(tx, user).await.map_err(|error| match error {
        DbError::Unique(_) => Refused::Username,
        DbError::Orphan(_) => Refused::Failed(Error::pool_not_found(pool.id.as_str())),
        other => other.into(),
    })?;
    user_attributes::insert(tx, &pool.id, &user.sub, &keys::of_user(pool, user)).await?;
    give(tx, pool, user, &aliases_of(pool, user), &BTreeSet::new()).await
}

/// The user of a sub, locked until the transaction ends: what [`save`] needs as `before`.
///
/// # Errors: UserNotFound `User does not exist.`
pub async fn lock(tx: &mut Tx, pool: &Pool, sub: &Sub) -> Result<User> {
    users::lock(tx, &pool.id, sub)
        .await?
        .ok_or_else(Error::user_does_not_exist)
}

/// Writes a user whom [`lock`] gave as `before`.
pub async fn save(tx: &mut Tx, pool: &Pool, before: &User, after: &User) -> Result<(), Refused> {
    if !users::save(tx, after).await? {
        return Err(Refused::Failed(Error::concurrent_modification()));
    }
    let (old, new) = (keys::of_user(pool, before), keys::of_user(pool, after));
    for (name, _) in old.iter().filter(|pair| !new.contains(pair)) {
        user_attributes::delete(tx, &pool.id, &after.sub, name).await?;
    }
    let added: Vec<Pair> = new.into_iter().filter(|pair| !old.contains(pair)).collect();
    user_attributes::insert(tx, &pool.id, &after.sub, &added).await?;
    let (old, new) = (aliases_of(pool, before), aliases_of(pool, after));
    for alias in old.difference(&new) {
        aliases::delete(tx, &pool.id, &after.sub, alias).await?;
    }
    give(tx, pool, after, &new, &old).await
}

/// Removes a user with everything that belongs to the user.
///
/// # Errors: UserNotFound `User does not exist.`
pub async fn delete(tx: &mut Tx, pool: &Pool, sub: &Sub) -> Result<()> {
    attempts::forget_user(tx, &pool.id, sub).await?;
    codes::forget_user(tx, &pool.id, sub).await?;
    auth_events::forget_user(tx, &pool.id, sub).await?;
    if users::delete(tx, &pool.id, sub).await? {
        return Ok(());
    }
    Err(Error::user_does_not_exist())
}

/// Takes a contact away from whoever else has it as an alias: it stays the other user's attribute,
/// no longer verified (`ForceAliasCreation`).
pub async fn take_over(tx: &mut Tx, pool: &Pool, user: &User, contact: Contact) -> Result<()> {
    let kind = usernames::contact_alias(contact);
    let Some(value) = user.attributes.get(contact.as_str()) else {
        return Ok(());
    };
    let alias = usernames::alias(pool, kind, value);
    let holder = aliases::holder(tx, &pool.id, &alias).await?;
    let Some(holder) = holder.filter(|holder| *holder != user.sub) else {
        return Ok(());
    };
    let before = lock(tx, pool, &holder).await?;
    let mut after = before.clone();
    after
        .attributes
        .insert(verified_name(contact).to_owned(), "false".to_owned());
    save(tx, pool, &before, &after)
        .await
        .map_err(Refused::alias_exists)
}

/// `email_verified` or `phone_number_verified`.
pub const fn verified_name(contact: Contact) -> &'static str {
    match contact {
        Contact::Email => "email_verified",
        Contact::PhoneNumber => "phone_number_verified",
    }
}

/// Whether a user's contact is there and verified.
pub fn is_verified(user: &User, contact: Contact) -> bool {
    let flag = user.attributes.get(verified_name(contact));
    user.attributes.contains_key(contact.as_str()) && flag.is_some_and(|flag| flag == "true")
}

async fn give(
    tx: &mut Tx,
    pool: &Pool,
    user: &User,
    wanted: &BTreeSet<AliasKey>,
    had: &BTreeSet<AliasKey>,
) -> Result<(), Refused> {
    for alias in wanted.difference(had) {
        let given = aliases::insert(tx, &pool.id, &user.sub, alias).await;
        given.map_err(|error| match error {
            DbError::Unique(_) if alias.key == user.username_key => Refused::Username,
            DbError::Unique(_) => Refused::Alias(alias.kind),
            other => other.into(),
        })?;
    }
    Ok(())
}

/// The aliases that are in force (api.md 4.1): the contacts of pools where they are the user names;
/// verified contacts and the preferred user name of pools with those aliases. There the user name
/// itself stands among the preferred ones, so that nobody's alias can shadow it.
fn aliases_of(pool: &Pool, user: &User) -> BTreeSet<AliasKey> {
    let settings = pool.settings();
    let mut found = BTreeSet::new();
    let mut add = |kind: Alias, value: &str| {
        if value.chars().count() <= MAX_USERNAME || kind != Alias::PreferredUsername {
            found.insert(usernames::alias(pool, kind, value));
        }
    };
    for contact in settings.username_attributes() {
        if let Some(value) = user.attributes.get(contact.as_str()) {
            add(usernames::contact_alias(*contact), value);
        }
    }
    for alias in settings.alias_attributes() {
        let value = user.attributes.get(alias.as_str()).map(String::as_str);
        match (alias, value) {
            (Alias::PreferredUsername, value) => {
                add(*alias, &user.username);
                if let Some(value) = value.filter(|_| user.status != Status::Unconfirmed) {
                    add(*alias, value);
                }
            }
            (Alias::Email, Some(value)) if is_verified(user, Contact::Email) => add(*alias, value),
            (Alias::PhoneNumber, Some(value)) if is_verified(user, Contact::PhoneNumber) => {
                add(*alias, value);
            }
            _ => {}
        }
    }
    found
}

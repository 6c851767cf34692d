//! Search keys: what a user's row is found by and ordered by when users are listed with a filter.
//!
//! A key is the value in the form in which it is compared, as hexadecimal digits: no character that
//! a database cannot hold, and an order that is that of the code points. A long value is cut, so that
//! the key fits into an index; a digest of the whole then stands behind what is left of it.

use aws_lc_rs::digest::{SHA256, digest};

use crate::domain::usernames::{fold, hex};
use crate::store::pools::Pool;
use crate::store::user_attributes::Pair;
use crate::store::users::{Attributes, User};

/// The user name among the keys.
pub const USERNAME: &str = "username";
/// The attributes that have keys.
pub const SEARCHABLE: [&str; 6] = [
    "email",
    "phone_number",
    "name",
    "given_name",
    "family_name",
    "preferred_username",
];
/// How much of a value is in its key, in bytes. PostgreSQL refuses index rows over 2.7 kB.
const CUT: usize = 1024;

/// All keys of a user.
pub fn of_user(pool: &Pool, user: &User) -> Vec<Pair> {
    let names = std::iter::once(USERNAME).chain(SEARCHABLE);
    let pair = |name| {
        let value = value(&user.username, &user.attributes, name)?;
        Some((name, key(&compared(pool, name, value))))
    };
    names.filter_map(pair).collect()
}

/// A user's value of something that has keys.
pub fn value<'a>(username: &'a str, attributes: &'a Attributes, name: &str) -> Option<&'a str> {
    match name {
        USERNAME => Some(username),
        _ => attributes.get(name).map(String::as_str),
    }
}

/// The form in which values are compared: letter case matters in the user names of case-sensitive
/// pools only (security.md H5).
pub fn compared(pool: &Pool, name: &str, value: &str) -> String {
    if name == USERNAME && pool.settings().case_sensitive() {
        return value.to_owned();
    }
    fold(value)
}

/// The key of a value that is in the form in which it is compared.
pub fn key(compared: &str) -> String {
    let (head, tail) = cut(compared);
    let mut key = hex(head);
    if !tail.is_empty() {
        // Greater than the digits: behind the key of every value that is not cut and begins so.
        key.push('z');
        key.push_str(&hex(digest(&SHA256, compared.as_bytes()).as_ref()));
    }
    key
}

/// What the keys of all values begin with that begin with this one. If [`is_cut`], the keys of some
/// others do too.
pub fn prefix(compared: &str) -> String {
    hex(cut(compared).0)
}

/// Whether a value is too long to be in its key as a whole.
pub const fn is_cut(compared: &str) -> bool {
    compared.len() > CUT
}

fn cut(compared: &str) -> (&[u8], &[u8]) {
    let bytes = compared.as_bytes();
    bytes.split_at_checked(CUT).unwrap_or((bytes, &[]))
}

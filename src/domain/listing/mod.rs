//! Listing a pool's users, all or by a filter (api.md 4.8).
//!
//! All come by sub, those of a filter by what is filtered, ascending. Values are compared as
//! [`keys::compared`] says; `status` is compared to the letter, `cognito:user_status` without regard
//! to case.

mod filter;
pub mod keys;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::json;

use crate::app::App;
use crate::domain::paging::{Ask, List, Page};
use crate::domain::{pools, usernames};
use crate::error::{Error, Result};
use crate::ids::{PoolId, Sub};
use crate::store::pools::Pool;
use crate::store::user_search::{self, Found, Keys, Listed, Search, enabled_name};
use filter::{Clause, Field, Match};

/// The most rows of a page.
const MOST: i64 = 60;

/// Which users are wanted, and what of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// The filter as it was typed; none or a blank one is everybody.
    pub filter: Option<&'a str>,
    /// The attributes to show; none is all.
    pub attributes: Option<&'a [String]>,
}

/// A page of a pool's users.
///
/// # Errors: ResourceNotFound; InvalidParameter (filter, token, an attribute that the pool has not).
pub async fn users(
    app: &App,
    pool: &PoolId,
    wanted: Wanted<'_>,
    ask: &Ask,
) -> Result<Page<Listed>> {
    let pool = pools::get(app, pool).await?;
    check_attributes(&pool, wanted.attributes)?;
    let clause = wanted.filter.map(Clause::parse).transpose()?.flatten();
    let (search, exactly) = search(&pool, clause.as_ref());
    let parameters = json!([wanted.filter, wanted.attributes]).to_string();
    let list = List {
        operation: "ListUsers",
        scope: pool.id.as_str(),
        parameters: &usernames::hex(digest(&SHA256, parameters.as_bytes()).as_ref()),
    };
    let after: Option<(String, String)> = list.after(app, ask)?;
    let after = after.as_ref().map(|(by, sub)| (by.as_str(), sub.as_str()));
    let count = ask.rows(MOST);
    let mut db = app.store.read().await?;
    let rows = user_search::page(&mut db, &pool.id, &search, after, count + 1).await?;
    let key = |found: &Found| (found.under.clone(), found.user.sub.to_string());
    let mut page = list.page(app, rows, count, key)?.map(|found| found.user);
    if let Some((name, beginning)) = exactly {
        // Such a page may hold fewer rows than asked for and still have a page after it.
        page.items.retain(|user| {
            let value = keys::value(&user.username, &user.attributes, name).unwrap_or_default();
            keys::compared(&pool, name, value).starts_with(&beginning)
        });
    }
    Ok(page)
}

fn check_attributes(pool: &Pool, names: Option<&[String]>) -> Result<()> {
    let schema = &pool.document.schema;
    let known = |name| schema.iter().any(|known| known.name.as_ref() == Some(name));
    if names.unwrap_or_default().iter().all(known) {
        return Ok(());
    }
    Err(Error::no_such_attribute())
}

/// How the store finds what a filter asks for; and, where a key does not tell everything, the
/// beginning that the value of this name must have.
fn search(pool: &Pool, clause: Option<&Clause>) -> (Search, Option<(&'static str, String)>) {
    let Some(clause) = clause else {
        return (Search::SubPrefix(String::new()), None);
    };
    let value = clause.value.as_str();
    let name = match clause.field {
        Field::Value(name) => name,
        Field::Sub => return (by_sub(clause.matching, value.to_ascii_lowercase()), None),
        Field::Enabled => return (by_enabled(clause.matching, value), None),
        Field::UserStatus => {
            let keys = keys_of(clause.matching, value.to_ascii_uppercase());
            return (Search::Status(keys), None);
        }
    };
    let value = keys::compared(pool, name, value);
    match clause.matching {
        Match::Exact => (Search::Value(name, Keys::One(keys::key(&value))), None),
        Match::Prefix => {
            let search = Search::Value(name, Keys::Prefix(keys::prefix(&value)));
            (search, keys::is_cut(&value).then_some((name, value)))
        }
    }
}

fn by_sub(matching: Match, value: String) -> Search {
    match (Sub::parse(value.clone()), matching) {
        (Ok(sub), _) => Search::Sub(sub),
        (Err(_), Match::Prefix) => Search::SubPrefix(value),
        (Err(_), Match::Exact) => Search::Nobody,
    }
}

fn by_enabled(matching: Match, value: &str) -> Search {
    let is_wanted = |enabled| match matching {
        Match::Exact => enabled_name(enabled) == value,
        Match::Prefix => enabled_name(enabled).starts_with(value),
    };
    match (is_wanted(false), is_wanted(true)) {
        (false, false) => Search::Nobody,
        (disabled, enabled) => Search::Enabled(!disabled, enabled),
    }
}

fn keys_of(matching: Match, key: String) -> Keys {
    match matching {
        Match::Exact => Keys::One(key),
        Match::Prefix => Keys::Prefix(key),
    }
}

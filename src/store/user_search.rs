//! The pages of ListUsers. Every kind of search has a statement of its own that walks one index from
//! a key to a key, so that a page costs the same in a pool of any size. No SQL is put together from
//! what was typed.
//!
//! The columns that are ordered and compared here (`sub`, `value_key`, `status`) go bytewise on both
//! databases: the schema gives them `COLLATE "BINARY"`. All columns of an order are compared as one
//! row even where the first is a constant, or PostgreSQL may walk another index that it takes for
//! cheaper, past everybody who is not meant.
//!
//! A page comes as one JSON text: sixty rows of single values cost several times as much on their way
//! out of SQLite's driver. The databases name the functions for it differently, so each statement is
//! a pair that differs in nothing else.

use std::borrow::Cow;

use super::db::Conn;
use super::users::{Attributes, Mfa, Status};
use crate::error::{Error, Result};
use crate::ids::{PoolId, Sub};
use crate::settings::UnknownName;
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    ONE = sqlite "SELECT json_group_array(json_array(sub, username, status, CASE WHEN enabled THEN 1 ELSE 0 END, json(attributes), json(mfa), created_ms, modified_ms, '')) FROM (\
           SELECT sub, username, status, enabled, attributes, mfa, created_ms, modified_ms FROM users WHERE pool_id = $1 AND sub = $2)"
           postgres "SELECT CAST(COALESCE(json_agg(json_build_array(sub, username, status, CASE WHEN enabled THEN 1 ELSE 0 END, CAST(attributes AS JSON), CAST(mfa AS JSON), created_ms, modified_ms, '')), '[]') AS TEXT) FROM (\
           SELECT sub, username, status, enabled, attributes, mfa, created_ms, modified_ms FROM users WHERE pool_id = $1 AND sub = $2) AS page";
    BY_SUB = sqlite "SELECT json_group_array(json_array(sub, username, status, CASE WHEN enabled THEN 1 ELSE 0 END, json(attributes), json(mfa), created_ms, modified_ms, '')) FROM (\
           SELECT sub, username, status, enabled, attributes, mfa, created_ms, modified_ms FROM users \
           WHERE pool_id = $1 AND sub > $2 AND sub < $3 ORDER BY sub LIMIT $4)"
           postgres "SELECT CAST(COALESCE(json_agg(json_build_array(sub, username, status, CASE WHEN enabled THEN 1 ELSE 0 END, CAST(attributes AS JSON), CAST(mfa AS JSON), created_ms, modified_ms, '')), '[]') AS TEXT) FROM (\
           SELECT sub, username, status, enabled, attributes, mfa, created_ms, modified_ms FROM users \
           WHERE pool_id = $1 AND sub > $2 AND sub < $3 ORDER BY sub LIMIT $4) AS page";
    BY_VALUE = sqlite "SELECT json_group_array(json_array(sub, username, status, CASE WHEN enabled THEN 1 ELSE 0 END, json(attributes), json(mfa), created_ms, modified_ms, value_key)) FROM (\
           SELECT u.sub, u.username, u.status, u.enabled, u.attributes, u.mfa, u.created_ms, u.modified_ms, a.value_key \
           FROM user_attributes a JOIN users u ON u.pool_id = a.pool_id AND u.sub = a.sub \
           WHERE a.pool_id = $1 AND a.name = $2 AND (a.value_key, a.sub) > ($3, $4) AND a.value_key <= $5 \
           ORDER BY a.value_key, a.sub LIMIT $6)"
           postgres "SELECT CAST(COALESCE(json_agg(json_build_array(sub, username, status, CASE WHEN enabled THEN 1 ELSE 0 END, CAST(attributes AS JSON), CAST(mfa AS JSON), created_ms, modified_ms, value_key)), '[]') AS TEXT) FROM (\
           SELECT u.sub, u.username, u.status, u.enabled, u.attributes, u.mfa, u.created_ms, u.modified_ms, a.value_key \
           FROM user_attributes a JOIN users u ON u.pool_id = a.pool_id AND u.sub = a.sub \
           WHERE a.pool_id = $1 AND a.name = $2 AND (a.value_key, a.sub) > ($3, $4) AND a.value_key <= $5 \
           ORDER BY a.value_key, a.sub LIMIT $6) AS page";
    BY_STATUS = sqlite "SELECT json_group_array(json_array(sub, username, status, CASE WHEN enabled THEN 1 ELSE 0 END, json(attributes), json(mfa), created_ms, modified_ms, status)) FROM (\
           SELECT sub, username, status, enabled, attributes, mfa, created_ms, modified_ms FROM users \
           WHERE pool_id = $1 AND (status, sub) > ($2, $3) AND status <= $4 ORDER BY status, sub LIMIT $5)"
           postgres "SELECT CAST(COALESCE(json_agg(json_build_array(sub, username, status, CASE WHEN enabled THEN 1 ELSE 0 END, CAST(attributes AS JSON), CAST(mfa AS JSON), created_ms, modified_ms, status)), '[]') AS TEXT) FROM (\
           SELECT sub, username, status, enabled, attributes, mfa, created_ms, modified_ms FROM users \
           WHERE pool_id = $1 AND (status, sub) > ($2, $3) AND status <= $4 ORDER BY status, sub LIMIT $5) AS page";
    BY_ENABLED = sqlite "SELECT json_group_array(json_array(sub, username, status, CASE WHEN enabled THEN 1 ELSE 0 END, json(attributes), json(mfa), created_ms, modified_ms, CASE WHEN enabled THEN 'Enabled' ELSE 'Disabled' END)) FROM (\
           SELECT sub, username, status, enabled, attributes, mfa, created_ms, modified_ms FROM users \
           WHERE pool_id = $1 AND (enabled, sub) > ($2, $3) AND enabled <= $4 ORDER BY enabled, sub LIMIT $5)"
           postgres "SELECT CAST(COALESCE(json_agg(json_build_array(sub, username, status, CASE WHEN enabled THEN 1 ELSE 0 END, CAST(attributes AS JSON), CAST(mfa AS JSON), created_ms, modified_ms, CASE WHEN enabled THEN 'Enabled' ELSE 'Disabled' END)), '[]') AS TEXT) FROM (\
           SELECT sub, username, status, enabled, attributes, mfa, created_ms, modified_ms FROM users \
           WHERE pool_id = $1 AND (enabled, sub) > ($2, $3) AND enabled <= $4 ORDER BY enabled, sub LIMIT $5) AS page";
}

/// Which users. They come by what they are searched by, then by sub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    /// Nobody.
    Nobody,
    /// The user of a sub.
    Sub(Sub),
    /// Those whose sub begins so; everybody's begins with nothing.
    SubPrefix(String),
    /// Those with such a search key of an attribute.
    Value(&'static str, Keys),
    /// Those with such a status.
    Status(Keys),
    /// From the first to the last of these: disabled, enabled.
    Enabled(bool, bool),
}

/// One key, or all that begin alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keys {
    /// This one.
    One(String),
    /// Those that begin so.
    Prefix(String),
}

/// A user, and under what the user was found: a search key, the name of a state, or nothing.
#[derive(Clone, Debug)]
pub struct Found {
    /// The user.
    pub user: Listed,
    /// What the search is ordered by, before the sub.
    pub under: String,
}

/// What a list shows of a user.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The immutable id.
    pub sub: Sub,
    /// The user name as given at creation.
    pub username: String,
    /// Where the user is in its life.
    pub status: Status,
    /// Whether the user may sign in at all.
    pub enabled: bool,
    /// Attributes, without `sub`.
    pub attributes: Attributes,
    /// The second factors.
    pub mfa: Mfa,
    /// When the user was made.
    pub created: Timestamp,
    /// When the user last changed.
    pub modified: Timestamp,
}

/// A row of a page: sub, name, status, enabled, attributes, second factors, made, changed, and what it is under.
type Row<'r> = (
    &'r str,
    Cow<'r, str>,
    &'r str,
    u8,
    Attributes,
    Option<Mfa>,
    i64,
    i64,
    &'r str,
);

fn read(row: Row<'_>) -> Result<Found> {
    let (sub, username, status, enabled, attributes, mfa, created, modified, under) = row;
    let status = Status::parse(status).ok_or_else(|| Error::internal(UnknownName))?;
    let user = Listed {
        sub: Sub::parse(sub).map_err(Error::internal)?,
        username: username.into_owned(),
        status,
        enabled: enabled == 1,
        attributes,
        mfa: mfa.unwrap_or_default(),
        created: Timestamp::from_ms(created),
        modified: Timestamp::from_ms(modified),
    };
    let under = under.to_owned();
    Ok(Found { user, under })
}

/// Up to `limit` users; those after `after`, which is what a user was found under, and the sub.
pub async fn page(
    db: &mut Conn,
    pool: &PoolId,
    search: &Search,
    after: Option<(&str, &str)>,
    limit: i64,
) -> Result<Vec<Found>> {
    let (sql, args) = match search {
        Search::Nobody => return Ok(Vec::new()),
        Search::Sub(sub) => (ONE, args![pool, sub]),
        Search::SubPrefix(prefix) => {
            let from = after.map_or(prefix.as_str(), |(_, sub)| sub);
            (BY_SUB, args![pool, from, beyond(prefix), limit])
        }
        Search::Value(name, keys) => {
            let (from, sub) = after.unwrap_or((keys.first(), ""));
            let args = args![pool, *name, from, sub, keys.last(), limit];
            (BY_VALUE, args)
        }
        Search::Status(keys) => {
            let (from, sub) = after.unwrap_or((keys.first(), ""));
            (BY_STATUS, args![pool, from, sub, keys.last(), limit])
        }
        Search::Enabled(first, last) => {
            let begin = (enabled_name(*first), "");
            let (from, sub) = after.unwrap_or(begin);
            let args = args![pool, from == enabled_name(true), sub, *last, limit];
            (BY_ENABLED, args)
        }
    };
    let (page,): (String,) = db.one(sql, args).await?;
    let rows: Vec<Row<'_>> = serde_json::from_str(&page).map_err(Error::internal)?;
    let mut page = rows.into_iter().map(read).collect::<Result<Vec<_>>>()?;
    // Neither database promises that an aggregate keeps the order. It does, so this moves nothing;
    // these columns go bytewise here as there.
    page.sort_by(|a, b| (&a.under, a.user.sub.as_str()).cmp(&(&b.under, b.user.sub.as_str())));
    Ok(page)
}

/// What a filter calls users who may sign in, and those who may not.
pub const fn enabled_name(enabled: bool) -> &'static str {
    if enabled { "Enabled" } else { "Disabled" }
}

/// What is greater than every key that begins so: keys are letters, digits, hyphens and low lines.
fn beyond(prefix: &str) -> String {
    format!("{prefix}~")
}

impl Keys {
    fn first(&self) -> &str {
        match self {
            Self::One(key) | Self::Prefix(key) => key,
        }
    }

    fn last(&self) -> String {
        match self {
            Self::One(key) => key.clone(),
            Self::Prefix(key) => beyond(key),
        }
    }
}

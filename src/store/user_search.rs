//! The pages of ListUsers. Every kind of search has a statement of its own that walks one index from
//! a key to a key, so that a page costs the same in a pool of any size. No SQL is put together from
//! what was typed.
//!
//! The columns that are ordered and compared here (`sub`, `value_key`, `status`) go bytewise on both
//! databases: the schema gives them `COLLATE "BINARY"`. All columns of an order are compared as one
//! row even where the first is a constant, or PostgreSQL may walk another index that it takes for
//! cheaper, past everybody who is not meant.

use super::db::{Arg, Conn, Sql};
use super::users::{self, User};
use crate::error::Result;
use crate::ids::{PoolId, Sub};
use crate::{args, statements};

statements! {
    BY_SUB = "SELECT pool_id, sub, username, username_key, status, enabled, attributes, created_ms, modified_ms, \
              auth_epoch, tokens_valid_from_ms, mfa, version \
              FROM users WHERE pool_id = $1 AND sub > $2 AND sub < $3 ORDER BY sub LIMIT $4";
    BY_VALUE = "SELECT u.pool_id, u.sub, u.username, u.username_key, u.status, u.enabled, u.attributes, u.created_ms, \
                u.modified_ms, u.auth_epoch, u.tokens_valid_from_ms, u.mfa, u.version, a.value_key \
                FROM user_attributes a JOIN users u ON u.pool_id = a.pool_id AND u.sub = a.sub \
                WHERE a.pool_id = $1 AND a.name = $2 AND (a.value_key, a.sub) > ($3, $4) AND a.value_key <= $5 \
                ORDER BY a.value_key, a.sub LIMIT $6";
    BY_STATUS = "SELECT pool_id, sub, username, username_key, status, enabled, attributes, created_ms, modified_ms, \
                 auth_epoch, tokens_valid_from_ms, mfa, version \
                 FROM users WHERE pool_id = $1 AND (status, sub) > ($2, $3) AND status <= $4 \
                 ORDER BY status, sub LIMIT $5";
    BY_ENABLED = "SELECT pool_id, sub, username, username_key, status, enabled, attributes, created_ms, modified_ms, \
                  auth_epoch, tokens_valid_from_ms, mfa, version \
                  FROM users WHERE pool_id = $1 AND (enabled, sub) > ($2, $3) AND enabled <= $4 \
                  ORDER BY enabled, sub LIMIT $5";
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
    pub user: User,
    /// What the search is ordered by, before the sub.
    pub under: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    user: users::Row,
    value_key: String,
}

/// Up to `limit` users; those after `after`, which is what a user was found under, and the sub.
pub async fn page(
    db: &mut Conn,
    pool: &PoolId,
    search: &Search,
    after: Option<(&str, &str)>,
    limit: i64,
) -> Result<Vec<Found>> {
    match search {
        Search::Nobody => Ok(Vec::new()),
        Search::Sub(sub) => {
            let user = users::by_sub(db, pool, sub).await?;
            let found = user.map(|user| Found::under(user, ""));
            Ok(found.into_iter().collect())
        }
        Search::SubPrefix(prefix) => {
            let from = after.map_or(prefix.as_str(), |(_, sub)| sub);
            let args = args![pool, from, beyond(prefix), limit];
            found(db, BY_SUB, args, |_| "").await
        }
        Search::Value(name, keys) => {
            let (from, sub) = after.unwrap_or((keys.first(), ""));
            let args = args![pool, *name, from, sub, keys.last(), limit];
            let rows: Vec<Row> = db.all(BY_VALUE, args).await?;
            let found = |row: Row| Ok(Found::under(User::try_from(row.user)?, row.value_key));
            rows.into_iter().map(found).collect()
        }
        Search::Status(keys) => {
            let (from, sub) = after.unwrap_or((keys.first(), ""));
            let args = args![pool, from, sub, keys.last(), limit];
            found(db, BY_STATUS, args, |user| user.status.as_str()).await
        }
        Search::Enabled(first, last) => {
            let begin = (enabled_name(*first), "");
            let (from, sub) = after.unwrap_or(begin);
            let args = args![pool, from == enabled_name(true), sub, *last, limit];
            found(db, BY_ENABLED, args, |user| enabled_name(user.enabled)).await
        }
    }
}

async fn found(
    db: &mut Conn,
    sql: Sql,
    args: Vec<Arg>,
    under: impl Fn(&User) -> &'static str,
) -> Result<Vec<Found>> {
    let rows: Vec<users::Row> = db.all(sql, args).await?;
    let found = |row| {
        let user = User::try_from(row)?;
        let under = under(&user);
        Ok(Found::under(user, under))
    };
    rows.into_iter().map(found).collect()
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

impl Found {
    fn under(user: User, under: impl Into<String>) -> Self {
        let under = under.into();
        Self { user, under }
    }
}

//! The pages of ListUsers. Every kind of search has a statement of its own that walks one index from
//! a key to a key, so that a page costs the same in a pool of any size. No SQL is put together from
//! what was typed.
//!
//! The columns that are ordered and compared here (`sub`, `value_key`) go bytewise on both databases:
//! the schema gives them `COLLATE "BINARY"`.

use super::db::{Arg, Conn, Sql};
use super::users::{self, Status, User};
use crate::error::{Error, Result};
use crate::ids::{PoolId, Sub};
use crate::{args, statements};

statements! {
    BY_SUB = "SELECT pool_id, sub, username, username_key, status, enabled, attributes, created_ms, modified_ms, \
              auth_epoch, tokens_valid_from_ms, version \
              FROM users WHERE pool_id = $1 AND sub > $2 AND sub < $3 ORDER BY sub LIMIT $4";
    BY_VALUE = "SELECT u.pool_id, u.sub, u.username, u.username_key, u.status, u.enabled, u.attributes, u.created_ms, \
                u.modified_ms, u.auth_epoch, u.tokens_valid_from_ms, u.version, a.value_key \
                FROM user_attributes a JOIN users u ON u.pool_id = a.pool_id AND u.sub = a.sub \
                WHERE a.pool_id = $1 AND a.name = $2 AND (a.value_key, a.sub) > ($3, $4) AND a.value_key <= $5 \
                ORDER BY a.value_key, a.sub LIMIT $6";
    BY_STATUS = "SELECT pool_id, sub, username, username_key, status, enabled, attributes, created_ms, modified_ms, \
                 auth_epoch, tokens_valid_from_ms, version \
                 FROM users WHERE pool_id = $1 AND status = $2 AND sub > $3 ORDER BY sub LIMIT $4";
    BY_ENABLED = "SELECT pool_id, sub, username, username_key, status, enabled, attributes, created_ms, modified_ms, \
                  auth_epoch, tokens_valid_from_ms, version \
                  FROM users WHERE pool_id = $1 AND enabled = $2 AND sub > $3 ORDER BY sub LIMIT $4";
}

/// Which users, in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    /// Those whose sub begins so, by sub; everybody's begins with nothing.
    SubPrefix(String),
    /// The user of a sub.
    Sub(Sub),
    /// Those with this search key of an attribute, by sub.
    Value(&'static str, String),
    /// Those whose search key of an attribute begins so, by search key, then sub.
    ValuePrefix(&'static str, String),
    /// Those in the first of these states by sub, then those in the next.
    States(Vec<State>),
}

/// Something a user either is or is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Where the user is in its life.
    Status(Status),
    /// Whether the user may sign in at all.
    Enabled(bool),
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
        Search::SubPrefix(prefix) => {
            let from = after.map_or(prefix.as_str(), |(_, sub)| sub);
            let rows = db.all(BY_SUB, args![pool, from, beyond(prefix), limit]);
            found(rows.await?, "")
        }
        Search::Sub(sub) => {
            let user = users::by_sub(db, pool, sub).await?;
            let found = user.map(|user| Found::under(user, ""));
            Ok(found.into_iter().collect())
        }
        Search::Value(name, key) => {
            let (from, sub) = after.unwrap_or((key, ""));
            by_value(db, args![pool, *name, from, sub, key, limit]).await
        }
        Search::ValuePrefix(name, prefix) => {
            let (from, sub) = after.unwrap_or((prefix, ""));
            by_value(db, args![pool, *name, from, sub, beyond(prefix), limit]).await
        }
        Search::States(states) => by_state(db, pool, states, after, limit).await,
    }
}

/// What is greater than every key that begins so: keys have letters, digits and hyphens only.
fn beyond(prefix: &str) -> String {
    format!("{prefix}~")
}

async fn by_value(db: &mut Conn, args: Vec<Arg>) -> Result<Vec<Found>> {
    let rows: Vec<Row> = db.all(BY_VALUE, args).await?;
    let found = |row: Row| Ok(Found::under(User::try_from(row.user)?, row.value_key));
    rows.into_iter().map(found).collect()
}

async fn by_state(
    db: &mut Conn,
    pool: &PoolId,
    states: &[State],
    after: Option<(&str, &str)>,
    limit: i64,
) -> Result<Vec<Found>> {
    let (from, mut sub) = after.unwrap_or_default();
    let passed = |state: &&State| after.is_some() && state.name() != from;
    let mut all = Vec::new();
    for state in states.iter().skip_while(passed) {
        let room = limit.saturating_sub(i64::try_from(all.len()).map_err(Error::internal)?);
        if room > 0 {
            let rows = db.all(state.sql(), args![pool, *state, sub, room]).await?;
            all.extend(found(rows, state.name())?);
        }
        sub = "";
    }
    Ok(all)
}

fn found(rows: Vec<users::Row>, under: &str) -> Result<Vec<Found>> {
    let found = |row| Ok(Found::under(User::try_from(row)?, under));
    rows.into_iter().map(found).collect()
}

impl Found {
    fn under(user: User, under: impl Into<String>) -> Self {
        let under = under.into();
        Self { user, under }
    }
}

impl State {
    /// What a filter calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Status(status) => status.as_str(),
            Self::Enabled(true) => "Enabled",
            Self::Enabled(false) => "Disabled",
        }
    }

    const fn sql(self) -> Sql {
        match self {
            Self::Status(_) => BY_STATUS,
            Self::Enabled(_) => BY_ENABLED,
        }
    }
}

impl From<State> for Arg {
    fn from(state: State) -> Self {
        match state {
            State::Status(status) => status.as_str().into(),
            State::Enabled(enabled) => enabled.into(),
        }
    }
}

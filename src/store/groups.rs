//! Groups and their members.

use super::db::{Conn, DbError, Tx};
use super::users::{self, User};
use crate::error::{Error, Result};
use crate::ids::{PoolId, Sub};
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    OF_USER = "SELECT g.pool_id, g.name, g.description, g.role_arn, g.precedence, g.created_ms, g.modified_ms, g.version \
               FROM group_members m JOIN user_groups g ON g.pool_id = m.pool_id AND g.name = m.name \
               WHERE m.pool_id = $1 AND m.sub = $2 \
               ORDER BY COALESCE(g.precedence, 9223372036854775807), g.name";
    PAGE_OF_USER = "SELECT g.pool_id, g.name, g.description, g.role_arn, g.precedence, g.created_ms, g.modified_ms, g.version \
                    FROM group_members m JOIN user_groups g ON g.pool_id = m.pool_id AND g.name = m.name \
                    WHERE m.pool_id = $1 AND m.sub = $2 AND (COALESCE(g.precedence, 9223372036854775807) > $3 \
                    OR (COALESCE(g.precedence, 9223372036854775807) = $3 AND g.name > $4)) \
                    ORDER BY COALESCE(g.precedence, 9223372036854775807), g.name LIMIT $5";
    PAGE = "SELECT pool_id, name, description, role_arn, precedence, created_ms, modified_ms, version FROM user_groups \
            WHERE pool_id = $1 AND name > $2 ORDER BY name LIMIT $3";
    BY_NAME = "SELECT pool_id, name, description, role_arn, precedence, created_ms, modified_ms, version FROM user_groups \
               WHERE pool_id = $1 AND name = $2";
    INSERT = "INSERT INTO user_groups (pool_id, name, description, role_arn, precedence, created_ms, modified_ms, version) \
              SELECT $1, $2, $3, $4, CAST($5 AS BIGINT), CAST($6 AS BIGINT), CAST($6 AS BIGINT), 1 \
              WHERE (SELECT COUNT(*) FROM user_groups WHERE pool_id = $1) < 10000";
    UPDATE = "UPDATE user_groups SET description = COALESCE($3, description), role_arn = COALESCE($4, role_arn), \
              precedence = COALESCE($5, precedence), modified_ms = $6, version = version + 1 \
              WHERE pool_id = $1 AND name = $2 \
              RETURNING pool_id, name, description, role_arn, precedence, created_ms, modified_ms, version";
    DELETE = "DELETE FROM user_groups WHERE pool_id = $1 AND name = $2";
    ADD_MEMBER = "INSERT INTO group_members (pool_id, sub, name, created_ms) SELECT $1, $2, $3, CAST($4 AS BIGINT) \
                  WHERE (SELECT COUNT(*) FROM group_members WHERE pool_id = $1 AND sub = $2) < 100 \
                  ON CONFLICT (pool_id, sub, name) DO NOTHING";
    REMOVE_MEMBER = "DELETE FROM group_members WHERE pool_id = $1 AND sub = $2 AND name = $3";
    HAS_MEMBER = "SELECT COUNT(*) FROM group_members WHERE pool_id = $1 AND sub = $2 AND name = $3";
    MEMBERS = "SELECT u.pool_id, u.sub, u.username, u.username_key, u.status, u.enabled, u.attributes, u.created_ms, \
               u.modified_ms, u.auth_epoch, u.tokens_valid_from_ms, u.mfa, u.version \
               FROM group_members m JOIN users u ON u.pool_id = m.pool_id AND u.sub = m.sub \
               WHERE m.pool_id = $1 AND m.name = $2 AND m.sub > $3 ORDER BY m.sub LIMIT $4";
}

/// A group.
#[derive(Clone, Debug)]
pub struct Group {
    /// The pool.
    pub pool: PoolId,
    /// Its name, unique in the pool.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The IAM role of its members.
    pub role_arn: Option<String>,
    /// Its rank: lower is more important, none comes last.
    pub precedence: Option<i64>,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub modified: Timestamp,
    /// Raised by every change.
    pub version: i64,
}

/// A group's place among a user's groups: its precedence, the greatest number if it has none, and
/// its name.
pub type Rank = (i64, String);

/// What changes in a group; nothing where nothing is given.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// What it is for.
    pub description: Option<&'a str>,
    /// The IAM role of its members.
    pub role_arn: Option<&'a str>,
    /// Its rank.
    pub precedence: Option<i64>,
    /// Now.
    pub modified: Timestamp,
}

impl Group {
    /// Its place among a user's groups.
    pub fn rank(&self) -> Rank {
        (self.precedence.unwrap_or(i64::MAX), self.name.clone())
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    pool_id: String,
    name: String,
    description: Option<String>,
    role_arn: Option<String>,
    precedence: Option<i64>,
    created_ms: i64,
    modified_ms: i64,
    version: i64,
}

impl TryFrom<Row> for Group {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            pool: PoolId::parse(row.pool_id).map_err(Error::internal)?,
            name: row.name,
            description: row.description,
            role_arn: row.role_arn,
            precedence: row.precedence,
            created: Timestamp::from_ms(row.created_ms),
            modified: Timestamp::from_ms(row.modified_ms),
            version: row.version,
        })
    }
}

/// A user's groups by precedence, none last, then name.
pub async fn of_user(db: &mut Conn, pool: &PoolId, sub: &Sub) -> Result<Vec<Group>> {
    let rows: Vec<Row> = db.all(OF_USER, args![pool, sub]).await?;
    rows.into_iter().map(Group::try_from).collect()
}

/// Up to `limit` of a user's groups in that order, after a place.
pub async fn page_of_user(
    db: &mut Conn,
    user: &User,
    after: Option<&Rank>,
    limit: i64,
) -> Result<Vec<Group>> {
    let (precedence, name) = after.map_or((-1, ""), |(rank, name)| (*rank, name.as_str()));
    let args = args![&user.pool, &user.sub, precedence, name, limit];
    let rows: Vec<Row> = db.all(PAGE_OF_USER, args).await?;
    rows.into_iter().map(Group::try_from).collect()
}

/// Up to `limit` groups of a pool, by name, after the one named.
pub async fn page(
    db: &mut Conn,
    pool: &PoolId,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Group>> {
    let args = args![pool, after.unwrap_or_default(), limit];
    let rows: Vec<Row> = db.all(PAGE, args).await?;
    rows.into_iter().map(Group::try_from).collect()
}

/// The group of a name.
pub async fn find(db: &mut Conn, pool: &PoolId, name: &str) -> Result<Option<Group>> {
    let row: Option<Row> = db.optional(BY_NAME, args![pool, name]).await?;
    row.map(Group::try_from).transpose()
}

/// Adds a group unless the pool has 10,000 of them; says whether it did. A unique violation means
/// the name is taken, an orphan that the pool is gone.
pub async fn insert(tx: &mut Tx, group: &Group) -> Result<bool, DbError> {
    let args = args![
        &group.pool,
        &group.name,
        group.description.as_deref(),
        group.role_arn.as_deref(),
        group.precedence,
        group.created
    ];
    tx.execute(INSERT, args).await.map(|rows| rows == 1)
}

/// Changes a group and gives it as it is then; none if there is no such group.
pub async fn update(
    tx: &mut Tx,
    pool: &PoolId,
    name: &str,
    change: Change<'_>,
) -> Result<Option<Group>> {
    let args = args![
        pool,
        name,
        change.description,
        change.role_arn,
        change.precedence,
        change.modified
    ];
    let row: Option<Row> = tx.optional(UPDATE, args).await?;
    row.map(Group::try_from).transpose()
}

/// Deletes a group and its memberships; says whether it was there.
pub async fn delete(tx: &mut Tx, pool: &PoolId, name: &str) -> Result<bool, DbError> {
    let rows = tx.execute(DELETE, args![pool, name]).await?;
    Ok(rows == 1)
}

/// Puts a user into a group unless the user is there already or in 100 groups; says whether it
/// did. An orphan means that user or group is gone.
pub async fn add_member(
    tx: &mut Tx,
    user: &User,
    name: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    let args = args![&user.pool, &user.sub, name, now];
    tx.execute(ADD_MEMBER, args).await.map(|rows| rows == 1)
}

/// Takes a user out of a group.
pub async fn remove_member(tx: &mut Tx, user: &User, name: &str) -> Result<(), DbError> {
    let args = args![&user.pool, &user.sub, name];
    tx.execute(REMOVE_MEMBER, args).await.map(drop)
}

/// Whether a user is in a group.
pub async fn has_member(db: &mut Conn, user: &User, name: &str) -> Result<bool, DbError> {
    let args = args![&user.pool, &user.sub, name];
    let (count,): (i64,) = db.one(HAS_MEMBER, args).await?;
    Ok(count == 1)
}

/// Up to `limit` members of a group, by sub, after the one named.
pub async fn members(
    db: &mut Conn,
    group: &Group,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<User>> {
    let args = args![&group.pool, &group.name, after.unwrap_or_default(), limit];
    let rows: Vec<users::Row> = db.all(MEMBERS, args).await?;
    rows.into_iter().map(User::try_from).collect()
}

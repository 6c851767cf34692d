//! Groups and their members.

use super::db::Conn;
use crate::error::{Error, Result};
use crate::ids::{PoolId, Sub};
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    OF_USER = "SELECT g.pool_id, g.name, g.description, g.role_arn, g.precedence, g.created_ms, g.modified_ms, g.version \
               FROM group_members m JOIN user_groups g ON g.pool_id = m.pool_id AND g.name = m.name \
               WHERE m.pool_id = $1 AND m.sub = $2 \
               ORDER BY COALESCE(g.precedence, 9223372036854775807), g.name";
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

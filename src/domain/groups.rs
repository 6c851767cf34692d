//! Groups of a pool and who is in them.

use crate::error::Result;
use crate::ids::{PoolId, Sub};
use crate::store::db::Conn;
use crate::store::groups::{self, Group};

/// A user's groups, the most important first: by precedence, those without one last, then by name.
pub async fn of_user(db: &mut Conn, pool: &PoolId, sub: &Sub) -> Result<Vec<Group>> {
    groups::of_user(db, pool, sub).await
}

//! Domains as the middleware looks them up: by name, and whether a pool has one.

use super::db::Conn;
use crate::error::Result;
use crate::ids::PoolId;
use crate::{args, statements};

statements! {
    BY_NAME = "SELECT pool_id, custom FROM domains WHERE domain = $1";
    OF_POOL = "SELECT pool_id, custom FROM domains WHERE pool_id = $1";
}

/// Whose a domain is.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Site {
    /// The pool's id.
    pub pool_id: String,
    /// Whether its name is a whole host name rather than a prefix.
    pub custom: bool,
}

/// The pool of a domain's name.
pub async fn by_name(db: &mut Conn, domain: &str) -> Result<Option<Site>> {
    Ok(db.optional(BY_NAME, args![domain]).await?)
}

/// Whether a pool has a domain of any kind.
pub async fn exists(db: &mut Conn, pool: &PoolId) -> Result<bool> {
    let site: Option<Site> = db.optional(OF_POOL, args![pool]).await?;
    Ok(site.is_some())
}

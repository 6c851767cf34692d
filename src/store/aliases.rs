//! What a user can sign in with besides the user name. Uniqueness lives here: one row per value.

use super::db::{DbError, Tx};
use crate::error::{Error, Result};
use crate::ids::{PoolId, Sub};
use crate::{args, statements};

statements! {
    INSERT = "INSERT INTO aliases (pool_id, kind, value_key, sub) VALUES ($1, $2, $3, $4)";
    DELETE = "DELETE FROM aliases WHERE pool_id = $1 AND kind = $2 AND value_key = $3 AND sub = $4";
    HOLDER = "SELECT sub FROM aliases WHERE pool_id = $1 AND kind = $2 AND value_key = $3";
}

/// One way to sign in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AliasKey {
    /// `email`, `phone_number` or `preferred_username`.
    pub kind: &'static str,
    /// The value, folded.
    pub key: String,
}

/// Gives an alias to a user. A unique violation means that somebody has it.
pub async fn insert(
    tx: &mut Tx,
    pool: &PoolId,
    sub: &Sub,
    alias: &AliasKey,
) -> Result<(), DbError> {
    tx.execute(INSERT, args![pool, alias.kind, &alias.key, sub])
        .await
        .map(drop)
}

/// Takes an alias from a user.
pub async fn delete(
    tx: &mut Tx,
    pool: &PoolId,
    sub: &Sub,
    alias: &AliasKey,
) -> Result<(), DbError> {
    tx.execute(DELETE, args![pool, alias.kind, &alias.key, sub])
        .await
        .map(drop)
}

/// Who has an alias.
pub async fn holder(tx: &mut Tx, pool: &PoolId, alias: &AliasKey) -> Result<Option<Sub>> {
    let args = args![pool, alias.kind, &alias.key];
    let row: Option<(String,)> = tx.optional(HOLDER, args).await?;
    row.map(|(sub,)| Sub::parse(sub).map_err(Error::internal))
        .transpose()
}

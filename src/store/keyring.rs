//! The vault's keys, wrapped.

use super::db::{Conn, DbError, Tx};
use crate::time::Timestamp;
use crate::vault::WrappedKey;
use crate::{args, statements};

statements! {
    NEWEST_FIRST = "SELECT id, purpose, wrapped FROM keyring ORDER BY created_ms DESC, id";
    INSERT_UNLESS_THERE = "INSERT INTO keyring (id, purpose, wrapped, created_ms) VALUES ($1, $2, $3, $4) \
                           ON CONFLICT (id) DO NOTHING";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    purpose: String,
    wrapped: String,
}

/// All keys, newest first.
pub async fn all(db: &mut Conn) -> Result<Vec<WrappedKey>, DbError> {
    let rows: Vec<Row> = db.all(NEWEST_FIRST, args![]).await?;
    let wrapped = |row: Row| WrappedKey {
        id: row.id,
        purpose: row.purpose,
        wrapped: row.wrapped,
    };
    Ok(rows.into_iter().map(wrapped).collect())
}

/// Adds a key unless its id is there already: of two servers that start on one empty database the
/// first wins.
pub async fn insert_unless_there(
    tx: &mut Tx,
    key: &WrappedKey,
    at: Timestamp,
) -> Result<(), DbError> {
    tx.execute(
        INSERT_UNLESS_THERE,
        args![&key.id, &key.purpose, &key.wrapped, at],
    )
    .await
    .map(drop)
}

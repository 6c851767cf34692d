//! Signing keys: their ids are reserved with the pool, the sealed key is attached at first use; later
//! ones are announced with it, and take turns (docs/adr/0018).

use super::db::{Conn, DbError, Tx};
use crate::error::{Error, Result};
use crate::ids::PoolId;
use crate::signing::TokenUse;
use crate::time::Timestamp;
use crate::{args, names, statements};

names! {
    /// What a key is for at present. A key that is gone has no row.
    pub enum State {
        Announced = "announced",
        Signing = "signing",
        Retired = "retired",
    }
}

statements! {
    OF_POOL = "SELECT pool_id, kid, token_use, state, sealed, moved_ms FROM signing_keys WHERE pool_id = $1 ORDER BY created_ms, kid";
    BY_KID = "SELECT pool_id, kid, token_use, state, sealed, moved_ms FROM signing_keys WHERE kid = $1";
    RESERVE = "INSERT INTO signing_keys (pool_id, kid, token_use, state, created_ms, moved_ms) VALUES ($1, $2, $3, 'signing', $4, $4)";
    ATTACH = "UPDATE signing_keys SET sealed = $3, moved_ms = $4 WHERE pool_id = $1 AND kid = $2 AND sealed IS NULL";
    /// The unique index lets one announced key of a kind in.
    ANNOUNCE = "INSERT INTO signing_keys (pool_id, kid, token_use, state, sealed, created_ms, moved_ms) \
                VALUES ($1, $2, $3, 'announced', $4, $5, $5) ON CONFLICT DO NOTHING";
    RETIRE = "UPDATE signing_keys SET state = 'retired', moved_ms = $2 WHERE pool_id = $1 AND state = 'signing' \
              AND EXISTS (SELECT kid FROM signing_keys AS next WHERE next.pool_id = $1 \
              AND next.token_use = signing_keys.token_use AND next.state = 'announced' AND next.moved_ms <= $3) \
              RETURNING kid";
    SIGN = "UPDATE signing_keys SET state = 'signing', moved_ms = $2 \
            WHERE pool_id = $1 AND state = 'announced' AND moved_ms <= $3 RETURNING kid";
    REMOVE = "DELETE FROM signing_keys WHERE pool_id = $1 AND state = 'retired' AND moved_ms <= $2 RETURNING kid";
    DUE = "SELECT pool_id FROM signing_keys WHERE state IN ('announced', 'retired') AND moved_ms <= $1 \
           GROUP BY pool_id ORDER BY MIN(moved_ms) LIMIT $2";
    OLD = "SELECT pool_id FROM signing_keys WHERE state = 'signing' AND sealed IS NOT NULL AND moved_ms <= $1 \
           AND NOT EXISTS (SELECT kid FROM signing_keys AS next WHERE next.pool_id = signing_keys.pool_id \
           AND next.state = 'announced') GROUP BY pool_id ORDER BY MIN(moved_ms) LIMIT $2";
}

/// A key's row. It opens with `Place { table: "signing_keys", column: "sealed", row:
/// "{pool_id}/{kid}" }`.
#[derive(Clone, Debug)]
pub struct SealedKey {
    /// The pool.
    pub pool: PoolId,
    /// The key's id.
    pub kid: String,
    /// What it signs.
    pub token_use: TokenUse,
    /// What it is for at present.
    pub state: State,
    /// The PKCS#8 document, sealed; none until the key is first needed.
    pub sealed: Option<String>,
    /// Since when it is in its state.
    pub moved: Timestamp,
}

/// A key that is announced.
#[derive(Clone, Copy, Debug)]
pub struct Announced<'a> {
    /// The key's id.
    pub kid: &'a str,
    /// What it will sign.
    pub token_use: TokenUse,
    /// The PKCS#8 document, sealed.
    pub sealed: &'a str,
}

#[derive(sqlx::FromRow)]
struct Row {
    pool_id: String,
    kid: String,
    token_use: String,
    state: String,
    sealed: Option<String>,
    moved_ms: i64,
}

impl TryFrom<Row> for SealedKey {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            pool: PoolId::parse(row.pool_id).map_err(Error::internal)?,
            kid: row.kid,
            token_use: TokenUse::try_from(row.token_use).map_err(Error::internal)?,
            state: State::try_from(row.state).map_err(Error::internal)?,
            sealed: row.sealed,
            moved: Timestamp::from_ms(row.moved_ms),
        })
    }
}

/// The keys of a pool, oldest first.
pub async fn of_pool(db: &mut Conn, pool: &PoolId) -> Result<Vec<SealedKey>> {
    let rows: Vec<Row> = db.all(OF_POOL, args![pool]).await?;
    rows.into_iter().map(SealedKey::try_from).collect()
}

/// The key of an id.
pub async fn by_kid(db: &mut Conn, kid: &str) -> Result<Option<SealedKey>> {
    let row: Option<Row> = db.optional(BY_KID, args![kid]).await?;
    row.map(SealedKey::try_from).transpose()
}

/// Reserves the id of a pool's first key.
pub async fn reserve(
    tx: &mut Tx,
    pool: &PoolId,
    kid: &str,
    token_use: TokenUse,
    now: Timestamp,
) -> Result<(), DbError> {
    let args = args![pool, kid, token_use.as_str(), now];
    tx.execute(RESERVE, args).await.map(drop)
}

/// Attaches a sealed key to its id; false when another one was faster.
pub async fn attach(
    tx: &mut Tx,
    (pool, kid): (&PoolId, &str),
    sealed: &str,
    now: Timestamp,
) -> Result<bool, DbError> {
    let changed = tx.execute(ATTACH, args![pool, kid, sealed, now]).await?;
    Ok(changed == 1)
}

/// Announces the key that will sign next; false when one is announced already.
pub async fn announce(
    tx: &mut Tx,
    pool: &PoolId,
    key: Announced<'_>,
    now: Timestamp,
) -> Result<bool, DbError> {
    let args = args![pool, key.kid, key.token_use.as_str(), key.sealed, now];
    tx.execute(ANNOUNCE, args).await.map(|rows| rows == 1)
}

/// Retires the keys whose successors were announced by `announced`; gives their ids.
pub async fn retire(
    tx: &mut Tx,
    pool: &PoolId,
    now: Timestamp,
    announced: Timestamp,
) -> Result<Vec<String>, DbError> {
    kids(tx.all(RETIRE, args![pool, now, announced]).await)
}

/// Lets the keys sign that were announced by `announced`; gives their ids. Those that signed must
/// have been retired.
pub async fn sign(
    tx: &mut Tx,
    pool: &PoolId,
    now: Timestamp,
    announced: Timestamp,
) -> Result<Vec<String>, DbError> {
    kids(tx.all(SIGN, args![pool, now, announced]).await)
}

/// Removes the keys that were retired by `retired`; gives their ids.
pub async fn remove(
    tx: &mut Tx,
    pool: &PoolId,
    retired: Timestamp,
) -> Result<Vec<String>, DbError> {
    kids(tx.all(REMOVE, args![pool, retired]).await)
}

/// Pools with a key that has been announced or retired since `since` or longer, at most `most`.
pub async fn due(db: &mut Conn, since: Timestamp, most: i64) -> Result<Vec<PoolId>> {
    pools(db.all(DUE, args![since, most]).await)
}

/// Pools whose keys have signed since `since` or longer and have no successors, at most `most`.
pub async fn old(db: &mut Conn, since: Timestamp, most: i64) -> Result<Vec<PoolId>> {
    pools(db.all(OLD, args![since, most]).await)
}

fn kids(rows: Result<Vec<(String,)>, DbError>) -> Result<Vec<String>, DbError> {
    Ok(rows?.into_iter().map(|(kid,)| kid).collect())
}

fn pools(rows: Result<Vec<(String,)>, DbError>) -> Result<Vec<PoolId>> {
    let rows = rows?.into_iter();
    rows.map(|(id,)| PoolId::parse(id).map_err(Error::internal))
        .collect()
}

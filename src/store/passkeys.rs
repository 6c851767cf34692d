//! Passkeys of users, and registrations that wait for theirs.

use super::db::{Conn, DbError, Tx};
use crate::error::{Error, Result};
use crate::ids::{ClientId, PoolId, Sub};
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    BY_ID = "SELECT credential_id, sub, rp_id, public_key, sign_count, aaguid, attachment, transports, created_ms \
             FROM webauthn_credentials WHERE pool_id = $1 AND credential_id = $2";
    OF_USER = "SELECT credential_id, sub, rp_id, public_key, sign_count, aaguid, attachment, transports, created_ms \
               FROM webauthn_credentials WHERE pool_id = $1 AND sub = $2 ORDER BY created_ms, credential_id";
    PAGE = "SELECT credential_id, sub, rp_id, public_key, sign_count, aaguid, attachment, transports, created_ms \
            FROM webauthn_credentials WHERE pool_id = $1 AND sub = $2 \
            AND (created_ms > $3 OR (created_ms = $3 AND credential_id > $4)) \
            ORDER BY created_ms, credential_id LIMIT $5";
    /// Counts and inserts in one statement; the user's row is locked around it.
    INSERT = "INSERT INTO webauthn_credentials (pool_id, credential_id, sub, rp_id, public_key, sign_count, aaguid, \
              attachment, transports, created_ms) \
              SELECT $1, $2, $3, $4, $5, CAST($6 AS BIGINT), $7, $8, $9, CAST($10 AS BIGINT) \
              WHERE (SELECT COUNT(*) FROM webauthn_credentials WHERE pool_id = $1 AND sub = $3) < CAST($11 AS BIGINT)";
    /// One statement judges the counter and remembers it: of two signatures with one counter, one wins.
    USE = "UPDATE webauthn_credentials SET sign_count = $4 WHERE pool_id = $1 AND credential_id = $2 AND sub = $3 \
           AND (sign_count < $4 OR (sign_count = 0 AND CAST($4 AS BIGINT) = 0))";
    DELETE = "DELETE FROM webauthn_credentials WHERE pool_id = $1 AND sub = $2 AND credential_id = $3";
    BEGIN = "INSERT INTO webauthn_registrations (pool_id, sub, challenge, client_id, rp_id, expires_ms) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (pool_id, sub) DO UPDATE SET \
             challenge = $3, client_id = $4, rp_id = $5, expires_ms = $6";
    BEGUN = "SELECT challenge, client_id, rp_id, expires_ms FROM webauthn_registrations \
             WHERE pool_id = $1 AND sub = $2";
    END = "DELETE FROM webauthn_registrations WHERE pool_id = $1 AND sub = $2 AND challenge = $3";
    PRUNE = "DELETE FROM webauthn_registrations WHERE (pool_id, sub) IN \
             (SELECT pool_id, sub FROM webauthn_registrations WHERE expires_ms <= $1 LIMIT $2)";
}

/// A passkey.
#[derive(Clone, Debug)]
pub struct Passkey {
    /// The credential id, base64url.
    pub id: String,
    /// Whose.
    pub sub: Sub,
    /// The relying party it was made for.
    pub rp_id: String,
    /// The public key as COSE has it, base64url.
    pub public_key: String,
    /// The counter of the last signature.
    pub sign_count: i64,
    /// The authenticator's make, in hexadecimal; nothing proves it.
    pub aaguid: String,
    /// `platform` or `cross-platform`, where the browser said so.
    pub attachment: Option<String>,
    /// How the authenticator can be reached.
    pub transports: Vec<String>,
    /// When it was registered.
    pub created: Timestamp,
}

/// A registration that waits for its passkey.
#[derive(Clone, Debug)]
pub struct Registration {
    /// What the authenticator has to sign, base64url.
    pub challenge: String,
    /// The client that began it.
    pub client: ClientId,
    /// The relying party.
    pub rp_id: String,
    /// When it is over.
    pub expires: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    credential_id: String,
    sub: String,
    rp_id: String,
    public_key: String,
    sign_count: i64,
    aaguid: String,
    attachment: Option<String>,
    transports: String,
    created_ms: i64,
}

impl TryFrom<Row> for Passkey {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.credential_id,
            sub: Sub::parse(row.sub).map_err(Error::internal)?,
            rp_id: row.rp_id,
            public_key: row.public_key,
            sign_count: row.sign_count,
            aaguid: row.aaguid,
            attachment: row.attachment,
            transports: serde_json::from_str(&row.transports).map_err(Error::internal)?,
            created: Timestamp::from_ms(row.created_ms),
        })
    }
}

#[derive(sqlx::FromRow)]
struct Begun {
    challenge: String,
    client_id: String,
    rp_id: String,
    expires_ms: i64,
}

/// The passkey of an id.
pub async fn find(db: &mut Conn, pool: &PoolId, id: &str) -> Result<Option<Passkey>> {
    let row: Option<Row> = db.optional(BY_ID, args![pool, id]).await?;
    row.map(Passkey::try_from).transpose()
}

/// All passkeys of a user, the oldest first.
pub async fn of_user(db: &mut Conn, pool: &PoolId, sub: &Sub) -> Result<Vec<Passkey>> {
    let rows: Vec<Row> = db.all(OF_USER, args![pool, sub]).await?;
    rows.into_iter().map(Passkey::try_from).collect()
}

/// The passkeys of a user after one of them (when it was made, its id), at most `count`.
pub async fn page(
    db: &mut Conn,
    pool: &PoolId,
    sub: &Sub,
    (after, count): (Option<(i64, String)>, i64),
) -> Result<Vec<Passkey>> {
    let (at, id) = after.unwrap_or((i64::MIN, String::new()));
    let rows: Vec<Row> = db.all(PAGE, args![pool, sub, at, id, count]).await?;
    rows.into_iter().map(Passkey::try_from).collect()
}

/// Adds a passkey unless its user has `most` already; says whether it was added. A unique violation
/// means that somebody in the pool has it.
pub async fn insert(
    tx: &mut Tx,
    pool: &PoolId,
    passkey: &Passkey,
    most: i64,
) -> Result<bool, DbError> {
    let transports = super::db::encoded(&passkey.transports)?;
    let args = args![
        pool,
        &passkey.id,
        &passkey.sub,
        &passkey.rp_id,
        &passkey.public_key,
        passkey.sign_count,
        &passkey.aaguid,
        passkey.attachment.as_deref(),
        transports,
        passkey.created,
        most
    ];
    Ok(tx.execute(INSERT, args).await? == 1)
}

/// Remembers the counter of a signature; false when the passkey is gone, or when the counter did
/// not rise.
pub async fn use_count(
    tx: &mut Tx,
    pool: &PoolId,
    sub: &Sub,
    (id, count): (&str, i64),
) -> Result<bool, DbError> {
    Ok(tx.execute(USE, args![pool, id, sub, count]).await? == 1)
}

/// Deletes a passkey of a user; says whether there was one.
pub async fn delete(tx: &mut Tx, pool: &PoolId, sub: &Sub, id: &str) -> Result<bool, DbError> {
    Ok(tx.execute(DELETE, args![pool, sub, id]).await? == 1)
}

/// Begins a registration in place of the user's last one.
pub async fn begin(
    tx: &mut Tx,
    pool: &PoolId,
    sub: &Sub,
    begun: &Registration,
) -> Result<(), DbError> {
    let args = args![
        pool,
        sub,
        &begun.challenge,
        &begun.client,
        &begun.rp_id,
        begun.expires
    ];
    tx.execute(BEGIN, args).await.map(drop)
}

/// The registration of a user.
pub async fn begun(db: &mut Conn, pool: &PoolId, sub: &Sub) -> Result<Option<Registration>> {
    let row: Option<Begun> = db.optional(BEGUN, args![pool, sub]).await?;
    row.map(|row| {
        Ok(Registration {
            challenge: row.challenge,
            client: ClientId::parse(row.client_id).map_err(Error::internal)?,
            rp_id: row.rp_id,
            expires: Timestamp::from_ms(row.expires_ms),
        })
    })
    .transpose()
}

/// Ends a registration: true for one of all who have its challenge.
pub async fn end(tx: &mut Tx, pool: &PoolId, sub: &Sub, challenge: &str) -> Result<bool, DbError> {
    Ok(tx.execute(END, args![pool, sub, challenge]).await? == 1)
}

/// Forgets registrations that are over, at most `most`; says how many.
pub async fn prune(tx: &mut Tx, now: Timestamp, most: i64) -> Result<u64, DbError> {
    tx.execute(PRUNE, args![now, most]).await
}

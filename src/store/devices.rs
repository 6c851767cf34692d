//! Devices that users registered.

use super::db::{Conn, DbError, Tx};
use crate::error::{Error, Result};
use crate::ids::{DeviceKey, PoolId, Sub};
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    BY_KEY = "SELECT device_key, name, srp, remembered, last_ip, created_ms, modified_ms, authenticated_ms FROM devices \
              WHERE pool_id = $1 AND sub = $2 AND device_key = $3";
    PAGE = "SELECT device_key, name, srp, remembered, last_ip, created_ms, modified_ms, authenticated_ms FROM devices \
            WHERE pool_id = $1 AND sub = $2 AND device_key > $3 ORDER BY device_key LIMIT $4";
    INSERT = "INSERT INTO devices (pool_id, sub, device_key, name, srp, remembered, last_ip, created_ms, modified_ms, authenticated_ms) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    SET_REMEMBERED = "UPDATE devices SET remembered = $4, modified_ms = $5 WHERE pool_id = $1 AND sub = $2 AND device_key = $3";
    /// Only the device whose secret was proven, and only while it is remembered.
    AUTHENTICATED = "UPDATE devices SET last_ip = $5, authenticated_ms = $6 \
                     WHERE pool_id = $1 AND sub = $2 AND device_key = $3 AND srp = $4 AND remembered = TRUE";
    LEAVE_TICKET = "UPDATE devices SET ticket = $4, ticket_nonce = $5, ticket_ms = $6 \
                    WHERE pool_id = $1 AND sub = $2 AND device_key = $3";
    TAKE_TICKET = "UPDATE devices SET ticket = NULL \
                   WHERE pool_id = $1 AND sub = $2 AND device_key = $3 AND ticket = $4 AND ticket_ms >= $5 \
                   RETURNING ticket_nonce";
    /// Takes the row, so that forgetting waits.
    HOLD = "UPDATE devices SET remembered = remembered \
            WHERE pool_id = $1 AND sub = $2 AND device_key = $3 AND remembered = TRUE";
    /// The same, remembered or not.
    HOLD_ANY = "UPDATE devices SET remembered = remembered WHERE pool_id = $1 AND sub = $2 AND device_key = $3";
    DELETE = "DELETE FROM devices WHERE pool_id = $1 AND sub = $2 AND device_key = $3";
}

/// A registered device. Its secret's verifier opens with `Place { table: "devices", column: "srp",
/// row: "{pool_id}/{sub}/{device_key}" }`.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its key.
    pub key: DeviceKey,
    /// What the app calls it.
    pub name: Option<String>,
    /// Salt and verifier of its secret, sealed.
    pub srp: Option<String>,
    /// Whether it may prove itself at sign-in.
    pub remembered: bool,
    /// The address that it was last seen at.
    pub last_ip: Option<String>,
    /// When it was registered.
    pub created: Timestamp,
    /// When its status last changed.
    pub modified: Timestamp,
    /// When its user last signed in with it.
    pub authenticated: Timestamp,
}

/// What an app may send in place of the session that asked for a device.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// Its keyed hash.
    pub hash: String,
    /// The nonce of that session.
    pub nonce: String,
    /// When both end.
    pub expires: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    device_key: String,
    name: Option<String>,
    srp: Option<String>,
    remembered: bool,
    last_ip: Option<String>,
    created_ms: i64,
    modified_ms: i64,
    authenticated_ms: i64,
}

impl TryFrom<Row> for Device {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            key: DeviceKey::parse(row.device_key).map_err(Error::internal)?,
            name: row.name,
            srp: row.srp,
            remembered: row.remembered,
            last_ip: row.last_ip,
            created: Timestamp::from_ms(row.created_ms),
            modified: Timestamp::from_ms(row.modified_ms),
            authenticated: Timestamp::from_ms(row.authenticated_ms),
        })
    }
}

/// A user's device.
pub async fn find(
    db: &mut Conn,
    pool: &PoolId,
    sub: &Sub,
    key: &DeviceKey,
) -> Result<Option<Device>> {
    let row: Option<Row> = db.optional(BY_KEY, args![pool, sub, key]).await?;
    row.map(Device::try_from).transpose()
}

/// Up to `limit` devices of a user, by key, after the one named.
pub async fn page(
    db: &mut Conn,
    (pool, sub): (&PoolId, &Sub),
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Device>> {
    let args = args![pool, sub, after.unwrap_or_default(), limit];
    let rows: Vec<Row> = db.all(PAGE, args).await?;
    rows.into_iter().map(Device::try_from).collect()
}

/// Registers a device. A unique violation means that the user has it already, an orphan that the
/// user is gone.
pub async fn insert(tx: &mut Tx, pool: &PoolId, sub: &Sub, device: &Device) -> Result<(), DbError> {
    let args = args![
        pool,
        sub,
        &device.key,
        device.name.as_deref(),
        device.srp.as_deref(),
        device.remembered,
        device.last_ip.as_deref(),
        device.created,
        device.modified,
        device.authenticated
    ];
    tx.execute(INSERT, args).await.map(drop)
}

/// Remembers a device, or does so no more; says whether there is one.
pub async fn set_remembered(
    tx: &mut Tx,
    (pool, sub): (&PoolId, &Sub),
    key: &DeviceKey,
    remembered: bool,
    now: Timestamp,
) -> Result<bool, DbError> {
    let args = args![pool, sub, key, remembered, now];
    Ok(tx.execute(SET_REMEMBERED, args).await? == 1)
}

/// Notes that a device proved its secret; false when it is gone, registered anew, or remembered no
/// more.
pub async fn authenticated(
    tx: &mut Tx,
    (pool, sub): (&PoolId, &Sub),
    (key, srp): (&DeviceKey, &str),
    ip: Option<&str>,
    now: Timestamp,
) -> Result<bool, DbError> {
    let args = args![pool, sub, key, srp, ip, now];
    Ok(tx.execute(AUTHENTICATED, args).await? == 1)
}

/// Holds a device until the transaction ends; false when it is gone or remembered no more.
pub async fn hold(
    tx: &mut Tx,
    (pool, sub): (&PoolId, &Sub),
    key: &DeviceKey,
) -> Result<bool, DbError> {
    Ok(tx.execute(HOLD, args![pool, sub, key]).await? == 1)
}

/// Holds a device until the transaction ends, remembered or not; false when it is gone.
pub async fn hold_any(
    tx: &mut Tx,
    (pool, sub): (&PoolId, &Sub),
    key: &DeviceKey,
) -> Result<bool, DbError> {
    Ok(tx.execute(HOLD_ANY, args![pool, sub, key]).await? == 1)
}

/// Removes a device; says whether it was there.
pub async fn delete(
    tx: &mut Tx,
    pool: &PoolId,
    sub: &Sub,
    key: &DeviceKey,
) -> Result<bool, DbError> {
    Ok(tx.execute(DELETE, args![pool, sub, key]).await? == 1)
}

/// Remembers a ticket in place of the last one.
pub async fn leave_ticket(
    tx: &mut Tx,
    (pool, sub): (&PoolId, &Sub),
    key: &DeviceKey,
    ticket: &Ticket,
) -> Result<(), DbError> {
    let (hash, nonce) = (ticket.hash.as_str(), ticket.nonce.as_str());
    let args = args![pool, sub, key, hash, nonce, ticket.expires];
    tx.execute(LEAVE_TICKET, args).await.map(drop)
}

/// Uses up a ticket; gives the nonce of the session that it stands for.
pub async fn take_ticket(
    tx: &mut Tx,
    (pool, sub): (&PoolId, &Sub),
    (key, hash): (&DeviceKey, &str),
    now: Timestamp,
) -> Result<Option<String>, DbError> {
    let args = args![pool, sub, key, hash, now];
    let row: Option<(Option<String>,)> = tx.optional(TAKE_TICKET, args).await?;
    Ok(row.and_then(|(nonce,)| nonce))
}

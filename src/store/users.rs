//! Users: the row, its look-ups by name, alias and sub.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::db::{Conn, DbError, Tx, encoded};
use crate::error::{Error, Result};
use crate::ids::{PoolId, Sub};
use crate::time::Timestamp;
use crate::{args, names, statements};

statements! {
    BY_SUB = "SELECT pool_id, sub, username, username_key, status, enabled, attributes, created_ms, modified_ms, \
              auth_epoch, tokens_valid_from_ms, mfa, version FROM users WHERE pool_id = $1 AND sub = $2";
    BY_KEY = "SELECT pool_id, sub, username, username_key, status, enabled, attributes, created_ms, modified_ms, \
              auth_epoch, tokens_valid_from_ms, mfa, version FROM users WHERE pool_id = $1 AND username_key = $2";
    /// Everything that a text may name, best first, in one statement: whether and how it hits shows
    /// in nothing but the row.
    FIND = "SELECT pool_id, sub, username, username_key, status, enabled, attributes, created_ms, modified_ms, \
            auth_epoch, tokens_valid_from_ms, mfa, version FROM ( \
              SELECT 1 AS place, u.pool_id, u.sub, u.username, u.username_key, u.status, u.enabled, u.attributes, u.created_ms, \
              u.modified_ms, u.auth_epoch, u.tokens_valid_from_ms, u.mfa, u.version FROM users u WHERE u.pool_id = $1 AND u.sub = $2 \
              UNION ALL SELECT 2, u.pool_id, u.sub, u.username, u.username_key, u.status, u.enabled, u.attributes, u.created_ms, \
              u.modified_ms, u.auth_epoch, u.tokens_valid_from_ms, u.mfa, u.version \
              FROM aliases a JOIN users u ON u.pool_id = a.pool_id AND u.sub = a.sub \
              WHERE a.pool_id = $1 AND a.kind = $3 AND a.value_key = $5 \
              UNION ALL SELECT 3, u.pool_id, u.sub, u.username, u.username_key, u.status, u.enabled, u.attributes, u.created_ms, \
              u.modified_ms, u.auth_epoch, u.tokens_valid_from_ms, u.mfa, u.version FROM users u WHERE u.pool_id = $1 AND u.username_key = $5 \
              UNION ALL SELECT 4, u.pool_id, u.sub, u.username, u.username_key, u.status, u.enabled, u.attributes, u.created_ms, \
              u.modified_ms, u.auth_epoch, u.tokens_valid_from_ms, u.mfa, u.version \
              FROM aliases a JOIN users u ON u.pool_id = a.pool_id AND u.sub = a.sub \
              WHERE a.pool_id = $1 AND a.kind = $4 AND a.value_key = $5 \
            ) AS found ORDER BY place LIMIT 1";
    LOCK = "UPDATE users SET version = version + 1 WHERE pool_id = $1 AND sub = $2 \
            RETURNING pool_id, sub, username, username_key, status, enabled, attributes, created_ms, modified_ms, \
            auth_epoch, tokens_valid_from_ms, mfa, version";
    INSERT = "INSERT INTO users (pool_id, sub, username, username_key, status, enabled, attributes, created_ms, \
              modified_ms, auth_epoch, tokens_valid_from_ms, mfa, version) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    SAVE = "UPDATE users SET status = $3, enabled = $4, attributes = $5, modified_ms = $6, auth_epoch = $7, \
            tokens_valid_from_ms = $8, mfa = $9 WHERE pool_id = $1 AND sub = $2 AND version = $10";
    DELETE = "DELETE FROM users WHERE pool_id = $1 AND sub = $2";
}

names! {
    /// Where a user is in its life (api.md 4.5).
    pub enum Status {
        Unconfirmed = "UNCONFIRMED",
        Confirmed = "CONFIRMED",
        ExternalProvider = "EXTERNAL_PROVIDER",
        ResetRequired = "RESET_REQUIRED",
        ForceChangePassword = "FORCE_CHANGE_PASSWORD",
    }
}

names! {
    /// A second factor, by the name of its challenge.
    pub enum Factor {
        Sms = "SMS_MFA",
        SoftwareToken = "SOFTWARE_TOKEN_MFA",
        Email = "EMAIL_OTP",
    }
}

/// Which second factors a user has turned on (SetUserMFAPreference).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mfa {
    /// In the order in which they are listed.
    pub enabled: BTreeSet<Factor>,
    /// The one that is asked for when there are several.
    pub preferred: Option<Factor>,
    /// Whether `MFAOptions` shows text messages (SetUserSettings).
    pub options: bool,
    /// Whether signing in with a passkey that recognises the user is as good as two factors.
    #[serde(default)]
    pub passkeys: bool,
}

/// Attribute names and values in name order; `sub` is not among them.
pub type Attributes = BTreeMap<String, String>;

/// A user.
#[derive(Clone, Debug)]
pub struct User {
    /// The pool.
    pub pool: PoolId,
    /// The immutable id.
    pub sub: Sub,
    /// The user name as given at creation (the sub in pools with UsernameAttributes).
    pub username: String,
    /// The user name folded for comparison.
    pub username_key: String,
    /// Where the user is in its life.
    pub status: Status,
    /// Whether the user may sign in at all.
    pub enabled: bool,
    /// Attributes, without `sub`.
    pub attributes: Attributes,
    /// When the user was made.
    pub created: Timestamp,
    /// When the user last changed.
    pub modified: Timestamp,
    /// Raised by everything that ends sign-ins in progress.
    pub auth_epoch: i64,
    /// Tokens issued before this point are revoked.
    pub tokens_valid_from: Timestamp,
    /// The second factors.
    pub mfa: Mfa,
    /// Raised by every change.
    pub version: i64,
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pool_id: String,
    sub: String,
    username: String,
    username_key: String,
    status: String,
    enabled: bool,
    attributes: String,
    created_ms: i64,
    modified_ms: i64,
    auth_epoch: i64,
    tokens_valid_from_ms: i64,
    mfa: Option<String>,
    version: i64,
}

impl TryFrom<Row> for User {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            pool: PoolId::parse(row.pool_id).map_err(Error::internal)?,
            sub: Sub::parse(row.sub).map_err(Error::internal)?,
            username: row.username,
            username_key: row.username_key,
            status: Status::try_from(row.status).map_err(Error::internal)?,
            enabled: row.enabled,
            attributes: serde_json::from_str(&row.attributes).map_err(Error::internal)?,
            created: Timestamp::from_ms(row.created_ms),
            modified: Timestamp::from_ms(row.modified_ms),
            auth_epoch: row.auth_epoch,
            tokens_valid_from: Timestamp::from_ms(row.tokens_valid_from_ms),
            mfa: match row.mfa {
                Some(mfa) => serde_json::from_str(&mfa).map_err(Error::internal)?,
                None => Mfa::default(),
            },
            version: row.version,
        })
    }
}

/// The user of a sub.
pub async fn by_sub(db: &mut Conn, pool: &PoolId, sub: &Sub) -> Result<Option<User>> {
    let row: Option<Row> = db.optional(BY_SUB, args![pool, sub]).await?;
    row.map(User::try_from).transpose()
}

/// What a text may name.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// A `sub`.
    pub sub: Option<&'a Sub>,
    /// A contact: `email` or `phone_number`.
    pub contact: Option<&'a str>,
    /// A further alias: `preferred_username`.
    pub alias: Option<&'a str>,
    /// The text folded; it may be a user name too.
    pub key: &'a str,
}

/// The user whom a text names: by `sub`, contact, user name or alias, in this order.
pub async fn find(db: &mut Conn, pool: &PoolId, named: Named<'_>) -> Result<Option<User>> {
    // What a text can be is seen without looking who there is: most can only be user names.
    let only_name = named.sub.is_none() && named.contact.is_none() && named.alias.is_none();
    let row: Option<Row> = if only_name {
        db.optional(BY_KEY, args![pool, named.key]).await?
    } else {
        let args = args![pool, named.sub, named.contact, named.alias, named.key];
        db.optional(FIND, args).await?
    };
    row.map(User::try_from).transpose()
}

/// The user of a sub as the last committed write left it, locked until the transaction ends: no
/// other write can come between this and [`save`]. Raises the version.
pub async fn lock(tx: &mut Tx, pool: &PoolId, sub: &Sub) -> Result<Option<User>> {
    let row: Option<Row> = tx.optional(LOCK, args![pool, sub]).await?;
    row.map(User::try_from).transpose()
}

/// Adds a user. A unique violation means that the user name is taken.
pub async fn insert(tx: &mut Tx, user: &User) -> Result<(), DbError> {
    let args = args![
        &user.pool,
        &user.sub,
        &user.username,
        &user.username_key,
        user.status.as_str(),
        user.enabled,
        encode(&user.attributes),
        user.created,
        user.modified,
        user.auth_epoch,
        user.tokens_valid_from,
        mfa(user)?,
        user.version
    ];
    tx.execute(INSERT, args).await.map(drop)
}

/// Writes what can change of a user; says whether the row still had the version of `user`.
pub async fn save(tx: &mut Tx, user: &User) -> Result<bool, DbError> {
    let args = args![
        &user.pool,
        &user.sub,
        user.status.as_str(),
        user.enabled,
        encode(&user.attributes),
        user.modified,
        user.auth_epoch,
        user.tokens_valid_from,
        mfa(user)?,
        user.version
    ];
    Ok(tx.execute(SAVE, args).await? == 1)
}

/// Removes a user with everything that hangs off the row; says whether there was one.
pub async fn delete(tx: &mut Tx, pool: &PoolId, sub: &Sub) -> Result<bool, DbError> {
    Ok(tx.execute(DELETE, args![pool, sub]).await? == 1)
}

/// The document of the `mfa` column: NULL while nothing is set.
fn mfa(user: &User) -> Result<Option<String>, DbError> {
    let set = user.mfa != Mfa::default();
    set.then(|| encoded(&user.mfa)).transpose()
}

fn encode(attributes: &Attributes) -> String {
    serde_json::Value::from_iter(attributes.clone()).to_string()
}

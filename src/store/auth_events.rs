//! What happened to users' accounts, in pools with threat protection.

use super::db::{Conn, DbError, Tx};
use crate::error::{Error, Result};
use crate::ids::{ClientId, PoolId, Sub, Uuid};
use crate::names;
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    /// A sign-in's later steps change its row; what they do not know stays.
    PUT = "INSERT INTO auth_events (pool_id, sub, event_id, kind, client_id, response, decision, level, compromised, \
           password, mfa, ip, device, device_hash, timezone, created_ms) \
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
           ON CONFLICT (pool_id, sub, event_id) DO UPDATE SET response = $6, \
           decision = COALESCE($7, auth_events.decision), level = COALESCE($8, auth_events.level), \
           compromised = COALESCE($9, auth_events.compromised), password = COALESCE($10, auth_events.password), \
           mfa = COALESCE($11, auth_events.mfa)";
    /// Keeps the newest few failures of a user: anybody can make those.
    TRIM = "DELETE FROM auth_events WHERE pool_id = $1 AND sub = $2 AND response = 'Fail' AND created_ms <= \
            (SELECT created_ms FROM auth_events WHERE pool_id = $1 AND sub = $2 AND response = 'Fail' \
             ORDER BY created_ms DESC, event_id DESC LIMIT 1 OFFSET $3)";
    GOOD = "SELECT ip, device_hash FROM auth_events WHERE pool_id = $1 AND sub = $2 AND kind = 'SignIn' \
            AND (response = 'Pass' AND feedback IS NULL OR feedback = 'Valid') \
            ORDER BY created_ms DESC, event_id DESC LIMIT $3";
    FAILURES = "SELECT COUNT(*) FROM auth_events WHERE pool_id = $1 AND sub = $2 AND kind = 'SignIn' \
                AND response = 'Fail' AND decision = 'NoRisk' AND feedback IS NULL AND created_ms > $3";
    PAGE = "SELECT event_id, kind, response, decision, level, compromised, password, mfa, ip, device, timezone, created_ms, \
            feedback, feedback_by, feedback_ms FROM auth_events WHERE pool_id = $1 AND sub = $2 \
            AND (created_ms < $3 OR created_ms = $3 AND event_id < $4) ORDER BY created_ms DESC, event_id DESC LIMIT $5";
    FEEDBACK = "UPDATE auth_events SET feedback = $4, feedback_by = $5, feedback_ms = $6 \
                WHERE pool_id = $1 AND sub = $2 AND event_id = $3";
    FORGET_USER = "DELETE FROM auth_events WHERE pool_id = $1 AND sub = $2";
    PRUNE = "DELETE FROM auth_events WHERE (pool_id, sub, event_id) IN \
             (SELECT pool_id, sub, event_id FROM auth_events WHERE created_ms <= $1 LIMIT $2)";
}

names! {
    /// `EventType`.
    pub enum Kind {
        SignIn = "SignIn", SignUp = "SignUp", ForgotPassword = "ForgotPassword",
        PasswordChange = "PasswordChange", ResendCode = "ResendCode",
    }

    /// `EventResponse`.
    pub enum Response { Pass = "Pass", Fail = "Fail", InProgress = "InProgress" }

    /// `RiskDecision`.
    pub enum Decision { NoRisk = "NoRisk", AccountTakeover = "AccountTakeover", Block = "Block" }

    /// `RiskLevel`.
    pub enum Level { Low = "Low", Medium = "Medium", High = "High" }

    /// `ChallengeResponse`.
    pub enum Answered { Success = "Success", Failure = "Failure" }

    /// `FeedbackValue`.
    pub enum Feedback { Valid = "Valid", Invalid = "Invalid" }
}

/// Where a request came from, as far as it is known.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The user's address.
    pub ip: Option<String>,
    /// What the device is called.
    pub device: Option<String>,
    /// The keyed hash of what tells it from others.
    pub device_hash: Option<String>,
    /// The user's time zone, as the app said it.
    pub timezone: Option<String>,
}

/// An event as it is written.
#[derive(Clone, Debug)]
pub struct NewEvent<'a> {
    /// The pool.
    pub pool: &'a PoolId,
    /// The user, or a phantom.
    pub sub: &'a Sub,
    /// Its id.
    pub id: &'a Uuid,
    /// What it is.
    pub kind: Kind,
    /// The client.
    pub client: Option<&'a ClientId>,
    /// How it ended, so far.
    pub response: Response,
    /// What the risk led to.
    pub decision: Option<Decision>,
    /// How great it was.
    pub level: Option<Level>,
    /// Whether the password is a compromised one.
    pub compromised: Option<bool>,
    /// How the first factor was answered.
    pub password: Option<Answered>,
    /// How the second factor was answered.
    pub mfa: Option<Answered>,
    /// From where.
    pub origin: &'a Origin,
    /// When.
    pub at: Timestamp,
}

/// An event of a list.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// How it ended, so far.
    pub response: Response,
    /// What the risk led to.
    pub decision: Option<Decision>,
    /// How great it was.
    pub level: Option<Level>,
    /// Whether the password is a compromised one.
    pub compromised: bool,
    /// How the first factor was answered.
    pub password: Option<Answered>,
    /// How the second factor was answered.
    pub mfa: Option<Answered>,
    /// From where.
    pub origin: Origin,
    /// When.
    pub created: Timestamp,
    /// What was said about it, by whom, and when.
    pub feedback: Option<(Feedback, String, Timestamp)>,
}

/// From where a good sign-in came.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Past {
    /// The address.
    pub ip: Option<String>,
    /// The keyed hash of what tells the device from others.
    pub device_hash: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    event_id: String,
    kind: String,
    response: String,
    decision: Option<String>,
    level: Option<String>,
    compromised: Option<bool>,
    password: Option<String>,
    mfa: Option<String>,
    ip: Option<String>,
    device: Option<String>,
    timezone: Option<String>,
    created_ms: i64,
    feedback: Option<String>,
    feedback_by: Option<String>,
    feedback_ms: Option<i64>,
}

fn named<T: TryFrom<String, Error = crate::settings::UnknownName>>(
    name: Option<String>,
) -> Result<Option<T>> {
    name.map(T::try_from).transpose().map_err(Error::internal)
}

impl TryFrom<Row> for Event {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        let said: Option<Feedback> = named(row.feedback)?;
        let by = row.feedback_by.unwrap_or_default();
        let when = Timestamp::from_ms(row.feedback_ms.unwrap_or(row.created_ms));
        Ok(Self {
            id: row.event_id,
            kind: Kind::try_from(row.kind).map_err(Error::internal)?,
            response: Response::try_from(row.response).map_err(Error::internal)?,
            decision: named(row.decision)?,
            level: named(row.level)?,
            compromised: row.compromised.unwrap_or(false),
            password: named(row.password)?,
            mfa: named(row.mfa)?,
            origin: Origin {
                ip: row.ip,
                device: row.device,
                device_hash: None,
                timezone: row.timezone,
            },
            created: Timestamp::from_ms(row.created_ms),
            feedback: said.map(|said| (said, by, when)),
        })
    }
}

/// Writes an event, or what a later step changes of it.
pub async fn put(tx: &mut Tx, event: &NewEvent<'_>) -> Result<(), DbError> {
    let args = args![
        event.pool,
        event.sub,
        event.id,
        event.kind.as_str(),
        event.client.map(ClientId::as_str),
        event.response.as_str(),
        event.decision.map(Decision::as_str),
        event.level.map(Level::as_str),
        event.compromised,
        event.password.map(Answered::as_str),
        event.mfa.map(Answered::as_str),
        event.origin.ip.as_deref(),
        event.origin.device.as_deref(),
        event.origin.device_hash.as_deref(),
        event.origin.timezone.as_deref(),
        event.at
    ];
    tx.execute(PUT, args).await.map(drop)
}

/// Removes all but the newest `keep` failures of a user.
pub async fn trim(tx: &mut Tx, pool: &PoolId, sub: &Sub, keep: i64) -> Result<(), DbError> {
    tx.execute(TRIM, args![pool, sub, keep]).await.map(drop)
}

/// The newest good sign-ins of a user: completed and not called invalid, or called valid.
pub async fn good(
    db: &mut Conn,
    (pool, sub): (&PoolId, &Sub),
    limit: i64,
) -> Result<Vec<Past>, DbError> {
    db.all(GOOD, args![pool, sub, limit]).await
}

/// How many sign-ins of a user failed since a point in time, for another reason than their risk.
pub async fn failures(
    db: &mut Conn,
    (pool, sub): (&PoolId, &Sub),
    since: Timestamp,
) -> Result<i64, DbError> {
    let (count,): (i64,) = db.one(FAILURES, args![pool, sub, since]).await?;
    Ok(count)
}

/// A page of a user's events, the newest first, after the one named.
pub async fn page(
    db: &mut Conn,
    (pool, sub): (&PoolId, &Sub),
    after: Option<&(i64, String)>,
    limit: i64,
) -> Result<Vec<Event>> {
    let (at, id) = after.map_or((i64::MAX, ""), |(at, id)| (*at, id.as_str()));
    let rows: Vec<Row> = db.all(PAGE, args![pool, sub, at, id, limit]).await?;
    rows.into_iter().map(Event::try_from).collect()
}

/// Stores what was said about an event, and by whom; says whether there is such an event.
pub async fn feedback(
    tx: &mut Tx,
    (pool, sub): (&PoolId, &Sub),
    event: &str,
    (said, by, at): (Feedback, &str, Timestamp),
) -> Result<bool, DbError> {
    let args = args![pool, sub, event, said.as_str(), by, at];
    tx.execute(FEEDBACK, args).await.map(|rows| rows == 1)
}

/// Forgets all events of a user.
pub async fn forget_user(tx: &mut Tx, pool: &PoolId, sub: &Sub) -> Result<(), DbError> {
    tx.execute(FORGET_USER, args![pool, sub]).await.map(drop)
}

/// Removes the events of a point in time and before, at most `most`; says how many.
pub async fn prune(tx: &mut Tx, before: Timestamp, most: i64) -> Result<u64, DbError> {
    tx.execute(PRUNE, args![before, most]).await
}

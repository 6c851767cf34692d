//! Authorization codes. A used row stays until it expires, so that a second use is seen.

use super::db::{Conn, DbError, Tx};
use crate::error::{Error, Result};
use crate::ids::{ClientId, PoolId, SessionId, Sub, Uuid};
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    INSERT = "INSERT INTO authorization_codes (pool_id, code_hash, client_id, sub, redirect_uri, scope, code_challenge, \
              nonce, sso_id, event_id, auth_ms, auth_epoch, expires_ms, overrides, resource) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    BY_HASH = "SELECT client_id, sub, redirect_uri, scope, code_challenge, nonce, sso_id, event_id, auth_ms, auth_epoch, \
               expires_ms, used_ms, session_id, overrides, resource FROM authorization_codes WHERE pool_id = $1 AND code_hash = $2";
    CLAIM = "UPDATE authorization_codes SET used_ms = $3, session_id = $4 \
             WHERE pool_id = $1 AND code_hash = $2 AND used_ms IS NULL AND expires_ms > $3";
    PRUNE = "DELETE FROM authorization_codes WHERE (pool_id, code_hash) IN \
             (SELECT pool_id, code_hash FROM authorization_codes WHERE expires_ms <= $1 LIMIT $2)";
}

/// What a code stands for.
#[derive(Clone, Debug)]
pub struct AuthorizationCode {
    /// The client it was given to.
    pub client: ClientId,
    /// Who signed in.
    pub sub: Sub,
    /// Where it was sent.
    pub redirect_uri: String,
    /// The granted scopes.
    pub scopes: Vec<String>,
    /// The PKCE challenge.
    pub challenge: Option<String>,
    /// `nonce` of the authorization request.
    pub nonce: Option<String>,
    /// `resource` of the authorization request.
    pub resource: Option<String>,
    /// The browser session it came from.
    pub sso: SessionId,
    /// The sign-in's event id.
    pub event_id: Uuid,
    /// When the person signed in.
    pub auth_at: Timestamp,
    /// The user's `auth_epoch` when the code was made.
    pub auth_epoch: i64,
    /// What the PreTokenGeneration trigger made of the tokens, as JSON.
    pub overrides: Option<String>,
    /// When it stops working.
    pub expires: Timestamp,
    /// When it was used.
    pub used: Option<Timestamp>,
    /// The token session it was exchanged for.
    pub session: Option<SessionId>,
}

#[derive(sqlx::FromRow)]
struct Row {
    client_id: String,
    sub: String,
    redirect_uri: String,
    scope: String,
    code_challenge: Option<String>,
    nonce: Option<String>,
    sso_id: String,
    event_id: String,
    auth_ms: i64,
    auth_epoch: i64,
    expires_ms: i64,
    used_ms: Option<i64>,
    session_id: Option<String>,
    overrides: Option<String>,
    resource: Option<String>,
}

impl TryFrom<Row> for AuthorizationCode {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        let session = row.session_id.map(SessionId::parse).transpose();
        Ok(Self {
            client: ClientId::parse(row.client_id).map_err(Error::internal)?,
            sub: Sub::parse(row.sub).map_err(Error::internal)?,
            redirect_uri: row.redirect_uri,
            scopes: row
                .scope
                .split(' ')
                .filter(|s| !s.is_empty())
                .map(str::to_owned)
                .collect(),
            challenge: row.code_challenge,
            nonce: row.nonce,
            resource: row.resource,
            sso: SessionId::parse(row.sso_id).map_err(Error::internal)?,
            event_id: Uuid::parse(row.event_id).map_err(Error::internal)?,
            auth_at: Timestamp::from_ms(row.auth_ms),
            auth_epoch: row.auth_epoch,
            overrides: row.overrides,
            expires: Timestamp::from_ms(row.expires_ms),
            used: row.used_ms.map(Timestamp::from_ms),
            session: session.map_err(Error::internal)?,
        })
    }
}

/// Adds a code under its hash.
pub async fn insert(
    tx: &mut Tx,
    pool: &PoolId,
    hash: &str,
    code: &AuthorizationCode,
) -> Result<()> {
    let args = args![
        pool,
        hash,
        &code.client,
        &code.sub,
        &code.redirect_uri,
        code.scopes.join(" "),
        code.challenge.clone(),
        code.nonce.clone(),
        &code.sso,
        &code.event_id,
        code.auth_at,
        code.auth_epoch,
        code.expires,
        code.overrides.clone(),
        code.resource.clone()
    ];
    tx.execute(INSERT, args).await?;
    Ok(())
}

/// The code of a hash, used or not.
pub async fn find(db: &mut Conn, pool: &PoolId, hash: &str) -> Result<Option<AuthorizationCode>> {
    let row: Option<Row> = db.optional(BY_HASH, args![pool, hash]).await?;
    row.map(AuthorizationCode::try_from).transpose()
}

/// Uses a code up, for a token session or, when it is only burnt, for none. Of many callers one
/// gets true.
pub async fn claim(
    tx: &mut Tx,
    pool: &PoolId,
    hash: &str,
    session: Option<&SessionId>,
    now: Timestamp,
) -> Result<bool> {
    let claimed = tx.execute(CLAIM, args![pool, hash, now, session]).await?;
    Ok(claimed == 1)
}

/// Removes codes that expired before a point in time, at most `most`; says how many.
pub async fn prune(tx: &mut Tx, before: Timestamp, most: i64) -> Result<u64, DbError> {
    tx.execute(PRUNE, args![before, most]).await
}

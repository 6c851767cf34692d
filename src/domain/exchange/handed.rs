//! Tokens that are handed in: whose they are, and whether they still stand.

use serde::Deserialize;
use serde_json::Value;

use crate::app::App;
use crate::domain::claims::ReadAccess;
use crate::domain::{access, clients, issuer, keys};
use crate::error::{Code, Error, Reason, Result};
use crate::ids::ClientId;
use crate::names;
use crate::secret::Secret;
use crate::signing::{Jws, TokenUse};
use crate::store::pools::Pool;
use crate::store::sessions::{self, Session};
use crate::store::users::User;

/// The role of the token that becomes another.
pub(super) const SUBJECT: &str = "subject";
/// The role of the token of who acts.
pub(super) const ACTOR: &str = "actor";

names! {
    /// `TokenTypeIdentifierType`.
    pub enum Kind { Access = "ACCESS_TOKEN", Id = "ID_TOKEN", Saml = "SAML2" }
}

/// A token that is handed in.
#[derive(Clone, Copy, Debug)]
pub struct Handed<'a> {
    pub(super) role: &'static str,
    pub(super) token: &'a Secret<String>,
    pub(super) kind: Kind,
    /// The identity provider that gave it out; none: this pool.
    pub(super) provider: Option<&'a str>,
}

/// A user's token that stands.
pub(super) struct Subject {
    pub(super) user: User,
    /// The sign-in that it belongs to.
    pub(super) session: Session,
    pub(super) kind: Kind,
    /// None for an ID token.
    pub(super) scopes: Vec<String>,
    /// Who acts for the user already.
    pub(super) act: Option<Value>,
    /// When it ends, in seconds.
    pub(super) ends: i64,
}

/// What is read of either kind of token.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    iss: String,
    token_use: String,
    exp: i64,
    iat: i64,
    client_id: Option<String>,
    aud: Option<String>,
    username: Option<String>,
    #[serde(rename = "cognito:username")]
    name: Option<String>,
    #[serde(default)]
    scope: String,
    origin_jti: Option<String>,
    event_id: Option<String>,
    act: Option<Value>,
}

/// The user behind a token, and the sign-in. A client's own token is nobody's.
///
/// # Errors: NotAuthorized, UserNotFound, ResourceNotFound and InvalidParameter (provider)
pub(super) async fn subject(app: &App, pool: &Pool, handed: &Handed<'_>) -> Result<Subject> {
    let claims = verified(app, pool, handed).await?;
    let (act, ends) = (claims.act.clone(), claims.exp);
    let named = claims.username.is_some() || claims.name.is_some();
    if !named {
        return Err(Error::handed_token_invalid(SUBJECT));
    }
    let claims = claims.into_access();
    let standing = access::standing_user(app, pool, &claims).await;
    let (user, session) = standing.map_err(of_subject)?;
    let session = {
        let mut db = app.store.read().await?;
        sessions::find(&mut db, &pool.id, &session).await?
    };
    let scopes = claims.scope.split(' ').filter(|scope| !scope.is_empty());
    Ok(Subject {
        user,
        session: session.ok_or_else(|| Error::handed_token_revoked(SUBJECT))?,
        kind: handed.kind,
        scopes: scopes.map(str::to_owned).collect(),
        act,
        ends,
    })
}

/// The `sub` of who acts: a user, or a client by its own token.
///
/// # Errors: NotAuthorized, ResourceNotFound and InvalidParameter (provider)
pub(super) async fn actor(app: &App, pool: &Pool, handed: &Handed<'_>) -> Result<String> {
    let claims = verified(app, pool, handed).await?;
    if claims.username.is_none() && claims.name.is_none() {
        return Ok(claims.sub);
    }
    let claims = claims.into_access();
    let standing = access::standing_user(app, pool, &claims).await;
    standing.map_err(of_actor)?;
    Ok(claims.sub)
}

/// The claims of a token that this pool signed, of the kind it is said to be, for a client that is
/// still there.
async fn verified(app: &App, pool: &Pool, handed: &Handed<'_>) -> Result<Claims> {
    let invalid = || Error::handed_token_invalid(handed.role);
    let expected = match (handed.kind, handed.provider) {
        // Pools have no providers of their own yet (CreateIdentityProvider is not built).
        (_, Some(name)) => return Err(Error::identity_provider_not_found(name)),
        (Kind::Saml, None) => return Err(Error::saml_without_provider()),
        (Kind::Access, None) => TokenUse::Access,
        (Kind::Id, None) => TokenUse::Id,
    };
    let token = Jws::split(handed.token.expose()).ok_or_else(invalid)?;
    let key = keys::of_token(app, &token).await?.ok_or_else(invalid)?;
    if key.pool != pool.id || key.token_use != expected || !key.verifies(&token) {
        return Err(invalid());
    }
    let claims: Claims = token.claims().ok_or_else(invalid)?;
    let client = match handed.kind {
        Kind::Id => claims.aud.as_deref(),
        Kind::Access | Kind::Saml => claims.client_id.as_deref(),
    };
    let client = client.and_then(|id| ClientId::parse(id).ok());
    let client = client.ok_or_else(invalid)?;
    if claims.token_use != expected.as_str() || claims.iss != issuer::of(app, pool) {
        return Err(invalid());
    }
    if app.clock.now(&pool.id).seconds() >= claims.exp {
        return Err(Error::handed_token_expired(handed.role));
    }
    let known = clients::of_pool_remembered(app, &pool.id, &client).await;
    known.map_err(|error| match error.code {
        Code::ResourceNotFound => invalid(),
        _ => error,
    })?;
    Ok(claims)
}

impl Claims {
    fn into_access(self) -> ReadAccess {
        ReadAccess {
            sub: self.sub,
            iss: self.iss,
            client_id: self.client_id.or(self.aud).unwrap_or_default(),
            token_use: self.token_use,
            scope: self.scope,
            exp: self.exp,
            iat: self.iat,
            auth_time: 0,
            username: self.username.or(self.name),
            origin_jti: self.origin_jti,
            event_id: self.event_id,
            device_key: None,
        }
    }
}

/// The operation's model does not know users who are not confirmed or have to reset a password.
fn of_subject(error: Error) -> Error {
    match (error.code, error.reason) {
        (_, Some(Reason::RevokedToken)) => Error::handed_token_revoked(SUBJECT),
        (Code::UserNotConfirmed | Code::PasswordResetRequired, _) | (_, Some(Reason::BadToken)) => {
            Error::handed_token_invalid(SUBJECT)
        }
        _ => error,
    }
}

/// Of an actor nothing is told but that the token is no good.
fn of_actor(error: Error) -> Error {
    match error.code {
        Code::Internal | Code::InternalServer => error,
        _ => Error::handed_token_invalid(ACTOR),
    }
}

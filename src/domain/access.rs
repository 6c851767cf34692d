//! Access tokens at the door: who is behind a token, and may they still act (api.md 1.3).

use crate::app::App;
use crate::domain::claims::{ADMIN_SCOPE, OPENID, ReadAccess};
use crate::domain::{clients, issuer, keys};
use crate::error::{Code, Error, Reason, Result};
use crate::ids::{ClientId, PoolId, SessionId, Sub};
use crate::secret::Secret;
use crate::signing::{Jws, TokenUse};
use crate::store::clients::Client;
use crate::store::pools::Pool;
use crate::store::sessions::{self, Named};
use crate::store::users::{Status, User};
use crate::time::Timestamp;

/// The person behind a valid access token.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The pool that issued it.
    pub pool: Pool,
    /// The client it was issued to.
    pub client: Client,
    /// The user, as stored now.
    pub user: User,
    /// The sign-in's shared id, where the client has token revocation on.
    pub origin_jti: Option<String>,
    /// The session of the token.
    pub session: SessionId,
    /// When the user signed in; refreshing makes it no later.
    pub auth_at: Timestamp,
    /// The granted scopes.
    pub scopes: Vec<String>,
    /// The device that the sign-in was given a key for, or proved.
    pub device_key: Option<String>,
}

/// Verifies an access token for user operations (scope `aws.cognito.signin.user.admin`).
///
/// # Errors: NotAuthorized (`Invalid Access Token` and its kin, `User is disabled.`), UserNotFound,
/// UserNotConfirmed, PasswordResetRequired
pub async fn user_operation(app: &App, token: &Secret<String>) -> Result<SignedIn> {
    signed_in(app, None, token, Some(ADMIN_SCOPE)).await
}

/// Verifies an access token for `/oauth2/userInfo` (scope `openid`), on a pool's domain for that
/// pool alone.
///
/// # Errors: those of [`user_operation`]
pub async fn userinfo(
    app: &App,
    pool: Option<&PoolId>,
    token: &Secret<String>,
) -> Result<SignedIn> {
    signed_in(app, pool, token, Some(OPENID)).await
}

/// The user and the session of an access token that was given to this client, whatever it is for.
///
/// # Errors: those of [`user_operation`]
pub(super) async fn going_on(
    app: &App,
    (pool, client): (&Pool, &Client),
    token: &Secret<String>,
) -> Result<(User, SessionId)> {
    let found = signed_in(app, Some(&pool.id), token, None).await?;
    if found.client.id != client.id {
        return Err(Error::invalid_access_token().because(Reason::BadToken));
    }
    Ok((found.user, found.session))
}

async fn signed_in(
    app: &App,
    site: Option<&PoolId>,
    token: &Secret<String>,
    scope: Option<&str>,
) -> Result<SignedIn> {
    let invalid = || Error::invalid_access_token().because(Reason::BadToken);
    let token = Jws::split(token.expose()).ok_or_else(invalid)?;
    let key = keys::of_token(app, &token).await?.ok_or_else(invalid)?;
    if !key.verifies(&token) {
        return Err(Error::access_token_signature().because(Reason::BadToken));
    }
    let claims: ReadAccess = token.claims().ok_or_else(invalid)?;
    let belongs = key.token_use == TokenUse::Access
        && claims.token_use == TokenUse::Access.as_str()
        && claims.username.is_some()
        && site.is_none_or(|site| *site == key.pool);
    if !belongs {
        return Err(invalid());
    }
    if app.clock.now(&key.pool).seconds() >= claims.exp {
        return Err(Error::access_token_expired().because(Reason::ExpiredToken));
    }
    let scopes: Vec<String> = claims.scope.split(' ').map(str::to_owned).collect();
    let has = |scope: &str| scopes.iter().any(|granted| granted == scope);
    if !scope.is_none_or(has) {
        return Err(Error::access_token_scopes().because(Reason::BadToken));
    }
    let client = ClientId::parse(claims.client_id.as_str()).map_err(|_| invalid())?;
    let gone = |error: Error| match error.code {
        Code::ResourceNotFound => invalid(),
        _ => error,
    };
    let (pool, client) = clients::of_pool_remembered(app, &key.pool, &client)
        .await
        .map_err(gone)?;
    if claims.iss != issuer::of(app, &pool) {
        return Err(invalid());
    }
    let (user, session) = standing_user(app, &pool, &claims).await?;
    Ok(SignedIn {
        pool,
        client,
        user,
        origin_jti: claims.origin_jti,
        session,
        auth_at: Timestamp::from_ms(claims.auth_time.saturating_mul(1000)),
        scopes,
        device_key: claims.device_key,
    })
}

/// The user of a token, unless the token was revoked or the user may not act.
pub(super) async fn standing_user(
    app: &App,
    pool: &Pool,
    claims: &ReadAccess,
) -> Result<(User, SessionId)> {
    let invalid = || Error::invalid_access_token().because(Reason::BadToken);
    let sub = Sub::parse(claims.sub.as_str()).map_err(|_| invalid())?;
    let mut db = app.store.read().await?;
    let named = match (&claims.origin_jti, &claims.event_id) {
        (Some(origin), _) => Some(Named::Origin(origin)),
        (None, Some(event)) => Some(Named::Event(event)),
        (None, None) => None,
    };
    let found = sessions::user_of(&mut db, &pool.id, &sub, named).await?;
    let unknown = || Error::user_does_not_exist().because(Reason::UnknownUser);
    let (user, session) = found.ok_or_else(unknown)?;
    if !user.enabled {
        return Err(Error::user_is_disabled().because(Reason::UserDisabled));
    }
    if named.is_none() {
        return Err(invalid());
    }
    // Whole seconds: a token made in the second of a sign-out is judged by its session alone.
    let stands = session.filter(|_| claims.iat >= user.tokens_valid_from.seconds());
    let revoked = || Error::access_token_revoked().because(Reason::RevokedToken);
    let session = stands.ok_or_else(revoked)?;
    match user.status {
        Status::Unconfirmed => Err(Error::user_not_confirmed().because(Reason::UserNotConfirmed)),
        Status::ResetRequired => Err(Error::password_reset_required()),
        _ => Ok((user, session)),
    }
}

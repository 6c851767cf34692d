//! Who registers clients with a token: a client of the pool, by its own access token with the scope
//! for it.

use super::Denied;
use crate::app::App;
use crate::domain::claims::ReadAccess;
use crate::domain::oauth::refusal::Refused;
use crate::domain::oauth::scopes::REGISTER;
use crate::domain::{clients, issuer, keys};
use crate::error::Code;
use crate::ids::{ClientId, PoolId};
use crate::secret::Secret;
use crate::signing::{Jws, TokenUse};
use crate::store::pools::Pool;

/// The pool that a token's key is of, if it is one of ours.
pub(super) async fn pool_of(app: &App, token: &Secret<String>) -> Result<Option<PoolId>, Refused> {
    let Some(token) = Jws::split(token.expose()) else {
        return Ok(None);
    };
    let key = keys::of_token(app, &token).await?;
    Ok(key.map(|key| key.pool.clone()))
}

/// Refuses a token that does not let its bearer register clients in this pool. A client that has lost
/// the scope since, or registered itself, registers nobody.
pub(super) async fn check(app: &App, pool: &Pool, token: &Secret<String>) -> Result<(), Denied> {
    let token = Jws::split(token.expose()).ok_or(Denied::BadToken)?;
    let key = keys::of_token(app, &token).await?;
    let key = key.filter(|key| key.pool == pool.id && key.token_use == TokenUse::Access);
    let key = key.filter(|key| key.verifies(&token));
    let claims: Option<ReadAccess> = key.and_then(|_| token.claims());
    let claims = claims.filter(|claims| {
        claims.token_use == TokenUse::Access.as_str()
            && claims.iss == issuer::of(app, pool)
            && app.clock.now(&pool.id).seconds() < claims.exp
    });
    let claims = claims.ok_or(Denied::BadToken)?;
    let client = ClientId::parse(claims.client_id.as_str()).map_err(|_| Denied::BadToken)?;
    let client = match clients::of_pool_remembered(app, &pool.id, &client).await {
        Ok((_, client)) => client,
        Err(error) if error.code == Code::ResourceNotFound => return Err(Denied::BadToken),
        Err(error) => return Err(error.into()),
    };
    // A user's token never has the scope; one that did would not be a client's own.
    let own = claims.username.is_none() && claims.sub == claims.client_id;
    let granted = claims.scope.split(' ').any(|scope| scope == REGISTER);
    let allowed = client.settings.allowed_oauth_scopes.as_deref();
    let allowed = allowed.unwrap_or_default().iter().any(|s| s == REGISTER);
    if own && granted && allowed && !client.registered {
        return Ok(());
    }
    Err(Denied::NoScope)
}

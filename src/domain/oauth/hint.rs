//! `id_token_hint`: an ID token of ours that comes back to say who is to be signed out (OpenID
//! Connect RP-Initiated Logout 1.0 2; security.md C5).

use crate::app::App;
use crate::domain::claims::ReadId;
use crate::domain::{issuer, keys, pools};
use crate::error::{Code, Result};
use crate::ids::PoolId;
use crate::signing::{Jws, TokenUse};

/// Whom an ID token of ours names, whether or not it has expired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The pool that signed it.
    pub pool: PoolId,
    /// `aud`: the client.
    pub client: String,
    /// `sub`: the user.
    pub sub: String,
}

/// Reads an ID token that a pool has signed: on a pool's domain that pool, on the bare host any.
/// None for everything else.
pub async fn read(app: &App, site: Option<&PoolId>, token: &str) -> Result<Option<Hint>> {
    let Some(token) = Jws::split(token) else {
        return Ok(None);
    };
    let Some(key) = keys::of_token(app, &token).await? else {
        return Ok(None);
    };
    let right = key.token_use == TokenUse::Id && site.is_none_or(|site| *site == key.pool);
    if !right || !key.verifies(&token) {
        return Ok(None);
    }
    let pool = match pools::get(app, &key.pool).await {
        Ok(pool) => pool,
        Err(error) if error.code == Code::ResourceNotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let claims = token.claims::<ReadId>().filter(|claims| {
        claims.iss == issuer::of(app, &pool) && claims.token_use == TokenUse::Id.as_str()
    });
    Ok(claims.map(|claims| Hint {
        pool: pool.id,
        client: claims.aud,
        sub: claims.sub,
    }))
}

//! A browser's sign-in session: the `cognito` cookie (oauth.md 3).
//!
//! The cookie seals the pool and the id of a row in `sessions`; everything else is read from the
//! row. A cookie of another pool is no session, whatever path it came by.

use axum::http::HeaderValue;
use serde::{Deserialize, Serialize};

use super::cookies::Cookie;
use super::visit::Visit;
use crate::domain::sessions::{self, Proven};
use crate::error::Result;
use crate::ids::{PoolId, SessionId};
use crate::store::pools::Pool;
use crate::time::Span;

const COOKIE: &str = "cognito";
const PURPOSE: &str = "browser";

/// How many cookies of the name are tried.
const TRIES: usize = 4;

#[derive(Serialize, Deserialize)]
struct Sealed {
    pool: PoolId,
    session: SessionId,
}

/// The live session of this browser in a pool.
pub async fn session(visit: &Visit, pool: &Pool) -> Result<Option<Proven>> {
    for id in sealed_ids(visit, &pool.id) {
        if let Some(proven) = sessions::browser(&visit.app, pool, &id).await? {
            return Ok(Some(proven));
        }
    }
    Ok(None)
}

/// The cookie that remembers a sign-in until its session ends.
pub fn remember(visit: &Visit, pool: &Pool, proven: &Proven) -> Result<Option<HeaderValue>> {
    let sealed = Sealed {
        pool: pool.id.clone(),
        session: proven.session.clone(),
    };
    let value = visit.app.vault.seal_token(PURPOSE, &sealed)?;
    let left = proven.expires.since(visit.app.clock.now(&pool.id));
    let cookie = Cookie {
        name: &visit.cookie_name(COOKIE),
        value: &value,
        base: &visit.base,
        keep: Some(Span::ms(left.max(0))),
    };
    Ok(cookie.header(visit))
}

/// Ends every session of a pool that this browser shows; gives the cookie's removal.
pub async fn end(visit: &Visit, pool: &Pool) -> Result<Option<HeaderValue>> {
    for id in sealed_ids(visit, &pool.id) {
        sessions::end_browser(&visit.app, &visit.actor, &pool.id, &id).await?;
    }
    let cookie = Cookie {
        name: &visit.cookie_name(COOKIE),
        value: "",
        base: &visit.base,
        keep: None,
    };
    Ok(cookie.header(visit))
}

fn sealed_ids(visit: &Visit, pool: &PoolId) -> Vec<SessionId> {
    let name = visit.cookie_name(COOKIE);
    let values = visit.cookies.all(&name).take(TRIES);
    let opened = values.filter_map(|value| visit.app.vault.open_token::<Sealed>(PURPOSE, value));
    opened
        .filter(|sealed| sealed.pool == *pool)
        .map(|sealed| sealed.session)
        .collect()
}

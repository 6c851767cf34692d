//! A browser's sign-in session: the `cognito` cookie (oauth.md 3).
//!
//! The cookie seals the pool and the id of a row in `sessions`; everything else is read from the
//! row. A cookie of another pool is no session, whatever path it came by.

use axum::http::HeaderValue;
use serde::{Deserialize, Serialize};

use super::cookies::Cookie;
use super::visit::Visit;
use crate::domain::branding;
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
    /// How often the pages of the domain had changed their version by then.
    switches: i64,
}

/// The live session of this browser in a pool. What a domain gave out before its pages changed
/// their version is none any more (oauth.md 1.1).
pub async fn session(visit: &Visit, pool: &Pool) -> Result<Option<Proven>> {
    let mut switches = None;
    for sealed in sealed(visit, &pool.id) {
        let now = match switches {
            Some(switches) => switches,
            None => *switches.insert(switches_of(visit, pool).await?),
        };
        if sealed.switches != now {
            continue;
        }
        if let Some(proven) = sessions::browser(&visit.app, pool, &sealed.session).await? {
            return Ok(Some(proven));
        }
    }
    Ok(None)
}

async fn switches_of(visit: &Visit, pool: &Pool) -> Result<i64> {
    branding::switches(&visit.app, &pool.id, visit.domain.as_deref()).await
}

/// The cookie that remembers a sign-in until its session ends.
pub async fn remember(visit: &Visit, pool: &Pool, proven: &Proven) -> Result<Option<HeaderValue>> {
    let sealed = Sealed {
        pool: pool.id.clone(),
        session: proven.session.clone(),
        switches: switches_of(visit, pool).await?,
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
    for Sealed { session, .. } in sealed(visit, &pool.id) {
        sessions::end_browser(&visit.app, &visit.actor, &pool.id, &session).await?;
    }
    let cookie = Cookie {
        name: &visit.cookie_name(COOKIE),
        value: "",
        base: &visit.base,
        keep: None,
    };
    Ok(cookie.header(visit))
}

fn sealed(visit: &Visit, pool: &PoolId) -> Vec<Sealed> {
    let name = visit.cookie_name(COOKIE);
    let values = visit.cookies.all(&name).take(TRIES);
    let opened = values.filter_map(|value| visit.app.vault.open_token::<Sealed>(PURPOSE, value));
    opened.filter(|sealed| sealed.pool == *pool).collect()
}

//! Forged forms: every form carries a token that only our page for the same browser and the same
//! query can hold (oauth.md 3; security.md C6, C7, C15).
//!
//! The token seals an id of the browser before it signs in, the query's digest and the time. A page
//! with forms carries it twice, as the field `_csrf` and as the cookie `XSRF-TOKEN`, and both must
//! come back. Two pages open side by side have two tokens and one cookie, so what counts of the
//! cookie is the browser it names, and of the field everything. A sign-in gives the browser a new
//! id: what was shown before is worth nothing after.

use axum::http::HeaderValue;
use serde::{Deserialize, Serialize};

use super::digest;
use crate::error::Result;
use crate::site::cookies::Cookie;
use crate::site::visit::Visit;
use crate::time::{Span, Timestamp};

const COOKIE: &str = "XSRF-TOKEN";
const PURPOSE: &str = "form";

/// How many cookies of the name are tried.
const TRIES: usize = 4;

/// How long a shown form may be sent.
const FORM_LIFETIME: Span = Span::hours(1);

/// A browser before it signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Browser {
    /// Its id, new or from the cookie.
    pub id: String,
}

#[derive(Serialize, Deserialize)]
struct Token {
    base: String,
    browser: String,
    query: String,
    shown: Timestamp,
}

impl Browser {
    /// The browser of a request; one without a cookie of this site becomes known with the first
    /// form that it is shown.
    pub fn of(visit: &Visit) -> Result<Self> {
        let known = known(visit).next();
        known.map_or_else(|| Self::new(visit), |id| Ok(Self { id }))
    }

    /// The same browser under a new id.
    pub fn new(visit: &Visit) -> Result<Self> {
        let id = visit.app.rng.uuid()?.to_string();
        Ok(Self { id })
    }

    /// The token of a form that is shown now.
    pub fn token(&self, visit: &Visit) -> Result<String> {
        let token = Token {
            base: visit.base.clone(),
            browser: self.id.clone(),
            query: digest(&visit.query),
            shown: visit.app.clock.server_now(),
        };
        visit.app.vault.seal_token(PURPOSE, &token)
    }

    /// The cookie that makes the browser known under this id.
    pub fn cookie(&self, visit: &Visit) -> Result<Option<HeaderValue>> {
        Ok(cookie(visit, &self.token(visit)?))
    }
}

/// The cookie that goes with a form.
pub(super) fn cookie(visit: &Visit, token: &str) -> Option<HeaderValue> {
    let cookie = Cookie {
        name: &visit.cookie_name(COOKIE),
        value: token,
        base: &visit.base,
        keep: None,
    };
    cookie.header(visit)
}

/// The browser that was shown the form this token is from, if it is the one that sends it, for the
/// same query, and in time.
pub(super) fn check(visit: &Visit, token: &str) -> Option<Browser> {
    let token = open(visit, token)?;
    let now = visit.app.clock.server_now();
    let in_time = now >= token.shown && now <= token.shown.plus(FORM_LIFETIME);
    let id = known(visit).find(|id| *id == token.browser)?;
    (in_time && token.query == digest(&visit.query)).then_some(Browser { id })
}

/// The ids that this browser shows for this site.
fn known(visit: &Visit) -> impl Iterator<Item = String> {
    let name = visit.cookie_name(COOKIE);
    let values = visit.cookies.all(&name).take(TRIES);
    let ids: Vec<_> = values
        .filter_map(|value| open(visit, value).map(|token| token.browser))
        .collect();
    ids.into_iter()
}

/// A token that was made for this site.
fn open(visit: &Visit, token: &str) -> Option<Token> {
    let token: Token = visit.app.vault.open_token(PURPOSE, token)?;
    (token.base == visit.base).then_some(token)
}

//! Forged forms: every form carries a token that only our page for the same browser and the same
//! query can hold (oauth.md 3; security.md C6, C7, C15).
//!
//! The cookie `XSRF-TOKEN` seals an id of the browser before it signs in; the field `_csrf` seals
//! that id again, with the query's digest and the time. A sign-in gives the browser a new id, so
//! what was shown before is worth nothing after.

use axum::http::HeaderValue;
use serde::{Deserialize, Serialize};

use super::digest;
use crate::error::Result;
use crate::site::cookies::Cookie;
use crate::site::visit::Visit;
use crate::time::{Span, Timestamp};

const COOKIE: &str = "XSRF-TOKEN";
const COOKIE_PURPOSE: &str = "browser before sign-in";
const FORM_PURPOSE: &str = "form";

/// How many cookies of the name are tried.
const TRIES: usize = 4;

/// How long a shown form may be sent.
const FORM_LIFETIME: Span = Span::hours(1);

/// A browser before it signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Browser {
    /// Its id, new or from the cookie.
    pub id: String,
    /// The cookie to set, when the id is new.
    pub cookie: Option<HeaderValue>,
}

#[derive(Serialize, Deserialize)]
struct SealedBrowser {
    base: String,
    id: String,
}

#[derive(Serialize, Deserialize)]
struct FormToken {
    browser: String,
    query: String,
    shown: Timestamp,
}

impl Browser {
    /// The browser of a request; one without a cookie of this site becomes known with the answer.
    pub fn of(visit: &Visit) -> Result<Self> {
        let known = known(visit).next();
        known.map_or_else(|| Self::new(visit), |id| Ok(Self { id, cookie: None }))
    }

    /// The same browser under a new id.
    pub fn new(visit: &Visit) -> Result<Self> {
        let id = visit.app.rng.uuid()?.to_string();
        let sealed = SealedBrowser {
            base: visit.base.clone(),
            id: id.clone(),
        };
        let value = visit.app.vault.seal_token(COOKIE_PURPOSE, &sealed)?;
        let cookie = Cookie {
            name: COOKIE,
            value: &value,
            base: &visit.base,
            keep: None,
        };
        let cookie = cookie.header(visit);
        Ok(Self { id, cookie })
    }

    /// The `_csrf` of a form that is shown now.
    pub fn token(&self, visit: &Visit) -> Result<String> {
        let token = FormToken {
            browser: self.id.clone(),
            query: digest(&visit.query),
            shown: visit.app.clock.server_now(),
        };
        visit.app.vault.seal_token(FORM_PURPOSE, &token)
    }
}

/// The browser that was shown the form this token is from, if it is the one that sends it, for the
/// same query, and in time.
pub(super) fn check(visit: &Visit, token: &str) -> Option<Browser> {
    let token: FormToken = visit.app.vault.open_token(FORM_PURPOSE, token)?;
    let now = visit.app.clock.server_now();
    let in_time = now >= token.shown && now <= token.shown.plus(FORM_LIFETIME);
    let id = known(visit).find(|id| *id == token.browser)?;
    (in_time && token.query == digest(&visit.query)).then_some(Browser { id, cookie: None })
}

/// The ids that this browser shows for this site.
fn known(visit: &Visit) -> impl Iterator<Item = String> {
    let values = visit.cookies.all(COOKIE).take(TRIES);
    let opened = values.filter_map(|value| {
        let vault = &visit.app.vault;
        vault.open_token::<SealedBrowser>(COOKIE_PURPOSE, value)
    });
    opened
        .filter(|sealed| sealed.base == visit.base)
        .map(|sealed| sealed.id)
}

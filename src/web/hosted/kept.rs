//! The devices that a browser keeps, in the sealed cookie `device`: one for each user who signs in
//! with it, for as long as it is used. A cookie shows no device but its own user's, in its own pool.

use axum::http::HeaderValue;
use serde::{Deserialize, Serialize};

use crate::domain::devices::browser::Kept;
use crate::error::Result;
use crate::ids::{PoolId, Sub};
use crate::site::cookies::Cookie;
use crate::site::visit::Visit;
use crate::time::{Span, Timestamp};

const COOKIE: &str = "device";
const PURPOSE: &str = "device";

/// As long as browsers keep a cookie at most (RFC 6265bis 5.5); each sign-in begins it anew.
const LIFETIME: Span = Span::days(400);

/// For how long nobody is asked again who does not want the device to be remembered now.
const LATER: Span = Span::days(30);

/// How many cookies of the name are tried.
const TRIES: usize = 4;

/// How many users' devices a browser keeps; the one whose user was here longest ago goes first.
const MOST: usize = 5;

/// The devices of a browser, the last used first.
#[derive(Clone, Debug, Default)]
pub(super) struct Devices(Vec<Entry>);

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry {
    kept: Kept,
    /// Not to be asked about before.
    later: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    until: Timestamp,
    devices: Vec<Entry>,
}

impl Devices {
    /// The devices of a request's cookies.
    pub(super) fn of(visit: &Visit) -> Self {
        let now = visit.app.clock.server_now();
        let name = visit.cookie_name(COOKIE);
        let values = visit.cookies.all(&name).take(TRIES);
        let opened =
            values.filter_map(|value| visit.app.vault.open_token::<Sealed>(PURPOSE, value));
        let live = opened.filter(|sealed| now <= sealed.until);
        Self(live.flat_map(|sealed| sealed.devices).collect())
    }

    /// What the sign-in machine is shown.
    pub(super) fn kept(&self) -> Vec<Kept> {
        self.0.iter().map(|entry| entry.kept.clone()).collect()
    }

    /// Whether a user does not want to be asked now.
    pub(super) fn is_later(&self, owner: (&PoolId, &Sub), now: Timestamp) -> bool {
        let mut own = self.0.iter().filter(|entry| entry.kept.is_of(owner));
        own.any(|entry| entry.later.is_some_and(|later| now < later))
    }

    /// The same with a device in front, in place of another one of its user.
    #[must_use]
    pub(super) fn with(mut self, kept: Kept) -> Self {
        let same = |entry: &Entry| entry.kept.is_same_user(&kept);
        let later = self.0.iter().find(|e| same(e)).and_then(|e| e.later);
        self.0.retain(|entry| !same(entry));
        self.0.insert(0, Entry { kept, later });
        self.0.truncate(MOST);
        self
    }

    /// The same, where a user does not want to be asked for a while.
    #[must_use]
    pub(super) fn put_off(mut self, owner: (&PoolId, &Sub), now: Timestamp) -> Self {
        for entry in self.0.iter_mut().filter(|entry| entry.kept.is_of(owner)) {
            entry.later = Some(now.plus(LATER));
        }
        self
    }

    /// The cookie that keeps them.
    pub(super) fn cookie(&self, visit: &Visit) -> Result<Option<HeaderValue>> {
        let sealed = Sealed {
            until: visit.app.clock.server_now().plus(LIFETIME),
            devices: self.0.clone(),
        };
        let value = visit.app.vault.seal_token(PURPOSE, &sealed)?;
        let cookie = Cookie {
            name: &visit.cookie_name(COOKIE),
            value: &value,
            base: &visit.base,
            keep: Some(LIFETIME),
        };
        Ok(cookie.header(visit))
    }
}

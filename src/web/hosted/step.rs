//! Where a browser is in a flow of several pages: sealed in the cookie `page-data`, for this
//! browser and this query only. A later page shows and does nothing without the step that leads to
//! it (security.md C19).

use std::collections::BTreeMap;

use axum::http::HeaderValue;
use serde::{Deserialize, Serialize};

use super::csrf::Browser;
use super::digest;
use crate::domain::delivery::{Details, Medium};
use crate::error::Result;
use crate::ids::Sub;
use crate::settings::pool::{Contact, FirstFactor};
use crate::site::cookies::Cookie;
use crate::site::visit::Visit;
use crate::store::users::Factor;
use crate::time::{Span, Timestamp};

const COOKIE: &str = "page-data";
const PURPOSE: &str = "page step";
const LIFETIME: Span = Span::hours(1);

/// How many cookies of the name are tried.
const TRIES: usize = 4;

/// What happened on the page before.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Step {
    /// Something to tell on the sign-in page.
    SignIn {
        /// The user name to fill in.
        username: String,
        /// What happened.
        told: Told,
    },
    /// An account waits for its code.
    Confirm {
        /// What was typed as user name.
        username: String,
        /// Where the code went.
        sent: Option<Sent>,
        /// Whether it was sent once more.
        again: bool,
        /// The account, if this browser made it and thereby knows its password.
        made: Option<Sub>,
    },
    /// The password must be reset by the user.
    Forgot {
        /// What was typed as user name.
        username: String,
    },
    /// A reset code was sent.
    Reset {
        /// What was typed as user name.
        username: String,
        /// Where the code went.
        sent: Option<Sent>,
    },
    /// The temporary password was right.
    NewPassword {
        /// What was typed as user name.
        username: String,
        /// The sealed sign-in in progress.
        session: String,
        /// Names of required attributes that are missing.
        missing: Vec<String>,
    },
    /// The first factor has to be chosen, or is the password.
    FirstFactor {
        /// The sign-in.
        going: Going,
        /// The choice.
        ways: Vec<FirstFactor>,
    },
    /// A code that stands for the password was sent.
    FirstCode {
        /// The sign-in.
        going: Going,
        /// By text message rather than e-mail.
        sms: bool,
        /// Where it went.
        sent: Option<Sent>,
        /// Whether it was sent once more.
        again: bool,
    },
    /// A passkey is asked for.
    Passkey {
        /// The sign-in.
        going: Going,
    },
    /// Signed in; a passkey may be made before the app gets its answer.
    AddPasskey,
    /// A second factor is asked for.
    SecondFactor {
        /// The sign-in.
        going: Going,
        /// Which.
        factor: Factor,
        /// Where its code went.
        sent: Option<Sent>,
        /// Whether it was sent once more.
        again: bool,
    },
    /// One of several factors has to be chosen: to be asked for, or to be set up.
    ChooseFactor {
        /// The sign-in.
        going: Going,
        /// The choice.
        factors: Vec<Factor>,
        /// Whether to set it up.
        set_up: bool,
    },
    /// An authenticator app is being set up.
    SetUpApp {
        /// The sign-in.
        going: Going,
        /// Its secret, in base32.
        secret: String,
    },
    /// A contact is asked for, to send codes to.
    SetUpContact {
        /// The sign-in.
        going: Going,
        /// Which.
        contact: Contact,
    },
    /// Signed in; the browser may be remembered before the app gets its answer.
    RememberDevice,
}

/// A sign-in in progress.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Going {
    /// What was typed as user name.
    pub username: String,
    /// The sealed sign-in in progress.
    pub session: String,
}

/// What the sign-in page tells.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Told {
    /// The account was confirmed.
    Confirmed,
    /// The password was changed.
    PasswordChanged,
    /// The sign-in has to begin again; the API's text says why.
    Again(String),
}

/// Where a code went, masked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Sent {
    /// By text message rather than e-mail.
    pub sms: bool,
    /// `j***@e***`.
    pub destination: String,
}

impl Sent {
    /// What a challenge tells of it.
    pub fn of(parameters: &BTreeMap<String, String>) -> Option<Self> {
        let medium = parameters.get("CODE_DELIVERY_DELIVERY_MEDIUM")?;
        Some(Self {
            sms: medium == Medium::Sms.as_str(),
            destination: parameters.get("CODE_DELIVERY_DESTINATION")?.clone(),
        })
    }
}

impl From<&Details> for Sent {
    fn from(details: &Details) -> Self {
        Self {
            sms: details.medium == Medium::Sms,
            destination: details.destination.clone(),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    browser: String,
    query: String,
    until: Timestamp,
    step: Step,
}

impl Step {
    /// The step that this browser is at, for the same query.
    pub fn of(visit: &Visit, browser: &Browser) -> Option<Self> {
        let now = visit.app.clock.server_now();
        let query = digest(&visit.query);
        let name = visit.cookie_name(COOKIE);
        let values = visit.cookies.all(&name).take(TRIES);
        let mut opened =
            values.filter_map(|value| visit.app.vault.open_token::<Sealed>(PURPOSE, value));
        opened
            .find(|s| s.browser == browser.id && s.query == query && now <= s.until)
            .map(|sealed| sealed.step)
    }

    /// The cookie that keeps it.
    pub fn cookie(self, visit: &Visit, browser: &Browser) -> Result<Option<HeaderValue>> {
        let sealed = Sealed {
            browser: browser.id.clone(),
            query: digest(&visit.query),
            until: visit.app.clock.server_now().plus(LIFETIME),
            step: self,
        };
        let value = visit.app.vault.seal_token(PURPOSE, &sealed)?;
        let cookie = Cookie {
            name: &visit.cookie_name(COOKIE),
            value: &value,
            base: &visit.base,
            keep: None,
        };
        Ok(cookie.header(visit))
    }

    /// The removal of the cookie.
    pub fn none(visit: &Visit) -> Option<HeaderValue> {
        let cookie = Cookie {
            name: &visit.cookie_name(COOKIE),
            value: "",
            base: &visit.base,
            keep: None,
        };
        cookie.header(visit)
    }
}

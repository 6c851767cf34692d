//! A sign-in in progress: one sealed text that carries everything, so that nothing is stored until
//! it succeeds. It goes out as `Session`, or as `SECRET_BLOCK`.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::collections::BTreeMap;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::Face;
use super::goal::Goal;
use crate::app::App;
use crate::domain::assurance::Method;
use crate::domain::hooks::Challenged;
use crate::domain::tokens::{Claim, Nothing};
use crate::error::{Error, Reason, Result};
use crate::ids::{ClientId, DeviceKey, PoolId, SessionId, Sub, Uuid};
use crate::secret::Secret;
use crate::settings::pool::{Contact, FirstFactor};
use crate::store::clients::Client;
use crate::store::consumed;
use crate::store::db::Tx;
use crate::store::users::{self, User};
use crate::time::Timestamp;

/// What the vault binds the sealed texts to.
const PURPOSE: &str = "sign-in";

/// The kind of the keyed hashes of codes.
const CODE: &str = "sign-in-code";

/// What has been proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Factor {
    /// The password, sent.
    Password,
    /// The password, not sent.
    Srp,
    /// The account was opened and confirmed just now: by a code to this contact, if by any.
    SignUp(Option<Contact>),
    /// A code to a contact, in the password's place.
    Code(Contact),
    /// A passkey of this kind, in the password's place.
    Passkey(Method),
    /// What a function asked (CUSTOM_AUTH).
    Custom,
    /// A second factor.
    Second(users::Factor),
    /// The secret of a remembered device.
    Device,
}

impl Factor {
    /// What it counts as (`domain::assurance`). Choosing a password is no proof of it.
    pub(super) const fn method(self) -> Option<Method> {
        match self {
            Self::Password | Self::Srp => Some(Method::Password),
            Self::SignUp(Some(contact)) | Self::Code(contact) => Some(Method::code_to(contact)),
            Self::Passkey(kind) => Some(kind),
            Self::Second(factor) => Some(Method::second(factor)),
            Self::SignUp(None) | Self::Custom | Self::Device => None,
        }
    }

    /// Whether more than a first factor was proven, or a passkey that did for both.
    pub(super) fn suffice(proven: &[Self]) -> bool {
        let last = |factor: &Self| matches!(factor, Self::Second(_) | Self::Passkey(_));
        proven.iter().any(last)
    }
}

/// A sign-in in progress.
#[derive(Serialize, Deserialize)]
pub(super) struct Attempt {
    pool: PoolId,
    client: ClientId,
    /// Whether it goes through the pages: what began there cannot go on at the API, nor the
    /// other way round.
    hosted: bool,
    /// Whose.
    pub(super) who: Who,
    /// What has to come next.
    pub(super) step: Step,
    /// What has been proven so far.
    pub(super) factors: Vec<Factor>,
    /// The level that it goes for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) goal: Option<Goal>,
    /// The event that the sign-in is, where events are recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) event: Option<Uuid>,
    /// The challenges of a sign-in that functions make up (CUSTOM_AUTH); none in others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) history: Vec<Challenged>,
    /// `DEVICE_KEY`, where one was given.
    pub(super) device: Option<DeviceKey>,
    /// 128 random bits; used up by success.
    nonce: String,
    expires: Timestamp,
}

/// What was proven before an attempt, and what for.
pub(super) struct Before {
    pub(super) factors: Vec<Factor>,
    pub(super) goal: Option<Goal>,
}

/// Whose sign-in it is. The text is as long for one as for another.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Who {
    /// The user, or what stands for a name that is nobody's.
    pub(super) sub: Sub,
    /// The user's `auth_epoch` at the start, in twenty digits.
    epoch: String,
    /// 1 for a user, 0 for nobody's name.
    real: u8,
}

/// What an answer must be to.
#[derive(Serialize, Deserialize)]
pub(super) enum Step {
    /// PASSWORD_VERIFIER.
    Srp {
        /// Both sides' values.
        halves: Halves,
        /// Whether a choice led here: then the challenge has a `Session`, and its answer too.
        chosen: bool,
    },
    /// DEVICE_SRP_AUTH.
    DeviceSrp(DeviceKey),
    /// DEVICE_PASSWORD_VERIFIER.
    DeviceProof {
        /// The device.
        key: DeviceKey,
        /// The exchange about its secret.
        halves: Halves,
    },
    /// SELECT_CHALLENGE, or PASSWORD and PASSWORD_SRP chosen without their inputs: one of these
    /// first factors.
    Choose(Vec<FirstFactor>),
    /// EMAIL_OTP or SMS_OTP as the first factor: a code was sent.
    FirstCode {
        /// To which contact.
        contact: Contact,
        /// [`Attempt::hash`] of the code.
        hash: String,
        /// [`Attempt::hash`] of the address: as long for one as for another.
        address: String,
        /// The user name as it was sent.
        typed: String,
    },
    /// SignUp: the account waits to be confirmed.
    SignedUp,
    /// ConfirmSignUp: the account was confirmed.
    Confirmed {
        /// The contact whose code was proven.
        contact: Contact,
        /// Whether the code alone was, by somebody who need not have signed up.
        alone: bool,
    },
    /// NEW_PASSWORD_REQUIRED.
    NewPassword,
    /// SMS_MFA or EMAIL_OTP: a code was sent.
    Code {
        /// By which factor.
        factor: users::Factor,
        /// [`Attempt::hash`] of the code.
        hash: String,
        /// The address, if proving it turns the factor on (MFA_SETUP).
        enrols: Option<String>,
    },
    /// CUSTOM_CHALLENGE.
    Custom {
        /// What the answer is checked with.
        private: BTreeMap<String, String>,
        /// What the functions are told of the challenge later.
        metadata: Option<String>,
    },
    /// SOFTWARE_TOKEN_MFA.
    SoftwareToken,
    /// SELECT_MFA_TYPE.
    SelectMfa(Vec<users::Factor>),
    /// MFA_SETUP.
    SetUpMfa {
        /// Which can be set up.
        offered: Vec<users::Factor>,
        /// The secret that waits for its first code, sealed for its row.
        secret: Option<String>,
        /// Whether a factor is set up.
        done: bool,
    },
}

impl Step {
    /// What a right answer has proven, where a device may be asked for next. Of which kind a passkey
    /// was is not told by the question: it is taken for the kind that claims less.
    pub(super) const fn proves(&self) -> Option<Factor> {
        match self {
            Self::Code { factor, .. } => Some(Factor::Second(*factor)),
            Self::SoftwareToken | Self::SetUpMfa { done: true, .. } => {
                Some(Factor::Second(users::Factor::SoftwareToken))
            }
            Self::Choose(_) => Some(Factor::Passkey(Method::PlatformKey)),
            _ => None,
        }
    }
}

/// Both sides' values of an SRP exchange.
#[derive(Serialize, Deserialize)]
pub(super) struct Halves {
    /// A, base64url.
    pub(super) client: String,
    /// b and B, base64url.
    pub(super) server: String,
}

/// What a passed step writes: the proof that it uses up, and what the step changed. Of many requests
/// with the same proof one wins.
pub(super) trait Passed: Send + Sync {
    /// Writes it, or refuses.
    fn write<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<()>>;

    /// What the app has of the step, if that may stand for the `Session` of the next one
    /// (`device_ticket`).
    fn ticket(&self) -> Option<String> {
        None
    }
}

/// What a passed step writes, where the sign-in is completed.
pub(super) struct Completes<'a>(pub(super) &'a dyn Passed);

impl Claim for Completes<'_> {
    fn claim<'a>(&'a self, tx: &'a mut Tx, _session: &'a SessionId) -> BoxFuture<'a, Result<()>> {
        self.0.write(tx)
    }
}

impl Passed for Nothing {
    fn write<'a>(&'a self, _tx: &'a mut Tx) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }
}

impl Attempt {
    /// A new one, valid for the client's `AuthSessionValidity`.
    pub(super) fn new(
        app: &App,
        client: &Client,
        face: Face,
        who: Who,
        step: Step,
    ) -> Result<Self> {
        let expires = app.clock.now(&client.pool);
        Ok(Self {
            pool: client.pool.clone(),
            client: client.id.clone(),
            hosted: face == Face::Hosted,
            who,
            step,
            factors: Vec::new(),
            goal: None,
            event: None,
            history: Vec::new(),
            device: None,
            nonce: app.rng.text(b"0123456789abcdef", 32)?,
            expires: expires.plus(client.settings.auth_session_lifetime()),
        })
    }

    /// The next one of the same sign-in.
    pub(super) fn next(&self, app: &App, client: &Client, face: Face, step: Step) -> Result<Self> {
        let who = self.who.clone();
        let next = Self::new(app, client, face, who, step)?;
        Ok(Self {
            factors: self.factors.clone(),
            goal: self.goal.clone(),
            event: self.event.clone(),
            device: self.device.clone(),
            ..next
        })
    }

    /// What a passkey has to sign to answer this attempt, and no other; base64url.
    pub(super) fn challenge(&self) -> String {
        let hash = digest(&SHA256, self.bound("passkey").as_bytes());
        URL_SAFE_NO_PAD.encode(hash.as_ref())
    }

    /// The keyed hash of a code that answers this attempt, and no other.
    pub(super) fn hash(&self, app: &App, code: &str) -> Result<String> {
        app.vault.hash(CODE, &self.bound(code))
    }

    /// Whether a code has this hash.
    pub(super) fn hashes_to(&self, app: &App, code: &str, hash: &str) -> bool {
        app.vault.matches(hash, CODE, &self.bound(code))
    }

    fn bound(&self, code: &str) -> String {
        format!("{}/{}/{code}", self.pool, self.nonce)
    }

    /// Whether something was proven, in it or before it.
    pub(super) fn is_begun(&self) -> bool {
        !self.factors.is_empty() || self.goal.as_ref().is_some_and(Goal::is_credited)
    }

    /// What tells it from all others.
    pub(super) fn nonce(&self) -> &str {
        &self.nonce
    }

    /// The sealed text, base64url.
    pub(super) fn seal(&self, app: &App) -> Result<String> {
        app.vault.seal_token(PURPOSE, self)
    }

    /// Opens a sealed text.
    ///
    /// # Errors: NotAuthorized `Invalid session for the user.`, also for one of another pool or
    /// client; `…, session is expired.`, `…, session can only be used once.`
    pub(super) async fn open(app: &App, client: &Client, face: Face, text: &str) -> Result<Self> {
        let foreign = || Error::invalid_session().because(Reason::ForeignSession);
        let attempt = Self::parse(app, text)?;
        let ours = attempt.pool == client.pool
            && attempt.client == client.id
            && attempt.hosted == (face == Face::Hosted);
        if !ours {
            return Err(foreign());
        }
        let mut db = app.store.read().await?;
        if consumed::is_consumed(&mut db, &attempt.pool, &attempt.nonce).await? {
            return Err(used());
        }
        if app.clock.now(&client.pool) > attempt.expires {
            return Err(Error::session_expired().because(Reason::ExpiredSession));
        }
        Ok(attempt)
    }

    /// Opens a sealed text that may have been used up.
    ///
    /// # Errors: NotAuthorized `Invalid session for the user.`; `…, session is expired.`
    pub(super) fn open_used(app: &App, client: &Client, face: Face, text: &str) -> Result<Self> {
        let attempt = Self::parse(app, text)?;
        let ours = attempt.pool == client.pool
            && attempt.client == client.id
            && attempt.hosted == (face == Face::Hosted);
        if !ours {
            return Err(Error::invalid_session().because(Reason::ForeignSession));
        }
        if app.clock.now(&client.pool) > attempt.expires {
            return Err(Error::session_expired().because(Reason::ExpiredSession));
        }
        Ok(attempt)
    }

    /// The same attempt as another one, known by its nonce, of what was proven before it.
    #[must_use]
    pub(super) fn standing_for(self, nonce: String, before: Before, key: &DeviceKey) -> Self {
        Self {
            nonce,
            factors: before.factors,
            goal: before.goal,
            device: Some(key.clone()),
            ..self
        }
    }

    /// When it ends.
    pub(super) const fn expires(&self) -> Timestamp {
        self.expires
    }

    /// Reads a sealed text without asking whether it is of use.
    ///
    /// # Errors: NotAuthorized `Invalid session for the user.`
    fn parse(app: &App, text: &str) -> Result<Self> {
        let foreign = || Error::invalid_session().because(Reason::ForeignSession);
        app.vault.open_token(PURPOSE, text).ok_or_else(foreign)
    }

    /// Whether a sealed text asks for the code of a first factor.
    pub(super) fn asks_first_code(app: &App, text: &Secret<String>) -> bool {
        let attempt = Self::parse(app, text.expose());
        attempt.is_ok_and(|attempt| matches!(attempt.step, Step::FirstCode { .. }))
    }

    /// The client and the face of a sealed text: what they are for [`Attempt::open`] where a
    /// request names no client.
    ///
    /// # Errors: NotAuthorized `Invalid session for the user.`
    pub(super) fn door(app: &App, text: &str) -> Result<(PoolId, ClientId)> {
        let attempt = Self::parse(app, text)?;
        Ok((attempt.pool, attempt.client))
    }

    /// Uses it up: of many answers to one challenge, one wins.
    pub(super) async fn consume_in(&self, tx: &mut Tx) -> Result<()> {
        // The row must outlive every text that could carry the nonce.
        if consumed::consume(tx, &self.pool, &self.nonce, self.expires).await? {
            return Ok(());
        }
        Err(used())
    }
}

impl Passed for Attempt {
    fn write<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.consume_in(tx))
    }
}

impl Who {
    /// A user's.
    pub(super) fn user(user: &User) -> Self {
        Self {
            sub: user.sub.clone(),
            epoch: format!("{:020}", user.auth_epoch),
            real: 1,
        }
    }

    /// Nobody's, and the answers do not say so.
    pub(super) fn phantom(sub: &Sub) -> Self {
        Self {
            sub: sub.clone(),
            epoch: format!("{:020}", 0),
            real: 0,
        }
    }

    /// The user's `auth_epoch` at the start; none for nobody's.
    pub(super) fn epoch(&self) -> Option<i64> {
        self.epoch.parse().ok().filter(|_| self.real == 1)
    }
}

fn used() -> Error {
    Error::session_used().because(Reason::ReusedSession)
}

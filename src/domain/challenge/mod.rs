//! The sign-in machine: from a first proof to tokens, one step per file.
//!
//! [`start`] and [`answer`] give [`Outcome::Tokens`], the next [`Outcome::Challenge`], or an error,
//! whose `reason` says what the public text may hide. A browser's sign-in ([`Face::Hosted`]) ends
//! in [`Outcome::Proven`] instead of tokens: the OAuth endpoints turn that into a code.

mod parameters;

use std::collections::BTreeMap;

use crate::app::App;
use crate::domain::hooks::Metadata;
use crate::domain::sessions::Proven;
use crate::domain::tokens::Issued;
use crate::error::{Error, Result};
use crate::names;
use crate::secret::Secret;
use crate::store::audit::Actor;
use crate::store::clients::Client;
use crate::store::pools::Pool;
use crate::store::users::User;

pub use parameters::Parameters;

names! {
    /// `AuthFlow` of InitiateAuth.
    pub enum Flow {
        UserSrp = "USER_SRP_AUTH",
        RefreshTokenAuth = "REFRESH_TOKEN_AUTH",
        RefreshToken = "REFRESH_TOKEN",
        Custom = "CUSTOM_AUTH",
        AdminNoSrp = "ADMIN_NO_SRP_AUTH",
        UserPassword = "USER_PASSWORD_AUTH",
        AdminUserPassword = "ADMIN_USER_PASSWORD_AUTH",
        UserAuth = "USER_AUTH",
    }

    /// `ChallengeName`.
    pub enum ChallengeName {
        SmsMfa = "SMS_MFA",
        EmailOtp = "EMAIL_OTP",
        SoftwareTokenMfa = "SOFTWARE_TOKEN_MFA",
        SelectMfaType = "SELECT_MFA_TYPE",
        MfaSetup = "MFA_SETUP",
        PasswordVerifier = "PASSWORD_VERIFIER",
        CustomChallenge = "CUSTOM_CHALLENGE",
        SelectChallenge = "SELECT_CHALLENGE",
        DeviceSrp = "DEVICE_SRP_AUTH",
        DevicePasswordVerifier = "DEVICE_PASSWORD_VERIFIER",
        AdminNoSrp = "ADMIN_NO_SRP_AUTH",
        NewPasswordRequired = "NEW_PASSWORD_REQUIRED",
        SmsOtp = "SMS_OTP",
        Password = "PASSWORD",
        WebAuthn = "WEB_AUTHN",
        PasswordSrp = "PASSWORD_SRP",
    }

    /// Which face a sign-in goes through; a sign-in begun at one cannot go on at another.
    pub enum Face {
        // InitiateAuth, RespondToAuthChallenge.
        Api = "api",
        // AdminInitiateAuth, AdminRespondToAuthChallenge.
        Admin = "admin",
        // The pages: no SECRET_HASH, no ExplicitAuthFlows, no tokens.
        Hosted = "hosted",
    }
}

/// A sign-in begins.
pub struct Start<'a> {
    /// Where.
    pub face: Face,
    /// How.
    pub flow: Flow,
    /// `AuthParameters`; a page makes them with [`Parameters::password`].
    pub parameters: Parameters,
    /// `ClientMetadata`.
    pub metadata: &'a Metadata,
}

/// A challenge is answered.
pub struct Answer<'a> {
    /// Where.
    pub face: Face,
    /// Which challenge.
    pub name: ChallengeName,
    /// `ChallengeResponses`; a page may leave `USERNAME` out.
    pub parameters: Parameters,
    /// `Session` of the challenge.
    pub session: Option<Secret<String>>,
    /// `ClientMetadata`.
    pub metadata: &'a Metadata,
}

/// What a step comes to, when it is not refused.
pub enum Outcome {
    /// Signed in.
    Tokens(Issued),
    /// Signed in, in a browser.
    Proven(Proven),
    /// One more thing to prove or to give.
    Challenge(Next),
}

/// The next challenge.
#[derive(Clone, Debug)]
pub struct Next {
    /// Which one.
    pub name: ChallengeName,
    /// `ChallengeParameters`.
    pub parameters: BTreeMap<String, String>,
    /// `Session`; none where the state travels in the parameters (USER_SRP_AUTH).
    pub session: Option<String>,
}

/// Begins a sign-in.
///
/// # Errors: InvalidParameter, NotAuthorized, UserNotFound, UserNotConfirmed,
/// PasswordResetRequired, TooManyRequests, NotImplemented (a stored setting that is not built)
pub async fn start(
    _app: &App,
    _actor: &Actor,
    _pool: &Pool,
    _client: &Client,
    _start: Start<'_>,
) -> Result<Outcome> {
    Err(Error::not_implemented("Sign-in"))
}

/// Goes on with a sign-in.
///
/// # Errors: those of [`start`], InvalidPassword, PasswordHistoryPolicyViolation, AliasExists
pub async fn answer(
    _app: &App,
    _actor: &Actor,
    _pool: &Pool,
    _client: &Client,
    _answer: Answer<'_>,
) -> Result<Outcome> {
    Err(Error::not_implemented("Sign-in"))
}

/// Signs a browser in without a further question: its user has just proven, in the same page flow,
/// the password and the contact of the account (sign-up and its confirmation).
///
/// # Errors: NotAuthorized (disabled), NotImplemented (the pool asks for more than is built)
pub async fn prove(
    _app: &App,
    _actor: &Actor,
    _pool: &Pool,
    _client: &Client,
    _user: &User,
) -> Result<Proven> {
    Err(Error::not_implemented("Sign-in"))
}

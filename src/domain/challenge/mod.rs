//! The sign-in machine: from a first proof to tokens, one step per file.
//!
//! [`start`] and [`answer`] give [`Outcome::Tokens`], the next [`Outcome::Challenge`], or an error,
//! whose `reason` says what the public text may hide. A browser's sign-in ([`Face::Hosted`]) ends
//! in [`Outcome::Proven`] instead of tokens: the OAuth endpoints turn that into a code.

mod attempt;
mod choice;
mod code;
mod context;
mod custom;
mod device;
mod device_browser;
mod device_proof;
mod device_srp;
mod device_ticket;
mod finish;
mod first_code;
pub(in crate::domain) mod flows;
mod goal;
mod new_password;
mod pages;
mod parameters;
mod password;
mod second_factor;
mod select_mfa;
mod set_up_mfa;
mod signed_up;
mod software_token;
mod srp;
mod watched;
mod web_authn;

use std::collections::BTreeMap;

use crate::app::App;
use crate::domain::assurance::Level;
use crate::domain::clients;
use crate::domain::hooks::Metadata;
use crate::domain::refresh::{self, Door, Refresh};
use crate::domain::sessions::Proven;
use crate::domain::tokens::Issued;
use crate::error::{Error, Result};
use crate::names;
use crate::secret::Secret;
use crate::store::audit::Actor;
use crate::store::clients::Client;
use crate::store::pools::Pool;
use crate::store::users::Factor as SecondFactor;

use context::Context;
pub use pages::{Need, is_remembered, need, passkey_options, prove, send_again, step_up};
pub use parameters::Parameters;
pub use set_up_mfa::{associate, verify};
pub use signed_up::{SignUpSession, after_confirmation};
use watched::Watch;

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
    /// `Session` of ConfirmSignUp, for USER_AUTH only.
    pub session: Option<Secret<String>>,
    /// `ClientMetadata`.
    pub metadata: &'a Metadata,
    /// The levels that an authorization request asks for (`acr_values`), where a page begins.
    pub wanted: &'a [Level],
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
    /// `AvailableChallenges`: what a choice-based sign-in can begin with; empty elsewhere.
    pub available: Vec<ChallengeName>,
}

/// Begins a sign-in.
///
/// # Errors: InvalidParameter, NotAuthorized, UserNotFound, UserNotConfirmed,
/// PasswordResetRequired, TooManyRequests, NotImplemented (a stored setting that is not built)
pub async fn start(
    app: &App,
    actor: &Actor,
    pool: &Pool,
    client: &Client,
    start: Start<'_>,
) -> Result<Outcome> {
    let Start {
        face,
        flow,
        parameters,
        session,
        metadata,
        wanted,
    } = start;
    flows::check_face(face, flow)?;
    if session.is_some() && flow != Flow::UserAuth {
        return Err(Error::session_of_sign_up());
    }
    let none = Metadata::new();
    if matches!(flow, Flow::RefreshTokenAuth | Flow::RefreshToken) {
        let token = parameters.get("REFRESH_TOKEN")?;
        let secret_hash = parameters.find("SECRET_HASH");
        if secret_hash.is_none() {
            clients::check_secret_hash(app, client, "", None)?;
        }
        flows::check(client, face, flow)?;
        let device = parameters.find("DEVICE_KEY");
        let refresh = Refresh {
            door: Door::Flow(secret_hash),
            token,
            device_key: device.map(|key| key.expose().as_str()),
            metadata: &none,
        };
        let issued = refresh::refresh(app, actor, pool, client, refresh).await?;
        return Ok(Outcome::Tokens(issued));
    }
    let watch = Watch::of(app, pool)?;
    let device = device::named(pool, &parameters)?;
    let context = Context {
        app,
        actor,
        pool,
        client,
        face,
        metadata: &none,
        validation: metadata,
        device: device.as_ref(),
        kept: parameters.kept(),
        history: &[],
        goal: None,
        wanted,
        watch: &watch,
    };
    let begun = Box::pin(begin(context, (flow, session.as_ref()), &parameters));
    let outcome = begun.await;
    watch.close(&context, outcome).await
}

async fn begin(
    context: Context<'_>,
    (flow, session): (Flow, Option<&Secret<String>>),
    parameters: &Parameters,
) -> Result<Outcome> {
    let typed = context.username(parameters)?;
    flows::check(context.client, context.face, flow)?;
    if flow == Flow::UserAuth {
        return Box::pin(choice::start(context, typed, parameters, session)).await;
    }
    if flow == Flow::Custom {
        return Box::pin(custom::start(context, typed, parameters)).await;
    }
    if flow == Flow::UserSrp {
        return srp::start(context, typed, parameters).await;
    }
    password::start(context, typed, parameters.get("PASSWORD")?).await
}

/// Goes on with a sign-in.
///
/// # Errors: those of [`start`], InvalidPassword, PasswordHistoryPolicyViolation, AliasExists
pub async fn answer(
    app: &App,
    actor: &Actor,
    pool: &Pool,
    client: &Client,
    answer: Answer<'_>,
) -> Result<Outcome> {
    let watch = Watch::of(app, pool)?;
    let device = device::named(pool, &answer.parameters)?;
    let context = Context {
        app,
        actor,
        pool,
        client,
        face: answer.face,
        metadata: answer.metadata,
        validation: &Metadata::new(),
        device: device.as_ref(),
        kept: answer.parameters.kept(),
        history: &[],
        goal: None,
        wanted: &[],
        watch: &watch,
    };
    let outcome = Box::pin(go_on(context, &answer)).await;
    watch.close(&context, outcome).await
}

async fn go_on(context: Context<'_>, answer: &Answer<'_>) -> Result<Outcome> {
    let parameters = &answer.parameters;
    let known = answer.face == Face::Hosted && parameters.find("USERNAME").is_none();
    let typed = (!known).then(|| context.username(parameters)).transpose()?;
    let session = answer.session.as_ref();
    match answer.name {
        ChallengeName::PasswordVerifier => {
            let typed = typed.ok_or_else(|| Error::missing_parameter("USERNAME"))?;
            Box::pin(srp::answer(context, typed, (session, parameters))).await
        }
        ChallengeName::NewPasswordRequired => {
            new_password::answer(context, typed, session, parameters).await
        }
        ChallengeName::SmsMfa => {
            code::answer(context, typed, session, (SecondFactor::Sms, parameters)).await
        }
        name @ (ChallengeName::SelectChallenge
        | ChallengeName::Password
        | ChallengeName::PasswordSrp
        | ChallengeName::WebAuthn) => {
            Box::pin(choice::answer(context, typed, session, (name, parameters))).await
        }
        name @ (ChallengeName::EmailOtp | ChallengeName::SmsOtp)
            if first_code::asked(context.app, session) =>
        {
            Box::pin(first_code::answer(
                context,
                typed,
                session,
                (name, parameters),
            ))
            .await
        }
        ChallengeName::SmsOtp => Err(first_code::foreign()),
        ChallengeName::EmailOtp => {
            code::answer(context, typed, session, (SecondFactor::Email, parameters)).await
        }
        ChallengeName::SoftwareTokenMfa => {
            software_token::answer(context, typed, session, parameters).await
        }
        ChallengeName::CustomChallenge => {
            let typed = typed.ok_or_else(|| Error::missing_parameter("USERNAME"))?;
            Box::pin(custom::answer(context, typed, session, parameters)).await
        }
        ChallengeName::SelectMfaType => {
            select_mfa::answer(context, typed, session, parameters).await
        }
        ChallengeName::MfaSetup => set_up_mfa::answer(context, typed, session, parameters).await,
        ChallengeName::DeviceSrp => device_srp::answer(context, typed, session, parameters).await,
        ChallengeName::DevicePasswordVerifier => {
            device_proof::answer(context, typed, session, parameters).await
        }
        other => Err(Error::not_implemented(other.as_str())),
    }
}

//! Hook points: where Cognito calls a Lambda trigger (api-auth.md 10).
//!
//! Every path calls its hooks from the first day, with what the trigger's event needs. There are no
//! transports yet, so a configured trigger answers the honest 501: skipping it silently would let
//! a sign-in through that the trigger was there to refuse.

#![expect(
    clippy::unused_async,
    reason = "hooks wait for triggers once there are transports"
)]

use std::collections::BTreeMap;

use crate::app::App;
use crate::error::{Error, Result};
use crate::ids::ClientId;
use crate::settings::pool::{Contact, LambdaConfig};
use crate::store::pools::Pool;
use crate::store::users::{Attributes, User};

/// `ClientMetadata` of a request.
pub type Metadata = BTreeMap<String, String>;

/// What a trigger is told about the act it is called for.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// The pool.
    pub pool: &'a Pool,
    /// The app client, where one is involved.
    pub client: Option<&'a ClientId>,
    /// The user name as the event shows it.
    pub username: &'a str,
    /// The user, if there is one already.
    pub user: Option<&'a User>,
    /// `ClientMetadata` of the request.
    pub metadata: &'a Metadata,
}

/// Why an account is being made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUpSource {
    /// `PreSignUp_SignUp`
    SignUp,
    /// `PreSignUp_AdminCreateUser`
    AdminCreateUser,
}

/// What `PreSignUp` may decide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PreSignUpAnswer {
    /// The account needs no code.
    pub auto_confirm_user: bool,
    /// The e-mail address counts as verified.
    pub auto_verify_email: bool,
    /// The phone number counts as verified.
    pub auto_verify_phone: bool,
}

impl PreSignUpAnswer {
    /// Whether a contact counts as verified.
    pub const fn verifies(self, contact: Contact) -> bool {
        match contact {
            Contact::Email => self.auto_verify_email,
            Contact::PhoneNumber => self.auto_verify_phone,
        }
    }
}

/// What became final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfirmationSource {
    /// `PostConfirmation_ConfirmSignUp`
    ConfirmSignUp,
    /// `PostConfirmation_ConfirmForgotPassword`
    ConfirmForgotPassword,
}

/// Which message is about to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageSource {
    /// `CustomMessage_SignUp`
    SignUp,
    /// `CustomMessage_ResendCode`
    ResendCode,
    /// `CustomMessage_ForgotPassword`
    ForgotPassword,
    /// `CustomMessage_AdminCreateUser`
    AdminCreateUser,
    /// `CustomMessage_UpdateUserAttribute`
    UpdateUserAttribute,
    /// `CustomMessage_Authentication`
    Authentication,
}

/// What `CustomMessage` may replace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomMessageAnswer {
    /// Text of an SMS, with its placeholders.
    pub sms_message: Option<String>,
    /// Body of an e-mail, with its placeholders.
    pub email_message: Option<String>,
    /// Subject of an e-mail.
    pub email_subject: Option<String>,
}

/// Why tokens are being made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// `TokenGeneration_Authentication`
    Authentication,
    /// `TokenGeneration_NewPasswordChallenge`
    NewPasswordChallenge,
    /// `TokenGeneration_AuthenticateDevice`
    AuthenticateDevice,
    /// `TokenGeneration_HostedAuth`
    HostedAuth,
    /// `TokenGeneration_RefreshTokens`
    RefreshTokens,
    /// `TokenGeneration_ClientCredentials`
    ClientCredentials,
}

/// Before an account is made; a refusal leaves nothing behind.
pub async fn pre_sign_up(
    _app: &App,
    event: Event<'_>,
    _source: SignUpSource,
    _attributes: &Attributes,
    _validation_data: &Attributes,
) -> Result<PreSignUpAnswer> {
    unset(event.pool, "PreSignUp", |lambda| {
        lambda.pre_sign_up.is_some()
    })?;
    Ok(PreSignUpAnswer::default())
}

/// Asked before what [`post_confirmation`] follows: that trigger cannot undo it, so what it cannot
/// be called for must not happen.
pub fn refuse_unbuilt_post_confirmation(pool: &Pool) -> Result<()> {
    unset(pool, "PostConfirmation", |lambda| {
        lambda.post_confirmation.is_some()
    })
}

/// After an account was confirmed or its password reset; never undoes it.
pub async fn post_confirmation(
    _app: &App,
    event: Event<'_>,
    _source: ConfirmationSource,
) -> Result<()> {
    refuse_unbuilt_post_confirmation(event.pool)
}

/// Before a message is sent.
pub async fn custom_message(
    _app: &App,
    event: Event<'_>,
    _source: MessageSource,
) -> Result<CustomMessageAnswer> {
    unset(event.pool, "CustomMessage", |lambda| {
        lambda.custom_message.is_some()
    })?;
    unset(event.pool, "CustomEmailSender", |lambda| {
        lambda.custom_email_sender.is_some()
    })?;
    unset(event.pool, "CustomSMSSender", |lambda| {
        lambda.custom_sms_sender.is_some()
    })?;
    Ok(CustomMessageAnswer::default())
}

/// When a user is unknown: may bring one from elsewhere.
pub async fn user_migration(_app: &App, event: Event<'_>) -> Result<Option<User>> {
    unset(event.pool, "UserMigration", |lambda| {
        lambda.user_migration.is_some()
    })?;
    Ok(None)
}

/// Before a credential is checked; `event.user` is absent for unknown users.
pub async fn pre_authentication(_app: &App, event: Event<'_>) -> Result<()> {
    unset(event.pool, "PreAuthentication", |lambda| {
        lambda.pre_authentication.is_some()
    })
}

/// After every factor was proven.
pub async fn post_authentication(_app: &App, event: Event<'_>) -> Result<()> {
    unset(event.pool, "PostAuthentication", |lambda| {
        lambda.post_authentication.is_some()
    })
}

/// Before tokens are signed. For a client's own token only version 3 of the event is sent.
pub async fn pre_token_generation(_app: &App, event: Event<'_>, source: TokenSource) -> Result<()> {
    unset(event.pool, "PreTokenGeneration", |lambda| {
        let versioned = lambda.pre_token_generation_config.as_ref();
        if source == TokenSource::ClientCredentials {
            return versioned.is_some_and(|v| v.lambda_version.as_deref() == Some("V3_0"));
        }
        lambda.pre_token_generation.is_some() || versioned.is_some()
    })
}

fn unset(pool: &Pool, name: &str, configured: impl Fn(&LambdaConfig) -> bool) -> Result<()> {
    if pool
        .settings()
        .lambda_config
        .as_ref()
        .is_some_and(configured)
    {
        return Err(Error::not_implemented(&format!("The {name} trigger")));
    }
    Ok(())
}

//! Hook points: where Cognito calls a Lambda trigger (api-auth.md 10), one function for each, called
//! from every path.
//!
//! A trigger that a pool does not configure does nothing. One that it does configure decides: what
//! it refuses does not happen, and what cannot be asked is refused (docs/triggers.md). None runs
//! inside a transaction.

mod acts;
mod ask;
mod custom;
mod message;
mod migration;
mod pre_sign_up;
mod pre_token;
mod sender;

use std::collections::BTreeMap;

use crate::ids::ClientId;
use crate::names;
use crate::settings::pool::LambdaConfig;
use crate::store::audit::Actor;
use crate::store::pools::Pool;
use crate::store::users::User;

pub use acts::{
    asks_after_authentication, post_authentication, post_confirmation, pre_authentication,
};
pub use custom::{
    Asked, Challenged, Created, Decision, check_custom_auth, create_auth_challenge,
    define_auth_challenge, verify_auth_challenge,
};
pub use message::{CustomMessageAnswer, custom_message};
pub use migration::{Migrated, user_migration};
pub use pre_sign_up::{PreSignUpAnswer, SignUpSource, pre_sign_up};
pub use pre_token::pre_token_generation;
pub use sender::{Outgoing, send_custom, send_takeover_notice, sends_custom};

/// `ClientMetadata` of a request.
pub type Metadata = BTreeMap<String, String>;

/// What a trigger is told about the act it is called for.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// Who asks, for the version of the caller's SDK.
    pub actor: &'a Actor,
    /// The pool.
    pub pool: &'a Pool,
    /// The app client, where one is involved.
    pub client: Option<&'a ClientId>,
    /// The user name as the event shows it.
    pub username: &'a str,
    /// The user, if there is one already.
    pub user: Option<&'a User>,
    /// What the trigger gets as `clientMetadata`.
    pub metadata: &'a Metadata,
    /// What the trigger gets as `validationData`, where it gets any: `ClientMetadata` of
    /// InitiateAuth goes this way, and reaches no trigger as `clientMetadata` (triggers.md 7).
    pub validation: &'a Metadata,
    /// Whether the client hides which users exist: then triggers of a sign-in are asked for nobody,
    /// too, and are told.
    pub hides: bool,
}

names! {
    /// What became final.
    pub enum ConfirmationSource {
        ConfirmSignUp = "PostConfirmation_ConfirmSignUp",
        ConfirmForgotPassword = "PostConfirmation_ConfirmForgotPassword",
    }

    /// Which message is about to be sent: what follows the trigger's name in `triggerSource`.
    pub enum MessageSource {
        SignUp = "SignUp",
        ResendCode = "ResendCode",
        ForgotPassword = "ForgotPassword",
        AdminCreateUser = "AdminCreateUser",
        UpdateUserAttribute = "UpdateUserAttribute",
        VerifyUserAttribute = "VerifyUserAttribute",
        Authentication = "Authentication",
    }
}

/// Why tokens are being made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// A sign-in at the API.
    Authentication,
    /// A sign-in that began with a temporary password.
    NewPasswordChallenge,
    /// A sign-in that a remembered device ended.
    AuthenticateDevice,
    /// A sign-in in a browser.
    HostedAuth,
    /// A refresh, but for the operation's.
    RefreshTokens,
    /// GetTokensFromRefreshToken.
    RefreshOperation,
    /// A client's own token.
    ClientCredentials,
    /// GetDerivedToken.
    Exchange,
}

impl TokenSource {
    /// `triggerSource`.
    pub const fn as_str(self) -> &'static str {
        match self {
            // That the operation's refresh is called so is Cognito's documentation; what it calls an
            // exchange is not told.
            Self::Authentication | Self::RefreshOperation | Self::Exchange => {
                "TokenGeneration_Authentication"
            }
            Self::NewPasswordChallenge => "TokenGeneration_NewPasswordChallenge",
            Self::AuthenticateDevice => "TokenGeneration_AuthenticateDevice",
            Self::HostedAuth => "TokenGeneration_HostedAuth",
            Self::RefreshTokens => "TokenGeneration_RefreshTokens",
            Self::ClientCredentials => "TokenGeneration_ClientCredentials",
        }
    }
}

/// Whether a function may be asked before a password is looked at.
pub fn before_password(pool: &Pool) -> bool {
    let asks = |of: fn(&LambdaConfig) -> &Option<String>| slot(pool, of).is_some();
    asks(|config| &config.user_migration) || asks(|config| &config.pre_authentication)
}

/// What a slot of a pool's `LambdaConfig` holds.
fn slot(pool: &Pool, of: impl Fn(&LambdaConfig) -> &Option<String>) -> Option<&str> {
    let config = pool.settings().lambda_config.as_ref()?;
    of(config).as_deref()
}

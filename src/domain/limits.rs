//! How often a user may do something in an hour (api.md 3.6, from Cognito's quotas page).

use crate::app::App;
use crate::domain::codes::Sent;
use crate::error::{Error, Reason, Result};
use crate::ids::{PoolId, Sub};
use crate::store::attempts::{self, Attempt};
use crate::store::db::Tx;
use crate::time::{Span, Timestamp};

/// How long an attempt counts.
const WINDOW: Span = Span::hours(1);

/// What messages to one address are counted as.
const MESSAGE: &str = "message";

/// Messages with codes to one address in an hour, where they leave the machine.
const MESSAGES: u32 = 30;

/// Clients registered from one address in an hour.
const REGISTRATIONS: i64 = 100;

/// What they are counted as.
const REGISTRATION: &str = "registration";

/// The longest time that anything is counted for (`domain::mfa::tries`): counts go when it is over.
pub const LONGEST: Span = Span::hours(24);

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Tries of a sign-up code.
    ConfirmSignUp,
    /// Sign-up codes sent again.
    ResendConfirmationCode,
    /// Reset codes sent.
    ForgotPassword,
    /// Tries of a reset code.
    ConfirmForgotPassword,
    /// Tries of the previous password.
    ChangePassword,
    /// Codes for a contact sent on request.
    GetUserAttributeVerificationCode,
    /// Tries of a contact's code.
    VerifyUserAttribute,
    /// Codes of a second factor sent again from a page.
    ResendAuthenticationCode,
    /// Mails that tell of changes of the account (security.md I7). Counted with the user's row in
    /// hand, and nothing else is taken after it.
    ChangeNotice,
}

impl Act {
    const fn name(self) -> &'static str {
        match self {
            Self::ConfirmSignUp => "confirm_sign_up",
            Self::ResendConfirmationCode => "resend",
            Self::ForgotPassword => "forgot",
            Self::ConfirmForgotPassword => "confirm_forgot",
            Self::ChangePassword => "change_password",
            Self::GetUserAttributeVerificationCode => "attribute_code",
            Self::VerifyUserAttribute => "verify_attribute",
            Self::ResendAuthenticationCode => "resend_authentication",
            Self::ChangeNotice => "change_notice",
        }
    }

    /// Where Cognito names a range (5 to 20, by risk), the upper end.
    const fn limit(self) -> i64 {
        match self {
            Self::ConfirmSignUp | Self::VerifyUserAttribute => 15,
            Self::ForgotPassword | Self::ConfirmForgotPassword | Self::ChangeNotice => 20,
            Self::ResendConfirmationCode
            | Self::ResendAuthenticationCode
            | Self::ChangePassword
            | Self::GetUserAttributeVerificationCode => 5,
        }
    }
}

/// Counts an attempt of a user, or of a phantom. To count, the transaction must commit.
///
/// # Errors: LimitExceeded `Attempt limit exceeded, please try after some time.`
pub async fn count(tx: &mut Tx, pool: &PoolId, sub: &Sub, act: Act, now: Timestamp) -> Result<()> {
    let over = now.minus(WINDOW);
    let attempt = Attempt {
        pool,
        who: sub.as_str(),
        act: act.name(),
    };
    let counted = attempts::claim(tx, attempt, act.limit(), (now, over)).await?;
    let exceeded = || Error::attempt_limit_exceeded().because(Reason::TooManyTries);
    counted.map(drop).ok_or_else(exceeded)
}

/// Counts a message with a code to an address, whoever it is for: many accounts that name one
/// mailbox cannot flood it (security.md I7). To count, the transaction must commit.
///
/// # Errors: LimitExceeded `Attempt limit exceeded, please try after some time.`
pub async fn message(
    app: &App,
    tx: &mut Tx,
    pool: &PoolId,
    sent: &Sent,
    now: Timestamp,
) -> Result<()> {
    let leaves = app.config.smtp_url.is_some();
    let unset = if leaves { MESSAGES } else { 0 };
    let limit = app.config.messages_per_hour.unwrap_or(unset);
    if limit == 0 {
        return Ok(());
    }
    let address = format!("{pool}/{}", sent.address.to_lowercase());
    let over = now.minus(WINDOW);
    let attempt = Attempt {
        pool,
        who: &app.vault.hash("address", &address)?,
        act: MESSAGE,
    };
    let counted = attempts::claim(tx, attempt, i64::from(limit), (now, over)).await?;
    let exceeded = || Error::attempt_limit_exceeded().because(Reason::TooManyTries);
    counted.map(drop).ok_or_else(exceeded)
}

/// Counts a client that registers itself, by the address it comes from (security.md F2). To count, the
/// transaction must commit.
///
/// # Errors: TooManyRequests `Rate exceeded`
pub async fn registration(
    app: &App,
    tx: &mut Tx,
    pool: &PoolId,
    address: &str,
    now: Timestamp,
) -> Result<()> {
    let attempt = Attempt {
        pool,
        who: &app.vault.hash("address", address)?,
        act: REGISTRATION,
    };
    let counted = attempts::claim(tx, attempt, REGISTRATIONS, (now, now.minus(WINDOW))).await?;
    let exceeded = || Error::rate_exceeded().because(Reason::TooManyTries);
    counted.map(drop).ok_or_else(exceeded)
}

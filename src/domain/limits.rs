//! How often a user may do something in an hour (api.md 3.6, from Cognito's quotas page).

use crate::error::{Error, Reason, Result};
use crate::ids::{PoolId, Sub};
use crate::store::attempts::{self, Attempt};
use crate::store::db::Tx;
use crate::time::{Span, Timestamp};

const WINDOW: Span = Span::hours(1);

/// The longest time that anything is counted for (`domain::mfa::tries`).
const LONGEST: Span = Span::hours(24);

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
        }
    }

    /// Where Cognito names a range (5 to 20, by risk), the upper end.
    const fn limit(self) -> i64 {
        match self {
            Self::ConfirmSignUp | Self::VerifyUserAttribute => 15,
            Self::ForgotPassword | Self::ConfirmForgotPassword => 20,
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
    attempts::prune(tx, now.minus(LONGEST)).await?;
    let attempt = Attempt {
        pool,
        sub,
        act: act.name(),
    };
    let counted = attempts::claim(tx, attempt, act.limit(), (now, over)).await?;
    let exceeded = || Error::attempt_limit_exceeded().because(Reason::TooManyTries);
    counted.map(drop).ok_or_else(exceeded)
}

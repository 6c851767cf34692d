//! What a signed-in person does with the own attributes and account.

mod attributes;
mod delete;
mod verify;

use crate::domain::access::SignedIn;
use crate::error::{Error, Result};
use crate::store::users::Status;

pub use attributes::{delete_attributes, update_attributes};
pub use delete::delete;
pub use verify::{send_code, verify};

/// Refuses a person who must first do something else.
///
/// # Errors: PasswordResetRequired, UserNotConfirmed
fn check_status(who: &SignedIn) -> Result<()> {
    match who.user.status {
        Status::ResetRequired => Err(Error::password_reset_required()),
        Status::Unconfirmed => Err(Error::user_not_confirmed()),
        _ => Ok(()),
    }
}

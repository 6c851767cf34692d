//! Accounts that people open themselves: sign-up, its confirmation, the code sent again. The API
//! and the hosted pages call the same functions.

mod change_password;
mod confirm;
mod migrate;
mod naming;
mod resend;
mod sign_up;

use crate::app::App;
use crate::domain::records::Refused;
use crate::domain::usernames;
use crate::error::{Code, Error, Result};
use crate::settings::pool::Contact;
use crate::store::pools::Pool;

pub use change_password::{ChangePassword, change_password};
pub use confirm::{ConfirmSignUp, Confirmed, check_unconfirmed, confirm_sign_up};
pub use migrate::migrate;
pub use naming::{Name, new_name};
pub use resend::{Resend, resend};
pub use sign_up::{SignUp, SignedUp, sign_up};

/// Why a new account could not be written, as UsernameExistsException. `login` is the contact that
/// was given as the user name; `taken` is what to say when that name is taken.
pub fn exists(refused: Refused, login: Option<Contact>, taken: fn() -> Error) -> Error {
    match refused {
        Refused::Alias(kind) if login.is_none_or(|contact| contact.as_str() != kind) => {
            Error::contact_exists(Code::UsernameExists, kind)
        }
        Refused::Username | Refused::Alias(_) => taken(),
        Refused::Failed(error) => error,
    }
}

/// Spares the trigger and the hash for a name that finds somebody. That it is free decides the
/// insert.
pub async fn refuse_taken(
    app: &App,
    pool: &Pool,
    username: &str,
    taken: fn() -> Error,
) -> Result<()> {
    let mut db = app.store.read().await?;
    match usernames::find(&mut db, pool, username).await? {
        Some(_) => Err(taken()),
        None => Ok(()),
    }
}

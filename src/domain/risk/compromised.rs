//! Passwords that everybody knows: a compiled-in list (`common_passwords.md` says where it comes
//! from). Letter case does not make a password another.

use std::collections::HashSet;
use std::sync::OnceLock;

use crate::error::{Error, Reason, Result};
use crate::settings::risk::{CompromisedAction, PasswordEvent};
use crate::store::clients::Client;
use crate::store::pools::Pool;

static LIST: &str = include_str!("common_passwords.txt");

/// Whether a password is on the list.
pub fn is_listed(password: &str) -> bool {
    static SET: OnceLock<HashSet<&'static str>> = OnceLock::new();
    let set = SET.get_or_init(|| LIST.lines().collect());
    set.contains(password.to_lowercase().as_str())
}

/// Refuses a new password that is compromised, where the pool or the client says so.
///
/// # Errors: InvalidPassword
pub(in crate::domain) fn check_new(
    pool: &Pool,
    client: Option<&Client>,
    event: PasswordEvent,
    password: &str,
) -> Result<()> {
    let action = super::password_rule(pool, client, event);
    if action == Some(CompromisedAction::Block) && is_listed(password) {
        return Err(Error::password_refused().because(Reason::Risk));
    }
    Ok(())
}

/// Whether a password that was proven at sign-in is compromised, and whether that ends the sign-in.
pub(in crate::domain) fn at_sign_in(
    pool: &Pool,
    client: &Client,
    password: &str,
) -> Option<CompromisedAction> {
    let action = super::password_rule(pool, Some(client), PasswordEvent::SignIn)?;
    is_listed(password).then_some(action)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_long_sorted_and_without_letter_case() {
        let lines: Vec<&str> = LIST.lines().collect();
        assert!(lines.len() >= 3000, "{}", lines.len());
        assert!(lines.is_sorted() && lines.iter().all(|line| *line == line.to_lowercase()));
        for known in [
            "password",
            "PASSWORD",
            "P@ssw0rd1!",
            "123456",
            "Welcome123!",
        ] {
            assert!(is_listed(known), "{known}");
        }
        for other in ["", "Correct-Horse1!", "password ", "k0L!e9-xQ"] {
            assert!(!is_listed(other), "{other}");
        }
    }
}

//! What a client proves its secret with: the secret itself, or a SECRET_HASH.
//!
//! SECRET_HASH is base64(HMAC-SHA256(secret, username + client id)), the user name as the same
//! request sends it (api-auth.md 3.4). A client may hold two secrets; either one proves it.

use aws_lc_rs::{constant_time, hmac};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::app::App;
use crate::error::{Error, Result};
use crate::ids::ClientId;
use crate::secret::Secret;
use crate::store::clients::{Client, SealedSecret};
use crate::vault::Place;

/// Checks the SECRET_HASH of a request. `username` is the value that the same request carries (on
/// refresh, the user's stored user name).
///
/// # Errors: NotAuthorized, when a hash is missing, wrong, or sent for a client without a secret.
pub fn check_secret_hash(
    app: &App,
    client: &Client,
    username: &str,
    hash: Option<&Secret<String>>,
) -> Result<()> {
    let Some(hash) = hash else {
        if client.secrets.is_empty() {
            return Ok(());
        }
        return Err(Error::secret_hash_missing(client.id.as_str()));
    };
    let proven = any(app, client, |secret| {
        let expected = secret_hash(secret, username, &client.id);
        equal(&expected, hash.expose())
    })?;
    if !proven {
        return Err(Error::secret_hash_wrong(client.id.as_str()));
    }
    Ok(())
}

/// Whether a request proves its client: by one of its secrets, or, for a client without any, by
/// sending none.
pub fn check_secret(app: &App, client: &Client, secret: Option<&str>) -> Result<bool> {
    match secret {
        None => Ok(client.secrets.is_empty()),
        Some(given) => any(app, client, |secret| equal(secret, given)),
    }
}

/// One of a client's secrets, in clear.
pub(super) fn open(app: &App, client: &Client, secret: &SealedSecret) -> Result<Secret<String>> {
    let row = row(client, &secret.secret_id);
    app.vault.open_text(place(&row), &secret.sealed)
}

/// A client's new secret, sealed for its row.
pub(super) fn seal(app: &App, client: &Client, id: &str, secret: &str) -> Result<String> {
    let row = row(client, id);
    app.vault.seal(place(&row), secret.as_bytes())
}

fn row(client: &Client, secret_id: &str) -> String {
    format!("{}/{}/{secret_id}", client.pool, client.id)
}

const fn place(row: &str) -> Place<'_> {
    Place {
        table: "client_secrets",
        column: "sealed",
        row,
    }
}

/// Tries every secret, also after one fits.
fn any(app: &App, client: &Client, fits: impl Fn(&str) -> bool) -> Result<bool> {
    let mut proven = false;
    for secret in &client.secrets {
        proven |= fits(open(app, client, secret)?.expose());
    }
    Ok(proven)
}

fn equal(a: &str, b: &str) -> bool {
    constant_time::verify_slices_are_equal(a.as_bytes(), b.as_bytes()).is_ok()
}

fn secret_hash(secret: &str, username: &str, client: &ClientId) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let mut context = hmac::Context::with_key(&key);
    context.update(username.as_bytes());
    context.update(client.as_str().as_bytes());
    STANDARD.encode(context.sign().as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_vector() {
        let client = ClientId::parse("1example23456789abcdefgh").unwrap();
        let secret = "1example2secret3value4for5the6reference7vector8abcd";
        assert_eq!(
            secret_hash(secret, "testuser", &client),
            "k0UhTPQL4hRAeYS9mnVC80AmyY7Dx20CHFgUo1V6Hzg="
        );
    }
}

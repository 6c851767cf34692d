//! The `code` of a custom sender's event: a message of the AWS Encryption SDK, as Cognito writes it.
//!
//! CustomEmailSender and CustomSMSSender get codes and temporary passwords encrypted under the pool's
//! `KMSKeyID`, so that an unmodified handler decrypts them with the SDK and one call of KMS Decrypt
//! (docs/adr/0020). The encryption context is the pool's id and, since the message is signed, the
//! public key of the signature.
//!
//! Source: Cognito developer guide, "Custom sender Lambda triggers"; triggers.md 4 and 9 of the
//! project's reference.

mod message;
mod signer;
#[cfg(test)]
mod tests;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use self::message::Parts;
use self::signer::Signer;
use crate::app::App;
use crate::domain::kms::{self, Context};
use crate::error::{Error, Result};
use crate::ids::{KeyArn, PoolId};
use crate::ports::rng::Rng;
use crate::secret::Secret;
use crate::store::pools::Pool;
use crate::vault::Vault;

/// Names the pool in the encryption context.
const POOL: &str = "userpool-id";
/// Names the signature's public key in the encryption context.
const PUBLIC_KEY: &str = "aws-crypto-public-key";

/// What a custom sender is to deliver.
#[derive(Clone, Debug)]
pub enum Content {
    /// A code, as it is.
    Code(Secret<String>),
    /// A temporary password, whose HTML-reserved characters are escaped before it is encrypted.
    TemporaryPassword(Secret<String>),
    /// Nothing: the event tells of something, such as an account takeover.
    Nothing,
}

/// Seals for one pool, apart from the request.
pub struct Sealer {
    pool: PoolId,
    key: KeyArn,
    vault: Vault,
    rng: Rng,
}

impl Sealer {
    /// For a pool.
    ///
    /// # Errors: InvalidParameter, for a pool without `KMSKeyID`.
    pub fn of(app: &App, pool: &Pool) -> Result<Self> {
        Ok(Self {
            pool: pool.id.clone(),
            key: pool.kms_key().ok_or_else(Error::custom_sender_key)?,
            vault: app.vault.clone(),
            rng: app.rng.clone(),
        })
    }

    /// The `code` member of the event: base64 of a message, or none where there is nothing to
    /// deliver.
    pub fn seal(&self, content: &Content) -> Result<Option<String>> {
        match content {
            Content::Code(code) => self.sealed(code.expose()).map(Some),
            Content::TemporaryPassword(password) => {
                let escaped = Secret::new(escaped(password.expose()));
                self.sealed(escaped.expose()).map(Some)
            }
            Content::Nothing => Ok(None),
        }
    }

    fn sealed(&self, plain: &str) -> Result<String> {
        let signer = Signer::new(&self.rng)?;
        let context = context(self.pool.as_str(), &signer)?;
        let data_key = self.rng.secret(message::DATA_KEY)?;
        let wrapped = kms::seal(&self.vault, &self.key, &context, data_key.expose())?;
        let parts = Parts {
            message_id: self.rng.bytes()?,
            context: &context,
            key: self.key.as_str(),
            wrapped: &wrapped,
            data_key: &data_key,
        };
        let message = message::write(&parts, &signer, plain.as_bytes())?;
        Ok(STANDARD.encode(message))
    }
}

fn context(pool: &str, signer: &Signer) -> Result<Context> {
    let members = [(POOL, pool.to_owned()), (PUBLIC_KEY, signer.public_key()?)];
    Ok(members.map(|(name, value)| (name.to_owned(), value)).into())
}

/// The characters that HTML reserves in text and attribute values, as entities.
///
/// The developer guide names `<` and `>`; that `&` is among them makes it reversible.
fn escaped(password: &str) -> String {
    let mut text = String::with_capacity(password.len());
    for letter in password.chars() {
        match letter {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            other => text.push(other),
        }
    }
    text
}

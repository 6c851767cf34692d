//! The keys of custom senders: as much of KMS as the AWS Encryption SDK asks for.
//!
//! A key exists while a pool's `LambdaConfig.KMSKeyID` leads to it. It has no material of its own:
//! what it encrypts is sealed by the vault for this key and this encryption context, and opens for
//! no other (security.md J2, J4). So nothing is stored, every node of a server decrypts what another
//! encrypted, and what was encrypted before a pool was deleted still opens.
//!
//! Source: AWS KMS API reference; triggers.md 9 of the project's reference.

mod blob;
mod keys;

use std::collections::BTreeMap;

use crate::app::App;
use crate::error::{Error, Result};
use crate::ids::KeyArn;
use crate::secret::Secret;

pub use keys::{Described, describe};

pub(in crate::domain) use blob::seal;

/// The only algorithm of a symmetric key.
pub const SYMMETRIC_DEFAULT: &str = "SYMMETRIC_DEFAULT";

/// An encryption context: what was encrypted under one opens under the same only.
pub type Context = BTreeMap<String, String>;

/// What every request for a cryptographic operation may carry.
#[derive(Debug, Default)]
pub struct Ask {
    /// Where key ids that are no ARNs are looked for: region and account.
    pub home: Home,
    /// `EncryptionContext`.
    pub context: Context,
    /// `EncryptionAlgorithm`.
    pub algorithm: Option<String>,
    /// `GrantTokens`.
    pub grant_tokens: Vec<String>,
    /// `Recipient` is there.
    pub recipient: bool,
    /// `DryRun`.
    pub dry_run: bool,
}

/// A region and an account.
#[derive(Clone, Debug, Default)]
pub struct Home {
    /// The region.
    pub region: String,
    /// The account.
    pub account: String,
}

/// What Decrypt is given to open.
pub enum Ciphertext<'a> {
    /// `CiphertextBlob`.
    Blob(&'a [u8]),
    /// Nothing: `DryRunModifiers` has `IGNORE_CIPHERTEXT`.
    Ignored,
    /// Nothing.
    Missing,
}

/// How long a data key shall be.
#[derive(Clone, Copy, Debug)]
pub struct Size<'a> {
    /// `KeySpec`.
    pub spec: Option<&'a str>,
    /// `NumberOfBytes`.
    pub bytes: Option<usize>,
}

/// A data key, in the clear and as its key encrypted it.
pub struct DataKey {
    /// The key that encrypted it.
    pub key: KeyArn,
    /// In the clear.
    pub plain: Secret<Vec<u8>>,
    /// Encrypted.
    pub blob: Vec<u8>,
}

/// Decrypt: the key and what it had encrypted.
///
/// # Errors: NotFound, IncorrectKey, InvalidCiphertext, and those of every request.
pub async fn decrypt(
    app: &App,
    ask: &Ask,
    key_id: Option<&str>,
    ciphertext: Ciphertext<'_>,
) -> Result<(KeyArn, Secret<Vec<u8>>)> {
    ask.check("Decrypt")?;
    let blob = match (ciphertext, key_id) {
        (Ciphertext::Blob(blob), _) => blob,
        (Ciphertext::Ignored, Some(key_id)) if ask.dry_run => {
            keys::find(app, &ask.home, key_id).await?;
            return Err(Error::dry_run());
        }
        (Ciphertext::Ignored, _) => return Err(Error::ignored_ciphertext()),
        (Ciphertext::Missing, _) => return Err(Error::ciphertext_missing()),
    };
    let named = blob::key(blob);
    if let Some(key_id) = key_id {
        let asked = keys::named(&ask.home, key_id)?;
        // The key that encrypted it may decrypt it after its last pool is gone.
        if named.as_ref() != Some(&asked) {
            keys::find(app, &ask.home, key_id).await?;
            let wrong = named.map_or_else(Error::invalid_ciphertext, |_| Error::incorrect_key());
            return Err(wrong);
        }
    }
    let opened = blob::open(&app.vault, &ask.context, blob);
    let opened = opened.ok_or_else(Error::invalid_ciphertext)?;
    ask.really()?;
    Ok(opened)
}

/// Encrypt: the key and the ciphertext.
///
/// # Errors: NotFound, and those of every request.
pub async fn encrypt(
    app: &App,
    ask: &Ask,
    key_id: &str,
    plain: &[u8],
) -> Result<(KeyArn, Vec<u8>)> {
    ask.check("Encrypt")?;
    let key = keys::find(app, &ask.home, key_id).await?.key;
    ask.really()?;
    let blob = seal(&app.vault, &key, &ask.context, plain)?;
    Ok((key, blob))
}

/// GenerateDataKey, with or `WithoutPlaintext`; `operation` says which.
///
/// # Errors: Validation (size), NotFound, and those of every request.
pub async fn generate_data_key(
    app: &App,
    ask: &Ask,
    key_id: &str,
    size: Size<'_>,
    operation: &str,
) -> Result<DataKey> {
    ask.check(operation)?;
    let count = match (size.spec, size.bytes) {
        (Some("AES_128"), None) => 16,
        (Some(_), None) => 32,
        (None, Some(bytes)) => bytes,
        _ => return Err(Error::data_key_size()),
    };
    let key = keys::find(app, &ask.home, key_id).await?.key;
    ask.really()?;
    let plain = app.rng.secret(count)?;
    let blob = seal(&app.vault, &key, &ask.context, plain.expose())?;
    Ok(DataKey { key, plain, blob })
}

impl Ask {
    /// Refuses what there is nothing of here: grants, other algorithms, enclaves.
    fn check(&self, operation: &str) -> Result<()> {
        if self.recipient {
            return Err(Error::not_implemented(&format!("{operation}.Recipient")));
        }
        if !self.grant_tokens.is_empty() {
            return Err(Error::grant_token());
        }
        let algorithm = self.algorithm.as_deref().unwrap_or(SYMMETRIC_DEFAULT);
        if algorithm != SYMMETRIC_DEFAULT {
            return Err(Error::encryption_algorithm());
        }
        Ok(())
    }

    /// Ends a dry run that would have come to something.
    fn really(&self) -> Result<()> {
        if self.dry_run {
            return Err(Error::dry_run());
        }
        Ok(())
    }
}

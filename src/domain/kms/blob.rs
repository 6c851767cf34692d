//! What a key encrypts: `CiphertextBlob`.
//!
//! One byte of version, the key's ARN behind two bytes of its length, and what the vault sealed for
//! this ARN and encryption context. The ARN stands in the clear, as the key's id does in a blob of
//! AWS; changed, nothing opens.

use aws_lc_rs::digest::{Context as Digest, SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Context;
use crate::error::{Error, Result};
use crate::ids::KeyArn;
use crate::secret::Secret;
use crate::vault::Vault;

const VERSION: u8 = 1;

/// Encrypts under a key and a context.
pub(in crate::domain) fn seal(
    vault: &Vault,
    key: &KeyArn,
    context: &Context,
    plain: &[u8],
) -> Result<Vec<u8>> {
    let arn = key.as_str().as_bytes();
    let length = u16::try_from(arn.len()).map_err(Error::internal)?;
    let mut blob = vec![VERSION];
    blob.extend(length.to_be_bytes());
    blob.extend(arn);
    blob.extend(vault.seal_bytes(&label(key, context), plain)?);
    Ok(blob)
}

/// The key that a blob says it is of; none for what is no blob of ours.
pub(super) fn key(blob: &[u8]) -> Option<KeyArn> {
    split(blob).map(|(key, _)| key)
}

/// The key of a blob and what it had encrypted; none for another context, or a changed blob.
pub(super) fn open(
    vault: &Vault,
    context: &Context,
    blob: &[u8],
) -> Option<(KeyArn, Secret<Vec<u8>>)> {
    let (key, sealed) = split(blob)?;
    let plain = vault.open_bytes(&label(&key, context), sealed)?;
    Some((key, plain))
}

fn split(blob: &[u8]) -> Option<(KeyArn, &[u8])> {
    let (&[version, high, low], rest) = blob.split_first_chunk()?;
    let length = usize::from(u16::from_be_bytes([high, low]));
    let (arn, sealed) = rest.split_at_checked(length)?;
    let arn = std::str::from_utf8(arn).ok()?;
    // Aliases lead to keys; what encrypts is a key.
    let key = KeyArn::of(arn).filter(|key| key.as_str() == arn)?;
    (version == VERSION).then_some((key, sealed))
}

/// What the seal is for. Contexts of any size and content make labels of one size: each part is
/// hashed behind its length.
fn label(key: &KeyArn, context: &Context) -> String {
    let mut digest = Digest::new(&SHA256);
    for part in context.iter().flat_map(|(name, value)| [name, value]) {
        digest.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(part.as_bytes());
    }
    let context = URL_SAFE_NO_PAD.encode(digest.finish());
    format!("kms/{key}/{context}")
}

//! The message format of the AWS Encryption SDK, version 1, as far as Cognito uses it: algorithm
//! suite 0x0378 (AES-256-GCM under a key derived by HKDF-SHA384, signed with ECDSA on P-384), one
//! data key, one frame.
//!
//! The suite does not commit to its key. It need not: the data key is made for one message and wrapped
//! once, and a handler that insists on commitment could not read Cognito's messages either.
//!
//! Source: AWS Encryption SDK developer guide, "Message format reference" and "Body additional
//! authenticated data"; RFC 5869.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA384, Salt};

use super::signer::Signer;
use crate::domain::kms::Context;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// Bytes of a data key.
pub(super) const DATA_KEY: usize = 32;

const VERSION: u8 = 0x01;
/// Customer authenticated encrypted data.
const TYPE: u8 = 0x80;
const SUITE: [u8; 2] = 0x0378_u16.to_be_bytes();
const PROVIDER: &str = "aws-kms";
/// The content is in frames.
const FRAMED: u8 = 2;
/// Bytes of a nonce, where the header tells of it.
const NONCE: u8 = 12;
/// Bytes of a frame that is not the last: more than any code or password has.
const FRAME: u32 = 4096;
/// Stands in the place of a sequence number where the last frame begins.
const LAST: u32 = u32::MAX;
const LAST_FRAME: &str = "AWSKMSEncryptionClient Final Frame";

/// What a message is made of.
pub(super) struct Parts<'a> {
    /// Tells it from all others.
    pub(super) message_id: [u8; 16],
    /// The encryption context.
    pub(super) context: &'a Context,
    /// The ARN of the key that wrapped the data key.
    pub(super) key: &'a str,
    /// The data key, wrapped.
    pub(super) wrapped: &'a [u8],
    /// The data key.
    pub(super) data_key: &'a Secret<Vec<u8>>,
}

/// Writes and signs a message.
pub(super) fn write(parts: &Parts<'_>, signer: &Signer, plain: &[u8]) -> Result<Vec<u8>> {
    let key = derive(parts)?;
    let mut message = header(parts)?;
    // The header is authenticated by an empty text under nonce 0, frame n is encrypted under n.
    let tag = seal(&key, 0, &message, &[])?;
    message.extend(nonce(0));
    message.extend(tag);
    frame(&mut message, parts, &key, plain)?;
    let signature = signer.sign(&message)?;
    put(&mut message, &signature)?;
    Ok(message)
}

fn header(parts: &Parts<'_>) -> Result<Vec<u8>> {
    let mut header = vec![VERSION, TYPE];
    header.extend(SUITE);
    header.extend(parts.message_id);
    put(&mut header, &context(parts.context)?)?;
    header.extend(1_u16.to_be_bytes());
    for part in [PROVIDER.as_bytes(), parts.key.as_bytes(), parts.wrapped] {
        put(&mut header, part)?;
    }
    header.push(FRAMED);
    header.extend([0; 4]);
    header.push(NONCE);
    header.extend(FRAME.to_be_bytes());
    Ok(header)
}

/// The encryption context in order of its names.
fn context(context: &Context) -> Result<Vec<u8>> {
    let mut bytes = count(context.len())?.to_vec();
    for part in context.iter().flat_map(|(name, value)| [name, value]) {
        put(&mut bytes, part.as_bytes())?;
    }
    Ok(bytes)
}

/// The one and last frame.
fn frame(message: &mut Vec<u8>, parts: &Parts<'_>, key: &LessSafeKey, plain: &[u8]) -> Result<()> {
    let number = 1_u32;
    let length = u32::try_from(plain.len()).map_err(Error::internal)?;
    if length > FRAME {
        return Err(Error::internal(anyhow::anyhow!("{length} bytes of code")));
    }
    let aad = [
        parts.message_id.as_slice(),
        LAST_FRAME.as_bytes(),
        &number.to_be_bytes(),
        &u64::from(length).to_be_bytes(),
    ];
    let sealed = seal(key, number, &aad.concat(), plain)?;
    message.extend(LAST.to_be_bytes());
    message.extend(number.to_be_bytes());
    message.extend(nonce(number));
    message.extend(length.to_be_bytes());
    message.extend(sealed);
    Ok(())
}

/// The key of header and body: HKDF without a salt, for this suite and message.
fn derive(parts: &Parts<'_>) -> Result<LessSafeKey> {
    let extracted = Salt::new(HKDF_SHA384, &[]).extract(parts.data_key.expose());
    let info = [SUITE.as_slice(), &parts.message_id];
    let key = extracted
        .expand(&info, &AES_256_GCM)
        .map_err(|_| broken())?;
    Ok(LessSafeKey::new(UnboundKey::from(key)))
}

fn seal(key: &LessSafeKey, number: u32, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
    let mut body = plain.to_vec();
    let nonce = Nonce::assume_unique_for_key(nonce(number));
    key.seal_in_place_append_tag(nonce, Aad::from(aad), &mut body)
        .map_err(|_| broken())?;
    Ok(body)
}

fn nonce(number: u32) -> [u8; NONCE_LEN] {
    let mut nonce = [0; NONCE_LEN];
    if let Some(end) = nonce.last_chunk_mut() {
        *end = number.to_be_bytes();
    }
    nonce
}

/// Appends bytes behind their length.
fn put(to: &mut Vec<u8>, bytes: &[u8]) -> Result<()> {
    to.extend(count(bytes.len())?);
    to.extend(bytes);
    Ok(())
}

fn count(count: usize) -> Result<[u8; 2]> {
    let count = u16::try_from(count).map_err(Error::internal)?;
    Ok(count.to_be_bytes())
}

fn broken() -> Error {
    Error::internal(anyhow::anyhow!("a message cannot be encrypted"))
}

//! Decrypt.

use serde::{Deserialize, Serialize};

use crate::domain::kms::{self, Ask, Ciphertext, Context};
use crate::error::Result;
use crate::kms::shapes::{Blob, Recipient, home};
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    ciphertext_blob: Option<Blob>,
    #[serde(default)]
    encryption_context: Context,
    #[serde(default)]
    grant_tokens: Vec<String>,
    key_id: Option<String>,
    encryption_algorithm: Option<String>,
    recipient: Option<Recipient>,
    #[serde(default)]
    dry_run: bool,
    #[serde(default)]
    dry_run_modifiers: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    key_id: String,
    plaintext: Blob,
    encryption_algorithm: &'static str,
}

/// # Errors: NotFound, IncorrectKey, InvalidCiphertext, InvalidKeyUsage, InvalidGrantToken,
/// DryRunOperation, Validation
pub async fn decrypt(call: Call<Iam>, req: Request) -> Result<Response> {
    let ask = Ask {
        home: home(&call),
        context: req.encryption_context,
        algorithm: req.encryption_algorithm,
        grant_tokens: req.grant_tokens,
        recipient: req.recipient.is_some(),
        dry_run: req.dry_run,
    };
    // The model knows one modifier, IGNORE_CIPHERTEXT.
    let ciphertext = match &req.ciphertext_blob {
        _ if !req.dry_run_modifiers.is_empty() => Ciphertext::Ignored,
        Some(blob) => Ciphertext::Blob(blob.bytes()),
        None => Ciphertext::Missing,
    };
    let key_id = req.key_id.as_deref();
    let (key, plain) = kms::decrypt(&call.app, &ask, key_id, ciphertext).await?;
    Ok(Response {
        key_id: key.to_string(),
        plaintext: Blob(plain),
        encryption_algorithm: kms::SYMMETRIC_DEFAULT,
    })
}

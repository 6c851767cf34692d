//! Encrypt.

use serde::{Deserialize, Serialize};

use crate::domain::kms::{self, Ask, Context};
use crate::error::Result;
use crate::kms::shapes::{Blob, home};
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    key_id: String,
    plaintext: Blob,
    #[serde(default)]
    encryption_context: Context,
    #[serde(default)]
    grant_tokens: Vec<String>,
    encryption_algorithm: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    ciphertext_blob: Blob,
    key_id: String,
    encryption_algorithm: &'static str,
}

/// # Errors: NotFound, InvalidKeyUsage, InvalidGrantToken, DryRunOperation
pub async fn encrypt(call: Call<Iam>, req: Request) -> Result<Response> {
    let ask = Ask {
        home: home(&call),
        context: req.encryption_context,
        algorithm: req.encryption_algorithm,
        grant_tokens: req.grant_tokens,
        recipient: false,
        dry_run: req.dry_run,
    };
    let plain = req.plaintext.bytes();
    let (key, blob) = kms::encrypt(&call.app, &ask, &req.key_id, plain).await?;
    Ok(Response {
        ciphertext_blob: blob.into(),
        key_id: key.to_string(),
        encryption_algorithm: kms::SYMMETRIC_DEFAULT,
    })
}

//! GenerateDataKeyWithoutPlaintext.

use serde::{Deserialize, Serialize};

use crate::domain::kms::{self, Ask, Context, Size};
use crate::error::Result;
use crate::kms::shapes::{Blob, home};
use crate::wire::call::{Call, Iam};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    key_id: String,
    #[serde(default)]
    encryption_context: Context,
    number_of_bytes: Option<usize>,
    key_spec: Option<String>,
    #[serde(default)]
    grant_tokens: Vec<String>,
    #[serde(default)]
    dry_run: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Response {
    ciphertext_blob: Blob,
    key_id: String,
}

/// # Errors: NotFound, InvalidGrantToken, DryRunOperation, Validation
pub async fn generate_data_key_without_plaintext(
    call: Call<Iam>,
    req: Request,
) -> Result<Response> {
    let ask = Ask {
        home: home(&call),
        context: req.encryption_context,
        grant_tokens: req.grant_tokens,
        dry_run: req.dry_run,
        ..Ask::default()
    };
    let size = Size {
        spec: req.key_spec.as_deref(),
        bytes: req.number_of_bytes,
    };
    let made = kms::generate_data_key(&call.app, &ask, &req.key_id, size, call.act).await?;
    Ok(Response {
        ciphertext_blob: made.blob.into(),
        key_id: made.key.to_string(),
    })
}

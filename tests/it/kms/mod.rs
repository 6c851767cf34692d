//! The keys of custom senders, and what is encrypted for them.

mod keys;
pub mod sealed;

use serde_json::{Value, json};

use crate::api::{merge, pool};
use crate::support::{Answer, Server};

pub const KEY: &str = "arn:aws:kms:us-east-1:000000000000:key/0f3b7a1c-5d2e-4c6f-8a9b-1c2d3e4f5a6b";
pub const ALIAS: &str = "arn:aws:kms:us-east-1:000000000000:alias/team/codes";

/// A pool whose custom senders have a key.
async fn pool_with_key(s: &Server, key: &str) -> String {
    pool(s, json!({ "LambdaConfig": { "KMSKeyID": key } })).await
}

async fn kms(s: &Server, operation: &str, body: Value) -> Answer {
    s.call("kms", operation, body).await
}

/// Encrypts "secret" under a key, with these members in the request too.
async fn encrypted(s: &Server, key: &str, more: Value) -> Value {
    let mut body = json!({ "KeyId": key, "Plaintext": "c2VjcmV0" });
    merge(&mut body, &more);
    kms(s, "Encrypt", body).await.ok()["CiphertextBlob"].clone()
}

/// Fails unless an answer is InvalidCiphertextException, which has no text.
#[track_caller]
fn is_invalid_ciphertext(answer: &Answer, what: &str) {
    let expected = json!({ "__type": "InvalidCiphertextException" });
    assert_eq!((answer.status, &answer.body), (400, &expected), "{what}");
}

/// Fails unless an answer is the honest 501.
#[track_caller]
fn is_not_built(answer: &Answer, what: &str) {
    let message = format!("{what} is not implemented by Poolhouse yet");
    let expected = json!({ "__type": "NotImplementedException", "message": message });
    assert_eq!((answer.status, &answer.body), (501, &expected));
}

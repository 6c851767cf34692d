//! Which keys there are, and what they encrypt and decrypt.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{ALIAS, KEY, encrypted, is_invalid_ciphertext, is_not_built, kms, pool_with_key};
use crate::api::{merge, seconds};
use crate::support::Server;
use crate::support::server::START_MS;

const OTHER: &str = "arn:aws:kms:us-east-1:000000000000:key/other";
const ID: &str = "0f3b7a1c-5d2e-4c6f-8a9b-1c2d3e4f5a6b";

#[tokio::test]
async fn what_is_not_built_says_so() {
    let s = Server::start().await;
    let answer = kms(&s, "CreateKey", json!({})).await;
    is_not_built(&answer, "CreateKey");
}

#[tokio::test]
async fn a_key_is_described_while_a_pool_has_it() {
    let s = Server::start().await;
    let describe = async |id: &str| kms(&s, "DescribeKey", json!({ "KeyId": id })).await;
    let missing = format!("Key '{KEY}' does not exist");
    describe(KEY).await.error("NotFoundException", &missing);
    let first = pool_with_key(&s, KEY).await;
    let expected = json!({ "KeyMetadata": {
        "AWSAccountId": "000000000000", "KeyId": ID, "Arn": KEY, "CreationDate": seconds(START_MS),
        "Enabled": true, "Description": "", "KeyUsage": "ENCRYPT_DECRYPT", "KeyState": "Enabled",
        "Origin": "AWS_KMS", "KeyManager": "CUSTOMER", "MultiRegion": false,
        "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT", "KeySpec": "SYMMETRIC_DEFAULT",
        "EncryptionAlgorithms": ["SYMMETRIC_DEFAULT"],
    }});
    assert_eq!(describe(KEY).await.ok(), expected);
    assert_eq!(describe(ID).await.ok(), expected);
    // Another pool has it too, the first one changes its mind.
    let second = pool_with_key(&s, KEY).await;
    let cleared = json!({ "UserPoolId": first, "LambdaConfig": { "KMSKeyID": OTHER } });
    s.api("UpdateUserPool", cleared).await.ok();
    assert_eq!(describe("other").await.ok()["KeyMetadata"]["Arn"], OTHER);
    assert_eq!(describe(KEY).await.ok(), expected);
    s.api("DeleteUserPool", json!({ "UserPoolId": second }))
        .await
        .ok();
    describe(ID).await.error("NotFoundException", &missing);
}

#[tokio::test]
async fn an_alias_leads_to_one_key() {
    let s = Server::start().await;
    let describe = async |id: &str| kms(&s, "DescribeKey", json!({ "KeyId": id })).await;
    let missing = format!("Alias {ALIAS} is not found.");
    for id in [ALIAS, "alias/team/codes"] {
        describe(id).await.error("NotFoundException", &missing);
    }
    pool_with_key(&s, ALIAS).await;
    let found = describe(ALIAS).await.ok();
    let arn = found["KeyMetadata"]["Arn"].as_str().unwrap();
    assert!(
        arn.starts_with("arn:aws:kms:us-east-1:000000000000:key/"),
        "{arn}"
    );
    for id in ["alias/team/codes", arn, arn.rsplit_once('/').unwrap().1] {
        assert_eq!(describe(id).await.ok(), found, "{id}");
    }
    let blob = encrypted(&s, "alias/team/codes", json!({})).await;
    let opened = kms(
        &s,
        "Decrypt",
        json!({ "CiphertextBlob": blob, "KeyId": ALIAS }),
    )
    .await
    .ok();
    assert_eq!(opened["KeyId"], arn);
    for id in ["alias/", "arn:aws:s3:::bucket", "a b", "key/x"] {
        let message = format!("Invalid keyId '{id}'");
        describe(id).await.error("NotFoundException", &message);
    }
}

#[tokio::test]
async fn what_a_key_encrypts_opens_under_its_context_only() {
    let s = Server::start().await;
    pool_with_key(&s, KEY).await;
    let context = json!({ "a": "bc", "d": "e" });
    let blob = encrypted(&s, KEY, json!({ "EncryptionContext": context })).await;
    let open = async |blob: &Value, context: Value| {
        let body = json!({ "CiphertextBlob": blob, "EncryptionContext": context });
        kms(&s, "Decrypt", body).await
    };
    let opened = json!({
        "KeyId": KEY, "Plaintext": "c2VjcmV0", "EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
    });
    assert_eq!(
        open(&blob, json!({ "d": "e", "a": "bc" })).await.ok(),
        opened
    );
    for other in [
        json!({}),
        json!({ "a": "bc" }),
        json!({ "ab": "c", "d": "e" }),
        json!({ "a": "bcde" }),
        json!({ "a": "bc", "d": "E" }),
        json!({ "a": "bc", "d": "e", "f": "" }),
    ] {
        let answer = open(&blob, other.clone()).await;
        is_invalid_ciphertext(&answer, &other.to_string());
    }
    let without = encrypted(&s, KEY, json!({})).await;
    assert_eq!(open(&without, json!({})).await.ok(), opened);
    assert_ne!(without, encrypted(&s, KEY, json!({})).await);
}

#[tokio::test]
async fn a_changed_ciphertext_does_not_open() {
    let s = Server::start().await;
    pool_with_key(&s, KEY).await;
    pool_with_key(&s, OTHER).await;
    let blob = encrypted(&s, KEY, json!({})).await;
    let bytes = STANDARD.decode(blob.as_str().unwrap()).unwrap();
    let refused = async |bytes: &[u8], what: &str| {
        let body = json!({ "CiphertextBlob": STANDARD.encode(bytes) });
        is_invalid_ciphertext(&kms(&s, "Decrypt", body).await, what);
    };
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        refused(&changed, &format!("byte {at}")).await;
    }
    for end in [1, 2, 3, 40, bytes.len() - 1] {
        refused(&bytes[..end], "shorter").await;
    }
    refused(&[&bytes[..], b"x"].concat(), "longer").await;
    // One key's ciphertext under another's name.
    let named = u8::try_from(OTHER.len()).unwrap();
    let sealed = &bytes[3 + KEY.len()..];
    let moved = [&[1, 0, named], OTHER.as_bytes(), sealed].concat();
    refused(&moved, "moved").await;
}

#[tokio::test]
async fn decrypt_insists_on_the_key_that_is_named() {
    let s = Server::start().await;
    let first = pool_with_key(&s, KEY).await;
    pool_with_key(&s, OTHER).await;
    let blob = encrypted(&s, KEY, json!({})).await;
    let open = async |body: Value| kms(&s, "Decrypt", body).await;
    let wrong = json!({ "CiphertextBlob": blob, "KeyId": OTHER });
    open(wrong).await.error(
        "IncorrectKeyException",
        "The key ID in the request does not identify a CMK that can perform this operation.",
    );
    let unknown = "arn:aws:kms:us-east-1:000000000000:key/unknown";
    open(json!({ "CiphertextBlob": blob, "KeyId": unknown }))
        .await
        .error(
            "NotFoundException",
            &format!("Key '{unknown}' does not exist"),
        );
    let garbage = open(json!({ "CiphertextBlob": "bm9uZQ==", "KeyId": KEY })).await;
    is_invalid_ciphertext(&garbage, "garbage");
    open(json!({ "KeyId": KEY })).await.error(
        "ValidationException",
        "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null",
    );
    // The last codes of a pool arrive after it is gone, at another node.
    s.api("DeleteUserPool", json!({ "UserPoolId": first }))
        .await
        .ok();
    let twin = s.twin().await;
    for body in [
        json!({ "CiphertextBlob": blob }),
        json!({ "CiphertextBlob": blob, "KeyId": KEY }),
    ] {
        assert_eq!(
            kms(&twin, "Decrypt", body).await.ok()["Plaintext"],
            "c2VjcmV0"
        );
    }
}

#[tokio::test]
async fn data_keys_have_the_size_that_is_asked_for() {
    let s = Server::start().await;
    pool_with_key(&s, KEY).await;
    for (size, length) in [
        (json!({ "KeySpec": "AES_128" }), 16),
        (json!({ "KeySpec": "AES_256" }), 32),
        (json!({ "NumberOfBytes": 1 }), 1),
        (json!({ "NumberOfBytes": 1024 }), 1024),
    ] {
        for operation in ["GenerateDataKey", "GenerateDataKeyWithoutPlaintext"] {
            let mut body = json!({ "KeyId": KEY, "EncryptionContext": { "a": "b" } });
            merge(&mut body, &size);
            let made = kms(&s, operation, body).await.ok();
            assert_eq!(made["KeyId"], KEY);
            let open = json!({ "CiphertextBlob": made["CiphertextBlob"], "EncryptionContext": { "a": "b" } });
            let opened = kms(&s, "Decrypt", open).await.ok();
            let plain = opened["Plaintext"].as_str().unwrap();
            assert_eq!(STANDARD.decode(plain).unwrap().len(), length, "{size}");
            match operation {
                "GenerateDataKey" => assert_eq!(made["Plaintext"], plain),
                _ => assert_eq!(made.get("Plaintext"), None),
            }
        }
    }
    for size in [
        json!({}),
        json!({ "KeySpec": "AES_256", "NumberOfBytes": 32 }),
    ] {
        let mut body = json!({ "KeyId": KEY });
        merge(&mut body, &size);
        kms(&s, "GenerateDataKey", body).await.error(
            "ValidationException",
            "Please specify either number of bytes or key spec.",
        );
    }
}

#[tokio::test]
async fn what_a_key_of_ours_cannot_do_is_refused() {
    let s = Server::start().await;
    pool_with_key(&s, KEY).await;
    let blob = encrypted(&s, KEY, json!({})).await;
    for (operation, base) in [
        ("Encrypt", json!({ "KeyId": KEY, "Plaintext": "c2VjcmV0" })),
        ("Decrypt", json!({ "CiphertextBlob": blob })),
        (
            "GenerateDataKey",
            json!({ "KeyId": KEY, "KeySpec": "AES_256" }),
        ),
        (
            "GenerateDataKeyWithoutPlaintext",
            json!({ "KeyId": KEY, "KeySpec": "AES_256" }),
        ),
    ] {
        let ask = async |more: Value| {
            let mut body = base.clone();
            merge(&mut body, &more);
            kms(&s, operation, body).await
        };
        ask(json!({ "GrantTokens": ["x"] })).await.error(
            "InvalidGrantTokenException",
            "The grant token is not valid.",
        );
        ask(json!({ "DryRun": true })).await.error(
            "DryRunOperationException",
            "The request would have succeeded, but the DryRun option is set.",
        );
        ask(json!({ "DryRun": false })).await.ok();
        if ["Encrypt", "Decrypt"].contains(&operation) {
            ask(json!({ "EncryptionAlgorithm": "RSAES_OAEP_SHA_256" }))
                .await
                .error(
                    "InvalidKeyUsageException",
                    "The key only works with SYMMETRIC_DEFAULT.",
                );
            ask(json!({ "EncryptionAlgorithm": "SYMMETRIC_DEFAULT" }))
                .await
                .ok();
        }
        if ["Decrypt", "GenerateDataKey"].contains(&operation) {
            let answer = ask(json!({ "Recipient": {} })).await;
            is_not_built(&answer, &format!("{operation}.Recipient"));
        }
        // A dry run tells of what would have failed.
        if operation != "Decrypt" {
            ask(json!({ "DryRun": true, "KeyId": OTHER })).await.error(
                "NotFoundException",
                &format!("Key '{OTHER}' does not exist"),
            );
        }
    }
}

#[tokio::test]
async fn a_dry_run_needs_no_ciphertext_when_told_so() {
    let s = Server::start().await;
    pool_with_key(&s, KEY).await;
    let run = async |more: Value| {
        let mut body =
            json!({ "DryRun": true, "DryRunModifiers": ["IGNORE_CIPHERTEXT"], "KeyId": KEY });
        merge(&mut body, &more);
        kms(&s, "Decrypt", body).await
    };
    let fine = "The request would have succeeded, but the DryRun option is set.";
    run(json!({})).await.error("DryRunOperationException", fine);
    run(json!({ "KeyId": OTHER })).await.error(
        "NotFoundException",
        &format!("Key '{OTHER}' does not exist"),
    );
    let wrong = "IGNORE_CIPHERTEXT requires DryRun and KeyId.";
    for lacking in [json!({ "KeyId": null }), json!({ "DryRun": false })] {
        run(lacking).await.error("ValidationException", wrong);
    }
}

#[tokio::test]
async fn a_page_cannot_decrypt() {
    let s = Server::start().await;
    pool_with_key(&s, KEY).await;
    let blob = encrypted(&s, KEY, json!({})).await;
    let request = s
        .http
        .post(&s.url)
        .header("origin", "http://evil.test")
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", "TrentService.Decrypt")
        .body(json!({ "CiphertextBlob": blob }).to_string());
    assert_eq!(request.send().await.unwrap().status(), 403);
}

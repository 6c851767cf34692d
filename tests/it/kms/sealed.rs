//! The `code` of a custom sender's event.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use poolhouse::domain::envelope::{Content, Sealer};
use poolhouse::domain::pools;
use poolhouse::ids::PoolId;
use poolhouse::secret::Secret;
use serde_json::json;

use super::{ALIAS, KEY, kms, pool_with_key};
use crate::support::Server;
use crate::support::envelope::Message;

fn code(text: &str) -> Content {
    Content::Code(Secret::new(text.to_owned()))
}

async fn sealed(s: &Server, pool: &str, content: Content) -> Option<String> {
    let pool = pools::get(&s.app, &PoolId::parse(pool).unwrap())
        .await
        .unwrap();
    Sealer::of(&s.app, &pool).unwrap().seal(&content).unwrap()
}

/// What a handler does: one Decrypt, under the context and key that the message names.
pub async fn opened(s: &Server, message: &Message) -> Option<String> {
    let body = json!({
        "CiphertextBlob": STANDARD.encode(&message.wrapped),
        "EncryptionContext": message.context,
        "KeyId": message.key,
    });
    let answer = kms(s, "Decrypt", body).await;
    if answer.status != 200 {
        assert_eq!(answer.status, 400);
        return None;
    }
    assert_eq!(answer.body["KeyId"], message.key);
    let data_key = STANDARD
        .decode(answer.body["Plaintext"].as_str().unwrap())
        .unwrap();
    assert_eq!(data_key.len(), 32);
    message.open(&data_key)
}

#[tokio::test]
async fn a_code_is_a_message_that_one_decrypt_opens() {
    let s = Server::start().await;
    let pool = pool_with_key(&s, KEY).await;
    let text = sealed(&s, &pool, code("123456")).await.unwrap();
    assert!(text.starts_with("AYADe"), "{text}");
    let message = Message::read(&STANDARD.decode(&text).unwrap()).unwrap();
    assert_eq!(
        (message.provider.as_str(), message.key.as_str()),
        ("aws-kms", KEY)
    );
    let names: Vec<&str> = message.context.keys().map(String::as_str).collect();
    assert_eq!(names, ["aws-crypto-public-key", "userpool-id"]);
    assert_eq!(message.context["userpool-id"], pool);
    assert_eq!(opened(&s, &message).await.as_deref(), Some("123456"));
    // Nothing of it repeats.
    let again = sealed(&s, &pool, code("123456")).await.unwrap();
    let again = Message::read(&STANDARD.decode(&again).unwrap()).unwrap();
    assert_ne!(again.context, message.context);
    assert_ne!(again.wrapped, message.wrapped);
}

#[tokio::test]
async fn temporary_passwords_are_escaped_and_codes_are_not() {
    let s = Server::start().await;
    let pool = pool_with_key(&s, ALIAS).await;
    let text = r#"a<b>&"c'"#;
    for (content, expected) in [
        (code(text), text),
        (
            Content::TemporaryPassword(Secret::new(text.to_owned())),
            "a&lt;b&gt;&amp;&quot;c'",
        ),
    ] {
        let sealed_code = sealed(&s, &pool, content).await.unwrap();
        let message = Message::read(&STANDARD.decode(sealed_code).unwrap()).unwrap();
        // An alias never is the name of what encrypted.
        assert!(message.key.contains(":key/"), "{}", message.key);
        assert_eq!(opened(&s, &message).await.as_deref(), Some(expected));
    }
    assert_eq!(sealed(&s, &pool, Content::Nothing).await, None);
}

#[tokio::test]
async fn a_changed_message_does_not_open() {
    let s = Server::start().await;
    let pool = pool_with_key(&s, KEY).await;
    let sealed_code = sealed(&s, &pool, code("123456")).await.unwrap();
    let bytes = STANDARD.decode(sealed_code).unwrap();
    for at in (0..bytes.len()).step_by(3) {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let opens = match Message::read(&changed) {
            Some(message) => opened(&s, &message).await,
            None => None,
        };
        assert_eq!(opens, None, "byte {at}");
    }
}

#[tokio::test]
async fn another_pools_context_does_not_open_it() {
    let s = Server::start().await;
    let (pool, other) = (pool_with_key(&s, KEY).await, pool_with_key(&s, KEY).await);
    let sealed_code = sealed(&s, &pool, code("123456")).await.unwrap();
    let mut message = Message::read(&STANDARD.decode(sealed_code).unwrap()).unwrap();
    message.context.insert("userpool-id".to_owned(), other);
    assert_eq!(opened(&s, &message).await, None);
    message.context = BTreeMap::new();
    assert_eq!(opened(&s, &message).await, None);
}

#[tokio::test]
async fn without_a_key_nothing_is_sealed() {
    let s = Server::start().await;
    let pool = crate::api::pool(&s, json!({})).await;
    let pool = pools::get(&s.app, &PoolId::parse(pool).unwrap())
        .await
        .unwrap();
    let error = Sealer::of(&s.app, &pool).err().unwrap();
    assert_eq!(error.message, "A custom sender trigger requires KMSKeyID.");
}

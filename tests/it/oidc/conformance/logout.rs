//! RP-Initiated Logout 1.0.

use serde_json::Value;

use super::rp::{AWAY, Op, Person};
use crate::support::browser::Page;
use crate::support::house::GOODBYE;

/// 128 characters, as the suite sends them.
const LONG_STATE: &str = "hG3fK9aQ1wE5rT7yU2iO4pL6kJ8hG0fD1sA3zX5cV7bN9mQ2wE4rT6yU8iO0pL1kJ3hG5fD7sA9zX2cV4bN6mQ8wE1rT3yU5iO7pL9kJ2hG4fD6sA8zX1cV3bN5mQ7wE9r";

/// Signed in, with an ID token.
async fn signed_in() -> (Op, Person, String) {
    let op = Op::start().await;
    let mut person = op.person();
    let tokens = op.tokens(&mut person, &[]).await;
    let hint = tokens["id_token"].as_str().unwrap().to_owned();
    (op, person, hint)
}

/// Asks, and follows where it leads on the provider.
async fn leave(op: &Op, person: &mut Person, pairs: &[(&str, &str)]) -> Page {
    person.browser.open(&op.leave(pairs)).await
}

/// An error page, and the person is as signed in as before.
async fn refused(op: &Op, person: &mut Person, pairs: &[(&str, &str)]) {
    let page = leave(op, person, pairs).await;
    assert_eq!((page.status, page.location()), (400, None), "{pairs:?}");
    assert!(op.knows(person).await, "{pairs:?}");
}

fn is_signed_out(page: &Page) -> bool {
    page.status == 200 && page.text().contains("You are signed out")
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_discovery_endpoint_verification() {
    let op = Op::start().await;
    let url = op.document["end_session_endpoint"].as_str().unwrap();
    assert!(url.starts_with("https://"), "{url}");
}

#[tokio::test]
async fn oidcc_rp_initiated_logout() {
    let (op, mut person, hint) = signed_in().await;
    let pairs = [
        ("id_token_hint", hint.as_str()),
        AWAY,
        ("state", LONG_STATE),
    ];
    let page = leave(&op, &mut person, &pairs).await;
    let expected = format!("{GOODBYE}?state={LONG_STATE}");
    assert_eq!(page.location(), Some(expected));
    assert!(!op.knows(&mut person).await);
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_bad_post_logout_redirect_uri() {
    let (op, mut person, hint) = signed_in().await;
    let bad = ("post_logout_redirect_uri", "https://evil.test/goodbye");
    let pairs = [("id_token_hint", hint.as_str()), bad, ("state", "s")];
    refused(&op, &mut person, &pairs).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri() {
    let (op, mut person, hint) = signed_in().await;
    let added = format!("{GOODBYE}?foo=bar");
    let added = ("post_logout_redirect_uri", added.as_str());
    let pairs = [("id_token_hint", hint.as_str()), added, ("state", "s")];
    refused(&op, &mut person, &pairs).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_modified_id_token_hint() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let (op, mut person, hint) = signed_in().await;
    let parts: Vec<&str> = hint.split('.').collect();
    let mut claims: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
    claims["sub"] = "somebody else".into();
    let payload = URL_SAFE_NO_PAD.encode(claims.to_string());
    let modified = format!("{}.{payload}.{}", parts[0], parts[2]);
    let pairs = [("id_token_hint", modified.as_str()), AWAY, ("state", "s")];
    refused(&op, &mut person, &pairs).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_bad_id_token_hint() {
    let (op, mut person, hint) = signed_in().await;
    // The same claims, signed by somebody else's key.
    let (signed, _) = hint.rsplit_once('.').unwrap();
    let forged = sign(signed);
    let pairs = [("id_token_hint", forged.as_str()), AWAY, ("state", "s")];
    refused(&op, &mut person, &pairs).await;
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_id_token_hint() {
    let (op, mut person, _) = signed_in().await;
    // The suite names no client here; it accepts an error page, and it accepts a question.
    refused(&op, &mut person, &[AWAY, ("state", "s")]).await;
    let named = [("client_id", op.first.id.as_str()), AWAY, ("state", "s")];
    let page = leave(&op, &mut person, &named).await;
    assert_eq!((page.status, page.location()), (200, None));
    assert!(op.knows(&mut person).await);
    let page = person.agree(&page).await;
    assert_eq!(page.location(), Some(format!("{GOODBYE}?state=s")));
    assert!(!op.knows(&mut person).await);
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_params() {
    let (op, mut person, _) = signed_in().await;
    let page = leave(&op, &mut person, &[]).await;
    let page = person.agree(&page).await;
    assert!(is_signed_out(&page), "{}", page.text());
    assert!(!op.knows(&mut person).await);
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_only_state() {
    let (op, mut person, _) = signed_in().await;
    let page = leave(&op, &mut person, &[("state", "s")]).await;
    let page = person.agree(&page).await;
    assert!(is_signed_out(&page), "{}", page.text());
    assert!(!op.knows(&mut person).await);
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_post_logout_redirect_uri() {
    let (op, mut person, hint) = signed_in().await;
    let pairs = [("id_token_hint", hint.as_str()), ("state", "s")];
    let page = leave(&op, &mut person, &pairs).await;
    assert!(is_signed_out(&page), "{}", page.text());
    assert!(!op.knows(&mut person).await);
}

#[tokio::test]
async fn oidcc_rp_initiated_logout_no_state() {
    let (op, mut person, hint) = signed_in().await;
    let pairs = [("id_token_hint", hint.as_str()), AWAY];
    let page = leave(&op, &mut person, &pairs).await;
    assert_eq!(page.location().as_deref(), Some(GOODBYE));
    assert!(!op.knows(&mut person).await);
}

/// A good signature of a key that is not the pool's.
fn sign(signed: &str) -> String {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::rsa::{KeyPair, KeySize};
    use aws_lc_rs::signature::RSA_PKCS1_SHA256;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let mut signature = vec![0; key.public_modulus_len()];
    let random = SystemRandom::new();
    key.sign(
        &RSA_PKCS1_SHA256,
        &random,
        signed.as_bytes(),
        &mut signature,
    )
    .unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

//! The happy flow, and what its requests may leave out or do otherwise.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::rp::{NONCE, Op, STATE};
use crate::support::house::{CALLBACK, CHALLENGE, VERIFIER, claims};

#[tokio::test]
async fn oidcc_server() {
    let op = Op::start().await;
    let tokens = op.tokens(&mut op.person(), &[]).await;
    op.person_behind(&tokens).await;
}

#[tokio::test]
async fn oidcc_alternate_happy_flow() {
    let op = Op::start().await;
    let mut person = op.person();
    let url = format!(
        "{}?response_type=code&nonce={NONCE}&state={STATE}&scope=email%20openid&\
         redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcallback&client_id={}",
        op.endpoint("authorization_endpoint"),
        op.first.id
    );
    let page = person.visit(&url).await;
    let tokens = op.redeem(&op.first, &op.code(&page), &[]).await.ok();
    op.check(&tokens, &op.first, Some(NONCE));
    let told = op.person_behind(&tokens).await;
    assert_eq!(told["email"], "jane@example.com");
}

#[tokio::test]
async fn oidcc_response_type_missing() {
    let op = Op::start().await;
    let page = op.person().visit(&op.ask(&[("response_type", "")])).await;
    assert_eq!(op.error(&page), "invalid_request");
    let page = op
        .person()
        .visit(&op.ask(&[("response_type", "id_token")]))
        .await;
    assert_eq!(op.error(&page), "unsupported_response_type");
}

#[tokio::test]
async fn oidcc_idtoken_signature() {
    let op = Op::start().await;
    // With a key that its kid names, and that is one of several: `check` looks for it.
    let tokens = op.tokens(&mut op.person(), &[]).await;
    assert!(op.keys.len() > 1);
    let id = claims(tokens["id_token"].as_str().unwrap());
    // OpenID Connect Core 3.1.3.6: half of the access token's hash.
    let access = tokens["access_token"].as_str().unwrap();
    let hash = digest(&SHA256, access.as_bytes());
    assert_eq!(id["at_hash"], URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]));
}

#[tokio::test]
async fn oidcc_idtoken_unsigned() {
    // Skipped by the suite unless `none` is announced: it is not, and no client can ask for it.
    let op = Op::start().await;
    let algorithms = &op.document["id_token_signing_alg_values_supported"];
    assert_eq!(*algorithms, json!(["RS256"]));
}

#[tokio::test]
async fn oidcc_ensure_request_without_nonce_succeeds_for_code_flow() {
    let op = Op::start().await;
    let page = op.person().visit(&op.ask(&[("nonce", "")])).await;
    let tokens = op.redeem(&op.first, &op.code(&page), &[]).await.ok();
    op.check(&tokens, &op.first, None);
}

#[tokio::test]
async fn oidcc_server_client_secret_post() {
    let op = Op::start().await;
    let page = op.person().visit(&op.ask(&[])).await;
    let code = op.code(&page);
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("client_id", op.first.id.as_str()),
        ("client_secret", op.first.secret.as_deref().unwrap()),
    ];
    let tokens = op.token(&pairs, None).await.ok();
    op.check(&tokens, &op.first, Some(NONCE));
    op.person_behind(&tokens).await;
}

#[tokio::test]
async fn oidcc_ensure_request_with_valid_pkce_succeeds() {
    let op = Op::start().await;
    let change = [
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let page = op.person().visit(&op.ask(&change)).await;
    let proof = [("code_verifier", VERIFIER)];
    let tokens = op.redeem(&op.first, &op.code(&page), &proof).await.ok();
    op.check(&tokens, &op.first, Some(NONCE));
}

#[tokio::test]
async fn oidcc_ensure_post_request_succeeds() {
    let op = Op::start().await;
    let mut person = op.person();
    let url = op.endpoint("authorization_endpoint");
    let page = person.browser.post(&url, &op.request(&[])).await;
    let page = person.browser.follow(page).await;
    let page = person.go_on(page).await;
    let tokens = op.redeem(&op.first, &op.code(&page), &[]).await.ok();
    op.check(&tokens, &op.first, Some(NONCE));
    assert_eq!(person.sign_ins, 1);
}

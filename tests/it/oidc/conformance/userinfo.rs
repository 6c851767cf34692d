//! UserInfo, and the claims of scopes.

use serde_json::{Value, json};

use super::rp::Op;
use crate::support::house::{Told, query};

/// The types that OpenID Connect Core 5.1 gives the standard claims.
#[track_caller]
fn check_types(person: &Value) {
    for (name, value) in person.as_object().unwrap() {
        let right = match name.as_str() {
            "email_verified" | "phone_number_verified" => value.is_boolean(),
            "updated_at" => value.is_number(),
            "address" => value.is_object(),
            _ => value.is_string(),
        };
        assert!(right, "{name} is {value}");
    }
}

async fn with_scope(scope: &str) -> Value {
    let op = Op::start().await;
    let tokens = op.tokens(&mut op.person(), &[("scope", scope)]).await;
    let person = op.person_behind(&tokens).await;
    check_types(&person);
    person
}

#[tokio::test]
async fn oidcc_userinfo_get() {
    let op = Op::start().await;
    let tokens = op.tokens(&mut op.person(), &[]).await;
    check_types(&op.person_behind(&tokens).await);
}

#[tokio::test]
async fn oidcc_userinfo_post_header() {
    let op = Op::start().await;
    let tokens = op.tokens(&mut op.person(), &[]).await;
    let token = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let url = op.endpoint("userinfo_endpoint");
    let request = op.house.s.http.post(url).header("authorization", token);
    let person = Told::read(request.send().await.unwrap()).await.ok();
    assert_eq!(person["sub"], op.sub);
    check_types(&person);
}

#[tokio::test]
async fn oidcc_userinfo_post_body() {
    let op = Op::start().await;
    let tokens = op.tokens(&mut op.person(), &[]).await;
    let body = query(&[("access_token", tokens["access_token"].as_str().unwrap())]);
    let kind = "application/x-www-form-urlencoded";
    let url = op.endpoint("userinfo_endpoint");
    let request = op.house.s.http.post(url).header("content-type", kind);
    let person = Told::read(request.body(body).send().await.unwrap())
        .await
        .ok();
    assert_eq!(person["sub"], op.sub);
    check_types(&person);
}

#[tokio::test]
async fn oidcc_scope_profile() {
    let person = with_scope("openid profile").await;
    assert_eq!(person["name"], "Jane Doe");
    assert_eq!(person["given_name"], "Jane");
    assert_eq!(person["updated_at"], 1_700_000_000);
    assert_eq!(person.get("email"), None);
}

#[tokio::test]
async fn oidcc_scope_email() {
    let person = with_scope("openid email").await;
    assert_eq!(person["email"], "jane@example.com");
    assert_eq!(person["email_verified"], true);
    assert_eq!(person.get("phone_number"), None);
}

#[tokio::test]
async fn oidcc_scope_address() {
    // Skipped by the suite: a pool has no such scope, and does not announce one.
    let op = Op::start().await;
    let scopes = op.document["scopes_supported"].as_array().unwrap();
    assert!(!scopes.contains(&json!("address")));
    let page = op
        .person()
        .visit(&op.ask(&[("scope", "openid address")]))
        .await;
    assert_eq!(op.error(&page), "invalid_scope");
}

#[tokio::test]
async fn oidcc_scope_phone() {
    let person = with_scope("openid phone").await;
    assert_eq!(person["phone_number"], "+15551234567");
    assert_eq!(person["phone_number_verified"], true);
    assert_eq!(person.get("email"), None);
}

#[tokio::test]
async fn oidcc_scope_all() {
    // All that are announced.
    let op = Op::start().await;
    let scopes = op.document["scopes_supported"].as_array().unwrap();
    let scopes: Vec<&str> = scopes.iter().map(|scope| scope.as_str().unwrap()).collect();
    let person = with_scope(&scopes.join(" ")).await;
    for claim in [
        "name",
        "email",
        "email_verified",
        "phone_number",
        "updated_at",
    ] {
        assert!(person.get(claim).is_some(), "{claim}");
    }
}

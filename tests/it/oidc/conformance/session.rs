//! When a page asks again, and when it must not.

use poolhouse::time::Span;
use serde_json::Value;

use super::rp::Op;
use crate::support::house::claims;

fn id(tokens: &Value) -> Value {
    claims(tokens["id_token"].as_str().unwrap())
}

fn signed_in_at(tokens: &Value) -> i64 {
    id(tokens)["auth_time"].as_i64().unwrap()
}

/// Signs in, waits, asks again with these parameters; gives both ID tokens' times of sign-in and how
/// often a page asked.
async fn twice(wait: Span, change: &[(&str, &str)]) -> (i64, i64, usize) {
    let op = Op::start().await;
    let mut person = op.person();
    let first = op.tokens(&mut person, &[]).await;
    op.house.s.clock().advance(wait);
    let second = op.tokens(&mut person, change).await;
    let times = (signed_in_at(&first), signed_in_at(&second));
    (times.0, times.1, person.sign_ins)
}

#[tokio::test]
async fn oidcc_prompt_login() {
    let (first, second, pages) = twice(Span::seconds(5), &[("prompt", "login")]).await;
    assert_eq!((second - first, pages), (5, 2));
}

#[tokio::test]
async fn oidcc_prompt_none_not_logged_in() {
    let op = Op::start().await;
    let mut person = op.person();
    let page = person.visit(&op.ask(&[("prompt", "none")])).await;
    assert_eq!(op.error(&page), "login_required");
    assert_eq!(person.sign_ins, 0);
}

#[tokio::test]
async fn oidcc_prompt_none_logged_in() {
    let (first, second, pages) = twice(Span::seconds(5), &[("prompt", "none")]).await;
    assert_eq!((first, pages), (second, 1));
}

#[tokio::test]
async fn oidcc_max_age_1() {
    let (first, second, pages) = twice(Span::seconds(2), &[("max_age", "1")]).await;
    assert_eq!((second - first, pages), (2, 2));
}

#[tokio::test]
async fn oidcc_max_age_10000() {
    let (first, second, pages) = twice(Span::seconds(2), &[("max_age", "10000")]).await;
    assert_eq!((first, pages), (second, 1));
}

#[tokio::test]
async fn oidcc_id_token_hint() {
    let op = Op::start().await;
    let mut person = op.person();
    let first = op.tokens(&mut person, &[]).await;
    op.house.s.clock().advance(Span::seconds(5));
    let hint = first["id_token"].as_str().unwrap();
    let change = [("prompt", "none"), ("id_token_hint", hint)];
    let second = op.tokens(&mut person, &change).await;
    assert_eq!(signed_in_at(&first), signed_in_at(&second));
    assert_eq!(id(&first)["sub"], id(&second)["sub"]);
    assert_eq!(person.sign_ins, 1);
}

//! Requests in objects of their own, which are refused by their codes (OpenID Connect Core 3.1.2.6,
//! 6). The suite then counts these modules as skipped.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::rp::{Op, STATE};
use crate::support::house::CALLBACK;

fn unsigned(op: &Op) -> String {
    let object = json!({
        "client_id": op.first.id, "redirect_uri": CALLBACK, "scope": "openid", "state": STATE,
        "response_type": "code",
    });
    let part = |text: String| URL_SAFE_NO_PAD.encode(text);
    let header = part(json!({ "alg": "none" }).to_string());
    format!("{header}.{}.", part(object.to_string()))
}

#[tokio::test]
async fn oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported() {
    let op = Op::start().await;
    let mut person = op.person();
    let page = person.visit(&op.ask(&[("request", &unsigned(&op))])).await;
    assert_eq!(op.error(&page), "request_not_supported");
    assert_eq!(person.sign_ins, 0);
    assert_eq!(op.document["request_parameter_supported"], false);
}

#[tokio::test]
async fn oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported() {
    let op = Op::start().await;
    let mut person = op.person();
    let url = "https://rp.example.com/request.jwt";
    let page = person.visit(&op.ask(&[("request_uri", url)])).await;
    assert_eq!(op.error(&page), "request_uri_not_supported");
    assert_eq!(person.sign_ins, 0);
    assert_eq!(op.document["request_uri_parameter_supported"], false);
}

#[tokio::test]
async fn oidcc_ensure_request_object_with_redirect_uri() {
    let op = Op::start().await;
    let change = [
        ("request", unsigned(&op)),
        ("redirect_uri", format!("{CALLBACK}/invalid")),
    ];
    let change = change
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let page = op.person().visit(&op.ask(&change)).await;
    assert_eq!((page.status, page.location()), (400, None));
}

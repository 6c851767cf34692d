//! Parameters that must not make a request fail, understood or not.

use serde_json::Value;

use super::rp::Op;

async fn succeeds(change: &[(&str, &str)]) -> (Op, Value) {
    let op = Op::start().await;
    let tokens = op.tokens(&mut op.person(), change).await;
    (op, tokens)
}

#[tokio::test]
async fn oidcc_display_page() {
    succeeds(&[("display", "page")]).await;
}

#[tokio::test]
async fn oidcc_display_popup() {
    succeeds(&[("display", "popup")]).await;
}

#[tokio::test]
async fn oidcc_ensure_request_with_unknown_parameter_succeeds() {
    succeeds(&[("extra", "foobar")]).await;
}

#[tokio::test]
async fn oidcc_login_hint() {
    let op = Op::start().await;
    let mut person = op.person();
    let url = op.ask(&[("login_hint", "jane")]);
    let page = person.browser.open(&url).await;
    assert_eq!(page.form("cognitoSignInForm").fields["username"], "jane");
    let page = person.go_on(page).await;
    op.code(&page);
}

#[tokio::test]
async fn oidcc_ui_locales() {
    succeeds(&[("ui_locales", "se fr de")]).await;
}

#[tokio::test]
async fn oidcc_claims_locales() {
    succeeds(&[("claims_locales", "se")]).await;
}

#[tokio::test]
async fn oidcc_ensure_request_with_acr_values_succeeds() {
    succeeds(&[("acr_values", "1 2")]).await;
    // Where the document names levels the suite asks for those.
    let op = Op::start().await;
    let levels = op.document["acr_values_supported"].as_array().unwrap();
    let levels: Vec<&str> = levels.iter().map(|level| level.as_str().unwrap()).collect();
    let (_, tokens) = succeeds(&[("acr_values", &levels.join(" "))]).await;
    let id = crate::support::house::claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(id["acr"], levels[0]);
}

#[tokio::test]
async fn oidcc_claims_essential() {
    let claims = r#"{"userinfo":{"name":{"essential":true}}}"#;
    let (op, tokens) = succeeds(&[("claims", claims), ("scope", "openid profile")]).await;
    assert_eq!(op.person_behind(&tokens).await["name"], "Jane Doe");
    assert_eq!(op.document["claims_parameter_supported"], false);
}

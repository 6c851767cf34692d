//! The browser session: one hour, one pool, its own cookie (oauth.md 3; security.md C8, C9).

use poolhouse::time::Span;
use serde_json::json;

use crate::support::Server;
use crate::support::browser::Browser;
use crate::support::house::{House, claims};

#[tokio::test]
async fn it_lasts_an_hour_from_the_sign_in_for_all_clients() {
    let house = House::open().await;
    house.user("jane").await;
    let other = house.client(json!({})).await;
    let mut browser = Browser::new(&house.s);
    let code = house
        .sign_in(&mut browser, "jane", &house.authorize(&[]))
        .await
        .code();
    let first = house.redeem(&code, &[]).await.ok();
    let first = claims(first["id_token"].as_str().unwrap());
    house.s.clock().advance(Span::minutes(59));
    let silent = house.authorize(&[("prompt", "none"), ("client_id", &other.id)]);
    let code = browser.get(&silent).await.code();
    let later = house.redeem(&code, &[("client_id", &other.id)]).await.ok();
    let later = claims(later["id_token"].as_str().unwrap());
    assert_eq!(first["auth_time"], later["auth_time"]);
    assert_eq!(later["aud"], other.id);
    // It does not slide.
    house.s.clock().advance(Span::minutes(1));
    let page = browser.get(&silent).await;
    assert_eq!(page.sent()["error"], "login_required");
}

#[tokio::test]
async fn a_code_outlives_the_session_it_came_from() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    house
        .sign_in(&mut browser, "jane", &house.authorize(&[]))
        .await;
    house.s.clock().advance(Span::minutes(59));
    let code = browser
        .get(&house.authorize(&[("prompt", "none")]))
        .await
        .code();
    house.s.clock().advance(Span::minutes(2));
    house.redeem(&code, &[]).await.ok();
}

#[tokio::test]
async fn cookies_have_the_flags_they_need() {
    for (url, secure) in [(None, false), (Some("https://id.example.com"), true)] {
        let s = Server::with(|config| config.public_url = url.map(str::to_owned)).await;
        let house = House::on(s, json!({})).await;
        house.user("jane").await;
        let mut browser = Browser::new(&house.s);
        let page = browser.open(&house.authorize(&[])).await;
        let form = page.form("cognitoSignInForm").fill("username", "jane");
        let form = form.fill("password", crate::support::house::PASSWORD);
        let answer = browser.submit(&form).await;
        answer.code();
        let mut names: Vec<_> = page.set.iter().chain(&answer.set).collect();
        names.retain(|cookie| !cookie.value.is_empty());
        assert!(names.iter().any(|c| c.name == "XSRF-TOKEN"));
        assert!(names.iter().any(|c| c.name == "cognito"));
        for cookie in names {
            let header = &cookie.header;
            assert!(header.contains("; HttpOnly"), "{header}");
            assert!(header.contains("; SameSite=Lax"), "{header}");
            assert_eq!(header.contains("; Secure"), secure, "{header}");
            assert!(!header.contains("Domain"), "{header}");
            assert_eq!(cookie.path, house.base);
            assert!(header.len() <= 4096);
        }
        let hsts = answer.headers.get("strict-transport-security");
        assert_eq!(hsts.is_some(), secure);
        assert!(
            browser.cookies("cognito")[0]
                .header
                .contains("Max-Age=3600")
        );
    }
}

#[tokio::test]
async fn a_planted_session_never_becomes_real() {
    let house = House::open().await;
    house.user("jane").await;
    house.user("eve").await;
    let mut eve = Browser::new(&house.s);
    house.sign_in(&mut eve, "eve", &house.authorize(&[])).await;
    let planted = eve.cookies("cognito")[0].clone();
    for value in [planted.value.as_str(), "x", ""] {
        let mut jane = Browser::new(&house.s);
        jane.plant("cognito", value, &house.base);
        let login = house.authorize(&[("prompt", "login")]);
        let code = house.sign_in(&mut jane, "jane", &login).await.code();
        let tokens = house.redeem(&code, &[]).await.ok();
        let id = claims(tokens["id_token"].as_str().unwrap());
        assert_eq!(id["cognito:username"], "jane");
        assert_ne!(jane.cookies("cognito")[0].value, value);
    }
    // What was planted died with jane's first sign-in.
    let page = eve.get(&house.authorize(&[("prompt", "none")])).await;
    assert_eq!(page.sent()["error"], "login_required");
}

#[tokio::test]
async fn a_disabled_or_deleted_user_has_no_session_and_a_signed_out_one_has() {
    let house = House::open().await;
    for (username, operation, alive) in [
        ("jane", "AdminDisableUser", false),
        ("john", "AdminDeleteUser", false),
        ("jack", "AdminUserGlobalSignOut", true),
    ] {
        house.user(username).await;
        let mut browser = Browser::new(&house.s);
        house
            .sign_in(&mut browser, username, &house.authorize(&[]))
            .await
            .code();
        house
            .admin(operation, json!({ "Username": username }))
            .await
            .ok();
        let page = browser.get(&house.authorize(&[("prompt", "none")])).await;
        assert_eq!(page.sent().contains_key("code"), alive, "{operation}");
        if alive {
            house.redeem(&page.code(), &[]).await.ok();
        }
    }
}

#[tokio::test]
async fn a_changed_cookie_is_no_session() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    house
        .sign_in(&mut browser, "jane", &house.authorize(&[]))
        .await;
    let cookie = browser.cookies("cognito")[0].clone();
    for at in 0..cookie.value.len() {
        let mut bytes = cookie.value.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        let mut other = Browser::new(&house.s);
        other.plant("cognito", &changed, &cookie.path);
        let page = other.get(&house.authorize(&[("prompt", "none")])).await;
        assert_eq!(page.sent()["error"], "login_required", "{at}");
    }
}

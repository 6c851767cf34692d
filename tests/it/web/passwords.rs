//! Forgotten passwords.

use serde_json::json;

use crate::support::browser::{Browser, Page};
use crate::support::house::{House, PASSWORD};

async fn ask(house: &House, browser: &mut Browser, username: &str) -> Page {
    let page = browser.open(&house.authorize(&[("prompt", "login")])).await;
    let page = browser.get(&page.link("Forgot your password?")).await;
    let form = page.form("forgotPasswordForm").fill("username", username);
    let answer = browser.submit(&form).await;
    browser.follow(answer).await
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_code() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    let page = ask(&house, &mut browser, "jane").await;
    assert!(page.url.contains("/confirmforgotPassword?"), "{}", page.url);
    assert!(page.text().contains("j***@e***"), "{}", page.text());
    let code = house.s.code_to("jane@example.com");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let form = page.form("resetPasswordForm");
    let fill = |code: &str, one: &str, two: &str| {
        let form = form.clone().fill("code", code).fill("new_password", one);
        form.fill("confirm_password", two)
    };
    for (form, told) in [
        (fill("", "", ""), "This field is required."),
        (
            fill(&code, "Another-Horse2", "Other-Horse3"),
            "The passwords do not match.",
        ),
        (
            fill(&code, "With Blank-1", "With Blank-1"),
            "1 validation error detected",
        ),
        (
            fill(&code, "short", "short"),
            "Password did not conform with policy",
        ),
        (
            fill(wrong, "Another-Horse2", "Another-Horse2"),
            "Invalid verification code provided",
        ),
    ] {
        let page = browser.submit(&form).await;
        assert_eq!(page.status, 400, "{told}");
        assert!(page.text().contains(told), "{}", page.text());
        assert!(!page.body.contains("Another-Horse2"));
    }
    let before = browser.cookies("XSRF-TOKEN")[0].value.clone();
    let answer = browser
        .submit(&fill(&code, "Another-Horse2", "Another-Horse2"))
        .await;
    assert_eq!(answer.status, 303);
    assert_ne!(browser.cookies("XSRF-TOKEN")[0].value, before);
    let page = browser.follow(answer).await;
    assert!(
        page.text().contains("Your password has been changed."),
        "{}",
        page.text()
    );
    assert!(browser.cookies("cognito").is_empty());
    let form = page.form("cognitoSignInForm");
    assert_eq!(form.fields["username"], "jane");
    let old = browser
        .submit(&form.clone().fill("password", PASSWORD))
        .await;
    assert_eq!(old.status, 400);
    let form = old.form("cognitoSignInForm");
    browser
        .submit(&form.fill("password", "Another-Horse2"))
        .await
        .code();
    // The code is used up.
    let answer = browser
        .submit(&fill(&code, "Third-Horse3", "Third-Horse3"))
        .await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn who_exists_is_not_told() {
    let house = House::open().await;
    house.user("jane").await;
    let mut pages = Vec::new();
    for username in ["jane", "nobody@example.com"] {
        let mut browser = Browser::new(&house.s);
        let page = ask(&house, &mut browser, username).await;
        assert_eq!(page.status, 200);
        assert!(page.url.contains("/confirmforgotPassword?"), "{username}");
        pages.push(page.text().lines().count());
    }
    assert_eq!(pages[0], pages[1]);
}

#[tokio::test]
async fn what_cannot_be_recovered_says_why() {
    let only_admin = json!({ "RecoveryMechanisms": [{ "Priority": 1, "Name": "admin_only" }] });
    let house = House::with(json!({ "AccountRecoverySetting": only_admin })).await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    let page = browser.open(&house.authorize(&[])).await;
    assert!(!page.text().contains("Forgot your password?"));
    let page = browser
        .get(&format!(
            "{}/forgotPassword?{}",
            house.base,
            house.query(&[])
        ))
        .await;
    let form = page.form("forgotPasswordForm").fill("username", "jane");
    let page = browser.submit(&form).await;
    assert_eq!(page.status, 400);
    assert!(
        page.text()
            .contains("Contact administrator to reset password.")
    );
}

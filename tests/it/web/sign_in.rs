//! The sign-in page and the page for a new password inside it.

use serde_json::json;

use crate::support::browser::{Browser, Page};
use crate::support::house::{House, PASSWORD, claims};

async fn attempt(house: &House, browser: &mut Browser, username: &str, password: &str) -> Page {
    let page = browser.open(&house.authorize(&[])).await;
    let form = page.form("cognitoSignInForm").fill("username", username);
    browser.submit(&form.fill("password", password)).await
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_look_the_same() {
    let house = House::open().await;
    house.user("jane").await;
    let mut bodies = Vec::new();
    for (username, password) in [("jane", "Wrong-Horse1"), ("nobody", "Wrong-Horse1")] {
        let mut browser = Browser::new(&house.s);
        let page = attempt(&house, &mut browser, username, password).await;
        assert_eq!(page.status, 400);
        assert!(page.text().contains("Incorrect username or password."));
        assert!(!page.body.contains("Wrong-Horse1"));
        assert!(browser.cookies("cognito").is_empty());
        let form = page.form("cognitoSignInForm");
        assert_eq!(form.fields["username"], username);
        let body = page
            .body
            .replace(username, "USER")
            .replace(&form.fields["_csrf"], "TOKEN");
        bodies.push(body);
        // The same page takes the right password.
        if username == "jane" {
            let form = form.fill("password", PASSWORD);
            browser.submit(&form).await.code();
        }
    }
    assert_eq!(bodies[0], bodies[1]);
    house
        .update_client(
            &house.client,
            json!({ "PreventUserExistenceErrors": "LEGACY" }),
        )
        .await;
    let page = attempt(&house, &mut Browser::new(&house.s), "nobody", "x").await;
    assert!(page.text().contains("User does not exist."));
}

#[tokio::test]
async fn what_nobody_can_have_is_wrong_without_a_look() {
    let house = House::open().await;
    house.user("jane").await;
    let (name, password) = ("u".repeat(2049), "x".repeat(257));
    for (username, password) in [("jane", password.as_str()), (name.as_str(), PASSWORD)] {
        let page = attempt(&house, &mut Browser::new(&house.s), username, password).await;
        assert_eq!(page.status, 400);
        assert!(page.text().contains("Incorrect username or password."));
    }
}

#[tokio::test]
async fn empty_fields_are_asked_for() {
    let house = House::open().await;
    let page = attempt(&house, &mut Browser::new(&house.s), "", "").await;
    assert_eq!(page.status, 400);
    assert!(page.text().contains("This field is required."));
}

#[tokio::test]
async fn an_unconfirmed_user_is_led_to_the_code() {
    let house = House::open().await;
    let request = json!({
        "ClientId": house.client, "Username": "nora", "Password": PASSWORD,
        "UserAttributes": [{ "Name": "email", "Value": "nora@example.com" }],
    });
    house.s.api("SignUp", request).await.ok();
    let mut browser = Browser::new(&house.s);
    let answer = attempt(&house, &mut browser, "nora", PASSWORD).await;
    assert_eq!(answer.status, 303);
    let page = browser.follow(answer).await;
    assert!(page.url.contains("/confirm?"));
    let answer = browser.submit(&page.form("resendForm")).await;
    let page = browser.follow(answer).await;
    assert!(page.text().contains("We have sent a new code."));
    let code = house.s.code_to("nora@example.com");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let page = browser
        .submit(&page.form("confirmForm").fill("code", wrong))
        .await;
    assert_eq!(page.status, 400);
    assert!(
        page.text()
            .contains("Invalid verification code provided, please try again.")
    );
    let answer = browser
        .submit(&page.form("confirmForm").fill("code", &code))
        .await;
    // This browser did not make the account: it signs in.
    let page = browser.follow(answer).await;
    assert!(page.url.contains("/login?"), "{}", page.url);
    assert!(
        page.text()
            .contains("Your registration has been confirmed!")
    );
    let form = page.form("cognitoSignInForm");
    assert_eq!(form.fields["username"], "nora");
    browser
        .submit(&form.fill("password", PASSWORD))
        .await
        .code();
}

#[tokio::test]
async fn a_temporary_password_is_changed_inside_the_sign_in() {
    let house = House::open().await;
    let request = json!({
        "Username": "tim", "MessageAction": "SUPPRESS", "TemporaryPassword": PASSWORD,
        "UserAttributes": [{ "Name": "email", "Value": "tim@example.com" }],
    });
    house.admin("AdminCreateUser", request).await.ok();
    let mut browser = Browser::new(&house.s);
    let answer = attempt(&house, &mut browser, "tim", PASSWORD).await;
    let page = browser.follow(answer).await;
    assert!(page.url.contains("/changePassword?"), "{}", page.url);
    assert!(browser.cookies("cognito").is_empty());
    let form = page.form("changePasswordForm");
    let fill = |one: &str, two: &str| {
        let form = form.clone().fill("new_password", one);
        form.fill("confirm_password", two)
    };
    let long = format!("{PASSWORD}{}", "x".repeat(256));
    for (one, two, told) in [
        ("", "", "This field is required."),
        (
            "Another-Horse2",
            "Another-Horse3",
            "The passwords do not match.",
        ),
        ("short", "short", "Password did not conform with policy"),
        (
            "With Blank-1",
            "With Blank-1",
            "1 validation error detected",
        ),
        (long.as_str(), long.as_str(), "1 validation error detected"),
    ] {
        let page = browser.submit(&fill(one, two)).await;
        assert_eq!(page.status, 400, "{told}");
        assert!(page.text().contains(told), "{}", page.text());
    }
    let answer = browser
        .submit(&fill("Another-Horse2", "Another-Horse2"))
        .await;
    let tokens = house.redeem(&answer.code(), &[]).await.ok();
    let id = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(id["cognito:username"], "tim");
    let user = house
        .admin("AdminGetUser", json!({ "Username": "tim" }))
        .await
        .ok();
    assert_eq!(user["UserStatus"], "CONFIRMED");
}

#[tokio::test]
async fn missing_attributes_are_asked_with_the_new_password() {
    let schema = json!([{ "Name": "given_name", "Required": true, "Mutable": true, "AttributeDataType": "String" }]);
    let house = House::with(json!({ "Schema": schema })).await;
    let request = json!({
        "Username": "tim", "MessageAction": "SUPPRESS", "TemporaryPassword": PASSWORD,
    });
    house.admin("AdminCreateUser", request).await.ok();
    let mut browser = Browser::new(&house.s);
    let answer = attempt(&house, &mut browser, "tim", PASSWORD).await;
    let page = browser.follow(answer).await;
    let form = page
        .form("changePasswordForm")
        .fill("new_password", "Another-Horse2");
    let form = form.fill("confirm_password", "Another-Horse2");
    let page = browser.submit(&form).await;
    assert_eq!(page.status, 400);
    let form = form.fill("requiredAttributes[given_name]", "Tim");
    browser.submit(&form).await.code();
    let user = house
        .admin("AdminGetUser", json!({ "Username": "tim" }))
        .await
        .ok();
    let attributes = user["UserAttributes"].as_array().unwrap();
    assert!(attributes.contains(&json!({ "Name": "given_name", "Value": "Tim" })));
}

#[tokio::test]
async fn too_many_wrong_passwords_lock_the_page_too() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    for _ in 0..6 {
        attempt(&house, &mut browser, "jane", "Wrong-Horse1").await;
    }
    let page = attempt(&house, &mut browser, "jane", PASSWORD).await;
    assert!(
        page.text().contains("Password attempts exceeded"),
        "{}",
        page.text()
    );
}

#[tokio::test]
async fn what_is_typed_is_shown_as_text() {
    let house = House::open().await;
    for typed in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' autofocus onfocus=alert(1) x='",
        "{{7*7}}",
        "</form><form action=//evil.test>",
        "javascript:alert(1)",
        "\u{202e}\u{0}",
    ] {
        let mut browser = Browser::new(&house.s);
        let page = attempt(&house, &mut browser, typed, "x").await;
        assert_eq!(page.form("cognitoSignInForm").fields["username"], typed);
        for bad in ["<script>alert", "<img src=x", "<form action=//evil"] {
            assert!(!page.body.contains(bad), "{typed}");
        }
        let hint = house.authorize(&[("login_hint", typed), ("state", typed)]);
        let page = browser.open(&hint).await;
        assert_eq!(page.form("cognitoSignInForm").fields["username"], typed);
    }
}

#[tokio::test]
async fn the_form_may_end_at_the_clients_callbacks_only() {
    let house = House::open().await;
    let urls = json!([
        "http://localhost:3000/callback",
        "https://app.example.com/cb?x=1",
        "myapp://cb"
    ]);
    house
        .update_client(&house.client, json!({ "CallbackURLs": urls }))
        .await;
    let page = Browser::new(&house.s).open(&house.authorize(&[])).await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    let expected = "form-action 'self' http://localhost:3000 https://app.example.com myapp:;";
    assert!(policy.contains(expected), "{policy}");
}

//! The sign-up page.

use serde_json::json;

use crate::support::browser::Browser;
use crate::support::house::{House, PASSWORD};

async fn open(house: &House, browser: &mut Browser) -> crate::support::browser::Page {
    browser
        .open(&format!("{}/signup?{}", house.base, house.query(&[])))
        .await
}

#[tokio::test]
async fn it_asks_for_what_the_pool_requires() {
    let required = |name: &str| json!({ "Name": name, "Required": true, "Mutable": true, "AttributeDataType": "String" });
    for (settings, fields) in [
        (
            json!({}),
            vec!["username", "requiredAttributes[email]", "password"],
        ),
        (
            json!({ "AutoVerifiedAttributes": null }),
            vec!["username", "password"],
        ),
        (
            json!({ "Schema": [required("given_name"), required("email")] }),
            vec![
                "username",
                "requiredAttributes[given_name]",
                "requiredAttributes[email]",
                "password",
            ],
        ),
        (
            json!({ "UsernameAttributes": ["email"], "Schema": [required("email")] }),
            vec!["username", "password"],
        ),
    ] {
        let house = House::with(settings.clone()).await;
        let page = open(&house, &mut Browser::new(&house.s)).await;
        let form = page.form("signupform");
        let mut shown: Vec<_> = form.fields.keys().map(String::as_str).collect();
        shown.retain(|name| !["_csrf", "cognitoAsfData", "signUpButton"].contains(name));
        let mut expected = fields;
        expected.sort_unstable();
        assert_eq!(shown, expected, "{settings}");
        let answer = Browser::new(&house.s).submit(&form).await;
        assert_eq!(answer.status, 403);
    }
}

#[tokio::test]
async fn refusals_are_told_beside_their_fields_and_passwords_are_not_shown_again() {
    let house = House::open().await;
    house.user("jane").await;
    let long_name = "n".repeat(129);
    let long_password = format!("{PASSWORD}{}", "x".repeat(256));
    for (username, password, email, told) in [
        ("jane", PASSWORD, "other@example.com", "User already exists"),
        (
            "nora",
            "short",
            "nora@example.com",
            "Password did not conform with policy",
        ),
        (
            "nora",
            PASSWORD,
            "not an address",
            "Invalid email address format.",
        ),
        ("", PASSWORD, "nora@example.com", "This field is required."),
        ("nora", "", "nora@example.com", "This field is required."),
        ("nora", PASSWORD, "", "This field is required."),
        (
            "no ra",
            PASSWORD,
            "nora@example.com",
            "1 validation error detected",
        ),
        (
            long_name.as_str(),
            PASSWORD,
            "nora@example.com",
            "Member must have length less than or equal to 128",
        ),
        (
            "nora",
            "Correct Horse1",
            "nora@example.com",
            "1 validation error detected",
        ),
        (
            "nora",
            long_password.as_str(),
            "nora@example.com",
            "Member must have length less than or equal to 256",
        ),
    ] {
        let mut browser = Browser::new(&house.s);
        let page = open(&house, &mut browser).await;
        let form = page
            .form("signupform")
            .fill("username", username)
            .fill("password", password);
        let page = browser
            .submit(&form.fill("requiredAttributes[email]", email))
            .await;
        assert_eq!(page.status, 400, "{told}");
        assert!(page.text().contains(told), "{}", page.text());
        let form = page.form("signupform");
        assert_eq!(
            (
                form.fields["username"].as_str(),
                form.fields["password"].as_str()
            ),
            (username, "")
        );
    }
}

#[tokio::test]
async fn a_form_cannot_set_what_the_client_may_not_write() {
    let schema = json!([{ "Name": "role", "Mutable": true, "AttributeDataType": "String" }]);
    let house = House::with(json!({ "Schema": schema })).await;
    let write = json!({ "WriteAttributes": ["email"] });
    house.update_client(&house.client, write).await;
    for name in [
        "custom:role",
        "email_verified",
        "sub",
        "identities",
        "dev:custom:role",
        "name",
    ] {
        let mut browser = Browser::new(&house.s);
        let page = open(&house, &mut browser).await;
        let form = page
            .form("signupform")
            .fill("username", "eve")
            .fill("password", PASSWORD);
        let form = form.fill("requiredAttributes[email]", "eve@example.com");
        let form = form.forge(&format!("requiredAttributes[{name}]"), "true");
        let page = browser.submit(&form).await;
        assert_eq!(page.status, 400, "{name}");
    }
    let gone = house
        .admin("AdminGetUser", json!({ "Username": "eve" }))
        .await;
    assert_eq!(gone.status, 400);
}

#[tokio::test]
async fn where_only_administrators_make_accounts_there_is_no_page() {
    let house =
        House::with(json!({ "AdminCreateUserConfig": { "AllowAdminCreateUserOnly": true } })).await;
    let mut browser = Browser::new(&house.s);
    let page = open(&house, &mut browser).await;
    assert_eq!(page.status, 403);
    assert!(
        page.text()
            .contains("SignUp is not permitted for this user pool")
    );
    let page = browser.open(&house.authorize(&[])).await;
    assert!(!page.text().contains("Need an account?"));
}

#[tokio::test]
async fn where_nothing_is_verified_the_account_waits_for_an_administrator() {
    let house = House::with(json!({ "AutoVerifiedAttributes": null })).await;
    let mut browser = Browser::new(&house.s);
    let page = open(&house, &mut browser).await;
    let form = page
        .form("signupform")
        .fill("username", "nora")
        .fill("password", PASSWORD);
    let page = browser.submit(&form).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("administrator"), "{}", page.text());
    house
        .admin("AdminConfirmSignUp", json!({ "Username": "nora" }))
        .await
        .ok();
    house.code("nora", &[]).await;
}

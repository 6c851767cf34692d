//! Passkeys on the pages. What the script does, the tests do.

use serde_json::{Value, json};

use crate::api::auth::passkeys::{complete, options};
use crate::support::authenticator::Authenticator;
use crate::support::browser::{Browser, Page};
use crate::support::house::{House, PASSWORD, claims};

/// A pool where passkeys may begin a sign-in, and jane, who has the passkey if one is given.
async fn house(passkey: Option<&Authenticator>) -> House {
    let factors =
        json!({ "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"] } });
    let house = House::with(json!({ "Policies": factors })).await;
    house.user("jane").await;
    if let Some(passkey) = passkey {
        let tokens = house
            .tokens("jane", &[("scope", "aws.cognito.signin.user.admin openid")])
            .await;
        let token = &tokens["access_token"];
        let options = options(&house.s, token).await;
        let made = passkey.create(&options, &house.s.url, |_| {});
        complete(&house.s, token, &made).await.ok();
    }
    house
}

fn asked(page: &Page) -> Value {
    serde_json::from_str(&page.data("data-passkey-options")).unwrap()
}

/// Presses the button of the sign-in page; gives the page after it.
async fn press(house: &House, browser: &mut Browser, username: &str) -> Page {
    let page = browser.open(&house.authorize(&[("scope", "openid")])).await;
    let mut form = page.form("cognitoSignInForm").fill("username", username);
    form.action = page.data("formaction");
    let answer = browser.submit(&form).await;
    browser.follow(answer).await
}

#[tokio::test]
async fn a_passkey_signs_a_browser_in() {
    let passkey = Authenticator::es256();
    let house = house(Some(&passkey)).await;
    let mut browser = Browser::new(&house.s);
    let page = press(&house, &mut browser, "jane").await;
    assert!(page.url.contains("/passkey?"), "{}", page.url);
    let form = page.form("passkeyForm");
    let wrong = Authenticator::es256().get(&asked(&page), &house.s.url, |_| {});
    let again = browser
        .submit(&form.clone().fill("credential", &wrong.to_string()))
        .await;
    assert_eq!(again.status, 400);
    assert!(again.text().contains("Incorrect username or password."));
    assert_eq!(asked(&again), asked(&page), "the same challenge");
    let empty = browser.submit(&form).await;
    assert!(
        empty
            .text()
            .contains("Invalid WebAuthn credential response.")
    );
    let right = passkey.get(&asked(&page), &house.s.url, |_| {});
    let right = again
        .form("passkeyForm")
        .fill("credential", &right.to_string());
    let answer = browser.submit(&right).await;
    let tokens = house.redeem(&answer.code(), &[]).await.ok();
    let claims = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(claims["cognito:username"], "jane");
    assert!(!browser.cookies("cognito").is_empty());
    let later = browser.open(&house.authorize(&[])).await;
    assert!(!later.code().is_empty(), "the browser is signed in");
}

#[tokio::test]
async fn who_has_none_is_told_and_signs_in_by_password() {
    let house = house(None).await;
    let mut browser = Browser::new(&house.s);
    for name in ["jane", ""] {
        let page = press(&house, &mut browser, name).await;
        assert!(
            page.find_form("cognitoSignInForm").is_some(),
            "{}",
            page.url
        );
    }
    let page = press(&house, &mut browser, "jane").await;
    assert!(
        page.text()
            .contains("There is no passkey for this sign-in.")
    );
    let form = page.form("cognitoSignInForm").fill("password", PASSWORD);
    assert!(!browser.submit(&form).await.code().is_empty());
}

#[tokio::test]
async fn the_steps_of_the_way_are_this_browsers_and_in_order() {
    let passkey = Authenticator::es256();
    let house = house(Some(&passkey)).await;
    let mut browser = Browser::new(&house.s);
    let query = house.query(&[]);
    for path in ["/passkey", "/passkey/begin", "/passkey/add"] {
        let page = browser.open(&format!("{}{path}?{query}", house.base)).await;
        assert!(page.find_form("cognitoSignInForm").is_some(), "{path}");
    }
    let page = press(&house, &mut browser, "jane").await;
    let credential = passkey.get(&asked(&page), &house.s.url, |_| {}).to_string();
    let form = page.form("passkeyForm").fill("credential", &credential);
    let mut stranger = Browser::new(&house.s);
    assert_eq!(stranger.submit(&form).await.status, 403);
    assert_eq!(
        browser
            .submit(&form.clone().forge("_csrf", "x"))
            .await
            .status,
        403
    );
    assert!(!browser.submit(&form).await.code().is_empty());
    assert_eq!(browser.submit(&form).await.status, 403, "once");
}

#[tokio::test]
async fn a_pool_without_passkeys_shows_no_button_and_no_script() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    let page = browser.open(&house.authorize(&[])).await;
    assert!(!page.body.contains("passkey") && !page.body.contains("<script"));
    let mut form = page.form("cognitoSignInForm").fill("username", "jane");
    form.action = page.url.replace("/login?", "/passkey/begin?");
    let answer = browser.submit(&form).await;
    let page = browser.follow(answer).await;
    assert!(
        page.text()
            .contains("There is no passkey for this sign-in.")
    );
}

/// Signs in by password in a browser that can make passkeys; gives the page after it.
async fn capable(house: &House, browser: &mut Browser) -> Page {
    browser.plant("passkeys", "1", &house.base);
    let url = house.authorize(&[("scope", "openid"), ("prompt", "login")]);
    house.sign_in(browser, "jane", &url).await
}

#[tokio::test]
async fn a_passkey_is_offered_after_a_sign_in_made_and_used() {
    let house = house(None).await;
    let mut browser = Browser::new(&house.s);
    let page = capable(&house, &mut browser).await;
    assert!(page.url.contains("/passkey/add?"), "{}", page.url);
    let wanted = asked(&page);
    assert_eq!(wanted["rp"]["id"], "localhost");
    let passkey = Authenticator::es256();
    let form = page.form("addPasskeyForm");
    let foreign = passkey.create(&wanted, "https://evil.test", |_| {});
    let refused = browser
        .submit(&form.clone().fill("credential", &foreign.to_string()))
        .await;
    assert_eq!(refused.status, 400);
    assert!(
        refused
            .text()
            .contains("The origin is not allowed for the relying party.")
    );
    let junk = browser
        .submit(&form.clone().fill("credential", "junk"))
        .await;
    assert!(
        junk.text()
            .contains("Invalid WebAuthn credential response.")
    );
    let made = passkey.create(&asked(&junk), &house.s.url, |_| {});
    let form = junk
        .form("addPasskeyForm")
        .fill("credential", &made.to_string());
    let answer = browser.submit(&form).await;
    house.redeem(&answer.code(), &[]).await.ok();
    let mut fresh = Browser::new(&house.s);
    let page = press(&house, &mut fresh, "jane").await;
    let credential = passkey.get(&asked(&page), &house.s.url, |_| {}).to_string();
    let form = page.form("passkeyForm").fill("credential", &credential);
    assert!(!fresh.submit(&form).await.code().is_empty());
    // Whoever has one is not asked.
    assert!(!capable(&house, &mut browser).await.code().is_empty());
}

#[tokio::test]
async fn who_wants_none_now_goes_on_and_is_left_alone() {
    let house = house(None).await;
    let mut browser = Browser::new(&house.s);
    let url = house.authorize(&[("scope", "openid")]);
    assert!(
        !house
            .sign_in(&mut browser, "jane", &url)
            .await
            .code()
            .is_empty(),
        "no script, no offer"
    );
    let page = capable(&house, &mut browser).await;
    let answer = browser.submit(&page.form("addPasskeyForm")).await;
    house.redeem(&answer.code(), &[]).await.ok();
    let kept = browser.cookies("passkeys");
    assert_eq!(kept[0].value, "later");
    assert!(kept[0].header.contains("Max-Age=2592000") && kept[0].header.contains("HttpOnly"));
    let url = house.authorize(&[("prompt", "login")]);
    assert!(
        !house
            .sign_in(&mut browser, "jane", &url)
            .await
            .code()
            .is_empty()
    );
}

#[tokio::test]
async fn an_offer_ends_with_the_sign_in() {
    let house = house(None).await;
    let mut browser = Browser::new(&house.s);
    let page = capable(&house, &mut browser).await;
    let made = Authenticator::es256().create(&asked(&page), &house.s.url, |_| {});
    let form = page
        .form("addPasskeyForm")
        .fill("credential", &made.to_string());
    house
        .admin("AdminDisableUser", json!({ "Username": "jane" }))
        .await
        .ok();
    let answer = browser.submit(&form).await;
    let page = browser.follow(answer).await;
    assert!(page.find_form("cognitoSignInForm").is_some());
    let count = crate::api::count(&house.s, "webauthn_credentials", &house.pool).await;
    assert_eq!(count, 0);
}

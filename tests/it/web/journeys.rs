//! Whole ways through the house.

use serde_json::json;

use crate::support::browser::Browser;
use crate::support::house::{CHALLENGE, GOODBYE, House, VERIFIER, claims};

#[tokio::test]
async fn from_sign_up_to_sign_out() {
    let house = House::open().await;
    let mut browser = Browser::new(&house.s);
    let url = house.authorize(&[
        ("scope", "openid email aws.cognito.signin.user.admin"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("nonce", "n-1"),
    ]);
    // Sign up and confirm: the browser that made the account is signed in.
    let page = browser.open(&url).await;
    let page = browser.get(&page.link("Sign up")).await;
    let form = page
        .form("signupform")
        .fill("username", "jane")
        .fill("password", "Correct-Horse1");
    let form = form.fill("requiredAttributes[email]", "jane@example.com");
    let answer = browser.submit(&form).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let page = browser.follow(answer).await;
    assert!(page.url.contains("/confirm?"), "{}", page.url);
    assert!(page.text().contains("j***@e***"), "{}", page.text());
    let mail = house.s.code_to("jane@example.com");
    let answer = browser
        .submit(&page.form("confirmForm").fill("code", &mail))
        .await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let code = answer.code();
    assert_eq!(answer.sent()["state"], "some state");
    // The code becomes tokens.
    let tokens = house
        .redeem(&code, &[("code_verifier", VERIFIER)])
        .await
        .ok();
    let id = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(
        (&id["nonce"], &id["email_verified"]),
        (&json!("n-1"), &json!(true))
    );
    let access = tokens["access_token"].as_str().unwrap();
    let person = house.userinfo(access).await.ok();
    assert_eq!(person["email"], "jane@example.com");
    assert_eq!(person["email_verified"], "true");
    // Refresh, revoke.
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let grant = [
        ("grant_type", "refresh_token"),
        ("client_id", house.client.as_str()),
        ("refresh_token", refresh),
    ];
    let next = house.token(&grant, None).await.ok();
    house
        .userinfo(next["access_token"].as_str().unwrap())
        .await
        .ok();
    let pairs = [("token", refresh), ("client_id", house.client.as_str())];
    house.post("/oauth2/revoke", &pairs, None).await.ok();
    house
        .token(&grant, None)
        .await
        .refuses(400, "invalid_grant");
    house.userinfo(access).await.refuses(401, "invalid_token");
    // The browser session is still there, until it signs out.
    browser
        .get(&house.authorize(&[("prompt", "none")]))
        .await
        .code();
    let leave = format!(
        "{}/logout?client_id={}&logout_uri={GOODBYE}",
        house.base, house.client
    );
    assert_eq!(
        browser.get(&leave).await.location().as_deref(),
        Some(GOODBYE)
    );
    let page = browser.get(&house.authorize(&[("prompt", "none")])).await;
    assert_eq!(page.sent()["error"], "login_required");
    // And signs in again with the password.
    house.sign_in(&mut browser, "jane", &url).await.code();
}

#[tokio::test]
async fn a_machine_signs_in_by_the_form() {
    let house = House::open().await;
    house.user("jane").await;
    let mut machine = Browser::new(&house.s);
    let page = machine.open(&house.authorize(&[])).await;
    let (_, token) = page.body.split_once("name=\"_csrf\" value=\"").unwrap();
    let token = token.split('"').next().unwrap();
    let body = crate::support::house::query(&[
        ("_csrf", token),
        ("username", "jane"),
        ("password", crate::support::house::PASSWORD),
        ("cognitoAsfData", ""),
    ]);
    let answer = machine.post(&page.url, &body).await;
    assert_eq!(answer.status, 303);
    house.redeem(&answer.code(), &[]).await.ok();
}

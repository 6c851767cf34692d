//! The account chooser (`prompt=select_account`, OpenID Connect Core 3.1.2.1).

use poolhouse::time::Span;
use serde_json::json;

use crate::support::browser::Browser;
use crate::support::house::{House, PASSWORD, claims};

const CHOOSE: (&str, &str) = ("prompt", "select_account");

async fn signed_in() -> (House, Browser) {
    let house = House::open().await;
    house.user("jane").await;
    house.user("john").await;
    let mut browser = Browser::new(&house.s);
    let url = house.authorize(&[]);
    house.sign_in(&mut browser, "jane", &url).await.code();
    (house, browser)
}

async fn username(house: &House, code: &str) -> String {
    let tokens = house.redeem(code, &[]).await.ok();
    let id = claims(tokens["id_token"].as_str().unwrap());
    id["cognito:username"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_account_of_the_browser_goes_on() {
    let (house, mut browser) = signed_in().await;
    let page = browser.open(&house.authorize(&[CHOOSE])).await;
    assert_eq!(page.status, 200);
    assert!(page.url.contains("/login/account?"), "{}", page.url);
    assert!(page.text().contains("Choose an account\njane\nSigned in\n"));
    let before = browser.cookies("cognito")[0].value.clone();
    let answer = browser.submit(&page.form("chooseAccountForm")).await;
    assert_eq!(answer.status, 303);
    assert_eq!(username(&house, &answer.code()).await, "jane");
    // Nobody has signed in: the session is as old as it was.
    assert_eq!(browser.cookies("cognito")[0].value, before);
}

#[tokio::test]
async fn another_account_signs_in() {
    let (house, mut browser) = signed_in().await;
    let page = browser.open(&house.authorize(&[CHOOSE])).await;
    let page = browser.get(&page.link("Use another account")).await;
    let form = page.form("cognitoSignInForm").fill("username", "john");
    let answer = browser.submit(&form.fill("password", PASSWORD)).await;
    let page = browser.follow(answer).await;
    assert_eq!(username(&house, &page.code()).await, "john");
    let page = browser.open(&house.authorize(&[CHOOSE])).await;
    assert!(page.text().contains("\njohn\n"));
}

#[tokio::test]
async fn without_an_account_to_choose_one_signs_in() {
    let (house, mut browser) = signed_in().await;
    let mut stranger = Browser::new(&house.s);
    let page = stranger.open(&house.authorize(&[CHOOSE])).await;
    page.form("cognitoSignInForm");
    // The page is for who is asked to choose, and it cannot stand for a new sign-in.
    house.s.clock().advance(Span::seconds(10));
    for change in [
        vec![],
        vec![("prompt", "login")],
        vec![("prompt", "login select_account")],
        vec![CHOOSE, ("max_age", "5")],
    ] {
        let query = house.query(&change);
        let page = browser
            .open(&format!("{}/login/account?{query}", house.base))
            .await;
        assert!(page.find_form("chooseAccountForm").is_none(), "{change:?}");
        page.form("cognitoSignInForm");
    }
    house.s.clock().advance(Span::hours(1));
    let page = browser.open(&house.authorize(&[CHOOSE])).await;
    page.form("cognitoSignInForm");
}

#[tokio::test]
async fn only_our_own_page_chooses_and_only_while_the_session_lasts() {
    let (house, mut browser) = signed_in().await;
    let page = browser.open(&house.authorize(&[CHOOSE])).await;
    let form = page.form("chooseAccountForm");
    for forged in [
        form.clone().without("_csrf"),
        form.clone().forge("_csrf", "x"),
    ] {
        let answer = browser.submit(&forged).await;
        assert_eq!((answer.status, answer.location()), (403, None));
    }
    // Another browser has neither the token nor the session.
    let answer = Browser::new(&house.s).submit(&form).await;
    assert_eq!((answer.status, answer.location()), (403, None));
    let gone = format!("{}/logout?client_id={}", house.base, house.client);
    browser.get(&gone).await;
    let answer = browser.submit(&form).await;
    let page = browser.follow(answer).await;
    page.form("cognitoSignInForm");
}

#[tokio::test]
async fn an_account_is_called_what_its_owner_types() {
    let house = House::with(json!({ "UsernameAttributes": ["email"] })).await;
    let request = json!({
        "Username": "jane@example.com", "MessageAction": "SUPPRESS",
    });
    house.admin("AdminCreateUser", request).await.ok();
    let request = json!({
        "Username": "jane@example.com", "Password": PASSWORD, "Permanent": true,
    });
    house.admin("AdminSetUserPassword", request).await.ok();
    let mut browser = Browser::new(&house.s);
    let url = house.authorize(&[]);
    house
        .sign_in(&mut browser, "jane@example.com", &url)
        .await
        .code();
    let page = browser.open(&house.authorize(&[CHOOSE])).await;
    assert!(
        page.text().contains("\njane@example.com\n"),
        "{}",
        page.text()
    );
}

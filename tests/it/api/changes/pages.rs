//! The page for passkeys follows the same rules with the browser's sign-in.

use serde_json::{Value, json};

use super::{Home, Person};
use crate::support::authenticator::Authenticator;
use crate::support::browser::{Browser, Page};
use crate::support::house::{CALLBACK, Client, PASSWORD, basic, domain_name};

fn entry(home: &Home, client: &Client) -> String {
    let callback: String = url::form_urlencoded::byte_serialize(CALLBACK.as_bytes()).collect();
    let (base, id) = (&home.house.base, &client.id);
    format!("{base}/passkeys/add?client_id={id}&redirect_uri={callback}")
}

/// Signs ada in with a browser; gives the tokens that the client got.
async fn signed_in(home: &Home, browser: &mut Browser, client: &Client) -> Person {
    let url = home.house.authorize(&[("client_id", client.id.as_str())]);
    let mut page = browser.open(&url).await;
    if page.find_form("cognitoSignInForm").is_some() {
        let form = page.form("cognitoSignInForm").fill("username", "ada");
        let answer = browser.submit(&form).await;
        let answer = browser.follow(answer).await;
        let form = answer.form("passwordForm").fill("password", PASSWORD);
        page = browser.submit(&form).await;
    }
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", &page.code()),
        ("redirect_uri", CALLBACK),
    ];
    let proof = basic(&client.id, client.secret.as_ref().unwrap());
    let told = home.house.token(&pairs, Some(&proof)).await.ok();
    Person {
        name: "ada".to_owned(),
        tokens: json!({ "AccessToken": told["access_token"] }),
    }
}

fn form(home: &Home, page: &Page) -> crate::support::browser::Form {
    let options: Value = serde_json::from_str(&page.data("data-passkey-options")).unwrap();
    let made = Authenticator::es256().create(&options, &home.house.s.url, |_| {});
    page.form("addPasskeyForm")
        .fill("credential", &made.to_string())
}

async fn gone(home: &Home, person: &Person) -> bool {
    home.call(person, "GetUser", json!({})).await.status != 200
}

/// Gives a client the pages of managed login, which alone have this one.
async fn managed(home: &Home, client: &Client) {
    let domain = domain_name(&home.house.pool);
    let version = json!({ "Domain": domain, "ManagedLoginVersion": 2 });
    home.admin("UpdateUserPoolDomain", version).await.ok();
    let style = json!({ "ClientId": client.id, "UseCognitoProvidedValues": true });
    home.admin("CreateManagedLoginBranding", style).await.ok();
}

async fn clients(home: &Home) -> (Client, Client) {
    let flows = json!(["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]);
    let confidential = json!({ "GenerateSecret": true, "ExplicitAuthFlows": flows });
    let one = home.house.client(confidential.clone()).await;
    (one, home.house.client(confidential).await)
}

#[tokio::test]
async fn a_passkey_from_a_page_ends_other_sessions_and_is_told() {
    let home = Home::strict().await;
    home.user("ada", &[]).await;
    let (app, second) = clients(&home).await;
    for client in [&app, &second] {
        managed(&home, client).await;
    }
    let mut browser = Browser::new(&home.house.s);
    let mine = signed_in(&home, &mut browser, &app).await;
    let sibling = signed_in(&home, &mut browser, &second).await;
    let api = home.sign_in("ada").await;
    let page = browser.get(&entry(&home, &app)).await;
    let answer = browser.submit(&form(&home, &page)).await;
    let told = format!("{CALLBACK}?result=success");
    assert_eq!(answer.headers["location"].to_str().unwrap(), told);
    assert!(!gone(&home, &mine).await, "the app that sent the user");
    assert!(gone(&home, &sibling).await);
    assert!(gone(&home, &api).await);
    let url = [("client_id", app.id.as_str()), ("prompt", "none")];
    let page = browser.get(&home.house.authorize(&url)).await;
    assert!(page.sent().contains_key("code"), "the browser");
    let mails = home.told("ada");
    assert_eq!(mails.len(), 1);
    assert!(
        mails[0]
            .text
            .starts_with("A passkey was added to your account ada")
    );
}

#[tokio::test]
async fn a_browser_that_signed_in_long_ago_is_sent_back() {
    for strict in [true, false] {
        let home = Home::either(strict).await;
        home.user("ada", &[]).await;
        let (app, _) = clients(&home).await;
        managed(&home, &app).await;
        let mut browser = Browser::new(&home.house.s);
        signed_in(&home, &mut browser, &app).await;
        home.advance(200);
        let page = browser.get(&entry(&home, &app)).await;
        assert_eq!(page.status, 200);
        home.advance(101);
        let result = if strict { "invalid_session" } else { "success" };
        let told = format!("{CALLBACK}?result={result}");
        let answer = browser.submit(&form(&home, &page)).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        assert_eq!(answer.headers["location"].to_str().unwrap(), told);
        let page = browser.get(&entry(&home, &app)).await;
        assert_eq!(page.status, if strict { 302 } else { 200 });
    }
}

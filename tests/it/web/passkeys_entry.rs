//! `/passkeys/add`, where an app sends its user to make a passkey.

use serde_json::{Value, json};

use crate::support::authenticator::Authenticator;
use crate::support::browser::{Browser, Page};
use crate::support::house::{CALLBACK, House, domain_name};

async fn house() -> House {
    let factors =
        json!({ "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"] } });
    let house = House::with(json!({ "Policies": factors })).await;
    house.managed().await;
    house.user("jane").await;
    house
}

async fn signed_in(house: &House) -> Browser {
    let mut browser = Browser::new(&house.s);
    let page = browser.open(&house.authorize(&[])).await;
    let form = page.form("cognitoSignInForm").fill("username", "jane");
    let answer = browser.submit(&form).await;
    let page = browser.follow(answer).await;
    let form = page.form("passwordForm");
    let form = form.fill("password", crate::support::house::PASSWORD);
    browser.submit(&form).await.code();
    browser
}

fn entry(house: &House, more: &str) -> String {
    let callback: String = url::form_urlencoded::byte_serialize(CALLBACK.as_bytes()).collect();
    format!(
        "{}/passkeys/add?client_id={}&redirect_uri={callback}{more}",
        house.base, house.client
    )
}

fn asked(page: &Page) -> Value {
    serde_json::from_str(&page.data("data-passkey-options")).unwrap()
}

async fn passkeys(house: &House) -> usize {
    let tokens = house.tokens_by_api("jane").await;
    let list = json!({ "AccessToken": tokens });
    let listed = house.s.api("ListWebAuthnCredentials", list).await.ok();
    listed["Credentials"].as_array().unwrap().len()
}

impl House {
    async fn tokens_by_api(&self, username: &str) -> Value {
        let flows = json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] });
        let client = self.client(flows).await;
        let password = crate::support::house::PASSWORD;
        let start = json!({
            "AuthFlow": "USER_PASSWORD_AUTH", "ClientId": client.id,
            "AuthParameters": { "USERNAME": username, "PASSWORD": password },
        });
        let tokens = self.s.api("InitiateAuth", start).await.ok();
        tokens["AuthenticationResult"]["AccessToken"].clone()
    }
}

#[tokio::test]
async fn an_app_gets_its_user_back_with_a_passkey() {
    let house = house().await;
    let mut browser = signed_in(&house).await;
    let page = browser.get(&entry(&house, "&state=x%26y")).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("script-src 'self'"), "{policy}");
    let form = page.form("addPasskeyForm");
    let foreign = Authenticator::es256().create(&asked(&page), "https://evil.test", |_| {});
    let refused = browser
        .submit(&form.clone().fill("credential", &foreign.to_string()))
        .await;
    assert_eq!(refused.status, 400);
    assert_eq!(passkeys(&house).await, 0);
    let made = Authenticator::es256().create(&asked(&refused), &house.s.url, |_| {});
    let form = refused
        .form("addPasskeyForm")
        .fill("credential", &made.to_string());
    let answer = browser.submit(&form).await;
    assert_eq!(answer.status, 303);
    let expected = format!("{CALLBACK}?result=success&state=x%26y");
    assert_eq!(answer.headers["location"].to_str().unwrap(), expected);
    assert_eq!(passkeys(&house).await, 1);
    // Who has one may have another.
    let page = browser.get(&entry(&house, "")).await;
    assert_eq!(
        asked(&page)["excludeCredentials"].as_array().unwrap().len(),
        1
    );
    let answer = browser.submit(&page.form("addPasskeyForm")).await;
    assert_eq!(
        answer.headers["location"].to_str().unwrap(),
        CALLBACK,
        "not now"
    );
}

#[tokio::test]
async fn who_is_not_signed_in_is_sent_back() {
    let house = house().await;
    let told = format!("{CALLBACK}?result=invalid_session");
    let answer = Browser::new(&house.s).get(&entry(&house, "")).await;
    assert_eq!(answer.status, 302);
    assert_eq!(answer.headers["location"].to_str().unwrap(), told);
    // The session ends while the page is open.
    let mut browser = signed_in(&house).await;
    let page = browser.get(&entry(&house, "")).await;
    let made = Authenticator::es256().create(&asked(&page), &house.s.url, |_| {});
    let form = page
        .form("addPasskeyForm")
        .fill("credential", &made.to_string());
    house.s.clock().advance(poolhouse::time::Span::minutes(59));
    let page = browser.get(&entry(&house, "")).await;
    assert_eq!(page.status, 200);
    house.s.clock().advance(poolhouse::time::Span::minutes(2));
    let later = page
        .form("addPasskeyForm")
        .fill("credential", &form.fields["credential"]);
    let answer = browser.submit(&later).await;
    assert_eq!(answer.headers["location"].to_str().unwrap(), told);
    assert_eq!(passkeys(&house).await, 0);
}

#[tokio::test]
async fn it_leads_to_registered_addresses_only_and_takes_its_own_forms_only() {
    let house = house().await;
    let mut browser = signed_in(&house).await;
    for (path, expected) in [
        (entry(&house, "").replace("localhost", "evil.test"), 302),
        (entry(&house, "").replace(&house.client, "nobody"), 302),
        (
            format!("{}/passkeys/add?client_id={}", house.base, house.client),
            400,
        ),
        (
            format!("{}&client_id={}", entry(&house, ""), house.client),
            302,
        ),
    ] {
        let answer = browser.get(&path).await;
        assert_eq!(answer.status, expected, "{path}");
        let to = answer.headers.get("location");
        let to = to.map(|to| to.to_str().unwrap().to_owned());
        assert!(
            to.is_none_or(|to| to.starts_with(&format!("{}/error?", house.base))),
            "{path}"
        );
    }
    let page = browser.get(&entry(&house, "")).await;
    let made = Authenticator::es256().create(&asked(&page), &house.s.url, |_| {});
    let form = page
        .form("addPasskeyForm")
        .fill("credential", &made.to_string());
    for forged in [
        form.clone().without("_csrf"),
        form.clone().forge("_csrf", "x"),
    ] {
        assert_eq!(browser.submit(&forged).await.status, 403);
    }
    assert_eq!(passkeys(&house).await, 0);
}

#[tokio::test]
async fn the_classic_pages_have_no_such_page() {
    let house = house().await;
    let mut browser = signed_in(&house).await;
    let version = json!({ "Domain": domain_name(&house.pool), "ManagedLoginVersion": 1 });
    house.admin("UpdateUserPoolDomain", version).await.ok();
    assert_eq!(browser.get(&entry(&house, "")).await.status, 404);
}

#[tokio::test]
async fn a_pool_without_passkeys_says_so() {
    let house = House::open().await;
    house.managed().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    house
        .sign_in(&mut browser, "jane", &house.authorize(&[]))
        .await
        .code();
    let page = browser.get(&entry(&house, "")).await;
    assert_eq!(page.status, 400);
    assert!(page.text().contains("WebAuthn"), "{}", page.text());
    assert_eq!(page.link("Not now"), CALLBACK);
}

//! Choosing the first factor on the pages.

use serde_json::{Value, json};

use crate::api::auth::passkeys::{complete, options};
use crate::support::authenticator::Authenticator;
use crate::support::browser::{Browser, Page};
use crate::support::house::{House, PASSWORD, claims};

const FLOWS: [&str; 2] = ["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
const WRONG: &str = "Invalid code or auth state for the user.";

/// Managed login of a pool where people begin as they like, and jane.
async fn house() -> House {
    let factors = json!({ "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "SMS_OTP"] });
    let settings = json!({
        "AutoVerifiedAttributes": ["email"], "Policies": { "SignInPolicy": factors },
    });
    let house = House::with(settings).await;
    house.managed().await;
    house.user("jane").await;
    house
}

impl House {
    /// Pages of managed login, where the client may let people choose.
    pub(super) async fn managed(&self) {
        let domain = crate::support::house::domain_name(&self.pool);
        let version = json!({ "Domain": domain, "ManagedLoginVersion": 2 });
        self.admin("UpdateUserPoolDomain", version).await.ok();
        let style = json!({ "ClientId": self.client, "UseCognitoProvidedValues": true });
        self.admin("CreateManagedLoginBranding", style).await.ok();
        let flows = json!({ "ExplicitAuthFlows": FLOWS });
        self.update_client(&self.client, flows).await;
    }

    /// Tells the user name; gives the page that comes next.
    async fn named(&self, browser: &mut Browser, name: &str) -> Page {
        let url = self.authorize(&[("scope", "openid")]);
        let page = browser.open(&url).await;
        assert!(!page.body.contains("name=\"password\""));
        let form = page.form("cognitoSignInForm").fill("username", name);
        let answer = browser.submit(&form).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        browser.follow(answer).await
    }

    async fn signed_in(&self, answer: &Page) {
        let tokens = self.redeem(&answer.code(), &[]).await.ok();
        let claims = claims(tokens["id_token"].as_str().unwrap());
        assert_eq!(claims["cognito:username"], "jane");
    }
}

fn other(code: &str) -> &'static str {
    if code == "00000000" {
        "00000001"
    } else {
        "00000000"
    }
}

#[tokio::test]
async fn the_name_comes_first_then_the_choice_then_the_password() {
    let house = house().await;
    let mut browser = Browser::new(&house.s);
    let page = house.named(&mut browser, "jane").await;
    assert!(page.url.contains("/login/choose?"), "{}", page.url);
    assert!(page.text().contains("jane"));
    let form = page.form("chooseWayForm");
    let refused = browser
        .submit(&form.clone().forge("challenge", "SMS_OTP"))
        .await;
    assert_eq!(refused.status, 400);
    let answer = browser.submit(&form.forge("challenge", "PASSWORD")).await;
    let page = browser.follow(answer).await;
    assert!(page.url.contains("/login/password?"), "{}", page.url);
    let form = page.form("passwordForm");
    let empty = browser.submit(&form.clone().fill("password", "")).await;
    assert!(empty.text().contains("This field is required."));
    let wrong = browser
        .submit(&form.clone().fill("password", "wrong"))
        .await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.text().contains("Incorrect username or password."));
    let answer = browser.submit(&form.fill("password", PASSWORD)).await;
    let answer = browser.follow(answer).await;
    house.signed_in(&answer).await;
    assert!(house.s.mailer.sent().is_empty());
}

#[tokio::test]
async fn a_code_takes_the_password_s_place() {
    let house = house().await;
    let mut browser = Browser::new(&house.s);
    let page = house.named(&mut browser, "jane").await;
    let form = page.form("chooseWayForm").forge("challenge", "EMAIL_OTP");
    let answer = browser.submit(&form).await;
    let page = browser.follow(answer).await;
    assert!(page.url.contains("/login/code?"), "{}", page.url);
    let first = house.s.code_to("jane@example.com");
    let again = browser.submit(&page.form("resendForm")).await;
    let page = browser.follow(again).await;
    assert!(page.text().contains("We have sent a new code."));
    let second = house.s.code_to("jane@example.com");
    assert_eq!(second.len(), 8);
    let form = page.form("mfaForm");
    for wrong in [first.as_str(), other(&second)] {
        if wrong != second {
            let form = form.clone().fill("authentication_code", wrong);
            let refused = browser.submit(&form).await;
            assert_eq!(refused.status, 400);
            assert!(refused.text().contains(WRONG));
        }
    }
    let answer = browser
        .submit(&form.fill("authentication_code", &second))
        .await;
    let answer = browser.follow(answer).await;
    house.signed_in(&answer).await;
}

#[tokio::test]
async fn a_machine_may_still_send_name_and_password_at_once() {
    let house = house().await;
    let mut browser = Browser::new(&house.s);
    let page = browser.open(&house.authorize(&[("scope", "openid")])).await;
    let form = page.form("cognitoSignInForm").fill("username", "jane");
    let answer = browser.submit(&form.forge("password", PASSWORD)).await;
    let answer = browser.follow(answer).await;
    house.signed_in(&answer).await;
}

#[tokio::test]
async fn nobody_is_led_through_the_same_pages() {
    let house = house().await;
    let hides = json!({
        "ExplicitAuthFlows": FLOWS, "PreventUserExistenceErrors": "ENABLED",
    });
    house.update_client(&house.client, hides).await;
    let mut browser = Browser::new(&house.s);
    let page = house.named(&mut browser, "nobody").await;
    let form = page.form("chooseWayForm");
    let answer = browser
        .submit(&form.clone().forge("challenge", "EMAIL_OTP"))
        .await;
    let page = browser.follow(answer).await;
    assert!(page.text().contains("We have sent a code by email to"));
    let again = browser.submit(&page.form("resendForm")).await;
    let page = browser.follow(again).await;
    let form = page.form("mfaForm").fill("authentication_code", "00000000");
    let refused = browser.submit(&form).await;
    assert!(refused.text().contains(WRONG));
    assert!(house.s.mailer.sent().is_empty());
}

#[tokio::test]
async fn pages_of_a_step_show_nothing_without_it() {
    let house = house().await;
    for path in ["/login/choose", "/login/password", "/login/code"] {
        let mut browser = Browser::new(&house.s);
        let url = format!("{}{path}?{}", house.base, house.query(&[]));
        let page = browser.open(&url).await;
        assert!(page.url.contains("/login?"), "{path}: {}", page.url);
    }
}

#[tokio::test]
async fn classic_pages_ask_for_both_at_once() {
    let factors = json!({ "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] });
    let policies: Value = json!({ "Policies": { "SignInPolicy": factors } });
    let house = House::with(policies).await;
    let flows = json!({ "ExplicitAuthFlows": FLOWS });
    house.update_client(&house.client, flows).await;
    let mut browser = Browser::new(&house.s);
    let page = browser.open(&house.authorize(&[])).await;
    assert!(page.body.contains("name=\"password\""));
}

/// Managed login of a pool where people begin with these factors, and jane, who has the passkey.
async fn passkey_house(factors: &[&str], passkey: &Authenticator) -> House {
    let factors = json!({ "AllowedFirstAuthFactors": factors });
    let settings = json!({
        "AutoVerifiedAttributes": ["email"], "Policies": { "SignInPolicy": factors },
    });
    let house = House::with(settings).await;
    house.user("jane").await;
    let scopes = [("scope", "aws.cognito.signin.user.admin openid")];
    let tokens = house.tokens("jane", &scopes).await;
    let token = &tokens["access_token"];
    let options = options(&house.s, token).await;
    let made = passkey.create(&options, &house.s.url, |_| {});
    complete(&house.s, token, &made).await.ok();
    house.managed().await;
    house
}

fn passkey_answer(page: &Page, passkey: &Authenticator, house: &House) -> String {
    let asked = serde_json::from_str(&page.data("data-passkey-options")).unwrap();
    passkey.get(&asked, &house.s.url, |_| {}).to_string()
}

#[tokio::test]
async fn a_passkey_is_one_of_the_ways() {
    let passkey = Authenticator::es256();
    let house = passkey_house(&["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"], &passkey).await;
    let mut browser = Browser::new(&house.s);
    let page = house.named(&mut browser, "jane").await;
    assert!(page.url.contains("/login/choose?"), "{}", page.url);
    assert_eq!(page.data("data-passkey-party"), "localhost");
    assert!(page.body.contains("value=\"WEB_AUTHN\""));
    let form = page.form("chooseWayForm").forge("challenge", "WEB_AUTHN");
    let answer = browser.submit(&form).await;
    let page = browser.follow(answer).await;
    assert!(page.url.contains("/passkey?"), "{}", page.url);
    let stranger = passkey_answer(&page, &Authenticator::es256(), &house);
    let form = page.form("passkeyForm");
    let refused = browser
        .submit(&form.clone().fill("credential", &stranger))
        .await;
    assert_eq!(refused.status, 400);
    let right = passkey_answer(&page, &passkey, &house);
    let answer = browser.submit(&form.fill("credential", &right)).await;
    let answer = browser.follow(answer).await;
    house.signed_in(&answer).await;
    assert!(house.s.mailer.sent().is_empty());
}

#[tokio::test]
async fn who_presses_the_passkey_button_and_has_none_chooses() {
    let passkey = Authenticator::es256();
    let house = passkey_house(&["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"], &passkey).await;
    house.user("june").await;
    let mut browser = Browser::new(&house.s);
    let page = browser.open(&house.authorize(&[("scope", "openid")])).await;
    let mut form = page.form("cognitoSignInForm");
    form.action = page.data("formaction");
    let answer = browser.submit(&form.clone().fill("username", "june")).await;
    let page = browser.follow(answer).await;
    assert!(page.url.contains("/login/choose?"), "{}", page.url);
    assert!(!page.body.contains("WEB_AUTHN") && !page.body.contains("<script"));
    let forged = page.form("chooseWayForm").forge("challenge", "WEB_AUTHN");
    assert_eq!(browser.submit(&forged).await.status, 400);
    let answer = browser.submit(&form.fill("username", "jane")).await;
    let page = browser.follow(answer).await;
    assert!(page.url.contains("/passkey?"), "{}", page.url);
}

#[tokio::test]
async fn a_single_way_is_not_asked_for() {
    let passkey = Authenticator::es256();
    let house = passkey_house(&["PASSWORD", "WEB_AUTHN"], &passkey).await;
    house.user("june").await;
    let mut browser = Browser::new(&house.s);
    let page = house.named(&mut browser, "june").await;
    assert!(page.url.contains("/login/password?"), "{}", page.url);
    assert!(!page.body.contains("/login/choose"));
    let form = page.form("passwordForm").fill("password", PASSWORD);
    assert!(!browser.submit(&form).await.code().is_empty());
}

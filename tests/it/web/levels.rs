//! `acr_values` and `max_age` on the pages: what a browser's session lacks to a level is asked for, and
//! nothing else (Cognito developer guide, "Authentication levels with ACR and AMR claims").

use poolhouse::settings::profile::Profile;
use poolhouse::time::Span;
use serde_json::{Value, json};

use crate::api::auth::mfa::totp;
use crate::api::auth::passkeys::{complete, options};
use crate::support::Server;
use crate::support::authenticator::Authenticator;
use crate::support::browser::{Browser, Page};
use crate::support::house::{CHALLENGE, House, VERIFIER, claims};

const LOA: [&str; 5] = [
    "",
    "urn:cognito:loa:1",
    "urn:cognito:loa:2",
    "urn:cognito:loa:3",
    "urn:cognito:loa:4",
];

/// A pool with second factors that nobody must have; jane has an authenticator app and a mailbox, john
/// a mailbox alone, bob nothing but the password.
struct Scene {
    house: House,
    secret: String,
}

impl Scene {
    async fn new() -> Self {
        Self::on(House::open().await).await
    }

    async fn on(house: House) -> Self {
        let mfa = json!({
            "MfaConfiguration": "OPTIONAL",
            "SoftwareTokenMfaConfiguration": { "Enabled": true },
            "EmailMfaConfiguration": { "Message": "Mail {####}", "Subject": "Your code" },
        });
        house.admin("SetUserPoolMfaConfig", mfa).await.ok();
        for name in ["jane", "john", "bob"] {
            house.user(name).await;
        }
        let admin = "aws.cognito.signin.user.admin";
        let tokens = house.tokens("jane", &[("scope", admin)]).await;
        let token = &tokens["access_token"];
        let request = json!({ "AccessToken": token });
        let begun = house.s.api("AssociateSoftwareToken", request).await.ok();
        let secret = begun["SecretCode"].as_str().unwrap().to_owned();
        let code = totp(&secret, house.s.clock().server_now().ms());
        let request = json!({ "AccessToken": token, "UserCode": code });
        house.s.api("VerifySoftwareToken", request).await.ok();
        // A code works once.
        house.s.clock().advance(Span::minutes(1));
        let scene = Self { house, secret };
        let both = ["SoftwareTokenMfaSettings", "EmailMfaSettings"];
        scene.turn("jane", &both, true).await;
        scene.turn("john", &both[1..], true).await;
        scene
    }

    fn url(&self, more: &[(&str, &str)]) -> String {
        let mut change = vec![("scope", "openid")];
        change.extend(more);
        self.house.authorize(&change)
    }

    /// A browser that was signed in with the password alone. Nobody asks these people for more: the
    /// factors are put back on afterwards.
    async fn signed_in(&self, name: &str) -> Browser {
        let factors: &[&str] = match name {
            "jane" => &["SoftwareTokenMfaSettings", "EmailMfaSettings"],
            "john" => &["EmailMfaSettings"],
            _ => &[],
        };
        self.turn(name, factors, false).await;
        let mut browser = Browser::new(&self.house.s);
        let page = self.house.sign_in(&mut browser, name, &self.url(&[])).await;
        assert_eq!(self.told(&page).await, (Some(1), "pwd".to_owned()));
        self.turn(name, factors, true).await;
        browser
    }

    async fn turn(&self, name: &str, factors: &[&str], on: bool) {
        for factor in factors {
            let request = json!({ "Username": name, *factor: { "Enabled": on } });
            let done = self.house.admin("AdminSetUserMFAPreference", request);
            done.await.ok();
        }
    }

    /// The level and the methods in the tokens that an answer leads to.
    async fn told(&self, answer: &Page) -> (Option<usize>, String) {
        let tokens = self.house.redeem(&answer.code(), &[]).await.ok();
        let id = claims(tokens["id_token"].as_str().unwrap());
        let access = claims(tokens["access_token"].as_str().unwrap());
        assert_eq!((&id["acr"], &id["amr"]), (&access["acr"], &access["amr"]));
        let level = LOA.iter().position(|name| id["acr"] == **name);
        let methods = id["amr"].as_array().unwrap().iter();
        let methods: Vec<&str> = methods.map(|m| m.as_str().unwrap()).collect();
        (level, methods.join(" "))
    }

    async fn app(&self, browser: &mut Browser, page: &Page) -> Page {
        assert!(page.url.contains("/mfa?"), "{}", page.url);
        let code = totp(&self.secret, self.house.s.clock().server_now().ms());
        let form = page.form("mfaForm").fill("authentication_code", &code);
        browser.submit(&form).await
    }

    /// Goes on with the account that the browser has.
    async fn go_on(&self, browser: &mut Browser, url: &str) -> Page {
        let page = browser.open(url).await;
        assert!(page.url.contains("/login/account?"), "{}", page.url);
        let answer = browser.submit(&page.form("chooseAccountForm")).await;
        browser.follow(answer).await
    }
}

fn error(page: &Page) -> String {
    page.sent()["error"].clone()
}

#[tokio::test]
async fn a_session_is_asked_for_what_it_lacks_and_nothing_else() {
    let scene = Scene::new().await;
    let mut browser = scene.signed_in("jane").await;
    let url = scene.url(&[("acr_values", LOA[4])]);
    let page = scene.go_on(&mut browser, &url).await;
    let before = browser.cookies("cognito")[0].value.clone();
    let answer = scene.app(&mut browser, &page).await;
    let told = scene.told(&answer).await;
    assert_eq!(told, (Some(4), "pwd otp mfa".to_owned()));
    // It is a session of its own, and good for all of this from now on.
    assert_ne!(browser.cookies("cognito")[0].value, before);
    for level in &LOA[1..] {
        let url = scene.url(&[("acr_values", level)]);
        let answer = browser.get(&url).await;
        assert_eq!(scene.told(&answer).await.0, Some(4), "{level}");
    }
}

#[tokio::test]
async fn a_sign_in_goes_for_the_level_from_the_beginning() {
    let scene = Scene::new().await;
    let mut browser = Browser::new(&scene.house.s);
    // Both factors are on: without a level jane would choose.
    let url = scene.url(&[("acr_values", LOA[4])]);
    let page = scene.house.sign_in(&mut browser, "jane", &url).await;
    let answer = scene.app(&mut browser, &page).await;
    let told = scene.told(&answer).await;
    assert_eq!(told, (Some(4), "pwd otp mfa".to_owned()));
    // The first level that the person can reach, in the order in which they are asked for.
    let mut browser = Browser::new(&scene.house.s);
    let url = scene.url(&[("acr_values", &format!("{} {}", LOA[4], LOA[3]))]);
    let page = scene.house.sign_in(&mut browser, "john", &url).await;
    let code = scene.house.s.code_to("john@example.com");
    let form = page.form("mfaForm").fill("authentication_code", &code);
    let answer = browser.submit(&form).await;
    let told = scene.told(&answer).await;
    assert_eq!(told, (Some(3), "pwd email_otp mfa".to_owned()));
    let mut browser = Browser::new(&scene.house.s);
    let url = scene.url(&[("acr_values", &LOA[1..].join(" "))]);
    let page = scene.house.sign_in(&mut browser, "bob", &url).await;
    assert_eq!(scene.told(&page).await, (Some(1), "pwd".to_owned()));
}

#[tokio::test]
async fn what_nobody_can_reach_is_told_to_the_client_and_gives_nothing() {
    let scene = Scene::new().await;
    let url = scene.url(&[("acr_values", &format!("{} {}", LOA[4], LOA[3]))]);
    let mut browser = Browser::new(&scene.house.s);
    let page = scene.house.sign_in(&mut browser, "bob", &url).await;
    assert_eq!(error(&page), "unmet_authentication_requirements");
    assert_eq!(page.sent()["state"], "some state");
    // With a session there is nothing to ask, either.
    let page = browser.get(&url).await;
    assert_eq!(error(&page), "unmet_authentication_requirements");
    assert!(!page.sent().contains_key("code"));
    // A wrong password is told first.
    let mut browser = Browser::new(&scene.house.s);
    let page = browser.open(&url).await;
    let form = page.form("cognitoSignInForm").fill("username", "bob");
    let page = browser
        .submit(&form.fill("password", "Wrong-Horse1!"))
        .await;
    assert_eq!(page.status, 400);
}

#[tokio::test]
async fn no_answer_leaves_by_another_page() {
    let scene = Scene::new().await;
    let mut browser = scene.signed_in("jane").await;
    let query = scene.url(&[("acr_values", LOA[4])]);
    let query = query.split_once('?').unwrap().1;
    // A form of another page of the flow, sent with this request.
    for path in ["/passkey/add", "/login/account"] {
        let page = browser
            .open(&format!("{}{path}?{query}", scene.house.base))
            .await;
        let answer = match page.find_form("chooseAccountForm") {
            Some(form) => browser.submit(&form).await,
            None => page,
        };
        assert!(!answer.location().unwrap_or_default().contains("code="));
    }
}

#[tokio::test]
async fn where_no_page_may_be_shown_the_client_is_told() {
    let scene = Scene::new().await;
    let mut browser = scene.signed_in("jane").await;
    let quiet = ("prompt", "none");
    let page = browser
        .get(&scene.url(&[quiet, ("acr_values", LOA[4])]))
        .await;
    assert_eq!(error(&page), "login_required");
    let page = browser
        .get(&scene.url(&[quiet, ("acr_values", LOA[1])]))
        .await;
    assert_eq!(scene.told(&page).await.0, Some(1));
    // Who is to sign in anew begins from scratch.
    let url = scene.url(&[("prompt", "login"), ("acr_values", LOA[4])]);
    let page = browser.open(&url).await;
    assert!(page.url.contains("/login?"), "{}", page.url);
}

#[tokio::test]
async fn a_session_that_is_too_old_counts_for_nothing() {
    let scene = Scene::new().await;
    let mut browser = scene.signed_in("jane").await;
    scene.house.s.clock().advance(Span::minutes(10));
    let level = ("acr_values", LOA[4]);
    let page = browser.open(&scene.url(&[level, ("max_age", "599")])).await;
    assert!(page.url.contains("/login?"), "{}", page.url);
    let url = scene.url(&[level, ("max_age", "600")]);
    let page = scene.go_on(&mut browser, &url).await;
    let answer = scene.app(&mut browser, &page).await;
    assert_eq!(scene.told(&answer).await.0, Some(4));
    // It is a sign-in of now.
    let answer = browser.get(&scene.url(&[level, ("max_age", "5")])).await;
    assert_eq!(scene.told(&answer).await.0, Some(4));
}

#[tokio::test]
async fn what_names_no_level_is_ignored_and_so_is_all_of_it_on_the_small_plan() {
    let scene = Scene::new().await;
    let mut browser = scene.signed_in("bob").await;
    for values in ["1 2", "", "urn:cognito:loa:5", "URN:COGNITO:LOA:4"] {
        let answer = browser.get(&scene.url(&[("acr_values", values)])).await;
        assert_eq!(scene.told(&answer).await.0, Some(1), "{values}");
    }
    let answer = browser
        .get(&scene.url(&[("acr_values", &format!("gold {}", LOA[1]))]))
        .await;
    assert_eq!(scene.told(&answer).await.0, Some(1));
    let house = House::with(json!({ "UserPoolTier": "LITE" })).await;
    house.user("bob").await;
    let url = house.authorize(&[("scope", "openid"), ("acr_values", LOA[4])]);
    let mut browser = Browser::new(&house.s);
    house.sign_in(&mut browser, "bob", &url).await.code();
}

#[tokio::test]
async fn levels_have_the_names_that_the_pool_gives_them() {
    let levels = json!({ "Level4": { "AcrValue": "gold" } });
    let house = House::with(json!({ "AcrConfiguration": levels })).await;
    let scene = Scene::on(house).await;
    let mut browser = scene.signed_in("jane").await;
    let url = scene.url(&[("acr_values", LOA[4])]);
    let answer = browser.get(&url).await;
    assert_eq!(scene.told(&answer).await.0, Some(1));
    let url = scene.url(&[("acr_values", "gold")]);
    let page = scene.go_on(&mut browser, &url).await;
    let answer = scene.app(&mut browser, &page).await;
    let tokens = scene.house.redeem(&answer.code(), &[]).await.ok();
    let id = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(id["acr"], "gold");
}

#[tokio::test]
async fn another_first_factor_is_asked_for_where_that_is_what_is_missing() {
    let first = json!({ "AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"] });
    let house = House::with(json!({ "Policies": { "SignInPolicy": first } })).await;
    let scene = Scene::on(house).await;
    let admin = [("scope", "openid aws.cognito.signin.user.admin")];
    let tokens = scene.house.tokens("bob", &admin).await;
    let (token, passkey) = (&tokens["access_token"], Authenticator::es256());
    let asked = options(&scene.house.s, token).await;
    let made = passkey.create(&asked, &scene.house.s.url, |_| {});
    complete(&scene.house.s, token, &made).await.ok();
    let mut browser = scene.signed_in("bob").await;
    let url = scene.url(&[("acr_values", LOA[3])]);
    let page = scene.go_on(&mut browser, &url).await;
    assert!(page.url.contains("/passkey?"), "{}", page.url);
    let asked: Value = serde_json::from_str(&page.data("data-passkey-options")).unwrap();
    let said = passkey.get(&asked, &scene.house.s.url, |_| {});
    let form = page
        .form("passkeyForm")
        .fill("credential", &said.to_string());
    let answer = browser.submit(&form).await;
    let told = scene.told(&answer).await;
    assert_eq!(told.0, Some(3));
    assert!(told.1.starts_with("pwd ") && told.1.ends_with("wk mfa"));
}

#[tokio::test]
async fn the_strict_profile_does_the_same() {
    let s = Server::with(|config| config.profiles.usual = Profile::Strict).await;
    let house = House::on(s, json!({})).await;
    house.user("bob").await;
    let document = "/.well-known/openid-configuration";
    let said: Value = house.get(document, None).await.ok();
    assert_eq!(said["acr_values_supported"], json!(LOA[1..]));
    let asked = [
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("scope", "openid"),
    ];
    for (values, error) in [
        (LOA[4].to_owned(), Some("unmet_authentication_requirements")),
        (LOA[1..].join(" "), None),
    ] {
        let mut browser = Browser::new(&house.s);
        let asked = [&asked[..], &[("acr_values", values.as_str())]].concat();
        let page = house
            .sign_in(&mut browser, "bob", &house.authorize(&asked))
            .await;
        let sent = page.sent();
        assert!(sent.contains_key("iss"));
        assert_eq!(sent.get("error").map(String::as_str), error);
        if error.is_none() {
            let proof = [("code_verifier", VERIFIER)];
            let tokens = house.redeem(&page.code(), &proof).await.ok();
            let id = claims(tokens["id_token"].as_str().unwrap());
            assert_eq!(id["acr"], LOA[1]);
        }
    }
}

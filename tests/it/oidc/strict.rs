//! The strict profile beyond the modules of the conformance suite (docs/adr/0017-two-profiles.md; RFC
//! 9700; security.md C16, D2, D5, D6, D9). What the other profile answers is in the other tests.

use poolhouse::settings::profile::Profile;
use poolhouse::time::Span;
use serde_json::{Value, json};

use crate::support::Server;
use crate::support::browser::Browser;
use crate::support::house::{
    CALLBACK, CHALLENGE, Client, House, PASSWORD, Told, VERIFIER, basic, domain_name, query,
};

async fn house() -> House {
    let s = Server::with(|config| config.profiles.usual = Profile::Strict).await;
    House::on(s, json!({})).await
}

const PKCE: [(&str, &str); 2] = [
    ("code_challenge", CHALLENGE),
    ("code_challenge_method", "S256"),
];

async fn confidential(house: &House) -> Client {
    house.client(json!({ "GenerateSecret": true })).await
}

/// What the client is told, and that it comes from this issuer.
async fn told(house: &House, change: &[(&str, &str)]) -> (String, Option<String>) {
    let page = Browser::new(&house.s).get(&house.authorize(change)).await;
    let sent = page.sent();
    assert_eq!(sent["iss"], format!("{}/{}", house.s.url, house.pool));
    assert_eq!(sent["state"], "some state");
    (
        sent["error"].clone(),
        sent.get("error_description").cloned(),
    )
}

#[tokio::test]
async fn errors_have_the_codes_of_the_standards() {
    let house = house().await;
    let implicit = json!({ "AllowedOAuthFlows": ["implicit"], "GenerateSecret": true });
    let implicit = house.client(implicit).await.id;
    let other = confidential(&house).await.id;
    let of = ("client_id", other.as_str());
    for (change, error) in [
        (
            vec![("client_id", implicit.as_str())],
            "unauthorized_client",
        ),
        (
            vec![of, ("response_type", "id_token")],
            "unsupported_response_type",
        ),
        (vec![of, ("scope", "openid nothing")], "invalid_scope"),
        (vec![of, ("request", "a.b.c")], "request_not_supported"),
        (
            vec![of, ("request_uri", "https://a/b")],
            "request_uri_not_supported",
        ),
        (
            vec![of, ("registration", "{}")],
            "registration_not_supported",
        ),
        (vec![of, ("prompt", "none")], "login_required"),
        (vec![of, ("prompt", "create")], "invalid_request"),
        (vec![of, ("max_age", "soon")], "invalid_request"),
        (vec![of, ("response_mode", "form_post")], "invalid_request"),
        (vec![of, ("id_token_hint", "nonsense")], "invalid_request"),
        (vec![of, ("resource", "api")], "invalid_target"),
    ] {
        assert_eq!(told(&house, &change).await.0, error, "{change:?}");
    }
}

#[tokio::test]
async fn clients_without_a_secret_prove_their_codes() {
    let house = house().await;
    house.user("jane").await;
    let (error, description) = told(&house, &[]).await;
    assert_eq!(error, "invalid_request");
    assert!(description.unwrap().starts_with("code_challenge"));
    let code = house.code("jane", &PKCE).await;
    house.redeem(&code, &[]).await.refuses(400, "invalid_grant");
    let code = house.code("jane", &PKCE).await;
    house
        .redeem(&code, &[("code_verifier", VERIFIER)])
        .await
        .ok();
}

#[tokio::test]
async fn an_answer_names_its_issuer_in_query_and_fragment() {
    let house = house().await;
    house.user("jane").await;
    let both = json!({ "AllowedOAuthFlows": ["code", "implicit"], "GenerateSecret": true });
    let client = house.client(both).await.id;
    let of = ("client_id", client.as_str());
    let issuer = format!("{}/{}", house.s.url, house.pool);
    for (change, sign) in [
        (vec![of], '?'),
        (vec![of, ("response_mode", "query")], '?'),
        (vec![of, ("response_mode", "fragment")], '#'),
        (vec![of, ("response_type", "token")], '#'),
    ] {
        let mut browser = Browser::new(&house.s);
        let url = house.authorize(&change);
        let page = house.sign_in(&mut browser, "jane", &url).await;
        let location = page.location().unwrap();
        assert!(
            location.starts_with(&format!("{CALLBACK}{sign}")),
            "{location}"
        );
        assert_eq!(page.sent()["iss"], issuer, "{location}");
    }
    let tokens_in_a_query = [of, ("response_type", "token"), ("response_mode", "query")];
    assert_eq!(told(&house, &tokens_in_a_query).await.0, "invalid_request");
}

async fn token(house: &House, pairs: &[(&str, &str)], header: Option<&str>) -> Told {
    let mut all = vec![
        ("grant_type", "authorization_code"),
        ("code", "00000000-0000-0000-0000-000000000000"),
        ("redirect_uri", CALLBACK),
    ];
    all.extend(pairs);
    house.token(&all, header).await
}

#[tokio::test]
async fn a_client_that_is_not_who_it_says_is_unauthorized() {
    let house = house().await;
    let client = confidential(&house).await;
    let (id, secret) = (client.id.as_str(), client.secret.as_deref().unwrap());
    let headers = [
        basic(id, "wrong"),
        basic("nobody", secret),
        "Basic !".to_owned(),
        "Basic".to_owned(),
    ];
    for header in &headers {
        let told = token(&house, &[], Some(header)).await;
        told.refuses(401, "invalid_client");
        let scheme = told.headers["www-authenticate"].to_str().unwrap();
        assert!(scheme.starts_with("Basic realm="), "{scheme}");
        let revoke = [("token", "x")];
        let told = house.post("/oauth2/revoke", &revoke, Some(header)).await;
        told.refuses(401, "invalid_client");
        assert!(told.headers.contains_key("www-authenticate"));
    }
    for body in [
        vec![("client_id", id), ("client_secret", "wrong")],
        vec![("client_id", id)],
        vec![("client_id", "nobody")],
    ] {
        let told = token(&house, &body, None).await;
        told.refuses(401, "invalid_client");
        assert!(!told.headers.contains_key("www-authenticate"));
    }
    // One way at a time (RFC 6749 2.3).
    let both = [("client_id", id), ("client_secret", secret)];
    let right = basic(id, secret);
    let told = token(&house, &both, Some(&right)).await;
    told.refuses(400, "invalid_request");
    let told = token(&house, &[("client_id", id)], Some(&right)).await;
    told.refuses(400, "invalid_grant");
}

#[tokio::test]
async fn a_code_for_another_redirect_uri_is_an_invalid_grant() {
    let house = house().await;
    house.user("jane").await;
    let code = house.code("jane", &PKCE).await;
    let elsewhere = [
        ("redirect_uri", "http://localhost:3000/elsewhere"),
        ("code_verifier", VERIFIER),
    ];
    let told = house.redeem(&code, &elsewhere).await;
    told.refuses(400, "invalid_grant");
    // It was not used up by that.
    let tokens = house
        .redeem(&code, &[("code_verifier", VERIFIER)])
        .await
        .ok();
    assert!(tokens["scope"].as_str().unwrap().contains("openid"));
}

async fn refresh(house: &House, token: &Value) -> Told {
    let pairs = [
        ("grant_type", "refresh_token"),
        ("client_id", house.client.as_str()),
        ("refresh_token", token.as_str().unwrap()),
    ];
    house.token(&pairs, None).await
}

#[tokio::test]
async fn refresh_tokens_of_public_clients_change_hands_and_a_reuse_ends_the_sign_in() {
    let house = house().await;
    house.user("jane").await;
    let code = house.code("jane", &PKCE).await;
    let first = house
        .redeem(&code, &[("code_verifier", VERIFIER)])
        .await
        .ok();
    let second = refresh(&house, &first["refresh_token"]).await.ok();
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    let third = refresh(&house, &second["refresh_token"]).await.ok();
    let access = third["access_token"].as_str().unwrap();
    house.userinfo(access).await.ok();
    house.s.clock().advance(Span::seconds(61));
    refresh(&house, &first["refresh_token"])
        .await
        .refuses(400, "invalid_grant");
    refresh(&house, &third["refresh_token"])
        .await
        .refuses(400, "invalid_grant");
    house.userinfo(access).await.refuses(401, "invalid_token");
}

#[tokio::test]
async fn who_brings_no_token_is_told_how_to_bring_one() {
    let house = house().await;
    let told = house.get("/oauth2/userInfo", None).await;
    assert_eq!((told.status, told.body), (401, json!({})));
    assert_eq!(
        told.headers["www-authenticate"],
        r#"Bearer realm="userinfo""#
    );
    let pairs = [("access_token", "x")];
    let twice = house
        .post("/oauth2/userInfo", &pairs, Some("Bearer y"))
        .await;
    twice.refuses(400, "invalid_request");
    house.userinfo("x").await.refuses(401, "invalid_token");
}

/// Jane's ID token, and a browser in which John is signed in.
async fn jane_and_john(house: &House) -> (String, Browser) {
    house.user("jane").await;
    house.user("john").await;
    let code = house.code("jane", &PKCE).await;
    let tokens = house
        .redeem(&code, &[("code_verifier", VERIFIER)])
        .await
        .ok();
    let mut browser = Browser::new(&house.s);
    house
        .sign_in(&mut browser, "john", &house.authorize(&PKCE))
        .await
        .code();
    (tokens["id_token"].as_str().unwrap().to_owned(), browser)
}

#[tokio::test]
async fn a_hint_is_kept_to_the_end() {
    let house = house().await;
    let (hint, mut browser) = jane_and_john(&house).await;
    let hinted = |more: &[(&'static str, &'static str)]| {
        let mut all = PKCE.to_vec();
        all.push(("id_token_hint", hint.as_str()));
        all.extend(more);
        house.authorize(&all)
    };
    let page = browser.get(&hinted(&[("prompt", "none")])).await;
    assert_eq!(page.sent()["error"], "login_required");
    // John may sign in again, and is still not whom the client expects.
    let page = house.sign_in(&mut browser, "john", &hinted(&[])).await;
    assert_eq!(page.sent()["error"], "login_required");
    let page = house.sign_in(&mut browser, "jane", &hinted(&[])).await;
    page.code();
    browser.get(&hinted(&[("prompt", "none")])).await.code();
}

#[tokio::test]
async fn by_cognito_a_hint_chooses_the_session_and_refuses_nobody() {
    let house = House::open().await;
    let (hint, mut browser) = jane_and_john(&house).await;
    let hinted = |hint: &str, prompt: &str| {
        let mut all = vec![("id_token_hint", hint)];
        all.push(("prompt", prompt));
        house.authorize(&all)
    };
    let page = browser.get(&hinted(&hint, "none")).await;
    assert_eq!(page.sent()["error"], "login_required");
    browser.get(&hinted("nonsense", "none")).await.code();
    let page = house
        .sign_in(&mut browser, "john", &hinted(&hint, ""))
        .await;
    page.code();
}

#[tokio::test]
async fn one_pool_may_have_a_profile_of_its_own() {
    const OWN: &str = "us-east-1_Strict001";
    let s = Server::with(|config| config.profiles.add(&format!("{OWN}=strict")).unwrap()).await;
    let tags = json!({ "UserPoolTags": { "_custom_id_": OWN } });
    let strict = House::on(s, tags).await;
    assert_eq!(strict.pool, OWN);
    let usual = House::on(strict.s.twin().await, json!({})).await;
    let announced = "authorization_response_iss_parameter_supported";
    let path = "/.well-known/openid-configuration";
    let document = strict.get(path, None).await.ok();
    assert_eq!(document[announced], true);
    assert_eq!(usual.get(path, None).await.ok().get(announced), None);
    let asked = [PKCE[0], PKCE[1], ("scope", "x")];
    assert_eq!(told(&strict, &asked).await.0, "invalid_scope");
    let page = Browser::new(&usual.s)
        .get(&usual.authorize(&[("scope", "x")]))
        .await;
    assert_eq!(page.sent().get("iss"), None);
    assert_eq!(page.sent()["error_description"], "invalid_scope");
}

/// The `cookie` header that answers what an answer set.
fn kept(answer: &reqwest::Response) -> Vec<String> {
    let set = answer.headers().get_all("set-cookie").iter();
    let pairs = set.map(|header| header.to_str().unwrap());
    let pairs = pairs.filter(|header| !header.contains("Max-Age=0"));
    pairs
        .map(|header| header.split(';').next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn cookies_are_held_to_a_host_that_is_all_the_pools() {
    for (profile, prefix) in [(Profile::Parity, ""), (Profile::Strict, "__Host-")] {
        let s = Server::with(|config| {
            config.profiles.usual = profile;
            config.public_url = Some("https://id.example.com".to_owned());
        });
        let house = House::on(s.await, json!({})).await;
        house.user("jane").await;
        let host = format!("{}.localhost", domain_name(&house.pool));
        let ask = |url: &str, cookies: &str| {
            let request = house.s.http.get(format!("{}{url}", house.s.url));
            request
                .header("host", &host)
                .header("cookie", cookies)
                .send()
        };
        let url = format!("/login?{}", house.query(&PKCE));
        let page = ask(&url, "").await.unwrap();
        let cookie = kept(&page).remove(0);
        assert!(
            cookie.starts_with(&format!("{prefix}XSRF-TOKEN=")),
            "{cookie}"
        );
        let token = cookie.split_once('=').unwrap().1;
        let form = query(&[
            ("_csrf", token),
            ("username", "jane"),
            ("password", PASSWORD),
        ]);
        let request = house.s.http.post(format!("{}{url}", house.s.url));
        let request = request.header("host", &host).header("cookie", &cookie);
        let kind = "application/x-www-form-urlencoded";
        let answer = request.header("content-type", kind).body(form).send();
        let answer = answer.await.unwrap();
        assert_eq!(answer.status(), 303);
        let session = kept(&answer);
        let name = format!("{prefix}cognito=");
        let session = session
            .iter()
            .find(|cookie| cookie.starts_with(&name))
            .unwrap();
        // What a neighbour of the host may set has no say.
        let planted = session.replace("__Host-", "");
        let silent = house.query(&[PKCE[0], PKCE[1], ("prompt", "none")]);
        let silent = format!("/oauth2/authorize?{silent}");
        for (cookie, known) in [(session, true), (&planted, prefix.is_empty())] {
            let answer = ask(&silent, cookie).await.unwrap();
            let location = answer.headers()["location"].to_str().unwrap();
            assert_eq!(location.contains("code="), known, "{location}");
        }
        // Below a path there cannot be such cookies.
        let mut browser = Browser::new(&house.s);
        let page = browser.open(&house.authorize(&PKCE)).await;
        assert!(page.set.iter().all(|cookie| cookie.name == "XSRF-TOKEN"));
    }
}

#[tokio::test]
async fn max_age_asks_again_in_both_profiles() {
    for profile in [Profile::Parity, Profile::Strict] {
        let s = Server::with(|config| config.profiles.usual = profile).await;
        let house = House::on(s, json!({})).await;
        house.user("jane").await;
        let mut browser = Browser::new(&house.s);
        let aged = |age: &str, prompt: &str| {
            let mut all = PKCE.to_vec();
            all.extend([("max_age", age), ("prompt", prompt)]);
            house.authorize(&all)
        };
        let url = aged("100", "");
        house.sign_in(&mut browser, "jane", &url).await.code();
        // 0 is not met by a sign-in of this very second.
        let page = browser.get(&aged("0", "none")).await;
        assert_eq!(page.sent()["error"], "login_required");
        house.s.clock().advance(Span::seconds(100));
        browser.get(&url).await.code();
        for stale in ["99", "0"] {
            let page = browser.get(&aged(stale, "none")).await;
            assert_eq!(page.sent()["error"], "login_required", "{stale}");
            let page = browser.get(&aged(stale, "")).await;
            let to = page.location().unwrap();
            assert!(to.contains("/login?"), "{to}");
        }
        let page = browser.open(&aged("0", "")).await;
        let form = page.form("cognitoSignInForm").fill("username", "jane");
        let answer = browser.submit(&form.fill("password", PASSWORD)).await;
        browser.follow(answer).await.code();
    }
}

#[tokio::test]
async fn a_logout_that_names_nobody_asks_and_leads_nowhere() {
    let house = house().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    let url = house.authorize(&PKCE);
    house.sign_in(&mut browser, "jane", &url).await.code();
    // Who is not known is not led anywhere.
    for name in ["post_logout_redirect_uri", "logout_uri", "redirect_uri"] {
        let asked = query(&[(name, CALLBACK)]);
        let page = browser.get(&format!("{}/logout?{asked}", house.base)).await;
        assert_eq!((page.status, page.location()), (400, None), "{name}");
    }
    let page = browser.get(&format!("{}/logout", house.base)).await;
    let form = page.form("noticeForm");
    let forged = browser.submit(&form.clone().forge("_csrf", "x")).await;
    assert_eq!(forged.status, 403);
    browser.get(&url).await.code();
    let page = browser.submit(&form).await;
    let page = browser.follow(page).await;
    assert!(
        page.text().contains("You are signed out"),
        "{}",
        page.text()
    );
    // On the bare host nobody knows which pool is meant.
    let page = browser.get("/logout").await;
    assert_eq!(page.status, 400);
}

#[tokio::test]
async fn discovery_tells_of_the_levels_in_this_profile_alone() {
    let path = "/.well-known/openid-configuration";
    let usual = House::open().await.get(path, None).await.ok();
    assert_eq!(usual.get("acr_values_supported"), None);
    let house = house().await;
    let renamed = json!({ "AcrConfiguration": { "Level2": { "AcrValue": "urn:mine:2" } } });
    house.admin("UpdateUserPool", renamed).await.ok();
    let told = house.get(path, None).await.ok();
    let names = [
        "urn:cognito:loa:1",
        "urn:mine:2",
        "urn:cognito:loa:3",
        "urn:cognito:loa:4",
    ];
    assert_eq!(told["acr_values_supported"], json!(names));
    for claim in ["acr", "amr"] {
        let lists = |document: &Value| {
            let claims = document["claims_supported"].as_array().unwrap();
            claims.contains(&json!(claim))
        };
        assert!(lists(&told) && !lists(&usual), "{claim}");
    }
}

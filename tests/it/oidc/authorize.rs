//! `/oauth2/authorize`: the order of checks, and where each refusal is told (oauth.md 2.3).

use serde_json::json;

use crate::support::browser::Browser;
use crate::support::house::{CALLBACK, CHALLENGE, House, client, domain, pool};

#[tokio::test]
async fn without_a_session_it_leads_to_the_page_with_the_query_untouched() {
    let house = House::open().await;
    let mut browser = Browser::new(&house.s);
    let query = format!("{}&odd=%7e+%20x&nonce=n", house.query(&[]));
    for path in ["/oauth2/authorize", "/authorize"] {
        let page = browser.get(&format!("{}{path}?{query}", house.base)).await;
        assert_eq!(page.status, 302);
        let expected = format!("{}/login?{query}", house.base);
        assert_eq!(page.headers["location"].to_str().unwrap(), expected);
    }
    let page = browser
        .post(&format!("{}/oauth2/authorize", house.base), &query)
        .await;
    assert_eq!(page.status, 302);
    let page = browser.follow(page).await;
    assert!(page.url.ends_with(&query));
    assert_eq!(
        page.form("cognitoSignInForm").action,
        format!("{}/login?{query}", house.base)
    );
}

#[tokio::test]
async fn what_is_missing_or_mistrusted_is_told_on_our_own_page() {
    let house = House::open().await;
    let off = house
        .client(json!({ "AllowedOAuthFlowsUserPoolClient": null }))
        .await;
    let no_provider = house
        .client(json!({ "SupportedIdentityProviders": null }))
        .await;
    let elsewhere = pool(&house.s, json!({})).await;
    domain(&house.s, &elsewhere).await;
    let other = client(&house.s, &elsewhere, json!({})).await;
    let missing = |name: &str| format!("Required String parameter '{name}' is not present");
    let mistrusted = "The app client is not known here, or the request cannot be read.".to_owned();
    for (change, told) in [
        (vec![("client_id", "")], missing("client_id")),
        (vec![("redirect_uri", "")], missing("redirect_uri")),
        (vec![("client_id", "nobody")], mistrusted.clone()),
        (vec![("client_id", "<b>&\"'")], mistrusted.clone()),
        (vec![("client_id", other.id.as_str())], mistrusted),
        (
            vec![("redirect_uri", "https://evil.test/")],
            "The redirect URI is not registered for this app.".to_owned(),
        ),
        (
            vec![("client_id", off.id.as_str())],
            "This app may not use these pages.".to_owned(),
        ),
        (
            vec![("client_id", no_provider.id.as_str())],
            "This app may not use these pages.".to_owned(),
        ),
    ] {
        let mut browser = Browser::new(&house.s);
        let page = browser.open(&house.authorize(&change)).await;
        assert_eq!((page.status, page.location()), (400, None), "{change:?}");
        let text = page.text();
        assert!(text.contains("An error was encountered with the requested page."));
        assert!(text.contains(&told), "{change:?}: {text}");
        assert!(!page.body.contains("<b>"));
    }
    let mut browser = Browser::new(&house.s);
    let page = browser
        .get(&house.authorize(&[("redirect_uri", "https://evil.test/")]))
        .await;
    let expected = format!(
        "{}/error?error=redirect_mismatch&client_id={}",
        house.base, house.client
    );
    assert_eq!(page.headers["location"].to_str().unwrap(), expected);
}

/// `error_description` and `error` of an answer.
type Pair = (Option<&'static str>, &'static str);

const INVALID: &str = "invalid_request";
const SCOPE: Pair = (Some("invalid_scope"), INVALID);
const TYPE: Pair = (Some("unsupported_response_type"), INVALID);
const PKCE: Pair = (
    Some("code_challenge must come with code_challenge_method S256"),
    INVALID,
);
const OPAQUE: Pair = (
    Some("state, nonce or login_hint is longer than 4096 bytes"),
    INVALID,
);
const RESOURCE: Pair = (
    Some("resource must be one https, localhost or app URL"),
    "invalid_target",
);

#[tokio::test]
async fn everything_else_is_told_to_the_client() {
    let house = House::open().await;
    let implicit = json!({ "AllowedOAuthFlows": ["implicit"] });
    let implicit = house.client(implicit).await.id;
    let long = "s".repeat(4097);
    let s256 = ("code_challenge_method", "S256");
    let challenge = ("code_challenge", CHALLENGE);
    for (change, (description, error)) in [
        (vec![("response_type", "")], (None, INVALID)),
        (vec![("response_type", "id_token")], TYPE),
        (vec![("response_type", "code token")], TYPE),
        (
            vec![("client_id", implicit.as_str())],
            (Some("unauthorized_client"), INVALID),
        ),
        (vec![("scope", "offline_access")], SCOPE),
        (vec![("scope", "openid nothing")], SCOPE),
        (vec![("scope", "email")], SCOPE),
        (vec![challenge], PKCE),
        (vec![s256], PKCE),
        (vec![challenge, ("code_challenge_method", "plain")], PKCE),
        (vec![("code_challenge", "short"), s256], PKCE),
        (vec![("nonce", long.as_str())], OPAQUE),
        (vec![("login_hint", long.as_str())], OPAQUE),
        (
            vec![("prompt", "none login")],
            (Some("invalid prompt"), INVALID),
        ),
        (vec![("prompt", "none")], (None, "login_required")),
        (vec![("resource", "http://api.example.com")], RESOURCE),
    ] {
        let mut browser = Browser::new(&house.s);
        let page = browser.get(&house.authorize(&change)).await;
        assert_eq!(page.status, 302, "{change:?}");
        assert!(
            page.location()
                .unwrap()
                .starts_with(&format!("{CALLBACK}?"))
        );
        let sent = page.sent();
        let sent = |name: &str| sent.get(name).map(String::as_str);
        assert_eq!(sent("error_description"), description, "{change:?}");
        assert_eq!(sent("error"), Some(error), "{change:?}");
        assert_eq!(sent("state"), Some("some state"), "{change:?}");
    }
    let order = Browser::new(&house.s)
        .get(&house.authorize(&[("scope", "nothing"), ("state", "x y")]))
        .await;
    let expected =
        format!("{CALLBACK}?error_description=invalid_scope&state=x+y&error=invalid_request");
    assert_eq!(order.location().unwrap(), expected);
}

#[tokio::test]
async fn state_comes_back_whole_or_not_at_all() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    house
        .sign_in(&mut browser, "jane", &house.authorize(&[]))
        .await
        .code();
    for length in [1, 64, 1024, 4096] {
        let odd: String = "a+b &=%/é\u{1f511}".chars().cycle().take(length).collect();
        let mut state = odd;
        while state.len() > length {
            state.pop();
        }
        let page = browser.get(&house.authorize(&[("state", &state)])).await;
        assert_eq!(page.sent()["state"], state, "{length}");
        page.code();
    }
    let long = "s".repeat(4097);
    let page = browser.get(&house.authorize(&[("state", &long)])).await;
    let sent = page.sent();
    assert_eq!((sent.get("state"), sent.get("code")), (None, None));
    assert_eq!(sent["error"], "invalid_request");
    let empty = format!("{}&state=", house.authorize(&[("state", "")]));
    assert_eq!(browser.get(&empty).await.sent()["state"], "");
    let none = browser.get(&house.authorize(&[("state", "")])).await;
    assert_eq!(none.sent().keys().collect::<Vec<_>>(), ["code"]);
}

#[tokio::test]
async fn a_doubled_parameter_or_broken_text_is_refused() {
    let house = House::open().await;
    let query = house.query(&[]);
    let base = format!("{}/oauth2/authorize?{query}", house.base);
    for more in [
        "response_type=code",
        "client_id=x",
        "redirect_uri=https%3A%2F%2Fevil.test",
        "state=x",
        "scope=openid&scope=openid",
        "nonce=a&nonce=a",
        "code_challenge=a&code_challenge=a",
        "code_challenge_method=S256&code_challenge_method=S256",
        "prompt=none&prompt=none",
        "login_hint=a&login_hint=b",
        "identity_provider=COGNITO&identity_provider=COGNITO",
        "idp_identifier=a&idp_identifier=a",
        "resource=a&resource=a",
        "max_age=1&max_age=2",
        "id_token_hint=a&id_token_hint=b",
        "nonce=%ff",
        "%ff=x",
    ] {
        let mut browser = Browser::new(&house.s);
        let page = browser.open(&format!("{base}&{more}")).await;
        assert_eq!((page.status, page.location()), (400, None), "{more}");
    }
    let many = format!("{base}{}", "&x=1".repeat(200));
    assert_eq!(Browser::new(&house.s).open(&many).await.status, 400);
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_told_on_the_page() {
    let house = House::open().await;
    for change in [
        [("identity_provider", "Google")],
        [("idp_identifier", "example.com")],
    ] {
        let mut browser = Browser::new(&house.s);
        let page = browser.open(&house.authorize(&change)).await;
        assert_eq!(page.status, 401);
        let told = "Login option is not available. Please try another one";
        assert!(page.text().contains(told));
    }
    let mut browser = Browser::new(&house.s);
    let own = house.authorize(&[("identity_provider", "COGNITO")]);
    browser.open(&own).await.form("cognitoSignInForm");
}

#[tokio::test]
async fn the_default_redirect_stands_in_where_there_is_one_provider() {
    let house = House::open().await;
    house
        .update_client(&house.client, json!({ "DefaultRedirectURI": CALLBACK }))
        .await;
    house.user("jane").await;
    let code = house.code("jane", &[("redirect_uri", "")]).await;
    house.redeem(&code, &[]).await.ok();
}

#[tokio::test]
async fn prompt_and_hint_do_what_they_say() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    let page = browser
        .open(&house.authorize(&[("login_hint", "jane@\"x")]))
        .await;
    assert_eq!(
        page.form("cognitoSignInForm").fields["username"],
        "jane@\"x"
    );
    house
        .sign_in(&mut browser, "jane", &house.authorize(&[]))
        .await
        .code();
    for prompt in ["", "none", "consent"] {
        browser
            .get(&house.authorize(&[("prompt", prompt)]))
            .await
            .code();
    }
    let again = house.authorize(&[("prompt", "login")]);
    let page = browser.get(&again).await;
    assert!(page.location().unwrap().contains("/login?"));
    let before = browser.cookies("cognito")[0].clone();
    browser
        .get(&house.authorize(&[("prompt", "none")]))
        .await
        .code();
    house.s.clock().advance(poolhouse::time::Span::seconds(10));
    house.sign_in(&mut browser, "jane", &again).await.code();
    assert_ne!(browser.cookies("cognito")[0].value, before.value);
    let mut old = Browser::new(&house.s);
    old.plant("cognito", &before.value, &before.path);
    let page = old.get(&house.authorize(&[("prompt", "none")])).await;
    assert_eq!(page.sent()["error"], "login_required");
}

#[tokio::test]
async fn only_forms_and_only_get_and_post_are_taken() {
    let house = House::open().await;
    let url = format!("{}{}/oauth2/authorize", house.s.url, house.base);
    for method in [
        reqwest::Method::PUT,
        reqwest::Method::DELETE,
        reqwest::Method::OPTIONS,
    ] {
        let answer = house.s.http.request(method, &url).send().await.unwrap();
        assert_eq!(answer.status(), 405);
    }
    let json = house
        .s
        .http
        .post(&url)
        .header("content-type", "application/json");
    let answer = json.body(house.query(&[])).send().await.unwrap();
    assert_eq!(answer.status(), 302);
    let location = answer.headers()["location"].to_str().unwrap();
    assert!(
        location.ends_with("/error?error=invalid_request"),
        "{location}"
    );
}

#[tokio::test]
async fn nonce_and_hint_come_back_whole_or_not_at_all() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    let url = house.authorize(&[]);
    house.sign_in(&mut browser, "jane", &url).await.code();
    for length in [1, 64, 1024, 4096] {
        let text: String = "n+o &=%/\"<'".chars().cycle().take(length).collect();
        let code = browser.get(&house.authorize(&[("nonce", &text)])).await;
        let tokens = house.redeem(&code.code(), &[]).await.ok();
        let id = crate::support::house::claims(tokens["id_token"].as_str().unwrap());
        assert_eq!(id["nonce"], text, "{length}");
        let hinted = house.authorize(&[("login_hint", &text), ("prompt", "login")]);
        let page = browser.open(&hinted).await;
        assert_eq!(page.form("cognitoSignInForm").fields["username"], text);
    }
    let long = "n".repeat(4097);
    for name in ["nonce", "login_hint"] {
        let page = browser.get(&house.authorize(&[(name, &long)])).await;
        assert_eq!(page.sent()["error"], "invalid_request", "{name}");
    }
    let none = format!("{}&nonce=", house.authorize(&[]));
    let tokens = house
        .redeem(&browser.get(&none).await.code(), &[])
        .await
        .ok();
    let id = crate::support::house::claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(id.get("nonce"), None);
}

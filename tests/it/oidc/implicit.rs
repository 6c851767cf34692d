//! The implicit grant: tokens in the fragment, for clients that allow it (oauth.md 2.2; security.md
//! C13, C15).

use poolhouse::args;
use poolhouse::store::audit::Actor;
use poolhouse::store::db::Sql;
use poolhouse::time::Span;
use serde_json::{Value, json};

use crate::support::browser::{Browser, Page};
use crate::support::house::{CALLBACK, House, PASSWORD, claims};

const IMPLICIT: (&str, &str) = ("response_type", "token");

async fn open() -> House {
    let mut house = House::open().await;
    house.user("jane").await;
    house.client = house
        .client(json!({ "AllowedOAuthFlows": ["implicit"] }))
        .await
        .id;
    house
}

/// Names and values of the fragment in their order; the query must be empty.
fn fragment(page: &Page) -> Vec<(String, String)> {
    let location = page.location().unwrap();
    let (before, fragment) = location.split_once('#').unwrap();
    assert_eq!(before, CALLBACK);
    url::form_urlencoded::parse(fragment.as_bytes())
        .into_owned()
        .collect()
}

fn value<'p>(pairs: &'p [(String, String)], name: &str) -> &'p str {
    &pairs.iter().find(|(n, _)| n == name).unwrap().1
}

async fn count(house: &House, text: &'static str) -> i64 {
    let mut db = house.s.app.store.read().await.unwrap();
    let sql = Sql {
        sqlite: text,
        postgres: text,
    };
    let (rows,): (i64,) = db.one(sql, args![house.pool.as_str()]).await.unwrap();
    rows
}

#[tokio::test]
async fn tokens_come_in_the_fragment_from_the_page_and_from_the_session() {
    let house = open().await;
    let url = house.authorize(&[IMPLICIT, ("nonce", "n-1"), ("scope", "openid email")]);
    let mut browser = Browser::new(&house.s);
    let page = house.sign_in(&mut browser, "jane", &url).await;
    assert_eq!(page.status, 303);
    house.s.clock().advance(Span::minutes(3));
    let silent = browser.get(&url).await;
    assert_eq!(silent.status, 302);
    let query = url.split_once('?').unwrap().1;
    let posted = browser
        .post(&format!("{}/oauth2/authorize", house.base), query)
        .await;
    let mut auth_times = Vec::new();
    for answer in [&page, &silent, &posted] {
        let pairs = fragment(answer);
        let names: Vec<_> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        let expected = [
            "id_token",
            "access_token",
            "expires_in",
            "token_type",
            "state",
        ];
        assert_eq!(names, expected);
        assert_eq!(value(&pairs, "expires_in"), "3600");
        assert_eq!(value(&pairs, "token_type"), "Bearer");
        assert_eq!(value(&pairs, "state"), "some state");
        let id = claims(value(&pairs, "id_token"));
        assert_eq!(
            (&id["nonce"], &id["aud"]),
            (&json!("n-1"), &json!(house.client))
        );
        assert!(id["at_hash"].is_string());
        assert_eq!(id.get("name"), None);
        let access = claims(value(&pairs, "access_token"));
        assert_eq!(access["scope"], "openid email");
        assert_eq!(access["origin_jti"], id["origin_jti"]);
        auth_times.push(access["auth_time"].clone());
        let told = house.userinfo(value(&pairs, "access_token")).await.ok();
        assert_eq!(told["email"], "jane@example.com");
    }
    auth_times.dedup();
    assert_eq!(auth_times.len(), 1);
    let headers = &page.headers;
    assert_eq!(headers["referrer-policy"], "no-referrer");
    assert!(
        headers["cache-control"]
            .to_str()
            .unwrap()
            .contains("no-store")
    );
    let refresh = "SELECT COUNT(*) FROM refresh_tokens WHERE pool_id = $1";
    assert_eq!(count(&house, refresh).await, 0);
    let audit = "SELECT COUNT(*) FROM audit WHERE pool_id = $1 AND act = 'ImplicitGrant'";
    assert_eq!(count(&house, audit).await, 3);
}

#[tokio::test]
async fn without_openid_there_is_no_id_token() {
    let house = open().await;
    let asked = [
        IMPLICIT,
        ("scope", "aws.cognito.signin.user.admin"),
        ("state", ""),
    ];
    let mut browser = Browser::new(&house.s);
    let page = house
        .sign_in(&mut browser, "jane", &house.authorize(&asked))
        .await;
    let pairs = fragment(&page);
    let names: Vec<_> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["access_token", "expires_in", "token_type"]);
    let token = value(&pairs, "access_token");
    let user = json!({ "AccessToken": token });
    house.s.api("GetUser", user.clone()).await.ok();
    // It hangs off a session like every other token, so that signing out ends it.
    house.s.clock().advance(Span::seconds(1));
    house
        .admin("AdminUserGlobalSignOut", json!({ "Username": "jane" }))
        .await
        .ok();
    let dead = house.s.api("GetUser", user).await;
    dead.error("NotAuthorizedException", "Access Token has been revoked");
}

#[tokio::test]
async fn a_client_gets_what_it_allows_and_errors_go_the_same_way() {
    let house = open().await;
    let coder = house.client(json!({})).await.id;
    let told = async |change: &[(&str, &str)]| {
        let page = Browser::new(&house.s).get(&house.authorize(change)).await;
        assert_eq!(page.status, 302, "{change:?}");
        page
    };
    let other = ("client_id", coder.as_str());
    for (change, description, error) in [
        (
            vec![IMPLICIT, other],
            "unauthorized_client",
            "invalid_request",
        ),
        (
            vec![IMPLICIT, ("scope", "nothing")],
            "invalid_scope",
            "invalid_request",
        ),
        (vec![IMPLICIT, ("prompt", "none")], "", "login_required"),
    ] {
        let pairs = fragment(&told(&change).await);
        let sent = |name: &str| {
            pairs
                .iter()
                .find(|(n, _)| n == name)
                .map(|(_, v)| v.as_str())
        };
        assert_eq!(sent("error_description").unwrap_or_default(), description);
        assert_eq!(sent("error"), Some(error));
        assert_eq!(sent("state"), Some("some state"));
    }
    // A client of the implicit grant gets no code.
    let page = told(&[]).await;
    let location = page.location().unwrap();
    assert!(location.starts_with(&format!(
        "{CALLBACK}?error_description=unauthorized_client&"
    )));
}

#[tokio::test]
async fn the_flow_is_checked_again_when_the_form_is_sent() {
    let house = open().await;
    for change in [
        json!({ "AllowedOAuthFlows": ["code"] }),
        json!({ "AllowedOAuthFlows": ["implicit"], "AllowedOAuthScopes": ["phone", "openid"] }),
    ] {
        house
            .update_client(&house.client, json!({ "AllowedOAuthFlows": ["implicit"] }))
            .await;
        let asked = [IMPLICIT, ("scope", "openid email")];
        let mut browser = Browser::new(&house.s);
        let page = browser.open(&house.authorize(&asked)).await;
        let form = page.form("cognitoSignInForm").fill("username", "jane");
        let form = form.fill("password", PASSWORD);
        house.update_client(&house.client, change.clone()).await;
        let answer = browser.submit(&form).await;
        let pairs = fragment(&answer);
        assert_eq!(value(&pairs, "error"), "invalid_request", "{change}");
        assert!(browser.cookies("cognito").is_empty());
    }
}

#[tokio::test]
async fn what_a_code_would_be_refused_for_is_refused_at_once() {
    let house = open().await;
    let narrow = json!({ "AllowedOAuthFlows": ["implicit"], "ReadAttributes": ["email"] });
    house.update_client(&house.client, narrow).await;
    let mut browser = Browser::new(&house.s);
    let url = house.authorize(&[IMPLICIT]);
    let page = house.sign_in(&mut browser, "jane", &url).await;
    let pairs = fragment(&page);
    assert_eq!(value(&pairs, "error"), "invalid_request");
    assert_eq!(value(&pairs, "error_description"), "invalid_grant");
    let scopes = json!([{ "ScopeName": "read", "ScopeDescription": "r" }]);
    let server = json!({ "Identifier": "notes", "Name": "n", "Scopes": scopes });
    house.admin("CreateResourceServer", server).await.ok();
    let with = json!({
        "AllowedOAuthFlows": ["implicit"], "AllowedOAuthScopes": ["openid", "notes/read"],
    });
    house.update_client(&house.client, with).await;
    house
        .admin("DeleteResourceServer", json!({ "Identifier": "notes" }))
        .await
        .ok();
    let pairs = fragment(&browser.get(&url).await);
    assert_eq!(claims(value(&pairs, "access_token"))["scope"], "openid");
}

#[tokio::test]
async fn its_sessions_are_swept_when_its_tokens_have_run_out() {
    let house = open().await;
    let mut browser = Browser::new(&house.s);
    let url = house.authorize(&[IMPLICIT]);
    house.sign_in(&mut browser, "jane", &url).await;
    let sessions = "SELECT COUNT(*) FROM sessions WHERE pool_id = $1 AND kind = 'TOKEN'";
    assert_eq!(count(&house, sessions).await, 1);
    house.s.clock().advance(Span::hours(27));
    poolhouse::domain::janitor::sweep(&house.s.app)
        .await
        .unwrap();
    assert_eq!(count(&house, sessions).await, 0);
}

#[tokio::test]
async fn nothing_of_an_answer_or_a_form_is_logged() {
    let log = Log::start();
    let house = open().await;
    let mut secrets = vec![PASSWORD.to_owned()];
    let mut browser = Browser::new(&house.s);
    let url = house.authorize(&[IMPLICIT]);
    let pairs = fragment(&house.sign_in(&mut browser, "jane", &url).await);
    secrets.extend(["id_token", "access_token"].map(|name| value(&pairs, name).to_owned()));
    let coder = house.client(json!({ "GenerateSecret": true })).await;
    let secret = coder.secret.unwrap();
    let code = house.code("jane", &[("client_id", &coder.id)]).await;
    let with = [
        ("client_id", coder.id.as_str()),
        ("client_secret", secret.as_str()),
    ];
    let tokens = house.redeem(&code, &with).await.ok();
    house
        .redeem(&code, &with)
        .await
        .refuses(400, "invalid_grant");
    house
        .userinfo(tokens["access_token"].as_str().unwrap())
        .await;
    let all: Vec<Value> = tokens.as_object().unwrap().values().cloned().collect();
    secrets.extend(all.iter().filter_map(Value::as_str).map(str::to_owned));
    secrets.retain(|secret| secret != "Bearer");
    secrets.extend([code, secret]);
    for name in ["cognito", "XSRF-TOKEN"] {
        secrets.extend(browser.cookies(name).iter().map(|c| c.value.clone()));
    }
    house.s.app.store.write(&Actor::default()).await.unwrap();
    let text = log.text();
    assert!(text.contains("implicit grant"), "{text}");
    assert!(secrets.len() >= 8);
    for secret in secrets {
        assert!(!text.contains(&secret), "{secret} in the log");
    }
}

/// Everything that this thread logs, at the finest level.
struct Log {
    written: std::sync::Arc<std::sync::Mutex<Vec<u8>>>,
    _guard: tracing::subscriber::DefaultGuard,
}

#[derive(Clone)]
struct Sink(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn start() -> Self {
        let written = std::sync::Arc::default();
        let sink = Sink(std::sync::Arc::clone(&written));
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || sink.clone())
            .finish();
        Self {
            written,
            _guard: tracing::subscriber::set_default(subscriber),
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.written.lock().unwrap()).into_owned()
    }
}

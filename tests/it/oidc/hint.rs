//! RP-Initiated Logout 1.0, as generic libraries ask for it (oauth.md 5.3; security.md C5). Names in
//! comments are those of the conformance suite's modules.

use serde_json::{Value, json};

use crate::support::browser::{Browser, Page};
use crate::support::house::{CALLBACK, GOODBYE, House, client, domain, pool, query, user};

struct Case {
    house: House,
    browser: Browser,
    tokens: Value,
}

impl Case {
    async fn new() -> Self {
        let house = House::open().await;
        house.user("jane").await;
        let mut browser = Browser::new(&house.s);
        let url = house.authorize(&[]);
        let code = house.sign_in(&mut browser, "jane", &url).await.code();
        let tokens = house.redeem(&code, &[]).await.ok();
        Self {
            house,
            browser,
            tokens,
        }
    }

    fn hint(&self) -> String {
        self.tokens["id_token"].as_str().unwrap().to_owned()
    }

    async fn leave(&mut self, pairs: &[(&str, &str)]) -> Page {
        let url = format!("{}/logout?{}", self.house.base, query(pairs));
        let page = self.browser.get(&url).await;
        if page.location().is_some_and(|to| to.contains("/error?")) {
            return self.browser.follow(page).await;
        }
        page
    }

    async fn signed_in(&mut self) -> bool {
        let silent = self.house.authorize(&[("prompt", "none")]);
        self.browser.get(&silent).await.sent().contains_key("code")
    }
}

const POST: &str = "post_logout_redirect_uri";

#[tokio::test]
async fn with_a_hint_the_session_ends_and_the_state_comes_back() {
    // oidcc-rp-initiated-logout; -no-state
    for state in [Some("a b&c"), Some(""), None] {
        let mut case = Case::new().await;
        let hint = case.hint();
        let mut pairs = vec![("id_token_hint", hint.as_str()), (POST, GOODBYE)];
        pairs.extend(state.map(|state| ("state", state)));
        let page = case.leave(&pairs).await;
        let expected = match state {
            Some("") => format!("{GOODBYE}?state="),
            Some(_) => format!("{GOODBYE}?state=a+b%26c"),
            None => GOODBYE.to_owned(),
        };
        assert_eq!((page.status, page.location()), (302, Some(expected)));
        assert!(!case.signed_in().await);
    }
}

#[tokio::test]
async fn an_expired_hint_still_says_who_it_is() {
    let mut case = Case::new().await;
    case.house
        .s
        .clock()
        .advance(poolhouse::time::Span::hours(2));
    let hint = case.hint();
    let page = case
        .leave(&[("id_token_hint", &hint), (POST, GOODBYE)])
        .await;
    assert_eq!(page.location().as_deref(), Some(GOODBYE));
}

#[tokio::test]
async fn without_a_url_one_is_told_that_one_is_signed_out() {
    // oidcc-rp-initiated-logout-no-post-logout-redirect-uri; -only-state
    let mut case = Case::new().await;
    let hint = case.hint();
    let page = case.leave(&[("id_token_hint", &hint)]).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("You are signed out"));
    assert!(!case.signed_in().await);
    let mut case = Case::new().await;
    let id = case.house.client.clone();
    let page = case.leave(&[("client_id", &id), ("state", "x")]).await;
    assert_eq!((page.status, page.location()), (200, None));
    assert!(!case.signed_in().await);
}

#[tokio::test]
async fn what_cannot_be_trusted_ends_nothing_and_leads_nowhere() {
    let mut case = Case::new().await;
    let hint = case.hint();
    let (signed, _) = hint.rsplit_once('.').unwrap();
    let modified = format!("{signed}.{}", "A".repeat(342));
    let house = &case.house;
    let neighbour = house.client(json!({})).await.id;
    let elsewhere = pool(&house.s, json!({})).await;
    domain(&house.s, &elsewhere).await;
    user(&house.s, &elsewhere, "jane").await;
    let foreign = client(&house.s, &elsewhere, json!({})).await.id;
    let away = House {
        s: house.s.twin().await,
        pool: elsewhere.clone(),
        client: foreign.clone(),
        base: format!("/{elsewhere}"),
    };
    let theirs = away.tokens("jane", &[]).await["id_token"].clone();
    let theirs = theirs.as_str().unwrap().to_owned();
    let id = house.client.clone();
    let access = case.tokens["access_token"].as_str().unwrap().to_owned();
    for pairs in [
        // oidcc-rp-initiated-logout-modified-id-token-hint; -bad-id-token-hint
        vec![("id_token_hint", modified.as_str()), (POST, GOODBYE)],
        vec![("id_token_hint", "nonsense"), (POST, GOODBYE)],
        vec![("id_token_hint", access.as_str()), (POST, GOODBYE)],
        vec![("id_token_hint", theirs.as_str()), (POST, GOODBYE)],
        vec![
            ("id_token_hint", theirs.as_str()),
            ("client_id", id.as_str()),
            (POST, GOODBYE),
        ],
        vec![
            ("id_token_hint", hint.as_str()),
            ("client_id", neighbour.as_str()),
            (POST, GOODBYE),
        ],
        vec![
            ("id_token_hint", hint.as_str()),
            ("client_id", foreign.as_str()),
            (POST, GOODBYE),
        ],
        vec![
            ("id_token_hint", modified.as_str()),
            ("client_id", id.as_str()),
            ("logout_uri", GOODBYE),
        ],
        // oidcc-rp-initiated-logout-bad-post-logout-redirect-uri; -query-added-to-…
        vec![
            ("id_token_hint", hint.as_str()),
            (POST, "https://evil.test/"),
        ],
        vec![("id_token_hint", hint.as_str()), (POST, CALLBACK)],
        vec![
            ("id_token_hint", hint.as_str()),
            (POST, "http://localhost:3000/goodbye?x=1"),
        ],
        vec![("client_id", id.as_str()), (POST, "https://evil.test/")],
        // oidcc-rp-initiated-logout-no-params
        vec![],
        vec![(POST, GOODBYE)],
        vec![
            ("id_token_hint", hint.as_str()),
            ("id_token_hint", hint.as_str()),
            (POST, GOODBYE),
        ],
        vec![
            ("id_token_hint", hint.as_str()),
            (POST, GOODBYE),
            (POST, GOODBYE),
        ],
    ] {
        let page = case.leave(&pairs).await;
        assert_eq!((page.status, page.location()), (400, None), "{pairs:?}");
    }
    assert!(case.signed_in().await);
}

#[tokio::test]
async fn without_a_hint_the_person_is_asked() {
    // oidcc-rp-initiated-logout-no-id-token-hint
    let mut case = Case::new().await;
    let id = case.house.client.clone();
    let asked = [("client_id", id.as_str()), (POST, GOODBYE), ("state", "s")];
    let page = case.leave(&asked).await;
    assert_eq!((page.status, page.location()), (200, None));
    assert!(page.text().contains("Sign out?"));
    assert!(case.signed_in().await);
    let form = page.form("noticeForm");
    let foreign = {
        let mut other = Case::new().await;
        let id = other.house.client.clone();
        let page = other.leave(&[("client_id", &id), (POST, GOODBYE)]).await;
        page.form("noticeForm").fields["_csrf"].clone()
    };
    for forged in [
        form.clone().forge("_csrf", ""),
        form.clone().forge("_csrf", "x"),
        form.clone().forge("_csrf", &foreign),
    ] {
        assert_eq!(case.browser.submit(&forged).await.status, 403);
    }
    let mut moved = form.clone();
    moved.action = moved.action.replace("state=s", "state=t");
    assert_eq!(case.browser.submit(&moved).await.status, 403);
    let mut bare = Browser::new(&case.house.s);
    assert_eq!(bare.submit(&form).await.status, 403);
    assert!(case.signed_in().await);
    let page = case.browser.submit(&form).await;
    let expected = format!("{GOODBYE}?state=s");
    assert_eq!(
        (page.status, page.location()),
        (303, Some(expected.clone()))
    );
    assert!(!case.signed_in().await);
    // One who is not signed in has nothing to lose.
    let page = case.leave(&asked).await;
    assert_eq!(page.location(), Some(expected));
}

#[tokio::test]
async fn a_hint_about_somebody_else_asks_too() {
    let mut case = Case::new().await;
    case.house.user("john").await;
    let johns = case.house.tokens("john", &[]).await;
    let hint = johns["id_token"].as_str().unwrap();
    let page = case
        .leave(&[("id_token_hint", hint), (POST, GOODBYE)])
        .await;
    assert_eq!((page.status, page.location()), (200, None));
    assert!(case.signed_in().await);
}

#[tokio::test]
async fn a_form_from_elsewhere_is_sent_on_to_be_asked_by_get() {
    let mut case = Case::new().await;
    let hint = case.hint();
    let body = query(&[("id_token_hint", &hint), (POST, GOODBYE)]);
    let url = format!("{}/logout", case.house.base);
    let page = case.browser.post(&url, &body).await;
    assert_eq!(page.status, 303);
    let to = page.location().unwrap();
    assert!(to.ends_with(&format!("/logout?{body}")), "{to}");
    let page = case.browser.follow(page).await;
    assert_eq!(page.location().as_deref(), Some(GOODBYE));
    assert!(!case.signed_in().await);
}

#[tokio::test]
async fn the_bare_host_takes_the_pool_from_the_hint() {
    let case = Case::new().await;
    let asked = query(&[("id_token_hint", &case.hint()), (POST, GOODBYE)]);
    let page = Browser::new(&case.house.s)
        .get(&format!("/logout?{asked}"))
        .await;
    assert_eq!(page.location().as_deref(), Some(GOODBYE));
}

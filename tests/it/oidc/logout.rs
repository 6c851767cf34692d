//! `/logout` (oauth.md 5.3).

use serde_json::json;

use crate::support::browser::Browser;
use crate::support::house::{CALLBACK, GOODBYE, House, client, domain, pool, query, user};

#[tokio::test]
async fn the_session_ends_and_the_browser_leaves() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    house
        .sign_in(&mut browser, "jane", &house.authorize(&[]))
        .await;
    let planted = browser.cookies("cognito")[0].clone();
    let asked = query(&[
        ("client_id", &house.client),
        ("logout_uri", GOODBYE),
        ("state", "s"),
    ]);
    let page = browser.get(&format!("{}/logout?{asked}", house.base)).await;
    assert_eq!(
        (page.status, page.location().as_deref()),
        (302, Some(GOODBYE))
    );
    assert!(browser.cookies("cognito").is_empty());
    let removal = page.set.iter().find(|c| c.name == "cognito").unwrap();
    assert!(removal.header.contains("Max-Age=0"), "{}", removal.header);
    // The session is gone on the server too.
    browser.plant("cognito", &planted.value, &planted.path);
    let page = browser.get(&house.authorize(&[("prompt", "none")])).await;
    assert_eq!(page.sent()["error"], "login_required");
}

#[tokio::test]
async fn a_sign_in_may_follow() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    house
        .sign_in(&mut browser, "jane", &house.authorize(&[]))
        .await;
    let asked = query(&[
        ("client_id", &house.client),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("state", "s"),
        ("identity_provider", "Google"),
    ]);
    let page = browser.get(&format!("{}/logout?{asked}", house.base)).await;
    let location = page.headers["location"].to_str().unwrap();
    let scopes = "openid+email+phone+profile+aws.cognito.signin.user.admin";
    assert_eq!(
        location,
        format!(
            "{}/login?client_id={}&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcallback&\
             response_type=code&state=s&scope={scopes}",
            house.base, house.client
        )
    );
    browser.follow(page).await.form("cognitoSignInForm");
    assert!(browser.cookies("cognito").is_empty());
}

/// Where to leave for is asked first, and everything beside it is ignored (oauth.md 5.3).
#[tokio::test]
async fn a_logout_url_wins_over_a_redirect() {
    let house = House::open().await;
    house.user("jane").await;
    let id = house.client.as_str();
    let both = |logout_uri: &str| {
        query(&[
            ("client_id", id),
            ("logout_uri", logout_uri),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("state", "s"),
        ])
    };
    let mut browser = Browser::new(&house.s);
    house
        .sign_in(&mut browser, "jane", &house.authorize(&[]))
        .await;
    let page = browser
        .get(&format!("{}/logout?{}", house.base, both(GOODBYE)))
        .await;
    assert_eq!(page.location().as_deref(), Some(GOODBYE));
    // One that is not registered is none, so that the other is followed.
    let page = browser
        .get(&format!(
            "{}/logout?{}",
            house.base,
            both("https://evil.test/")
        ))
        .await;
    let location = page.headers["location"].to_str().unwrap();
    assert!(
        location.starts_with(&format!("{}/login?", house.base)),
        "{location}"
    );
    assert!(!location.contains("evil"), "{location}");
}

#[tokio::test]
async fn what_cannot_be_followed_is_told_and_the_session_stays() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    house
        .sign_in(&mut browser, "jane", &house.authorize(&[]))
        .await;
    let id = house.client.as_str();
    for (pairs, told) in [
        (
            vec![],
            "Required String parameter 'client_id' is not present",
        ),
        (
            vec![("client_id", "nobody")],
            "The app client is not known here, or the request cannot be read.",
        ),
        (
            vec![("client_id", id), ("logout_uri", "https://evil.test/")],
            "Required String parameter 'redirect_uri' is not present",
        ),
        (
            vec![("client_id", id), ("redirect_uri", CALLBACK)],
            "Required String parameter 'response_type' is not present",
        ),
        (
            vec![
                ("client_id", id),
                ("logout_uri", GOODBYE),
                ("logout_uri", GOODBYE),
            ],
            "The app client is not known here, or the request cannot be read.",
        ),
    ] {
        let page = browser
            .open(&format!("{}/logout?{}", house.base, query(&pairs)))
            .await;
        assert_eq!((page.status, page.location()), (400, None), "{pairs:?}");
        assert!(page.text().contains(told), "{}", page.text());
    }
    browser
        .get(&house.authorize(&[("prompt", "none")]))
        .await
        .code();
}

#[tokio::test]
async fn with_nowhere_to_go_it_says_that_one_is_signed_out() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    house
        .sign_in(&mut browser, "jane", &house.authorize(&[]))
        .await;
    let asked = query(&[("client_id", &house.client)]);
    let page = browser.get(&format!("{}/logout?{asked}", house.base)).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("You are signed out"));
    assert!(browser.cookies("cognito").is_empty());
    let page = browser.get(&house.authorize(&[("prompt", "none")])).await;
    assert_eq!(page.sent()["error"], "login_required");
}

#[tokio::test]
async fn another_pools_logout_leaves_the_session_alone() {
    let house = House::open().await;
    house.user("jane").await;
    let elsewhere = pool(&house.s, json!({})).await;
    domain(&house.s, &elsewhere).await;
    let other = client(&house.s, &elsewhere, json!({})).await;
    user(&house.s, &elsewhere, "jane").await;
    let mut browser = Browser::new(&house.s);
    house
        .sign_in(&mut browser, "jane", &house.authorize(&[]))
        .await;
    let asked = query(&[("client_id", &other.id), ("logout_uri", GOODBYE)]);
    browser.get(&format!("/{elsewhere}/logout?{asked}")).await;
    browser
        .get(&house.authorize(&[("prompt", "none")]))
        .await
        .code();
    // The cookie of one pool is no session in another, wherever it is shown.
    let cookie = browser.cookies("cognito")[0].clone();
    let mut thief = Browser::new(&house.s);
    thief.plant("cognito", &cookie.value, "/");
    let asked = house.query(&[("client_id", &other.id), ("prompt", "none")]);
    let page = thief
        .get(&format!("/{elsewhere}/oauth2/authorize?{asked}"))
        .await;
    assert_eq!(page.sent()["error"], "login_required");
}

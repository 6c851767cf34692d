//! Redirect URIs are compared byte for byte (security.md C1, C4): whatever else is asked for ends
//! on our own page.

use serde_json::json;

use crate::support::browser::Browser;
use crate::support::house::House;

const REGISTERED: &[&str] = &[
    "https://app.example.com/cb",
    "https://app.example.com/with?query=1",
    "http://localhost:3000/cb",
    "http://127.0.0.1:3000/cb",
    "myapp://cb",
];

/// Near misses of the registered URLs.
const CORPUS: &[&str] = &[
    "https://app.example.com/cb/",
    "https://app.example.com/cb?",
    "https://app.example.com/cb?x=1",
    "https://app.example.com/cb#",
    "https://app.example.com/cb#x",
    "https://app.example.com/cb%20",
    "https://app.example.com/cb ",
    " https://app.example.com/cb",
    "https://app.example.com/cb.",
    "https://app.example.com/cb;x",
    "https://app.example.com/cb/..",
    "https://app.example.com/cb/../cb",
    "https://app.example.com/./cb",
    "https://app.example.com/x/../cb",
    "https://app.example.com/x/%2e%2e/cb",
    "https://app.example.com/x/..;/cb",
    "https://app.example.com//cb",
    "https://app.example.com/%63b",
    "https://app.example.com/CB",
    "https://app.example.com/cbx",
    "https://app.example.com/c",
    "https://app.example.com/",
    "https://app.example.com",
    "https://app.example.com:443/cb",
    "https://app.example.com:8443/cb",
    "https://app.example.com:/cb",
    "https://app.example.com./cb",
    "https://APP.example.com/cb",
    "HTTPS://app.example.com/cb",
    "http://app.example.com/cb",
    "//app.example.com/cb",
    "/cb",
    "app.example.com/cb",
    "https:app.example.com/cb",
    "https:/app.example.com/cb",
    "https:///app.example.com/cb",
    "https:\\\\app.example.com\\cb",
    "https://app.example.com\\cb",
    "https://app.example.com\\@evil.test/cb",
    "https://evil.test/https://app.example.com/cb",
    "https://evil.test\\@app.example.com/cb",
    "https://evil.test/cb?https://app.example.com/cb",
    "https://evil.test#@app.example.com/cb",
    "https://evil.test#app.example.com/cb",
    "https://user@app.example.com/cb",
    "https://user:pass@app.example.com/cb",
    "https://app.example.com@evil.test/cb",
    "https://app.example.com:x@evil.test/cb",
    "https://app.example.com.evil.test/cb",
    "https://evil-app.example.com/cb",
    "https://evil.app.example.com/cb",
    "https://example.com/cb",
    "https://app.example.co/cb",
    "https://app.example.com/cb\t",
    "https://app.example.com/cb\n",
    "https://app.example.com/cb\r\nset-cookie: a=b",
    "https://app.example\t.com/cb",
    "https://app.example.com/cb\u{0}",
    "https://app.example.com/\u{202e}cb",
    "https://аpp.example.com/cb",
    "https://xn--pp-7kc.example.com/cb",
    "https://app。example.com/cb",
    "https://app.example.com/cb,https://app.example.com/cb",
    "https://app.example.com/cb https://evil.test/",
    "https://app.example.com/*",
    "https://*/cb",
    "*",
    "https://app.example.com/with",
    "https://app.example.com/with?query=1&x=2",
    "https://app.example.com/with?query=2",
    "https://app.example.com/with?query=1%26x",
    "http://localhost/cb",
    "http://localhost:3001/cb",
    "http://localhost:03000/cb",
    "http://localhost:3000",
    "http://localhost.:3000/cb",
    "http://[::1]:3000/cb",
    "http://[::ffff:127.0.0.1]:3000/cb",
    "http://127.1:3000/cb",
    "http://2130706433:3000/cb",
    "http://0x7f000001:3000/cb",
    "http://127.0.0.2:3000/cb",
    "http://0.0.0.0:3000/cb",
    "http://localhost.evil.test:3000/cb",
    "http://evil.localhost:3000/cb",
    "https://localhost:3000/cb",
    "myapp:cb",
    "myapp:/cb",
    "myapp:///cb",
    "myapp://cb/",
    "MyApp://cb",
    "myapp2://cb",
    "javascript:alert(1)",
    "javascript://app.example.com/cb",
    "data:text/html,x",
    "file:///cb",
    "about:blank",
];

#[tokio::test]
async fn authorize_knows_registered_urls_only() {
    assert!(CORPUS.len() >= 60);
    let house = House::open().await;
    house
        .update_client(&house.client, json!({ "CallbackURLs": REGISTERED }))
        .await;
    let mut browser = Browser::new(&house.s);
    for path in ["/oauth2/authorize", "/login", "/signup", "/forgotPassword"] {
        for url in CORPUS {
            let query = house.query(&[("redirect_uri", url), ("prompt", "none")]);
            let page = browser.open(&format!("{}{path}?{query}", house.base)).await;
            assert_eq!(page.location(), None, "{path} {url:?}");
            assert_eq!(page.status, 400, "{path} {url:?}");
        }
    }
    for url in REGISTERED {
        let request = house.authorize(&[("redirect_uri", url), ("prompt", "none")]);
        let page = browser.get(&request).await;
        let location = page.headers["location"].to_str().unwrap();
        assert!(location.starts_with(url), "{location}");
    }
}

#[tokio::test]
async fn a_form_for_another_url_does_nothing() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    let page = browser.open(&house.authorize(&[])).await;
    let form = page.form("cognitoSignInForm");
    for url in ["https://evil.test/", "http://localhost:3000/callback/"] {
        let mut form = form.clone().fill("username", "jane");
        form = form.fill("password", crate::support::house::PASSWORD);
        form.action = format!(
            "{}/login?{}",
            house.base,
            house.query(&[("redirect_uri", url)])
        );
        let answer = browser.submit(&form).await;
        let answer = browser.follow(answer).await;
        assert_eq!((answer.status, answer.location()), (400, None), "{url}");
        assert!(browser.cookies("cognito").is_empty());
    }
}

#[tokio::test]
async fn logout_knows_registered_urls_only() {
    let house = House::open().await;
    house
        .update_client(
            &house.client,
            json!({ "LogoutURLs": REGISTERED, "CallbackURLs": REGISTERED }),
        )
        .await;
    let mut browser = Browser::new(&house.s);
    for url in CORPUS {
        for name in ["logout_uri", "redirect_uri"] {
            let query = crate::support::house::query(&[
                ("client_id", &house.client),
                (name, url),
                ("response_type", "code"),
            ]);
            let page = browser
                .open(&format!("{}/logout?{query}", house.base))
                .await;
            assert_eq!(
                (page.status, page.location()),
                (400, None),
                "{name} {url:?}"
            );
        }
    }
    for url in REGISTERED {
        let query = crate::support::house::query(&[
            ("client_id", &house.client),
            ("logout_uri", url),
            ("state", "not sent on"),
        ]);
        let page = browser.get(&format!("{}/logout?{query}", house.base)).await;
        assert_eq!(page.status, 302);
        assert_eq!(page.headers["location"].to_str().unwrap(), *url);
    }
}

//! Which endpoints a page elsewhere may call (oauth.md 0.8; security.md A6).

use reqwest::Method;

use crate::support::house::House;

const ORIGINS: &[&str] = &[
    "https://app.example.com",
    "http://localhost:3000",
    "http://evil.test",
    "https://evil.test:8443",
    "null",
    "chrome-extension://abc",
];

#[tokio::test]
async fn the_machine_endpoints_are_open_and_nothing_else() {
    let house = House::open().await;
    let query = house.query(&[]);
    for (path, method, open) in [
        ("/oauth2/token".to_owned(), Method::POST, true),
        ("/oauth2/revoke".to_owned(), Method::POST, true),
        ("/oauth2/register".to_owned(), Method::POST, true),
        ("/oauth2/userInfo".to_owned(), Method::GET, true),
        ("/.well-known/jwks.json".to_owned(), Method::GET, true),
        (
            "/.well-known/openid-configuration".to_owned(),
            Method::GET,
            true,
        ),
        (format!("/oauth2/authorize?{query}"), Method::GET, false),
        (format!("/login?{query}"), Method::GET, false),
        (format!("/signup?{query}"), Method::GET, false),
        (format!("/logout?{query}"), Method::GET, false),
        ("/error?error=x".to_owned(), Method::GET, false),
        ("/nowhere".to_owned(), Method::GET, false),
    ] {
        let url = format!("{}{}{path}", house.s.url, house.base);
        for origin in ORIGINS {
            let request = house.s.http.request(method.clone(), &url);
            let answer = request.header("origin", *origin).send().await.unwrap();
            let allowed = answer.headers().get("access-control-allow-origin");
            let allowed = allowed.map(|v| v.to_str().unwrap().to_owned());
            assert_eq!(allowed.as_deref(), open.then_some("*"), "{path} {origin}");
            assert!(
                answer
                    .headers()
                    .get("access-control-allow-credentials")
                    .is_none()
            );
            let preflight = house
                .s
                .http
                .request(Method::OPTIONS, &url)
                .header("origin", *origin)
                .header("access-control-request-method", method.as_str())
                .header(
                    "access-control-request-headers",
                    "x-amz-user-agent,content-type",
                );
            let answer = preflight.send().await.unwrap();
            let headers = answer.headers();
            if open {
                assert_eq!(answer.status(), 204, "{path}");
                assert_eq!(headers["access-control-allow-origin"], "*");
                let names = headers["access-control-allow-headers"].to_str().unwrap();
                for name in ["authorization", "content-type", "x-amz-user-agent"] {
                    assert!(names.contains(name), "{names}");
                }
            } else {
                assert!(
                    headers.get("access-control-allow-origin").is_none(),
                    "{path}"
                );
                assert!(
                    headers.get("access-control-allow-headers").is_none(),
                    "{path}"
                );
            }
            assert!(headers.get("access-control-allow-credentials").is_none());
        }
    }
}

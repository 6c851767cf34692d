//! What every page carries, over https too (security.md C9, C10).

use serde_json::json;

use crate::support::Server;
use crate::support::browser::{Browser, Page};
use crate::support::house::{CALLBACK, GOODBYE, House, PASSWORD};

/// Every page that there is, each as a browser gets to it.
async fn pages(house: &House) -> Vec<(&'static str, Page)> {
    let mut pages = Vec::new();
    let query = house.query(&[]);
    let mut browser = Browser::new(&house.s);
    for (name, path) in [
        ("sign in", "/login"),
        ("sign up", "/signup"),
        ("forgot", "/forgotPassword"),
    ] {
        let page = browser.get(&format!("{}{path}?{query}", house.base)).await;
        pages.push((name, page));
    }
    let form = pages[0].1.form("cognitoSignInForm");
    pages.push(("empty form", browser.submit(&form).await));
    let forged = form.clone().forge("_csrf", "x");
    pages.push(("foreign form", browser.submit(&forged).await));
    let sign_up = pages[1].1.form("signupform").fill("username", "nora");
    let sign_up = sign_up
        .fill("password", PASSWORD)
        .fill("requiredAttributes[email]", "nora@example.com");
    let answer = browser.submit(&sign_up).await;
    pages.push(("confirm", browser.follow(answer).await));
    let forgot = pages[2]
        .1
        .form("forgotPasswordForm")
        .fill("username", "jane");
    let answer = browser.submit(&forgot).await;
    pages.push(("reset", browser.follow(answer).await));
    let temporary = json!({
        "Username": "tom", "MessageAction": "SUPPRESS", "TemporaryPassword": PASSWORD,
    });
    house.admin("AdminCreateUser", temporary).await.ok();
    let sign_in = form.fill("username", "tom").fill("password", PASSWORD);
    let answer = browser.submit(&sign_in).await;
    pages.push(("new password", browser.follow(answer).await));
    for (name, path) in [
        ("error", "/error?error=redirect_mismatch".to_owned()),
        (
            "no such provider",
            format!("/login?{}", house.query(&[("identity_provider", "Google")])),
        ),
        ("missing", "/login?client_id=".to_owned()),
    ] {
        let page = browser.get(&format!("{}{path}", house.base)).await;
        pages.push((name, page));
    }
    let login = house.authorize(&[("prompt", "login")]);
    house.sign_in(&mut browser, "jane", &login).await.code();
    let asked = crate::support::house::query(&[
        ("client_id", &house.client),
        ("post_logout_redirect_uri", GOODBYE),
    ]);
    let leave = format!("{}/logout?{asked}", house.base);
    pages.push(("sign out?", browser.get(&leave).await));
    let leave = format!("{}/logout?client_id={}", house.base, house.client);
    pages.push(("signed out", browser.get(&leave).await));
    pages
}

#[tokio::test]
async fn all_pages_are_shut_in() {
    for (url, secure) in [(None, false), (Some("https://id.example.com"), true)] {
        let s = Server::with(|config| config.public_url = url.map(str::to_owned)).await;
        let house = House::on(s, json!({})).await;
        house.user("jane").await;
        let pages = pages(&house).await;
        assert_eq!(pages.len(), 13);
        for (name, page) in &pages {
            let header = |name: &str| {
                let value = page.headers.get(name);
                value.map(|v| v.to_str().unwrap().to_owned())
            };
            assert!(
                header("content-type").unwrap().starts_with("text/html"),
                "{name}"
            );
            let origin = url::Url::parse(CALLBACK).unwrap().origin();
            let origin = origin.ascii_serialization();
            let own = "form-action 'self'";
            let policy = |form: &str| {
                format!(
                    "default-src 'none'; style-src 'self'; img-src 'self' data:; {form}; \
                     frame-ancestors 'none'; base-uri 'none'"
                )
            };
            let found = header("content-security-policy").unwrap();
            // Scripts may run where there is one, and there is none but ours.
            let scripted = if page.body.contains("<script") {
                "; script-src 'self'"
            } else {
                ""
            };
            let expected = [own.to_owned(), format!("{own} {origin}")];
            let expected = expected.map(|form| format!("{}{scripted}", policy(&form)));
            assert!(expected.contains(&found), "{name}: {found}");
            let hsts = header("strict-transport-security");
            let expected = secure.then(|| "max-age=31536000 ; includeSubDomains".to_owned());
            assert_eq!(hsts, expected, "{name}");
            for cookie in page.set.iter().filter(|cookie| !cookie.value.is_empty()) {
                let header = &cookie.header;
                assert!(["XSRF-TOKEN", "page-data", "cognito"].contains(&cookie.name.as_str()));
                assert!(
                    header.contains("; HttpOnly; SameSite=Lax"),
                    "{name} {header}"
                );
                assert_eq!(header.contains("; Secure"), secure, "{name} {header}");
                assert!(!header.contains("Domain"), "{name} {header}");
                assert!(header.len() <= 4096, "{name} {header}");
            }
        }
    }
}

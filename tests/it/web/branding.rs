//! What is set for the pages is what they draw, and nothing of it can do anything else.

use serde_json::{Value, json};

use crate::api::branding::PNG;
use crate::support::browser::{Browser, Page};
use crate::support::house::{House, domain_name};

/// What the page links to as its one stylesheet.
fn stylesheet(page: &Page) -> String {
    let text = page.body.as_str();
    let links = text.matches("rel=\"stylesheet\"").count();
    assert_eq!(links, 1);
    after(text, "<link rel=\"stylesheet\" href=\"")
}

fn after(text: &str, start: &str) -> String {
    let (_, rest) = text
        .split_once(start)
        .unwrap_or_else(|| panic!("no {start} in {text}"));
    rest.split_once('"').unwrap().0.to_owned()
}

async fn get(house: &House, path: &str) -> (u16, reqwest::header::HeaderMap, String) {
    let answer = house.s.http.get(format!("{}{path}", house.s.url));
    let answer = answer.send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let body = answer.bytes().await.unwrap();
    (status, headers, String::from_utf8_lossy(&body).into_owned())
}

async fn managed() -> House {
    let house = House::open().await;
    let update = json!({ "Domain": domain_name(&house.pool), "ManagedLoginVersion": 2 });
    house.admin("UpdateUserPoolDomain", update).await.ok();
    house
}

async fn login(house: &House) -> Page {
    let path = format!("{}/login?{}", house.base, house.query(&[]));
    Browser::new(&house.s).get(&path).await
}

async fn style(house: &House, settings: Value, assets: Value) {
    let style = json!({ "ClientId": house.client, "Settings": settings, "Assets": assets });
    house.admin("CreateManagedLoginBranding", style).await.ok();
}

#[tokio::test]
async fn a_classic_look_is_drawn_from_our_own_origin() {
    let house = House::open().await;
    let plain = login(&house).await;
    assert!(stylesheet(&plain).starts_with("/_assets/poolhouse-"));
    let css = ".submitButton-customizable:hover { background-color: #123456; }";
    let set = json!({ "CSS": css, "ImageFile": PNG });
    house.admin("SetUICustomization", set).await.ok();
    for path in ["/login", "/signup", "/forgotPassword", "/error"] {
        let query = house.query(&[("error", "x")]);
        let page = Browser::new(&house.s)
            .get(&format!("{}{path}?{query}", house.base))
            .await;
        let href = stylesheet(&page);
        assert!(
            href.starts_with(&format!("{}/_brand/", house.base)),
            "{href}"
        );
        let (status, headers, sheet) = get(&house, &href).await;
        assert_eq!(status, 200);
        assert_eq!(headers["content-type"], "text/css; charset=utf-8");
        assert_eq!(
            headers["cache-control"],
            "public, max-age=31536000, immutable"
        );
        assert!(sheet.ends_with(
            "body.hosted .submitButton-customizable:hover{background-color:#123456;}\n"
        ));
        assert!(page.body.contains("data-mode=\"light\""));
        let logo = after(&page.body, "logo-customizable at-center\" src=\"");
        assert!(page.body.contains("alt=\"app\""));
        let (status, headers, _) = get(&house, &logo).await;
        assert_eq!(
            (status, headers["content-type"].to_str().unwrap()),
            (200, "image/png")
        );
        assert!(!page.body.contains("wordmark"));
        assert!(page.body.len() < 30 * 1024);
    }
    // A change shows at the next page, under another name.
    let before = stylesheet(&login(&house).await);
    let set = json!({ "CSS": ".label-customizable{color:#fff}" });
    house.admin("SetUICustomization", set).await.ok();
    let now = stylesheet(&login(&house).await);
    assert_ne!(before, now);
    assert_eq!(get(&house, &before).await.0, 404);
}

#[tokio::test]
async fn what_has_no_right_name_is_not_there() {
    let house = House::open().await;
    let set = json!({ "CSS": ".label-customizable{color:#fff}", "ImageFile": PNG });
    house.admin("SetUICustomization", set).await.ok();
    let page = login(&house).await;
    let (sheet, logo) = (stylesheet(&page), after(&page.body, "at-center\" src=\""));
    assert_eq!(get(&house, &logo).await.0, 200);
    let other = House::on(house.s.twin().await, json!({})).await;
    for wrong in [
        logo.replace(".png", ".svg"),
        logo.replace(".png", ".css"),
        logo.replace(".png", ""),
        logo.replace(&house.base, &other.base),
        logo.replace(&house.base, ""),
        sheet.replace(".css", ".png"),
        sheet.replace('-', ""),
        sheet.replace(&house.base, &other.base),
        sheet.to_uppercase(),
        format!("{}/_brand/..%2f..%2fetc", house.base),
        format!("{}/_brand/x.y.z", house.base),
    ] {
        assert_eq!(get(&house, &wrong).await.0, 404, "{wrong}");
    }
}

#[tokio::test]
async fn managed_login_has_no_pages_without_a_style() {
    let house = managed().await;
    for path in ["/login", "/signup", "/forgotPassword"] {
        let path = format!("{}{path}?{}", house.base, house.query(&[]));
        let page = Browser::new(&house.s).get(&path).await;
        assert_eq!(page.status, 403, "{path}");
        assert!(page.body.contains("Login pages unavailable"));
        assert!(page.body.contains("Please contact an administrator."));
    }
    let provided = json!({ "ClientId": house.client, "UseCognitoProvidedValues": true });
    house
        .admin("CreateManagedLoginBranding", provided)
        .await
        .ok();
    let page = login(&house).await;
    assert_eq!(page.status, 200);
    assert!(stylesheet(&page).starts_with("/_assets/"));
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    house
        .sign_in(&mut browser, "jane", &house.authorize(&[]))
        .await
        .code();
    // The classic look counts for the classic pages only, and the other way round.
    let css = json!({ "CSS": ".label-customizable{color:#fff}" });
    house.admin("SetUICustomization", css).await.ok();
    assert!(stylesheet(&login(&house).await).starts_with("/_assets/"));
}

#[tokio::test]
async fn a_style_is_drawn() {
    let house = managed().await;
    let picture = |category: &str, mode: &str, kind: &str, bytes: &str| json!({ "Category": category, "ColorMode": mode, "Extension": kind, "Bytes": bytes });
    // <svg xmlns='http://www.w3.org/2000/svg'/>
    let svg = "PHN2ZyB4bWxucz0naHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmcnLz4=";
    let assets = json!([
        picture("FORM_LOGO", "LIGHT", "PNG", PNG),
        picture("FORM_LOGO", "DARK", "SVG", svg),
        picture("PAGE_HEADER_LOGO", "DYNAMIC", "PNG", PNG),
        picture("PAGE_BACKGROUND", "DYNAMIC", "PNG", PNG),
        picture("FAVICON_SVG", "DYNAMIC", "SVG", svg),
    ]);
    let settings = json!({
        "components": {
            "form": { "borderRadius": 0, "logo": { "enabled": true, "location": "START" } },
            "primaryButton": {
                "lightMode": { "defaults": { "backgroundColor": "7c3aedff" } },
                "darkMode": { "defaults": { "backgroundColor": "};*{a:b}" } },
            },
            "pageBackground": { "image": { "enabled": true } },
            "pageHeader": { "logo": { "enabled": true, "location": "END" } },
        },
        "categories": { "global": { "pageHeader": { "enabled": true }, "pageFooter": { "enabled": true } } },
    });
    style(&house, settings, assets).await;
    let page = login(&house).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("<source srcset=\"") && page.body.contains("logo at-start"));
    assert!(page.body.contains("<header class=\"brand-header\">"));
    assert!(
        page.body
            .contains("<footer class=\"brand-footer\"></footer>")
    );
    let icon = after(&page.body, "<link rel=\"icon\" href=\"");
    let (status, headers, _) = get(&house, &icon).await;
    assert_eq!(
        (status, headers["content-type"].to_str().unwrap()),
        (200, "image/svg+xml")
    );
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.starts_with("sandbox; default-src 'none';"),
        "{policy}"
    );
    assert_eq!(headers["x-content-type-options"], "nosniff");
    let (_, _, sheet) = get(&house, &stylesheet(&page)).await;
    assert!(sheet.contains("--ph-primary:#7c3aedff;"));
    assert!(!sheet.contains("*{a:b}"), "{sheet}");
    assert!(sheet.contains("--ph-card-radius:0px;"));
    // Pictures of the stylesheet are beside it.
    let image = after(&sheet, "--ph-page-image:url(\"");
    let (status, ..) = get(&house, &format!("{}/_brand/{image}", house.base)).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn the_look_is_that_of_the_domain_that_is_asked() {
    let house = House::open().await;
    let certificate = "arn:aws:acm:us-east-1:123456789012:certificate/1";
    let custom = json!({ "Domain": "auth.example.test", "ManagedLoginVersion": 2,
        "CustomDomainConfig": { "CertificateArn": certificate } });
    house.admin("CreateUserPoolDomain", custom).await.ok();
    let status = async |host: &str| {
        let url = format!("{}/login?{}", house.s.url, house.query(&[]));
        let answer = house.s.http.get(url).header("host", host).send().await;
        answer.unwrap().status().as_u16()
    };
    let prefix = format!("{}.localhost", domain_name(&house.pool));
    assert_eq!(status(&prefix).await, 200);
    assert_eq!(status("auth.example.test").await, 403);
    let provided = json!({ "ClientId": house.client, "UseCognitoProvidedValues": true });
    house
        .admin("CreateManagedLoginBranding", provided)
        .await
        .ok();
    assert_eq!(status("auth.example.test").await, 200);
}

#[tokio::test]
async fn terms_are_named_when_both_are_there_and_lead_where_the_language_has_them() {
    let house = managed().await;
    style(&house, json!({}), json!([])).await;
    let sign_up = async || {
        let path = format!("{}/signup?{}", house.base, house.query(&[]));
        Browser::new(&house.s).get(&path).await.body
    };
    let terms = async |name: &str, links: Value| {
        let body = json!({ "ClientId": house.client, "TermsName": name, "TermsSource": "LINK",
            "Enforcement": "NONE", "Links": links });
        house.admin("CreateTerms", body).await.ok();
    };
    terms(
        "terms-of-use",
        json!({ "cognito:default": "https://example.com/terms" }),
    )
    .await;
    assert!(!sign_up().await.contains("By signing up"));
    let links = json!({ "cognito:english": "https://example.com/privacy-en",
        "cognito:default": "https://example.com/privacy" });
    terms("privacy-policy", links).await;
    let page = sign_up().await;
    assert!(page.contains("By signing up, you agree to our "));
    assert!(page.contains(
        "<a href=\"https://example.com/terms\" target=\"_blank\" rel=\"noopener noreferrer\">Terms of use</a>"
    ));
    assert!(page.contains("href=\"https://example.com/privacy-en\""));
    // The classic pages do not name them.
    let update = json!({ "Domain": domain_name(&house.pool), "ManagedLoginVersion": 1 });
    house.admin("UpdateUserPoolDomain", update).await.ok();
    assert!(!sign_up().await.contains("By signing up"));
}

#[tokio::test]
async fn the_developer_sees_the_look() {
    let house = House::open().await;
    let home = format!("/_poolhouse/branding/{}", house.client);
    let (status, headers, page) = get(&house, &home).await;
    assert_eq!(status, 200);
    assert!(page.contains("Look of app"));
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(!policy.contains("unsafe"), "{policy}");
    let (_, _, before) = get(&house, &format!("{home}/state")).await;
    let css = json!({ "CSS": ".label-customizable{color:#fff}" });
    house.admin("SetUICustomization", css).await.ok();
    let (_, _, now) = get(&house, &format!("{home}/state")).await;
    assert_ne!(before, now);
    for name in [
        "sign_in",
        "sign_in_refused",
        "sign_up",
        "confirm",
        "forgot_password",
        "error",
    ] {
        assert!(page.contains(&format!("{home}?page={name}")), "{name}");
        let (status, headers, page) = get(&house, &format!("{home}/pages/{name}")).await;
        assert_eq!(status, 200, "{name}");
        assert!(page.contains("/_brand/"), "{name}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("form-action 'none'; frame-ancestors 'self'"),
            "{policy}"
        );
    }
    for wrong in [
        format!("{home}/pages/other"),
        "/_poolhouse/branding/nobody".to_owned(),
        "/_poolhouse/branding/a%20b".to_owned(),
        "/_poolhouse/branding/nobody/state".to_owned(),
    ] {
        assert_eq!(get(&house, &wrong).await.0, 404, "{wrong}");
    }
    let (_, _, mailbox) = get(&house, "/_poolhouse/").await;
    assert!(mailbox.contains(&home));
}

#[tokio::test]
async fn managed_login_speaks_the_language_that_is_asked_for() {
    let house = managed().await;
    style(&house, json!({}), json!([])).await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    let path = |change: &[(&str, &str)]| format!("{}/login?{}", house.base, house.query(change));
    let page = browser.get(&path(&[("lang", "de")])).await;
    assert!(
        page.body.contains("<html lang=\"de\" dir=\"ltr\">"),
        "{}",
        page.body
    );
    assert!(page.body.contains("Passwort vergessen?"));
    // Refusals of the rules too.
    let form = page.form("cognitoSignInForm");
    let form = form.fill("username", "jane").fill("password", "wrong");
    let refused = browser.submit(&form).await;
    assert!(
        refused
            .body
            .contains("Benutzername oder Passwort ist falsch."),
        "{}",
        refused.body
    );
    // Where the query does not say, what it said before counts.
    assert!(browser.get(&path(&[])).await.body.contains("lang=\"de\""));
    assert!(
        browser
            .get(&path(&[("lang", "zh-tw")]))
            .await
            .body
            .contains("lang=\"zh-TW\"")
    );
    let cookie = browser.cookies("lang")[0];
    assert_eq!(cookie.value, "zh-TW");
    // Then the browser.
    let url = format!("{}{}", house.s.url, path(&[]));
    let accepting = async |header: &str| {
        let answer = house
            .s
            .http
            .get(&url)
            .header("accept-language", header)
            .send()
            .await;
        answer.unwrap().text().await.unwrap()
    };
    assert!(
        accepting("tlh, pt-PT;q=0.9")
            .await
            .contains("lang=\"pt-BR\"")
    );
    assert!(accepting("tlh").await.contains("lang=\"en\""));
    for odd in ["tlh", "\"><script>", "de-DE-x-y"] {
        let page = Browser::new(&house.s).get(&path(&[("lang", odd)])).await;
        assert!(page.body.contains("<html lang=\"en\""), "{odd}");
        assert!(page.set.iter().all(|cookie| cookie.name != "lang"), "{odd}");
    }
    // The classic pages are English.
    let update = json!({ "Domain": domain_name(&house.pool), "ManagedLoginVersion": 1 });
    house.admin("UpdateUserPoolDomain", update).await.ok();
    assert!(
        browser
            .get(&path(&[("lang", "de")]))
            .await
            .body
            .contains("lang=\"en\"")
    );
}

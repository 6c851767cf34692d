//! The mailbox page at `/_poolhouse/`, and the files that pages link to.

use poolhouse::ids::PoolId;
use poolhouse::ports::mailbox::Draft;
use poolhouse::time::Timestamp;
use reqwest::header::HeaderMap;
use serde_json::json;

use crate::support::Server;
use crate::support::server::START_MS;

async fn get(s: &Server, path: &str) -> (u16, HeaderMap, String) {
    let answer = s.http.get(format!("{}{path}", s.url)).send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    (status, headers, answer.text().await.unwrap())
}

fn post(s: &Server, html: Option<&str>) {
    s.app.mailbox.as_ref().unwrap().post(&Draft {
        pool: &PoolId::parse("us-east-1_aaaaaaaaa").unwrap(),
        username: "ann",
        to: "ann@example.com",
        kind: "sign_up",
        channel: "EMAIL",
        subject: Some("<script>alert(1)</script>"),
        text: "Your verification code is 471147. ",
        html,
        code: Some("471147"),
        link: None,
        sent: Timestamp::from_ms(START_MS),
    });
}

/// What the page links to with this attribute.
fn linked<'p>(page: &'p str, before: &str) -> &'p str {
    let (_, after) = page.split_once(before).unwrap();
    after.split_once('"').unwrap().0
}

#[tokio::test]
async fn the_address_of_the_server_leads_there() {
    let s = Server::start().await;
    let (status, headers, _) = get(&s, "/").await;
    assert_eq!(
        (status, &headers["location"]),
        (303, &"/_poolhouse/".parse().unwrap())
    );
}

#[tokio::test]
async fn messages_are_on_the_page_newest_first() {
    let s = Server::start().await;
    let (status, _, page) = get(&s, "/_poolhouse/").await;
    assert_eq!(status, 200);
    assert!(page.contains("No messages yet"));
    post(&s, None);
    post(&s, Some("<b>471147</b>"));
    let (_, headers, page) = get(&s, "/_poolhouse/").await;
    assert!(page.contains("<code>471147</code>"));
    assert!(page.contains("ann@example.com"));
    assert!(!page.contains("<script>"));
    assert!(page.find("/_poolhouse/mail/2") < page.find("/_poolhouse/mail/1"));
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert!(
        policy.ends_with("; frame-ancestors 'none'; base-uri 'none'"),
        "{policy}"
    );
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["x-content-type-options"], "nosniff");
}

#[tokio::test]
async fn the_html_of_a_mail_has_no_rights() {
    let s = Server::start().await;
    post(&s, Some("<b>471147</b><script>alert(1)</script>"));
    post(&s, None);
    let (status, _, page) = get(&s, "/_poolhouse/mail/1").await;
    assert_eq!(status, 200);
    assert!(page.contains(r#"sandbox="" title="HTML" src="/_poolhouse/mail/1/html""#));
    let (status, headers, html) = get(&s, "/_poolhouse/mail/1/html").await;
    assert_eq!((status, html.starts_with("<b>")), (200, true));
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.starts_with("sandbox; default-src 'none'"),
        "{policy}"
    );
    for path in ["/_poolhouse/mail/2/html", "/_poolhouse/mail/3"] {
        assert_eq!(get(&s, path).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn pools_lead_to_their_sign_in_pages() {
    let s = Server::start().await;
    let pool = s
        .api("CreateUserPool", json!({ "PoolName": "shop, co" }))
        .await
        .ok();
    let pool = pool["UserPool"]["Id"].as_str().unwrap().to_owned();
    let client = json!({
        "UserPoolId": pool, "ClientName": "web",
        "AllowedOAuthFlows": ["code"], "AllowedOAuthFlowsUserPoolClient": true,
        "AllowedOAuthScopes": ["openid", "email"],
        "CallbackURLs": ["http://localhost:3000/cb?x=1"],
        "SupportedIdentityProviders": ["COGNITO"],
    });
    let client = s.api("CreateUserPoolClient", client).await.ok();
    let client = client["UserPoolClient"]["ClientId"]
        .as_str()
        .unwrap()
        .to_owned();
    s.api(
        "CreateUserPoolClient",
        json!({ "UserPoolId": pool, "ClientName": "no pages" }),
    )
    .await
    .ok();
    let link = format!(
        "/{pool}/login?client_id={client}&#38;response_type=code&#38;scope=openid+email\
         &#38;redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcb%3Fx%3D1"
    );
    let (_, _, page) = get(&s, "/_poolhouse/").await;
    assert!(page.contains("shop, co") && page.contains(&pool));
    assert!(!page.contains("/login?"), "there is no domain yet");
    let domain = json!({ "UserPoolId": pool, "Domain": "shop" });
    s.api("CreateUserPoolDomain", domain).await.ok();
    let (_, _, page) = get(&s, "/_poolhouse/").await;
    assert!(page.contains(&format!(r#"<a href="{link}""#)), "{page}");
    assert!(!page.contains("no pages"));
}

#[tokio::test]
async fn styles_and_scripts_are_served_for_ever() {
    let s = Server::start().await;
    let (_, _, page) = get(&s, "/_poolhouse/").await;
    let styles = linked(&page, r#"rel="stylesheet" href=""#);
    let script = linked(&page, r#"<script src=""#);
    for (path, kind) in [(styles, "text/css"), (script, "text/javascript")] {
        let (status, headers, content) = get(&s, path).await;
        assert_eq!(status, 200, "{path}");
        assert!(headers["content-type"].to_str().unwrap().starts_with(kind));
        assert!(
            headers["cache-control"]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
        assert!(!content.is_empty());
    }
    for path in [
        "/_assets/poolhouse-0000000000000000.css",
        "/_assets/",
        "/_assets/x/y",
    ] {
        assert_eq!(get(&s, path).await.0, 404, "{path}");
    }
}

//! A pool's two domains, and what the bare host tells the pool by (oauth.md 1.1, 4.2, 7.2).

use serde_json::json;

use crate::support::house::{House, Told, basic, claims, client, domain, pool, query, user};

const CUSTOM: &str = "auth.example.com";

/// A form post to a host name of the server's.
async fn post(
    house: &House,
    host: &str,
    path: &str,
    pairs: &[(&str, &str)],
    header: Option<&str>,
) -> Told {
    let kind = "application/x-www-form-urlencoded";
    let request = house
        .s
        .http
        .post(format!("{}{path}", house.s.url))
        .header("host", host);
    let mut request = request.header("content-type", kind);
    if let Some(value) = header {
        request = request.header("authorization", value);
    }
    Told::read(request.body(query(pairs)).send().await.unwrap()).await
}

async fn with_custom_domain() -> House {
    let house = House::open().await;
    let certificate = "arn:aws:acm:us-east-1:123456789012:certificate/1";
    let request =
        json!({ "Domain": CUSTOM, "CustomDomainConfig": { "CertificateArn": certificate } });
    house.admin("CreateUserPoolDomain", request).await.ok();
    house
}

#[tokio::test]
async fn both_domains_of_a_pool_serve_it_until_they_are_deleted() {
    let house = with_custom_domain().await;
    house.user("jane").await;
    let prefix = crate::support::house::domain_name(&house.pool);
    let local = format!("{prefix}.localhost");
    let login = format!("/login?{}", house.query(&[]));
    let status = async |host: &str| {
        let request = house
            .s
            .http
            .get(format!("{}{login}", house.s.url))
            .header("host", host);
        request.send().await.unwrap().status().as_u16()
    };
    for host in [CUSTOM, &local] {
        assert_eq!(status(host).await, 200, "{host}");
        // A code of one is exchanged at the other: it is one pool.
        let code = house.code("jane", &[]).await;
        let pairs = [
            ("grant_type", "authorization_code"),
            ("client_id", house.client.as_str()),
            ("code", code.as_str()),
            ("redirect_uri", crate::support::house::CALLBACK),
        ];
        post(&house, host, "/oauth2/token", &pairs, None).await.ok();
    }
    let gone = json!({ "Domain": CUSTOM });
    house.admin("DeleteUserPoolDomain", gone).await.ok();
    assert_eq!((status(CUSTOM).await, status(&local).await), (421, 200));
}

#[tokio::test]
async fn a_client_of_another_pool_is_unknown_under_every_name() {
    let house = with_custom_domain().await;
    let other = pool(&house.s, json!({})).await;
    domain(&house.s, &other).await;
    let foreign = client(&house.s, &other, json!({ "GenerateSecret": true })).await;
    let header = basic(&foreign.id, foreign.secret.as_deref().unwrap());
    let prefix = crate::support::house::domain_name(&house.pool);
    for (host, path) in [
        (CUSTOM.to_owned(), "/oauth2/token".to_owned()),
        (format!("{prefix}.localhost"), "/oauth2/token".to_owned()),
        (
            "localhost".to_owned(),
            format!("{}/oauth2/token", house.base),
        ),
    ] {
        let pairs = [("grant_type", "refresh_token"), ("refresh_token", "x")];
        let told = post(&house, &host, &path, &pairs, Some(&header)).await;
        told.refuses(400, "invalid_client");
        assert_eq!(told.body.get("error_description"), None, "{host}");
    }
    // Where no name says which pool it is, the client does.
    let pairs = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    let told = post(&house, "localhost", "/oauth2/token", &pairs, Some(&header)).await;
    told.refuses(400, "invalid_grant");
}

#[tokio::test]
async fn on_the_bare_host_client_and_tokens_tell_the_pool() {
    let house = House::open().await;
    let sub = user(&house.s, &house.pool, "jane").await;
    let secret = house.client(json!({ "GenerateSecret": true })).await;
    let header = basic(&secret.id, secret.secret.as_deref().unwrap());
    let code = house.code("jane", &[("client_id", &secret.id)]).await;
    let code = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", crate::support::house::CALLBACK),
    ];
    let tokens = post(&house, "localhost", "/oauth2/token", &code, Some(&header))
        .await
        .ok();
    let access = tokens["access_token"].as_str().unwrap();
    let request = house.s.http.get(format!("{}/oauth2/userInfo", house.s.url));
    let person = Told::read(request.bearer_auth(access).send().await.unwrap())
        .await
        .ok();
    assert_eq!(person["sub"], sub);
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let pairs = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let renewed = post(&house, "localhost", "/oauth2/token", &pairs, Some(&header))
        .await
        .ok();
    assert_eq!(
        claims(renewed["access_token"].as_str().unwrap())["sub"],
        sub
    );
    let pairs = [("token", refresh)];
    let revoked = post(&house, "localhost", "/oauth2/revoke", &pairs, Some(&header)).await;
    assert_eq!(
        (revoked.status, revoked.headers["content-length"].as_bytes()),
        (200, &b"0"[..])
    );
    let pairs = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let told = post(&house, "localhost", "/oauth2/token", &pairs, Some(&header)).await;
    told.refuses(400, "invalid_grant");
}

/// `aws_client_metadata` is of `client_credentials` alone, and has a size.
#[tokio::test]
async fn metadata_of_other_grants_is_not_looked_at() {
    let house = House::open().await;
    house.user("jane").await;
    let code = house.code("jane", &[]).await;
    let bad = [("aws_client_metadata", "{")];
    let tokens = house.redeem(&code, &bad).await.ok();
    let pairs = [
        ("grant_type", "refresh_token"),
        ("client_id", house.client.as_str()),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        bad[0],
    ];
    house.token(&pairs, None).await.ok();
    let scopes = json!([{ "ScopeName": "read", "ScopeDescription": "r" }]);
    let server = json!({ "Identifier": "notes", "Name": "n", "Scopes": scopes });
    house.admin("CreateResourceServer", server).await.ok();
    let machine = json!({
        "GenerateSecret": true, "AllowedOAuthFlows": ["client_credentials"],
        "AllowedOAuthScopes": ["notes/read"],
    });
    let machine = house.client(machine).await;
    let header = basic(&machine.id, machine.secret.as_deref().unwrap());
    for (length, fits) in [(8 * 1024, true), (8 * 1024 + 1, false)] {
        let metadata = format!(r#"{{"a":"{}"}}"#, "x".repeat(length - 8));
        let pairs = [
            ("grant_type", "client_credentials"),
            ("aws_client_metadata", metadata.as_str()),
        ];
        let told = house.token(&pairs, Some(&header)).await;
        if fits {
            told.ok();
        } else {
            told.refuses(400, "invalid_request");
        }
    }
}

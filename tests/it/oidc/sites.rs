//! Names and paths of a pool's domain (oauth.md 7.2; security.md A4, F1, F3).

use serde_json::json;

use crate::support::Server;
use crate::support::browser::Browser;
use crate::support::house::{House, client, domain, pool, query, user};

async fn status(s: &Server, host: &str, path: &str) -> u16 {
    let request = s.http.get(format!("{}{path}", s.url)).header("host", host);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_foreign_host_name_is_misdirected_and_changes_nothing() {
    let s = Server::with(|config| config.allow_hosts = vec!["Poolhouse".to_owned()]).await;
    for host in [
        "evil.test",
        "evil.test:80",
        "localhost.evil.test",
        "127.0.0.1.evil.test",
        "10.0.0.1",
        "a b",
    ] {
        for path in [
            "/",
            "/health/live",
            "/us-east-1_abc/login",
            "/oauth2/token",
            "/_poolhouse/messages",
        ] {
            assert_eq!(status(&s, host, path).await, 421, "{host} {path}");
        }
        let request = s
            .http
            .post(&s.url)
            .header("host", host)
            .header("content-type", "application/x-amz-json-1.1")
            .header(
                "x-amz-target",
                "AWSCognitoIdentityProviderService.CreateUserPool",
            )
            .body(r#"{"PoolName":"p"}"#);
        assert_eq!(request.send().await.unwrap().status(), 421, "{host}");
    }
    let pools = s
        .api("ListUserPools", json!({ "MaxResults": 10 }))
        .await
        .ok();
    assert_eq!(pools["UserPools"], json!([]));
    for host in [
        "localhost",
        "LOCALHOST:1",
        "127.0.0.1:9229",
        "127.9.9.9",
        "[::1]:80",
        "poolhouse:9229",
        "app.localhost",
        "localhost.",
        "cognito-idp.us-east-1.amazonaws.com",
        "cognito-identity.eu-west-1.amazonaws.com",
    ] {
        assert_eq!(status(&s, host, "/health/live").await, 200, "{host}");
    }
}

#[tokio::test]
async fn nothing_answers_before_the_pool_has_a_domain() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    let app = client(&s, &pool, json!({})).await;
    let asked = query(&[
        ("client_id", &app.id),
        ("response_type", "code"),
        ("redirect_uri", crate::support::house::CALLBACK),
    ]);
    let paths = [
        "/oauth2/authorize",
        "/login",
        "/signup",
        "/logout",
        "/oauth2/userInfo",
    ];
    for path in paths {
        let path = format!("/{pool}{path}?{asked}");
        assert_eq!(status(&s, "localhost", &path).await, 404, "{path}");
    }
    let bare = format!("/oauth2/authorize?{asked}");
    let page = Browser::new(&s).open(&bare).await;
    assert_eq!(page.status, 400);
    domain(&s, &pool).await;
    assert_eq!(
        status(&s, "localhost", &format!("/{pool}/login?{asked}")).await,
        200
    );
    assert_eq!(
        status(&s, "localhost", &format!("/login?{asked}")).await,
        200
    );
    assert_eq!(
        status(&s, "localhost", "/us-east-1_nobody/login").await,
        404
    );
}

#[tokio::test]
async fn the_domain_has_host_names_of_its_own() {
    let house = House::open().await;
    let described = house.admin("DescribeUserPool", json!({})).await.ok();
    let prefix = described["UserPool"]["Domain"].as_str().unwrap().to_owned();
    let asked = house.query(&[]);
    let login = format!("/login?{asked}");
    for host in [
        format!("{prefix}.localhost"),
        format!("{prefix}.auth.us-east-1.amazoncognito.com"),
        format!("{prefix}.auth.us-east-1.localhost"),
    ] {
        assert_eq!(status(&house.s, &host, &login).await, 200, "{host}");
        // The API is not on a pool's domain.
        assert_eq!(status(&house.s, &host, "/health/live").await, 404, "{host}");
        let request = house
            .s
            .http
            .post(&house.s.url)
            .header("host", host.as_str())
            .header(
                "x-amz-target",
                "AWSCognitoIdentityProviderService.ListUserPools",
            )
            .body(r#"{"MaxResults":1}"#);
        assert_eq!(request.send().await.unwrap().status(), 404, "{host}");
        // Nor is another pool.
        let elsewhere = format!("{}{login}", house.base);
        assert_eq!(status(&house.s, &host, &elsewhere).await, 404, "{host}");
    }
    let wrong_region = format!("{prefix}.auth.eu-west-1.amazoncognito.com");
    assert_eq!(status(&house.s, &wrong_region, &login).await, 421);
}

#[tokio::test]
async fn the_bare_host_asks_the_client() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    let start = format!("/oauth2/authorize?{}", house.query(&[]));
    let code = house.sign_in(&mut browser, "jane", &start).await.code();
    let pairs = [
        ("grant_type", "authorization_code"),
        ("client_id", house.client.as_str()),
        ("code", code.as_str()),
        ("redirect_uri", crate::support::house::CALLBACK),
    ];
    let url = format!("{}/oauth2/token", house.s.url);
    crate::support::house::post(&house.s, &url, &pairs, None)
        .await
        .ok();
    assert_eq!(browser.cookies("cognito")[0].path, "/");
    // The same session counts on the pool's path.
    browser
        .get(&house.authorize(&[("prompt", "none")]))
        .await
        .code();
}

#[tokio::test]
async fn cookies_of_path_and_bare_host_live_side_by_side() {
    let house = House::open().await;
    house.user("jane").await;
    let elsewhere = pool(&house.s, json!({})).await;
    domain(&house.s, &elsewhere).await;
    let other = client(&house.s, &elsewhere, json!({})).await;
    user(&house.s, &elsewhere, "jane").await;
    let mut browser = Browser::new(&house.s);
    // Pages of three sites are open at once, and each form still works.
    let here = browser.open(&house.authorize(&[])).await;
    let bare = format!("/oauth2/authorize?{}", house.query(&[]));
    let bare = browser.open(&bare).await;
    let there = format!(
        "/{elsewhere}/oauth2/authorize?{}",
        house.query(&[("client_id", &other.id)])
    );
    let there_page = browser.open(&there).await;
    for page in [here, bare, there_page] {
        let form = page.form("cognitoSignInForm").fill("username", "jane");
        let form = form.fill("password", crate::support::house::PASSWORD);
        browser.submit(&form).await.code();
    }
    let paths: Vec<_> = browser
        .cookies("cognito")
        .iter()
        .map(|c| c.path.clone())
        .collect();
    assert_eq!(paths.len(), 3, "{paths:?}");
    let silent = |url: &str| format!("{url}&prompt=none");
    browser.get(&silent(&house.authorize(&[]))).await.code();
    browser.get(&silent(&there)).await.code();
}

#[tokio::test]
async fn odd_paths_reach_nothing() {
    let house = House::open().await;
    let pool = &house.pool;
    let encoded = pool.replace('_', "%5F");
    let asked = house.query(&[]);
    let mut odd = vec![
        format!("//{pool}/login"),
        format!("/{pool}//login"),
        format!("/{pool}/./login"),
        format!("/{pool}/x/../login"),
        format!("/{pool}/%2e/login"),
        format!("/{pool}/x/%2e%2e/login"),
        format!("/{pool}/%6cogin"),
        format!("/{pool}/login/"),
        format!("/{pool}/login;x"),
        format!("/{pool};x/login"),
        format!("/{pool}/LOGIN"),
        format!("/{pool}%2flogin"),
        format!("/{pool}/login%2f"),
        format!("/{pool}/login%00"),
        format!("/{pool}/login%20"),
        format!("/{pool}\\login"),
        format!("/{encoded}/login"),
        format!("/{}/login", pool.to_uppercase()),
        format!("/x/{pool}/login"),
        format!("/{pool}/{pool}/login"),
        format!("/{pool}/health/live"),
        format!("/{pool}/_poolhouse/messages"),
        format!("/{pool}/"),
        format!("/{pool}"),
        "/..;/login".to_owned(),
    ];
    for path in ["oauth2/token", "oauth2/userInfo", "oauth2/revoke"] {
        for (from, to) in [
            ("/", "//"),
            ("/", "%2f"),
            ("/", "/./"),
            ("u", "%75"),
            ("o", "O"),
            ("/", ";/"),
        ] {
            odd.push(format!("/{pool}/{}", path.replacen(from, to, 1)));
            odd.push(format!("/{}", path.replacen(from, to, 1)));
        }
        odd.push(format!("/{pool}/{path}/"));
        odd.push(format!("/{pool}/{path};"));
    }
    assert!(odd.len() >= 60);
    for path in odd {
        // A raw request: clients tidy such paths up before they send them.
        let line = format!("{path}?{asked}");
        assert_eq!(raw(&house.s, &line).await, 404, "{path}");
    }
    assert_eq!(raw(&house.s, &format!("/{pool}/login?{asked}")).await, 200);
}

async fn raw(s: &Server, target: &str) -> u16 {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let address = s.url.strip_prefix("http://localhost:").unwrap();
    let mut stream = tokio::net::TcpStream::connect(format!("127.0.0.1:{address}"))
        .await
        .unwrap();
    let request = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer);
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

//! Keys and discovery (oauth.md 6; security.md E8, F1): what they say is true.

use serde_json::{Value, json};

use crate::support::Server;
use crate::support::browser::Browser;
use crate::support::house::{House, Told, pool};

async fn document(s: &Server, pool: &str, file: &str) -> Told {
    let url = format!("{}/{pool}/.well-known/{file}", s.url);
    Told::read(s.http.get(url).send().await.unwrap()).await
}

#[tokio::test]
async fn every_pool_publishes_two_keys() {
    let s = Server::start().await;
    let (one, two) = (pool(&s, json!({})).await, pool(&s, json!({})).await);
    let mut moduli = Vec::new();
    for pool in [&one, &two] {
        let keys = document(&s, pool, "jwks.json").await.ok();
        let keys = keys["keys"].as_array().unwrap();
        assert_eq!(keys.len(), 2);
        for key in keys {
            assert_eq!(
                (&key["alg"], &key["kty"], &key["use"], &key["e"]),
                (
                    &json!("RS256"),
                    &json!("RSA"),
                    &json!("sig"),
                    &json!("AQAB")
                )
            );
            moduli.push(key["n"].as_str().unwrap().to_owned());
        }
    }
    moduli.sort();
    moduli.dedup();
    assert_eq!(moduli.len(), 4);
}

#[tokio::test]
async fn documents_may_be_kept_and_asked_for_again() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    for file in ["jwks.json", "openid-configuration"] {
        let answer = document(&s, &pool, file).await;
        assert_eq!(answer.headers["cache-control"], "public, max-age=60");
        assert_eq!(answer.headers["access-control-allow-origin"], "*");
        assert_eq!(
            answer.headers["content-type"],
            "application/json;charset=UTF-8"
        );
        let tag = answer.headers["etag"].to_str().unwrap();
        for (asked, status) in [(tag, 304), ("*", 304), ("\"other\"", 200)] {
            let url = format!("{}/{pool}/.well-known/{file}", s.url);
            let request = s.http.get(url).header("if-none-match", asked);
            assert_eq!(request.send().await.unwrap().status(), status);
        }
    }
}

#[tokio::test]
async fn an_unknown_pool_is_told_as_the_api_tells_it() {
    let s = Server::start().await;
    for file in ["jwks.json", "openid-configuration"] {
        let answer = document(&s, "us-east-1_nobody123", file).await;
        let message = "User pool us-east-1_nobody123 does not exist.";
        let expected = json!({ "__type": "ResourceNotFoundException", "message": message });
        assert_eq!((answer.status, answer.body), (400, expected));
    }
    let bare = format!("{}/.well-known/jwks.json", s.url);
    assert_eq!(s.http.get(bare).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn endpoints_are_named_when_they_are_there() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    let before = document(&s, &pool, "openid-configuration").await.ok();
    let issuer = format!("{}/{pool}", s.url);
    assert_eq!(before["issuer"], issuer);
    assert_eq!(
        before["jwks_uri"],
        format!("{issuer}/.well-known/jwks.json")
    );
    let endpoints = |document: &Value| {
        let names = document.as_object().unwrap().keys();
        names.filter(|n| n.ends_with("_endpoint")).count()
    };
    assert_eq!(endpoints(&before), 0);
    let house = House::on(s, json!({})).await;
    let after = document(&house.s, &house.pool, "openid-configuration")
        .await
        .ok();
    assert_eq!(endpoints(&after), 5);
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    let text = |name: &str| after[name].as_str().unwrap().to_owned();
    let start = format!("{}?{}", text("authorization_endpoint"), house.query(&[]));
    let code = house.sign_in(&mut browser, "jane", &start).await.code();
    let pairs = [
        ("grant_type", "authorization_code"),
        ("client_id", house.client.as_str()),
        ("code", code.as_str()),
        ("redirect_uri", crate::support::house::CALLBACK),
    ];
    let post = crate::support::house::post;
    let tokens = post(&house.s, &text("token_endpoint"), &pairs, None)
        .await
        .ok();
    let access = tokens["access_token"].as_str().unwrap();
    let request = house
        .s
        .http
        .get(text("userinfo_endpoint"))
        .bearer_auth(access);
    Told::read(request.send().await.unwrap()).await.ok();
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let pairs = [("client_id", house.client.as_str()), ("token", refresh)];
    post(&house.s, &text("revocation_endpoint"), &pairs, None)
        .await
        .ok();
    let leave = format!(
        "{}?client_id={}&logout_uri={}",
        text("end_session_endpoint"),
        house.client,
        crate::support::house::GOODBYE
    );
    assert_eq!(browser.get(&leave).await.status, 302);
}

#[tokio::test]
async fn what_is_said_to_be_supported_is() {
    let house = House::open().await;
    house.user("jane").await;
    let said = document(&house.s, &house.pool, "openid-configuration")
        .await
        .ok();
    assert_eq!(said["response_types_supported"], json!(["code", "token"]));
    assert_eq!(
        said["response_modes_supported"],
        json!(["query", "fragment"])
    );
    assert_eq!(said["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(said["subject_types_supported"], json!(["public"]));
    for false_member in [
        "request_parameter_supported",
        "request_uri_parameter_supported",
        "claims_parameter_supported",
    ] {
        assert_eq!(said[false_member], false);
    }
    for scope in said["scopes_supported"].as_array().unwrap() {
        let asked = format!("openid {}", scope.as_str().unwrap());
        house.code("jane", &[("scope", &asked)]).await;
    }
    let both = house
        .client(json!({ "AllowedOAuthFlows": ["code", "implicit"] }))
        .await;
    for kind in said["response_types_supported"].as_array().unwrap() {
        let asked = [
            ("response_type", kind.as_str().unwrap()),
            ("client_id", &both.id),
        ];
        let mut browser = Browser::new(&house.s);
        let url = house.authorize(&asked);
        let sent = house.sign_in(&mut browser, "jane", &url).await.sent();
        assert!(!sent.contains_key("error"), "{kind}: {sent:?}");
    }
    for grant in said["grant_types_supported"].as_array().unwrap() {
        // The authorization endpoint alone serves this one (RFC 8414 2).
        if grant == "implicit" {
            continue;
        }
        let pairs = [
            ("grant_type", grant.as_str().unwrap()),
            ("client_id", house.client.as_str()),
        ];
        let answer = house.token(&pairs, None).await;
        assert_ne!(answer.body["error"], "unsupported_grant_type", "{grant}");
    }
    let tokens = house.tokens("jane", &[("nonce", "n")]).await;
    let claims = crate::support::house::claims(tokens["id_token"].as_str().unwrap());
    let listed = said["claims_supported"].as_array().unwrap();
    // Cognito's document does not tell of the last two; ours does where the standards rule.
    let technical = [
        "jti",
        "origin_jti",
        "event_id",
        "token_use",
        "at_hash",
        "acr",
        "amr",
    ];
    for claim in claims.as_object().unwrap().keys() {
        let known = listed.contains(&json!(claim)) || technical.contains(&claim.as_str());
        assert!(known, "{claim}");
    }
}

#[tokio::test]
async fn nothing_of_it_comes_from_the_request() {
    let house = House::open().await;
    house.user("jane").await;
    let port = house.s.url.rsplit(':').next().unwrap();
    for (name, value) in [
        ("host", format!("127.0.0.1:{port}")),
        ("x-forwarded-host", "evil.test".to_owned()),
        ("x-forwarded-proto", "https".to_owned()),
        ("forwarded", "host=evil.test;proto=https".to_owned()),
        ("x-original-url", "/evil".to_owned()),
        ("x-original-host", "evil.test".to_owned()),
    ] {
        for file in ["jwks.json", "openid-configuration"] {
            let url = format!("{}{}/.well-known/{file}", house.s.url, house.base);
            let plain = house
                .s
                .http
                .get(&url)
                .send()
                .await
                .unwrap()
                .text()
                .await
                .unwrap();
            let request = house.s.http.get(&url).header(name, value.as_str());
            let bent = request.send().await.unwrap().text().await.unwrap();
            assert_eq!(plain, bent, "{name}");
        }
        let url = format!("{}{}", house.s.url, house.authorize(&[]));
        let answer = house.s.http.get(&url).header(name, value.as_str()).send();
        let answer = answer.await.unwrap();
        let location = answer.headers()["location"].to_str().unwrap();
        assert!(
            location.starts_with(&format!("{}/login?", house.base)),
            "{location}"
        );
    }
}

#[tokio::test]
async fn they_outlive_the_database() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    for file in ["jwks.json", "openid-configuration"] {
        document(&s, &pool, file).await.ok();
    }
    s.app.store.close().await;
    for file in ["jwks.json", "openid-configuration"] {
        document(&s, &pool, file).await.ok();
    }
    // However long ago they were asked for.
    s.time.age(std::time::Duration::from_secs(3_600));
    for file in ["jwks.json", "openid-configuration"] {
        document(&s, &pool, file).await.ok();
    }
}

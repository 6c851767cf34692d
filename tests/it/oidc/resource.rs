//! Resource indicators (RFC 8707; oauth.md 2.1).

use serde_json::{Value, json};

use crate::support::browser::Browser;
use crate::support::house::{House, claims};

const API: &str = "https://api.example.com/v1";

fn audience(tokens: &Value) -> Option<String> {
    let access = claims(tokens["access_token"].as_str().unwrap());
    access
        .get("aud")
        .map(|aud| aud.as_str().unwrap().to_owned())
}

#[tokio::test]
async fn the_access_token_is_for_the_resource_and_stays_so() {
    let house = House::open().await;
    house.user("jane").await;
    for resource in [API, "http://localhost:8080/api", "myapp://api"] {
        let tokens = house.tokens("jane", &[("resource", resource)]).await;
        assert_eq!(audience(&tokens).as_deref(), Some(resource));
        let id = claims(tokens["id_token"].as_str().unwrap());
        assert_eq!(id["aud"], house.client);
        house
            .userinfo(tokens["access_token"].as_str().unwrap())
            .await
            .ok();
        let pairs = [
            ("grant_type", "refresh_token"),
            ("client_id", house.client.as_str()),
            ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        ];
        let fresh = house.token(&pairs, None).await.ok();
        assert_eq!(audience(&fresh).as_deref(), Some(resource));
    }
    assert_eq!(audience(&house.tokens("jane", &[]).await), None);
}

#[tokio::test]
async fn the_implicit_grant_has_it_too() {
    let house = House::open().await;
    house.user("jane").await;
    let client = house
        .client(json!({ "AllowedOAuthFlows": ["implicit"] }))
        .await;
    let mut browser = Browser::new(&house.s);
    let url = house.authorize(&[
        ("client_id", &client.id),
        ("response_type", "token"),
        ("resource", API),
    ]);
    let sent = house.sign_in(&mut browser, "jane", &url).await.sent();
    assert_eq!(claims(&sent["access_token"])["aud"], API);
}

#[tokio::test]
async fn what_is_no_resource_is_an_invalid_target() {
    let house = House::open().await;
    for resource in [
        "api",
        "/api",
        "http://api.example.com",
        "https://api.example.com/#x",
        "https://a.example https://b.example",
        "javascript:x",
    ] {
        let mut browser = Browser::new(&house.s);
        let page = browser
            .get(&house.authorize(&[("resource", resource)]))
            .await;
        let sent = page.sent();
        assert_eq!(sent["error"], "invalid_target", "{resource}");
        assert_eq!(
            sent["error_description"],
            "resource must be one https, localhost or app URL"
        );
    }
}

#[tokio::test]
async fn the_lite_plan_has_none() {
    let house = House::with(json!({ "UserPoolTier": "LITE" })).await;
    let mut browser = Browser::new(&house.s);
    let page = browser.get(&house.authorize(&[("resource", API)])).await;
    let sent = page.sent();
    assert_eq!(sent["error"], "invalid_target");
    assert_eq!(
        sent["error_description"],
        "resource needs the Essentials or the Plus plan"
    );
}

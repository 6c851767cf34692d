//! The `refresh_token` grant.

use serde_json::json;

use crate::support::house::{House, Told, claims};

async fn refresh(house: &House, client: &str, token: &str) -> Told {
    let pairs = [
        ("grant_type", "refresh_token"),
        ("client_id", client),
        ("refresh_token", token),
    ];
    house.token(&pairs, None).await
}

#[tokio::test]
async fn a_refresh_keeps_the_sign_in_and_reads_the_user_again() {
    let house = House::open().await;
    house.user("jane").await;
    let first = house
        .tokens("jane", &[("scope", "openid email profile")])
        .await;
    let token = first["refresh_token"].as_str().unwrap();
    house.s.clock().advance(poolhouse::time::Span::minutes(10));
    let name = json!([{ "Name": "name", "Value": "Jane Roe" }]);
    let change = json!({ "Username": "jane", "UserAttributes": name });
    house.admin("AdminUpdateUserAttributes", change).await.ok();
    let next = refresh(&house, &house.client, token).await.ok();
    let members: Vec<_> = next.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        ["access_token", "expires_in", "id_token", "token_type"]
    );
    let (old, new) = (
        claims(first["id_token"].as_str().unwrap()),
        claims(next["id_token"].as_str().unwrap()),
    );
    for same in ["sub", "aud", "auth_time", "origin_jti", "event_id"] {
        assert_eq!(old[same], new[same], "{same}");
    }
    assert_eq!(new["name"], "Jane Roe");
    assert_ne!(old["jti"], new["jti"]);
    let access = claims(next["access_token"].as_str().unwrap());
    assert_eq!(access["scope"], "openid email profile");
}

#[tokio::test]
async fn what_is_not_this_clients_live_token_is_refused() {
    let house = House::open().await;
    house.user("jane").await;
    let other = house.client(json!({})).await;
    let tokens = house.tokens("jane", &[]).await;
    let token = tokens["refresh_token"].as_str().unwrap();
    refresh(&house, &other.id, token)
        .await
        .refuses(400, "invalid_grant");
    for bad in [
        "x",
        tokens["access_token"].as_str().unwrap(),
        &token[..token.len() - 1],
    ] {
        refresh(&house, &house.client, bad)
            .await
            .refuses(400, "invalid_grant");
    }
    refresh(&house, &house.client, token).await.ok();
    let off = json!({ "AllowedOAuthFlowsUserPoolClient": null, "AllowedOAuthFlows": null, "AllowedOAuthScopes": null });
    house.update_client(&house.client, off).await;
    refresh(&house, &house.client, token)
        .await
        .refuses(400, "unauthorized_client");
    house.update_client(&house.client, json!({})).await;
    house
        .admin("AdminDisableUser", json!({ "Username": "jane" }))
        .await
        .ok();
    refresh(&house, &house.client, token)
        .await
        .refuses(400, "invalid_grant");
}

#[tokio::test]
async fn redirect_uri_and_other_extras_are_ignored() {
    let house = House::open().await;
    house.user("jane").await;
    let tokens = house.tokens("jane", &[]).await;
    let pairs = [
        ("grant_type", "refresh_token"),
        ("client_id", house.client.as_str()),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        ("redirect_uri", "https://anything.example/"),
        ("scope", "openid"),
    ];
    house.token(&pairs, None).await.ok();
}

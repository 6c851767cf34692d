//! `/oauth2/revoke` (RFC 7009; security.md D15).

use serde_json::json;

use crate::support::house::{House, basic};

#[tokio::test]
async fn a_revoked_token_and_its_access_tokens_are_dead() {
    let house = House::open().await;
    house.user("jane").await;
    let tokens = house.tokens("jane", &[]).await;
    let others = house.tokens("jane", &[]).await;
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let pairs = [
        ("token", refresh),
        ("client_id", house.client.as_str()),
        ("token_type_hint", "access_token"),
    ];
    for _ in 0..2 {
        let answer = house.post("/oauth2/revoke", &pairs, None).await;
        assert_eq!((answer.status, &answer.body), (200, &json!("")));
        assert_eq!(answer.headers["content-length"], "0");
    }
    let grant = [
        ("grant_type", "refresh_token"),
        ("client_id", house.client.as_str()),
        ("refresh_token", refresh),
    ];
    house
        .token(&grant, None)
        .await
        .refuses(400, "invalid_grant");
    let access = tokens["access_token"].as_str().unwrap();
    house.userinfo(access).await.refuses(401, "invalid_token");
    let answer = house
        .s
        .api("GetUser", json!({ "AccessToken": access }))
        .await;
    answer.error("NotAuthorizedException", "Access Token has been revoked");
    house
        .userinfo(others["access_token"].as_str().unwrap())
        .await
        .ok();
}

#[tokio::test]
async fn only_the_owner_revokes_and_only_refresh_tokens() {
    let house = House::open().await;
    house.user("jane").await;
    let other = house.client(json!({ "GenerateSecret": true })).await;
    let tokens = house.tokens("jane", &[]).await;
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let access = tokens["access_token"].as_str().unwrap();
    let theirs = basic(&other.id, other.secret.as_deref().unwrap());
    let path = "/oauth2/revoke";
    let answer = house.post(path, &[("token", refresh)], Some(&theirs)).await;
    assert_eq!(answer.status, 200);
    house.userinfo(access).await.ok();
    let id = ("client_id", house.client.as_str());
    let answer = house.post(path, &[id, ("token", "nobody's")], None).await;
    assert_eq!(answer.status, 200);
    for jwt in [access, tokens["id_token"].as_str().unwrap()] {
        let answer = house.post(path, &[id, ("token", jwt)], None).await;
        answer.refuses(400, "unsupported_token_type");
    }
    house
        .post(path, &[id], None)
        .await
        .refuses(400, "invalid_request");
    house
        .post(path, &[("token", refresh)], None)
        .await
        .refuses(400, "invalid_request");
    let wrong = basic(&other.id, "wrong");
    house
        .post(path, &[("token", refresh)], Some(&wrong))
        .await
        .refuses(401, "invalid_client");
    house
        .post(path, &[("client_id", "nobody"), ("token", refresh)], None)
        .await
        .refuses(401, "invalid_client");
    house.userinfo(access).await.ok();
}

#[tokio::test]
async fn where_revocation_is_off_it_is_refused() {
    let house = House::open().await;
    house.user("jane").await;
    house
        .update_client(&house.client, json!({ "EnableTokenRevocation": false }))
        .await;
    let tokens = house.tokens("jane", &[]).await;
    let pairs = [
        ("client_id", house.client.as_str()),
        ("token", tokens["refresh_token"].as_str().unwrap()),
    ];
    let answer = house.post("/oauth2/revoke", &pairs, None).await;
    answer.refuses(400, "invalid_request");
}

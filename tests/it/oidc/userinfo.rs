//! `/oauth2/userInfo` (oauth.md 5.1; security.md E3).

use serde_json::{Value, json};

use crate::support::house::{House, Told, client, domain, pool, user};

const BAD_REQUEST: &str = r#"Bearer error="invalid_request", error_description="Bad OAuth2 request at UserInfo Endpoint""#;

async fn told(house: &House, scope: &str) -> Value {
    let tokens = house.tokens("jane", &[("scope", scope)]).await;
    let token = tokens["access_token"].as_str().unwrap();
    house.userinfo(token).await.ok()
}

#[tokio::test]
async fn scopes_choose_what_is_told_and_all_of_it_is_text() {
    let house = House::open().await;
    let sub = house.user("jane").await;
    let base = json!({ "sub": sub, "username": "jane" });
    let with = |more: Value| {
        let mut all = base.clone();
        let members = more.as_object().unwrap().clone();
        all.as_object_mut().unwrap().extend(members);
        all
    };
    let email = json!({ "email": "jane@example.com", "email_verified": "true" });
    assert_eq!(told(&house, "openid email").await, with(email));
    assert_eq!(
        told(&house, "openid profile").await,
        with(json!({ "name": "Jane Doe" }))
    );
    assert_eq!(told(&house, "openid phone").await, base);
    let all = json!({ "email": "jane@example.com", "email_verified": "true", "name": "Jane Doe" });
    assert_eq!(told(&house, "openid").await, with(all));
    house
        .update_client(&house.client, json!({ "ReadAttributes": ["name"] }))
        .await;
    assert_eq!(
        told(&house, "openid").await,
        with(json!({ "name": "Jane Doe" }))
    );
}

#[tokio::test]
async fn the_token_may_come_by_header_or_form_but_once() {
    let house = House::open().await;
    house.user("jane").await;
    let tokens = house.tokens("jane", &[]).await;
    let token = tokens["access_token"].as_str().unwrap();
    let header = format!("Bearer {token}");
    let path = "/oauth2/userInfo";
    house.post(path, &[], Some(&header)).await.ok();
    house
        .post(path, &[("access_token", token)], None)
        .await
        .ok();
    let both = house
        .post(path, &[("access_token", token)], Some(&header))
        .await;
    both.refuses(400, "invalid_request");
    let query = format!("{path}?access_token={token}");
    house
        .get(&query, None)
        .await
        .refuses(400, "invalid_request");
    for header in [
        None,
        Some("Bearer"),
        Some("Bearer "),
        Some("Basic abc"),
        Some(token),
    ] {
        let answer = house.get(path, header).await;
        answer.refuses(400, "invalid_request");
        assert_eq!(answer.headers["www-authenticate"], BAD_REQUEST);
    }
}

#[tokio::test]
async fn only_a_live_access_token_of_this_pool_opens() {
    let house = House::open().await;
    house.user("jane").await;
    let elsewhere = pool(&house.s, json!({})).await;
    domain(&house.s, &elsewhere).await;
    client(&house.s, &elsewhere, json!({})).await;
    user(&house.s, &elsewhere, "jane").await;
    let tokens = house.tokens("jane", &[]).await;
    let access = tokens["access_token"].as_str().unwrap();
    let id = tokens["id_token"].as_str().unwrap();
    let (head, tail) = access.rsplit_once('.').unwrap();
    let unsigned = format!("{head}.");
    let other = format!("{head}.{}", &tail.chars().rev().collect::<String>());
    for bad in [id, "x", "a.b.c", unsigned.as_str(), other.as_str()] {
        let answer = house.userinfo(bad).await;
        answer.refuses(401, "invalid_token");
        let challenge = answer.headers["www-authenticate"].to_str().unwrap();
        assert!(challenge.starts_with(r#"Bearer error="invalid_token""#));
    }
    let url = format!("{}/{elsewhere}/oauth2/userInfo", house.s.url);
    let request = house.s.http.get(&url).bearer_auth(access);
    Told::read(request.send().await.unwrap())
        .await
        .refuses(401, "invalid_token");
    // The bare host asks the pool that the token names.
    let url = format!("{}/oauth2/userInfo", house.s.url);
    let request = house.s.http.get(&url).bearer_auth(access);
    Told::read(request.send().await.unwrap()).await.ok();
    let bare = house.s.http.get(&url).bearer_auth("a.b.c");
    Told::read(bare.send().await.unwrap())
        .await
        .refuses(401, "invalid_token");
    house.s.clock().advance(poolhouse::time::Span::minutes(61));
    house.userinfo(access).await.refuses(401, "invalid_token");
}

#[tokio::test]
async fn a_signed_out_or_disabled_user_is_not_told_of() {
    let house = House::open().await;
    for (username, operation) in [
        ("jane", "AdminUserGlobalSignOut"),
        ("john", "AdminDisableUser"),
        ("jack", "AdminDeleteUser"),
    ] {
        house.user(username).await;
        let tokens = house.tokens(username, &[]).await;
        let token = tokens["access_token"].as_str().unwrap();
        house.userinfo(token).await.ok();
        house.s.clock().advance(poolhouse::time::Span::seconds(1));
        house
            .admin(operation, json!({ "Username": username }))
            .await
            .ok();
        house.userinfo(token).await.refuses(401, "invalid_token");
    }
}

#[tokio::test]
async fn tokens_of_the_api_lack_the_scope() {
    let house = House::open().await;
    house.user("jane").await;
    house
        .update_client(
            &house.client,
            json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"] }),
        )
        .await;
    let request = json!({
        "AuthFlow": "USER_PASSWORD_AUTH", "ClientId": house.client,
        "AuthParameters": { "USERNAME": "jane", "PASSWORD": crate::support::house::PASSWORD },
    });
    let answer = house.s.api("InitiateAuth", request).await.ok();
    let token = answer["AuthenticationResult"]["AccessToken"]
        .as_str()
        .unwrap()
        .to_owned();
    house
        .userinfo(&token)
        .await
        .refuses(403, "insufficient_scope");
}

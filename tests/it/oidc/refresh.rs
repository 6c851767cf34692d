//! The `refresh_token` grant (oauth.md 4.3; security.md D8, D10).

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
    for same in [
        "sub",
        "aud",
        "auth_time",
        "acr",
        "amr",
        "origin_jti",
        "event_id",
    ] {
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

async fn rotating(grace: u32) -> (House, String) {
    let house = House::open().await;
    house.user("jane").await;
    let rotation = json!({ "Feature": "ENABLED", "RetryGracePeriodSeconds": grace });
    let client = json!({ "RefreshTokenRotation": rotation });
    house.update_client(&house.client, client).await;
    let tokens = house.tokens("jane", &[("scope", "openid email")]).await;
    let token = tokens["refresh_token"].as_str().unwrap().to_owned();
    (house, token)
}

#[tokio::test]
async fn where_tokens_rotate_a_refresh_brings_the_next_one() {
    let (house, first) = rotating(0).await;
    let next = refresh(&house, &house.client, &first).await.ok();
    let members: Vec<_> = next.as_object().unwrap().keys().collect();
    let expected = [
        "access_token",
        "expires_in",
        "id_token",
        "refresh_token",
        "token_type",
    ];
    assert_eq!(members, expected);
    let second = next["refresh_token"].as_str().unwrap();
    assert_ne!(first, second);
    let access = claims(next["access_token"].as_str().unwrap());
    assert_eq!(access["scope"], "openid email");
    refresh(&house, &house.client, &first)
        .await
        .refuses(400, "invalid_grant");
    let third = refresh(&house, &house.client, second).await.ok();
    // Revoking any of them ends the sign-in.
    let newest = third["refresh_token"].as_str().unwrap();
    let pairs = [("client_id", house.client.as_str()), ("token", &first)];
    house.post("/oauth2/revoke", &pairs, None).await.ok();
    refresh(&house, &house.client, newest)
        .await
        .refuses(400, "invalid_grant");
    let access = third["access_token"].as_str().unwrap();
    house.userinfo(access).await.refuses(401, "invalid_token");
}

#[tokio::test]
async fn a_rotated_token_works_for_its_grace_period_from_its_first_use_on() {
    let (house, first) = rotating(30).await;
    refresh(&house, &house.client, &first).await.ok();
    house.s.clock().advance(poolhouse::time::Span::seconds(29));
    refresh(&house, &house.client, &first).await.ok();
    house.s.clock().advance(poolhouse::time::Span::seconds(2));
    refresh(&house, &house.client, &first)
        .await
        .refuses(400, "invalid_grant");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_rotations_at_once_on_two_nodes_one_wins() {
    let (house, mut token) = rotating(0).await;
    let twin = house.s.twin().await;
    for _ in 0..4 {
        let pairs = [
            ("grant_type", "refresh_token"),
            ("client_id", house.client.as_str()),
            ("refresh_token", token.as_str()),
        ];
        let requests = (0..64).map(|n| {
            let s = if n % 2 == 0 { &house.s } else { &twin };
            let url = format!("{}{}/oauth2/token", s.url, house.base);
            async move { crate::support::house::post(s, &url, &pairs, None).await }
        });
        let answers = futures_util::future::join_all(requests).await;
        let won: Vec<_> = answers.iter().filter(|a| a.status == 200).collect();
        assert_eq!(won.len(), 1);
        for lost in answers.iter().filter(|a| a.status != 200) {
            lost.refuses(400, "invalid_grant");
        }
        let next = won[0].body["refresh_token"].as_str().unwrap().to_owned();
        token = next;
    }
}

#[tokio::test]
async fn what_has_changed_since_the_sign_in_counts() {
    let house = House::open().await;
    let off = json!({
        "AllowedOAuthFlowsUserPoolClient": null, "AllowedOAuthFlows": null,
        "AllowedOAuthScopes": null,
    });
    let id = house.client.clone();
    for (name, operation, request, error) in [
        (
            "ann",
            "AdminDisableUser",
            json!({ "Username": "ann" }),
            "invalid_grant",
        ),
        (
            "ben",
            "AdminDeleteUser",
            json!({ "Username": "ben" }),
            "invalid_grant",
        ),
        (
            "cat",
            "AdminUserGlobalSignOut",
            json!({ "Username": "cat" }),
            "invalid_grant",
        ),
        (
            "dan",
            "AdminResetUserPassword",
            json!({ "Username": "dan" }),
            "invalid_grant",
        ),
        ("eve", "oauth off", off, "unauthorized_client"),
        (
            "fay",
            "flow gone",
            json!({ "AllowedOAuthFlows": ["implicit"] }),
            "invalid_grant",
        ),
        (
            "gus",
            "scopes gone",
            json!({ "AllowedOAuthScopes": ["phone", "openid"] }),
            "invalid_grant",
        ),
        (
            "hal",
            "DeleteUserPoolClient",
            json!({ "ClientId": id }),
            "invalid_client",
        ),
    ] {
        house.update_client(&id, json!({})).await;
        house.user(name).await;
        let scope = if name == "gus" {
            "aws.cognito.signin.user.admin"
        } else {
            "openid email"
        };
        let tokens = house.tokens(name, &[("scope", scope)]).await;
        let token = tokens["refresh_token"].as_str().unwrap();
        refresh(&house, &id, token).await.ok();
        if operation.contains(' ') {
            house.update_client(&id, request).await;
        } else {
            let done = house.admin(operation, request).await;
            assert_eq!(done.status, 200, "{operation} {}", done.body);
        }
        let answer = refresh(&house, &id, token).await;
        assert_eq!(
            (answer.status, answer.body["error"].as_str()),
            (400, Some(error)),
            "{operation}"
        );
    }
}

#[tokio::test]
async fn groups_and_scopes_are_those_of_now() {
    let house = House::open().await;
    house.user("jane").await;
    let tokens = house.tokens("jane", &[("scope", "openid email")]).await;
    let token = tokens["refresh_token"].as_str().unwrap();
    house
        .admin("CreateGroup", json!({ "GroupName": "staff" }))
        .await
        .ok();
    let member = json!({ "GroupName": "staff", "Username": "jane" });
    house.admin("AdminAddUserToGroup", member).await.ok();
    let less = json!({ "AllowedOAuthScopes": ["openid"] });
    house.update_client(&house.client, less).await;
    let next = refresh(&house, &house.client, token).await.ok();
    let access = claims(next["access_token"].as_str().unwrap());
    assert_eq!(access["cognito:groups"], json!(["staff"]));
    assert_eq!(access["scope"], "openid");
}

#[tokio::test]
async fn a_sign_in_by_the_api_is_refreshed_here_unless_devices_are_remembered() {
    let house = House::open().await;
    house.user("jane").await;
    let flows = json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"] });
    house.update_client(&house.client, flows).await;
    let request = json!({
        "AuthFlow": "USER_PASSWORD_AUTH", "ClientId": house.client,
        "AuthParameters": { "USERNAME": "jane", "PASSWORD": crate::support::house::PASSWORD },
    });
    let answer = house.s.api("InitiateAuth", request).await.ok();
    let token = answer["AuthenticationResult"]["RefreshToken"]
        .as_str()
        .unwrap();
    refresh(&house, &house.client, token).await.ok();
    let devices = json!({ "DeviceConfiguration": { "ChallengeRequiredOnNewDevice": true } });
    house.admin("UpdateUserPool", devices).await.ok();
    refresh(&house, &house.client, token)
        .await
        .refuses(400, "invalid_grant");
}

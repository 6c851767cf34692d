//! What a node remembers of pools and clients (docs/adr/0013): a second old at most where another
//! node wrote, never where it wrote itself, and never what decides who may do something.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::Server;
use crate::support::house::{House, PASSWORD, basic, claims, domain_name};

const SECOND: Duration = Duration::from_secs(1);

/// A house of one server and a second server on its database.
async fn two() -> (House, Server) {
    let house = House::open().await;
    let twin = house.s.twin().await;
    (house, twin)
}

/// A client that signs in with user names and passwords, or with nothing.
fn app(pool: &str, client: Option<&str>, passwords: bool) -> Value {
    let flow = if passwords {
        "ALLOW_USER_PASSWORD_AUTH"
    } else {
        "ALLOW_CUSTOM_AUTH"
    };
    let mut request = json!({
        "UserPoolId": pool, "ClientName": "app",
        "ExplicitAuthFlows": [flow, "ALLOW_REFRESH_TOKEN_AUTH"],
    });
    if let Some(client) = client {
        request["ClientId"] = json!(client);
    }
    request
}

async fn new_app(s: &Server, pool: &str) -> String {
    let made = s.api("CreateUserPoolClient", app(pool, None, true)).await;
    let id = &made.ok()["UserPoolClient"]["ClientId"];
    id.as_str().unwrap().to_owned()
}

async fn allow_passwords(s: &Server, pool: &str, client: &str, allowed: bool) {
    let request = app(pool, Some(client), allowed);
    s.api("UpdateUserPoolClient", request).await.ok();
}

async fn sign_in(s: &Server, client: &str) -> crate::support::Answer {
    let parameters = json!({ "USERNAME": "jane", "PASSWORD": PASSWORD });
    let request = json!({
        "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters,
    });
    s.api("InitiateAuth", request).await
}

const NOT_ENABLED: &str = "USER_PASSWORD_AUTH flow not enabled for this client";

#[tokio::test]
async fn a_node_sees_its_own_change_of_a_client_at_once() {
    let house = House::open().await;
    house.user("jane").await;
    let client = new_app(&house.s, &house.pool).await;
    for _ in 0..2 {
        sign_in(&house.s, &client).await.ok();
        allow_passwords(&house.s, &house.pool, &client, false).await;
        let refused = sign_in(&house.s, &client).await;
        refused.error("InvalidParameterException", NOT_ENABLED);
        allow_passwords(&house.s, &house.pool, &client, true).await;
    }
}

#[tokio::test]
async fn a_node_sees_the_change_of_another_after_a_second() {
    let (house, twin) = two().await;
    house.user("jane").await;
    let client = new_app(&house.s, &house.pool).await;
    sign_in(&house.s, &client).await.ok();

    allow_passwords(&twin, &house.pool, &client, false).await;
    house.s.time.age(SECOND - Duration::from_millis(1));
    sign_in(&house.s, &client).await.ok();
    house.s.time.age(Duration::from_millis(1));
    let refused = sign_in(&house.s, &client).await;
    refused.error("InvalidParameterException", NOT_ENABLED);

    // What has not changed is believed for another second, and so on.
    allow_passwords(&twin, &house.pool, &client, true).await;
    house.s.time.age(SECOND);
    sign_in(&house.s, &client).await.ok();
    house.s.time.age(SECOND);
    sign_in(&house.s, &client).await.ok();
}

#[tokio::test]
async fn the_settings_of_a_pool_age_alike() {
    let (house, twin) = two().await;
    let client = new_app(&house.s, &house.pool).await;
    let sign_up = async |name: &str| {
        let request = json!({ "ClientId": client, "Username": name, "Password": PASSWORD });
        house.s.api("SignUp", request).await
    };
    sign_up("a").await.ok();
    let closed = json!({
        "UserPoolId": house.pool, "AdminCreateUserConfig": { "AllowAdminCreateUserOnly": true },
    });
    twin.api("UpdateUserPool", closed).await.ok();
    sign_up("b").await.ok();
    house.s.time.age(SECOND);
    let refused = sign_up("c").await;
    refused.error(
        "NotAuthorizedException",
        "SignUp is not permitted for this user pool",
    );
    // Shown is what is stored, whoever changed it.
    let open = json!({ "UserPoolId": house.pool });
    twin.api("UpdateUserPool", open.clone()).await.ok();
    let shown = house.s.api("DescribeUserPool", open).await.ok();
    let config = &shown["UserPool"]["AdminCreateUserConfig"];
    assert_ne!(config["AllowAdminCreateUserOnly"], json!(true));
}

#[tokio::test]
async fn a_domain_comes_and_goes_within_a_second() {
    let (house, twin) = two().await;
    let status = async || house.get("/oauth2/userInfo", None).await.status;
    assert_ne!(status().await, 404);
    let domain = domain_name(&house.pool);
    let request = json!({ "UserPoolId": house.pool, "Domain": domain });
    twin.api("DeleteUserPoolDomain", request.clone()).await.ok();
    house.s.time.age(SECOND);
    assert_eq!(status().await, 404);
    house.s.api("CreateUserPoolDomain", request).await.ok();
    assert_ne!(status().await, 404);
}

#[tokio::test]
async fn a_scope_that_another_node_removed_is_not_granted_after_a_second() {
    let (house, twin) = two().await;
    let server = json!({
        "UserPoolId": house.pool, "Identifier": "api", "Name": "API",
        "Scopes": [{ "ScopeName": "read", "ScopeDescription": "Read" }],
    });
    house.s.api("CreateResourceServer", server).await.ok();
    let machine = machine(&house).await;
    house.token(&machine.0, Some(&machine.1)).await.ok();
    let request = json!({ "UserPoolId": house.pool, "Identifier": "api" });
    twin.api("DeleteResourceServer", request).await.ok();
    house.s.time.age(SECOND);
    let refused = house.token(&machine.0, Some(&machine.1)).await;
    refused.refuses(400, "invalid_scope");
}

type Request = (Vec<(&'static str, &'static str)>, String);

/// A request of a machine client for a token, and its credentials.
async fn machine(house: &House) -> Request {
    let client = house
        .client(json!({
            "GenerateSecret": true, "AllowedOAuthFlows": ["client_credentials"],
            "AllowedOAuthScopes": ["api/read"], "CallbackURLs": null, "LogoutURLs": null,
        }))
        .await;
    let pairs = vec![("grant_type", "client_credentials"), ("scope", "api/read")];
    (pairs, basic(&client.id, &client.secret.unwrap()))
}

#[tokio::test]
async fn a_confidential_client_that_another_node_deleted_stops_at_once() {
    let (house, twin) = two().await;
    let server = json!({
        "UserPoolId": house.pool, "Identifier": "api", "Name": "API",
        "Scopes": [{ "ScopeName": "read", "ScopeDescription": "Read" }],
    });
    house.s.api("CreateResourceServer", server).await.ok();
    let (pairs, credentials) = machine(&house).await;
    let token = house.token(&pairs, Some(&credentials)).await.ok();
    let client = claims(token["access_token"].as_str().unwrap())["sub"].clone();

    let request = json!({ "UserPoolId": house.pool, "ClientId": client });
    twin.api("DeleteUserPoolClient", request).await.ok();
    let refused = house.token(&pairs, Some(&credentials)).await;
    refused.refuses(400, "invalid_client");
}

#[tokio::test]
async fn what_another_node_deleted_gives_out_no_tokens_and_takes_none() {
    for whole_pool in [false, true] {
        let (house, twin) = two().await;
        house.user("jane").await;
        let client = new_app(&house.s, &house.pool).await;
        let tokens = sign_in(&house.s, &client).await.ok();
        let tokens = &tokens["AuthenticationResult"];
        let get_user = json!({ "AccessToken": tokens["AccessToken"] });
        house.s.api("GetUser", get_user.clone()).await.ok();

        if whole_pool {
            let domain = domain_name(&house.pool);
            let request = json!({ "UserPoolId": house.pool, "Domain": domain });
            twin.api("DeleteUserPoolDomain", request).await.ok();
            let request = json!({ "UserPoolId": house.pool });
            twin.api("DeleteUserPool", request).await.ok();
        } else {
            let request = json!({ "UserPoolId": house.pool, "ClientId": client });
            twin.api("DeleteUserPoolClient", request).await.ok();
        }
        let refresh = json!({
            "ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH",
            "AuthParameters": { "REFRESH_TOKEN": tokens["RefreshToken"] },
        });
        for (operation, request) in [("GetUser", get_user), ("InitiateAuth", refresh)] {
            let refused = house.s.api(operation, request).await;
            assert_eq!(refused.status, 400, "{operation}: {}", refused.body);
        }
        let refused = sign_in(&house.s, &client).await;
        assert_eq!(refused.status, 400, "{}", refused.body);
        house.s.time.age(SECOND);
        let refused = sign_in(&house.s, &client).await;
        let message = format!("User pool client {client} does not exist.");
        refused.error("ResourceNotFoundException", &message);
    }
}

#[tokio::test]
async fn a_pool_in_the_place_of_another_is_not_taken_for_it() {
    let s = Server::start().await;
    let twin = s.twin().await;
    let make = async |s: &Server, name: &str| {
        let tags = json!({ "_custom_id_": "us-east-1_phoenix" });
        let request = json!({
            "PoolName": name, "UserPoolTags": tags,
            "UsernameConfiguration": { "CaseSensitive": name == "first" },
        });
        s.api("CreateUserPool", request).await.ok();
        let user = json!({ "UserPoolId": "us-east-1_phoenix", "Username": "Jane" });
        s.api("AdminCreateUser", user).await.ok();
    };
    let found = async |s: &Server| {
        let user = json!({ "UserPoolId": "us-east-1_phoenix", "Username": "JANE" });
        s.api("AdminGetUser", user).await.status == 200
    };
    make(&s, "first").await;
    assert!(!found(&s).await);
    let pool = json!({ "UserPoolId": "us-east-1_phoenix" });
    twin.api("DeleteUserPool", pool).await.ok();
    make(&twin, "second").await;
    s.time.age(SECOND);
    assert!(found(&s).await);
}

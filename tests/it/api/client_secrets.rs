//! AddUserPoolClientSecret, ListUserPoolClientSecrets, DeleteUserPoolClientSecret, and that either
//! secret proves the client wherever one is asked for (security.md D7).

use futures_util::future::join_all;
use poolhouse::args;
use poolhouse::store::db::Sql;
use poolhouse::time::Span;
use serde_json::{Value, json};

use super::auth::stage::secret_hash;
use super::races::{all_at_once, won};
use super::{client, count, pool, seconds};
use crate::support::house::{CALLBACK, House, PASSWORD, basic};
use crate::support::server::START_MS;
use crate::support::{Answer, Server};

const OURS: &str = "my_own_secret_0123456789_abcdef";

fn at(pool: &str, client: &Value) -> Value {
    json!({ "UserPoolId": pool, "ClientId": client["ClientId"] })
}

fn with(mut request: Value, name: &str, value: &str) -> Value {
    request[name] = json!(value);
    request
}

async fn confidential(s: &Server) -> (String, Value) {
    let pool = pool(s, json!({})).await;
    let client = client(s, &pool, json!({ "GenerateSecret": true })).await;
    (pool, client)
}

#[tokio::test]
async fn a_secret_is_added_listed_and_deleted() {
    let s = Server::start().await;
    let (pool, client) = confidential(&s).await;
    let id = client["ClientId"].as_str().unwrap();
    s.clock().advance(Span::ms(1_500));
    let added = s.api("AddUserPoolClientSecret", at(&pool, &client)).await;
    let descriptor = added.ok()["ClientSecretDescriptor"].take();
    let value = descriptor["ClientSecretValue"].as_str().unwrap();
    assert_eq!(value.len(), 52);
    let (first, second) = (
        format!("{id}--{START_MS}"),
        format!("{id}--{}", START_MS + 1_500),
    );
    let created = seconds(START_MS + 1_500);
    let expected = json!({
        "ClientSecretId": second, "ClientSecretValue": value, "ClientSecretCreateDate": created,
    });
    assert_eq!(descriptor, expected);
    let listed = s.api("ListUserPoolClientSecrets", at(&pool, &client)).await;
    let expected = json!({ "ClientSecrets": [
        { "ClientSecretId": first, "ClientSecretCreateDate": seconds(START_MS) },
        { "ClientSecretId": second, "ClientSecretCreateDate": created },
    ] });
    assert_eq!(listed.ok(), expected);
    // The older one is shown until it goes.
    let shown = s.api("DescribeUserPoolClient", at(&pool, &client)).await;
    assert_eq!(
        shown.ok()["UserPoolClient"]["ClientSecret"],
        client["ClientSecret"]
    );
    let delete = with(at(&pool, &client), "ClientSecretId", &first);
    assert_eq!(
        s.api("DeleteUserPoolClientSecret", delete).await.ok(),
        json!({})
    );
    let shown = s.api("DescribeUserPoolClient", at(&pool, &client)).await;
    assert_eq!(shown.ok()["UserPoolClient"]["ClientSecret"], value);
}

#[tokio::test]
async fn a_secret_of_the_callers_is_not_told_back() {
    let s = Server::start().await;
    let (pool, client) = confidential(&s).await;
    let add = with(at(&pool, &client), "ClientSecret", OURS);
    let added = s.api("AddUserPoolClientSecret", add).await.ok();
    let members = added["ClientSecretDescriptor"].as_object().unwrap().keys();
    let members: Vec<&String> = members.collect();
    assert_eq!(members, ["ClientSecretCreateDate", "ClientSecretId"]);
}

#[tokio::test]
async fn what_cannot_be_added_or_deleted() {
    let s = Server::start().await;
    let (pool, made) = confidential(&s).await;
    let first = format!("{}--{START_MS}", made["ClientId"].as_str().unwrap());
    let delete = |id: &str| {
        let request = with(at(&pool, &made), "ClientSecretId", id);
        s.api("DeleteUserPoolClientSecret", request)
    };
    let last = "The last client secret of an app client cannot be deleted.";
    delete(&first)
        .await
        .error("InvalidParameterException", last);
    let missing = "Client secret nonsense does not exist.";
    delete("nonsense")
        .await
        .error("ResourceNotFoundException", missing);

    let same = with(
        at(&pool, &made),
        "ClientSecret",
        made["ClientSecret"].as_str().unwrap(),
    );
    let known = "The app client has this client secret already.";
    let refused = s.api("AddUserPoolClientSecret", same).await;
    refused.error("InvalidParameterException", known);
    s.api("AddUserPoolClientSecret", at(&pool, &made))
        .await
        .ok();
    let third = s.api("AddUserPoolClientSecret", at(&pool, &made)).await;
    third.error("LimitExceededException", "Client secret limit exceeded.");

    let public = client(&s, &pool, json!({})).await;
    let none = "The app client does not have a client secret.";
    let refused = s.api("AddUserPoolClientSecret", at(&pool, &public)).await;
    refused.error("InvalidParameterException", none);
    let listed = s.api("ListUserPoolClientSecrets", at(&pool, &public)).await;
    assert_eq!(listed.ok(), json!({ "ClientSecrets": [] }));
    let token = with(at(&pool, &made), "NextToken", "x");
    let refused = s.api("ListUserPoolClientSecrets", token).await;
    refused.error("InvalidParameterException", "Invalid pagination token");
}

#[tokio::test]
async fn another_pools_client_is_not_found() {
    let s = Server::start().await;
    let (_, client) = confidential(&s).await;
    let other = pool(&s, json!({})).await;
    let id = client["ClientId"].as_str().unwrap();
    for operation in [
        "AddUserPoolClientSecret",
        "ListUserPoolClientSecrets",
        "DeleteUserPoolClientSecret",
    ] {
        for (pool, message) in [
            (
                other.as_str(),
                format!("User pool client {id} does not exist."),
            ),
            (
                "us-east-1_none",
                "User pool us-east-1_none does not exist.".to_owned(),
            ),
        ] {
            let mut request = at(pool, &client);
            if operation.starts_with("Delete") {
                request["ClientSecretId"] = json!("x");
            }
            let answer = s.api(operation, request).await;
            answer.error("ResourceNotFoundException", &message);
        }
    }
}

#[tokio::test]
async fn secrets_are_sealed_at_rest_and_go_with_the_client() {
    let s = Server::start().await;
    let (pool, client) = confidential(&s).await;
    let add = with(at(&pool, &client), "ClientSecret", OURS);
    s.api("AddUserPoolClientSecret", add).await.ok();
    let text = "SELECT sealed FROM client_secrets WHERE pool_id = $1";
    let sql = Sql {
        sqlite: text,
        postgres: text,
    };
    let rows: Vec<(String,)> = {
        let mut db = s.app.store.read().await.unwrap();
        db.all(sql, args![pool.as_str()]).await.unwrap()
    };
    assert_eq!(rows.len(), 2);
    for secret in [OURS, client["ClientSecret"].as_str().unwrap()] {
        assert!(rows.iter().all(|(sealed,)| !sealed.contains(secret)));
    }
    s.api("DeleteUserPoolClient", at(&pool, &client)).await;
    assert_eq!(count(&s, "client_secrets", &pool).await, 0);
}

#[tokio::test]
async fn a_long_client_id_leaves_room_for_the_secrets_id() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    let name = format!("_custom_id_:{}", "x".repeat(116));
    let settings = json!({ "ClientName": name, "GenerateSecret": true });
    let client = client(&s, &pool, settings).await;
    s.api("AddUserPoolClientSecret", at(&pool, &client))
        .await
        .ok();
    let listed = s
        .api("ListUserPoolClientSecrets", at(&pool, &client))
        .await
        .ok();
    let ids = listed["ClientSecrets"].as_array().unwrap();
    assert_ne!(ids[0]["ClientSecretId"], ids[1]["ClientSecretId"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_are_one_or_two_under_load() {
    let s = Server::start().await;
    let twin = s.twin().await;
    let (pool, client) = confidential(&s).await;
    for _ in 0..5 {
        let adds = vec![at(&pool, &client); 16];
        let outcomes = all_at_once([&s, &twin], "AddUserPoolClientSecret", adds).await;
        assert_eq!(won(&outcomes), 1);
        let listed = s
            .api("ListUserPoolClientSecrets", at(&pool, &client))
            .await
            .ok();
        let ids: Vec<&str> = listed["ClientSecrets"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| s["ClientSecretId"].as_str().unwrap())
            .collect();
        let deletes = (0..16).map(|n| with(at(&pool, &client), "ClientSecretId", ids[n / 2 % 2]));
        let operation = "DeleteUserPoolClientSecret";
        let outcomes = all_at_once([&s, &twin], operation, deletes.collect()).await;
        assert_eq!(
            (won(&outcomes), count(&s, "client_secrets", &pool).await),
            (1, 1)
        );
    }
}

/// Everything that a client proves itself for, with one secret; whether it let the client in.
async fn doors(
    house: &House,
    s: &Server,
    client: &str,
    secret: &str,
    round: usize,
) -> Vec<(&'static str, bool)> {
    let name = "jane";
    let hash = secret_hash(secret, name, client);
    let new = format!("new{round}");
    let of_new = secret_hash(secret, &new, client);
    let knows = |answer: &Answer| {
        let message = answer.body["message"].as_str().unwrap_or_default();
        !message.contains("secret")
    };
    let mut doors = Vec::new();
    let sign_up = json!({ "ClientId": client, "Username": new, "Password": PASSWORD, "SecretHash": of_new,
        "UserAttributes": [{ "Name": "email", "Value": "new@example.com" }] });
    doors.push(("SignUp", knows(&s.api("SignUp", sign_up).await)));
    for operation in [
        "ConfirmSignUp",
        "ResendConfirmationCode",
        "ForgotPassword",
        "ConfirmForgotPassword",
    ] {
        let mut request = json!({ "ClientId": client, "Username": name, "SecretHash": hash });
        if operation.starts_with("Confirm") {
            request["ConfirmationCode"] = json!("000000");
        }
        if operation == "ConfirmForgotPassword" {
            request["Password"] = json!(PASSWORD);
        }
        doors.push((operation, knows(&s.api(operation, request).await)));
    }
    let parameters = json!({ "USERNAME": name, "PASSWORD": PASSWORD, "SECRET_HASH": hash });
    let sign_in = json!({ "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters });
    let signed_in = s.api("InitiateAuth", sign_in).await;
    doors.push(("InitiateAuth", signed_in.status == 200));
    let parameters = json!({ "USERNAME": name, "PASSWORD": PASSWORD, "SECRET_HASH": hash });
    let sign_in = json!({ "UserPoolId": house.pool, "ClientId": client, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
        "AuthParameters": parameters });
    doors.push((
        "AdminInitiateAuth",
        s.api("AdminInitiateAuth", sign_in).await.status == 200,
    ));
    let responses = json!({ "USERNAME": name, "NEW_PASSWORD": PASSWORD, "SECRET_HASH": hash });
    let respond = json!({ "ClientId": client, "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": "x".repeat(20),
        "ChallengeResponses": responses });
    doors.push((
        "RespondToAuthChallenge",
        knows(&s.api("RespondToAuthChallenge", respond).await),
    ));
    let token = refresh_token(house, client).await;
    let parameters = json!({ "REFRESH_TOKEN": token, "SECRET_HASH": hash });
    let refresh = json!({ "ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters });
    doors.push((
        "REFRESH_TOKEN_AUTH",
        s.api("InitiateAuth", refresh).await.status == 200,
    ));
    let refresh = json!({ "ClientId": client, "RefreshToken": token, "ClientSecret": secret });
    doors.push((
        "GetTokensFromRefreshToken",
        s.api("GetTokensFromRefreshToken", refresh).await.status == 200,
    ));
    let pairs = [
        ("grant_type", "refresh_token"),
        ("client_id", client),
        ("refresh_token", token.as_str()),
    ];
    let header = basic(client, secret);
    let url = format!("{}/{}/oauth2/token", s.url, house.pool);
    let told = crate::support::house::post(s, &url, &pairs, Some(&header)).await;
    doors.push(("token by header", told.status == 200));
    let pairs = [&pairs[..], &[("client_secret", secret)]].concat();
    let told = crate::support::house::post(s, &url, &pairs, None).await;
    doors.push(("token by form", told.status == 200));
    let revoke = json!({ "ClientId": client, "Token": token, "ClientSecret": secret });
    doors.push((
        "RevokeToken",
        s.api("RevokeToken", revoke).await.status == 200,
    ));
    let pairs = [("token", token.as_str())];
    let url = format!("{}/{}/oauth2/revoke", s.url, house.pool);
    let told = crate::support::house::post(s, &url, &pairs, Some(&header)).await;
    doors.push(("revoke", told.status == 200));
    doors
}

/// A refresh token of a hosted sign-in, got with the secret that Describe shows.
async fn refresh_token(house: &House, client: &str) -> String {
    let shown = house
        .admin("DescribeUserPoolClient", json!({ "ClientId": client }))
        .await
        .ok();
    let secret = shown["UserPoolClient"]["ClientSecret"]
        .as_str()
        .unwrap()
        .to_owned();
    let code = house.code("jane", &[("client_id", client)]).await;
    let pairs = [
        ("grant_type", "authorization_code"),
        ("client_id", client),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
    ];
    let told = house
        .token(&pairs, Some(&basic(client, &secret)))
        .await
        .ok();
    told["refresh_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn either_secret_opens_every_door_and_a_deleted_one_none_at_once() {
    let house = House::open().await;
    let twin = house.s.twin().await;
    house.user("jane").await;
    let settings = json!({ "GenerateSecret": true, "ExplicitAuthFlows": [
        "ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] });
    let made = house.client(settings).await;
    let (id, old) = (made.id, made.secret.unwrap());
    let at = json!({ "ClientId": id });
    let added = house
        .admin("AddUserPoolClientSecret", at.clone())
        .await
        .ok();
    let new = added["ClientSecretDescriptor"]["ClientSecretValue"]
        .as_str()
        .unwrap()
        .to_owned();
    for (round, secret) in [&old, &new].into_iter().enumerate() {
        for (door, open) in doors(&house, &house.s, &id, secret, round).await {
            assert!(open, "{door} with secret {round}");
        }
    }
    let listed = house.admin("ListUserPoolClientSecrets", at).await.ok();
    let first = &listed["ClientSecrets"][0]["ClientSecretId"];
    let delete = json!({ "ClientId": id, "ClientSecretId": first });
    house.admin("DeleteUserPoolClientSecret", delete).await.ok();
    // Where the deletion was not made, as soon as it is answered.
    for (door, open) in doors(&house, &twin, &id, &old, 2).await {
        assert!(!open, "{door} with the deleted secret");
    }
    for (door, open) in doors(&house, &twin, &id, &new, 3).await {
        assert!(open, "{door} with the other secret");
    }
    let checks = join_all((0..8).map(|n| doors(&house, &twin, &id, &old, 10 + n))).await;
    assert!(checks.concat().iter().all(|(_, open)| !open));
}

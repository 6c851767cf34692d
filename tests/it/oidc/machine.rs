//! The `client_credentials` grant (security.md D14).

use serde_json::json;

use crate::support::house::{Client, House, basic, claims};

async fn machine(house: &House) -> Client {
    let scopes = json!([
        { "ScopeName": "read", "ScopeDescription": "r" },
        { "ScopeName": "write", "ScopeDescription": "w" },
    ]);
    let server =
        json!({ "Identifier": "https://notes.example.com", "Name": "n", "Scopes": scopes });
    house.admin("CreateResourceServer", server).await.ok();
    house
        .client(json!({
            "GenerateSecret": true,
            "AllowedOAuthFlows": ["client_credentials"],
            "AllowedOAuthScopes": ["https://notes.example.com/read", "https://notes.example.com/write"],
        }))
        .await
}

async fn ask(house: &House, client: &Client, more: &[(&str, &str)]) -> crate::support::house::Told {
    let mut pairs = vec![("grant_type", "client_credentials")];
    pairs.extend(more);
    let header = basic(&client.id, client.secret.as_deref().unwrap());
    house.token(&pairs, Some(&header)).await
}

#[tokio::test]
async fn a_client_speaks_for_itself_within_its_scopes() {
    let house = House::open().await;
    let client = machine(&house).await;
    let all = ask(&house, &client, &[]).await.ok();
    let members: Vec<_> = all.as_object().unwrap().keys().collect();
    assert_eq!(members, ["access_token", "expires_in", "token_type"]);
    let token = claims(all["access_token"].as_str().unwrap());
    assert_eq!(
        token["scope"],
        "https://notes.example.com/read https://notes.example.com/write"
    );
    assert_eq!(
        (&token["sub"], &token["client_id"]),
        (&json!(client.id), &json!(client.id))
    );
    assert_eq!(token["token_use"], "access");
    for absent in ["username", "cognito:groups", "origin_jti", "email"] {
        assert_eq!(token.get(absent), None, "{absent}");
    }
    // It is nobody's: userInfo has nothing to tell (RFC 9700 4.15).
    let asked = house.userinfo(all["access_token"].as_str().unwrap()).await;
    asked.refuses(401, "invalid_token");
    let one = [("scope", "https://notes.example.com/read")];
    let one = ask(&house, &client, &one).await.ok();
    let one = claims(one["access_token"].as_str().unwrap());
    assert_eq!(one["scope"], "https://notes.example.com/read");
}

#[tokio::test]
async fn other_scopes_are_refused_and_deleted_ones_drop_out() {
    let house = House::open().await;
    let client = machine(&house).await;
    let many = "scope ".repeat(2_500);
    for scope in [
        "openid",
        "https://notes.example.com/delete",
        "notes/read",
        many.as_str(),
    ] {
        let answer = ask(&house, &client, &[("scope", scope)]).await;
        answer.refuses(400, "invalid_scope");
    }
    // A scope that exists, and that the client may not have.
    let scopes = ["read", "write", "delete"]
        .map(|name| json!({ "ScopeName": name, "ScopeDescription": name }));
    let server =
        json!({ "Identifier": "https://notes.example.com", "Name": "n", "Scopes": scopes });
    house.admin("UpdateResourceServer", server).await.ok();
    let answer = ask(
        &house,
        &client,
        &[("scope", "https://notes.example.com/delete")],
    );
    answer.await.refuses(400, "invalid_scope");
    let scopes = json!([{ "ScopeName": "read", "ScopeDescription": "r" }]);
    let server =
        json!({ "Identifier": "https://notes.example.com", "Name": "n", "Scopes": scopes });
    house.admin("UpdateResourceServer", server).await.ok();
    let left = ask(&house, &client, &[]).await.ok();
    let left = claims(left["access_token"].as_str().unwrap());
    assert_eq!(left["scope"], "https://notes.example.com/read");
    let gone = json!({ "Identifier": "https://notes.example.com" });
    house.admin("DeleteResourceServer", gone).await.ok();
    ask(&house, &client, &[])
        .await
        .refuses(400, "invalid_scope");
}

#[tokio::test]
async fn a_client_without_the_grant_or_with_bad_metadata_is_refused() {
    let house = House::open().await;
    let client = machine(&house).await;
    let good = [("aws_client_metadata", r#"{"tenant":"a"}"#)];
    ask(&house, &client, &good).await.ok();
    for bad in ["{", "[]", r#"{"a":1}"#, "\"x\""] {
        let answer = ask(&house, &client, &[("aws_client_metadata", bad)]).await;
        answer.refuses(400, "invalid_request");
    }
    let coder = house.client(json!({ "GenerateSecret": true })).await;
    ask(&house, &coder, &[])
        .await
        .refuses(400, "unauthorized_client");
    let header = basic(&client.id, client.secret.as_deref().unwrap());
    for grant in ["authorization_code", "refresh_token"] {
        let pairs = [
            ("grant_type", grant),
            ("code", "x"),
            ("redirect_uri", "x"),
            ("refresh_token", "x"),
        ];
        let answer = house.token(&pairs, Some(&header)).await;
        let expected = if grant == "refresh_token" {
            "invalid_grant"
        } else {
            "unauthorized_client"
        };
        answer.refuses(400, expected);
    }
}

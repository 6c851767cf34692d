//! CreateUserPoolClient, DescribeUserPoolClient, ListUserPoolClients, UpdateUserPoolClient,
//! DeleteUserPoolClient.

use serde_json::{Value, json};

use super::{client, merge, pages, pool, seconds};
use crate::support::Server;
use crate::support::server::START_MS;

const INVALID: &str = "InvalidParameterException";
const OAUTH: &str = "InvalidOAuthFlowException";

async fn refused(s: &Server, pool: &str, settings: Value, code: &str, message: &str) {
    let mut body = json!({ "UserPoolId": pool, "ClientName": "c" });
    merge(&mut body, &settings);
    s.api("CreateUserPoolClient", body)
        .await
        .error(code, message);
}

async fn describe(s: &Server, pool: &str, id: &Value) -> Value {
    let body = json!({ "UserPoolId": pool, "ClientId": id });
    s.api("DescribeUserPoolClient", body).await.ok()["UserPoolClient"].take()
}

#[tokio::test]
async fn a_minimal_client_has_the_recorded_members_and_no_more() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    let made = client(&s, &pool, json!({})).await;
    let id = made["ClientId"].as_str().unwrap();
    assert!(id.len() == 26 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'v')));
    let at = seconds(START_MS);
    let expected = json!({
        "UserPoolId": pool, "ClientName": "c", "ClientId": id,
        "LastModifiedDate": at, "CreationDate": at, "ClientType": "REGULAR",
        "RefreshTokenValidity": 30, "TokenValidityUnits": {},
        "AllowedOAuthFlowsUserPoolClient": false, "EnableTokenRevocation": true,
        "EnablePropagateAdditionalUserContextData": false, "AuthSessionValidity": 3,
    });
    assert_eq!(made, expected);
    assert_eq!(describe(&s, &pool, &made["ClientId"]).await, expected);
}

#[tokio::test]
async fn every_setting_comes_back_as_it_was_given() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    let server = json!({ "UserPoolId": pool, "Identifier": "https://api", "Name": "api",
        "Scopes": [{ "ScopeName": "read", "ScopeDescription": "d" }] });
    s.api("CreateResourceServer", server).await.ok();
    let given = json!({
        "RefreshTokenValidity": 90, "AccessTokenValidity": 10, "IdTokenValidity": 3600,
        "TokenValidityUnits": { "AccessToken": "minutes", "IdToken": "seconds", "RefreshToken": "minutes" },
        "ReadAttributes": ["email", "email_verified", "identities"],
        "WriteAttributes": ["email", "name"],
        "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH"],
        "SupportedIdentityProviders": ["COGNITO"],
        "CallbackURLs": ["https://example.com/cb", "myapp://cb"],
        "LogoutURLs": ["http://localhost:3000/out"],
        "DefaultRedirectURI": "https://example.com/cb",
        "AllowedOAuthFlows": ["code", "implicit"],
        "AllowedOAuthScopes": ["openid", "https://api/read"],
        "AllowedOAuthFlowsUserPoolClient": true,
        "AnalyticsConfiguration": { "ApplicationId": "ab12", "ExternalId": "x", "UserDataShared": true,
            "RoleArn": "arn:aws:iam::123456789012:role/r" },
        "PreventUserExistenceErrors": "ENABLED",
        "EnableTokenRevocation": false,
        "EnablePropagateAdditionalUserContextData": true,
        "AuthSessionValidity": 15,
        "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": 10 },
    });
    let mut body = given.clone();
    body["GenerateSecret"] = json!(true);
    let made = client(&s, &pool, body).await;
    for (name, value) in given.as_object().unwrap() {
        assert_eq!(&made[name], value, "{name}");
    }
    assert_eq!(describe(&s, &pool, &made["ClientId"]).await, made);

    let mut update = given.clone();
    merge(
        &mut update,
        &json!({ "UserPoolId": pool, "ClientId": made["ClientId"] }),
    );
    let updated = s.api("UpdateUserPoolClient", update).await.ok();
    assert_eq!(updated["UserPoolClient"], made);
}

#[tokio::test]
async fn secrets_are_made_or_given_and_kept_by_update() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    let made = client(&s, &pool, json!({ "GenerateSecret": true })).await;
    let secret = made["ClientSecret"].as_str().unwrap();
    assert!(
        secret.len() == 52
            && secret
                .bytes()
                .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'v'))
    );
    let own = "own_secret_of_the_caller+1";
    let given = client(&s, &pool, json!({ "ClientSecret": own })).await;
    assert_eq!(given["ClientSecret"], own);
    let body = json!({ "UserPoolId": pool, "ClientId": given["ClientId"], "ClientName": "d" });
    let updated = s.api("UpdateUserPoolClient", body).await.ok();
    assert_eq!(updated["UserPoolClient"]["ClientSecret"], own);
    assert_eq!(updated["UserPoolClient"]["ClientName"], "d");
    let both = json!({ "GenerateSecret": true, "ClientSecret": own });
    let text = "GenerateSecret and ClientSecret cannot be used together.";
    refused(&s, &pool, both, INVALID, text).await;
}

#[tokio::test]
async fn update_replaces_all_settings() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    let plain = client(&s, &pool, json!({})).await;
    let rich = client(
        &s,
        &pool,
        json!({
            "ClientName": "rich",
            "AccessTokenValidity": 2, "ReadAttributes": ["email"],
            "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
            "PreventUserExistenceErrors": "ENABLED", "EnableTokenRevocation": false,
            "CallbackURLs": ["https://example.com"], "AuthSessionValidity": 9,
        }),
    )
    .await;
    s.clock().advance(poolhouse::time::Span::seconds(1));
    let body = json!({ "UserPoolId": pool, "ClientId": rich["ClientId"] });
    let updated = s.api("UpdateUserPoolClient", body).await.ok()["UserPoolClient"].take();
    let mut expected = plain;
    expected["ClientName"] = json!("rich");
    expected["ClientId"] = rich["ClientId"].clone();
    expected["LastModifiedDate"] = seconds(START_MS + 1000);
    assert_eq!(updated, expected);
    assert_eq!(describe(&s, &pool, &rich["ClientId"]).await, expected);
}

#[tokio::test]
async fn token_lifetimes_have_ranges_after_conversion() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    let units = |access: &str, id: &str, refresh: &str| json!({ "AccessToken": access, "IdToken": id, "RefreshToken": refresh });
    let accepted = [
        json!({ "AccessTokenValidity": 24 }),
        json!({ "AccessTokenValidity": 5, "IdTokenValidity": 300, "RefreshTokenValidity": 3600,
            "TokenValidityUnits": units("minutes", "seconds", "seconds") }),
        json!({ "RefreshTokenValidity": 3650 }),
        json!({ "RefreshTokenValidity": 0 }),
        json!({ "TokenValidityUnits": units("minutes", "seconds", "minutes") }),
    ];
    for body in accepted {
        client(&s, &pool, body).await;
    }
    let range = [
        json!({ "AccessTokenValidity": 25 }),
        json!({ "IdTokenValidity": 25 }),
        json!({ "AccessTokenValidity": 4, "TokenValidityUnits": { "AccessToken": "minutes" } }),
        json!({ "IdTokenValidity": 299, "TokenValidityUnits": { "IdToken": "seconds" } }),
        json!({ "RefreshTokenValidity": 3651 }),
        json!({ "RefreshTokenValidity": 59, "TokenValidityUnits": { "RefreshToken": "minutes" } }),
        json!({ "RefreshTokenValidity": 315_360_000 }),
    ];
    for body in range {
        refused(
            &s,
            &pool,
            body,
            INVALID,
            "Invalid range for token validity.",
        )
        .await;
    }
    let short = json!({ "AccessTokenValidity": 2, "RefreshTokenValidity": 1,
        "TokenValidityUnits": { "RefreshToken": "hours" } });
    let text =
        "RefreshTokenValidity must not be shorter than AccessTokenValidity and IdTokenValidity.";
    refused(&s, &pool, short, INVALID, text).await;

    let zero = client(&s, &pool, json!({ "RefreshTokenValidity": 0 })).await;
    assert_eq!(zero["RefreshTokenValidity"], 30);
    let unit = json!({ "TokenValidityUnits": { "RefreshToken": "hours" } });
    let hours = client(&s, &pool, unit).await;
    assert_eq!(hours["RefreshTokenValidity"], 720);
}

#[tokio::test]
async fn sign_in_flows_fit_together() {
    let s = Server::start().await;
    let pool_id = pool(&s, json!({})).await;
    let flows = |flows: &[&str]| json!({ "ExplicitAuthFlows": flows });
    client(
        &s,
        &pool_id,
        flows(&["ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH"]),
    )
    .await;
    let empty = client(&s, &pool_id, flows(&[])).await;
    assert_eq!(empty.get("ExplicitAuthFlows"), None);
    refused(
        &s,
        &pool_id,
        flows(&["ADMIN_NO_SRP_AUTH", "ALLOW_USER_SRP_AUTH"]),
        INVALID,
        "ExplicitAuthFlows cannot mix legacy values with values that start with ALLOW_.",
    )
    .await;
    let mut rotating = flows(&["ALLOW_REFRESH_TOKEN_AUTH"]);
    rotating["RefreshTokenRotation"] = json!({ "Feature": "ENABLED" });
    let text = "ALLOW_REFRESH_TOKEN_AUTH cannot be used with refresh token rotation.";
    refused(&s, &pool_id, rotating, INVALID, text).await;
    let lite = pool(&s, json!({ "UserPoolTier": "LITE" })).await;
    refused(
        &s,
        &lite,
        flows(&["ALLOW_USER_AUTH"]),
        "FeatureUnavailableInTierException",
        "USER_AUTH is not available in the LITE tier.",
    )
    .await;
    let text = "EnablePropagateAdditionalUserContextData requires a client secret.";
    let context = json!({ "EnablePropagateAdditionalUserContextData": true });
    refused(&s, &pool_id, context, INVALID, text).await;
}

#[tokio::test]
async fn oauth_settings_fit_together() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    let server = json!({ "UserPoolId": pool, "Identifier": "api", "Name": "api",
        "Scopes": [{ "ScopeName": "read", "ScopeDescription": "d" }] });
    s.api("CreateResourceServer", server).await.ok();
    let oauth = |flows: &[&str], scopes: &[&str], secret: bool| {
        json!({ "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": flows,
            "AllowedOAuthScopes": scopes, "GenerateSecret": secret })
    };
    client(
        &s,
        &pool,
        oauth(&["client_credentials"], &["api/read"], true),
    )
    .await;
    let incomplete = "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.";
    let cases = [
        (oauth(&[], &["openid"], false), OAUTH, incomplete),
        (oauth(&["code"], &[], false), OAUTH, incomplete),
        (
            oauth(&["code"], &["openid"], false),
            OAUTH,
            "CallbackURLs can not be empty when code flow or implicit flow is selected.",
        ),
        (
            oauth(&["client_credentials", "code"], &["api/read"], true),
            OAUTH,
            "client_credentials flow can not be selected along with code flow or implicit flow.",
        ),
        (
            oauth(&["client_credentials"], &["api/read"], false),
            OAUTH,
            "client_credentials flow can not be selected if client does not have a client secret.",
        ),
        (
            oauth(&["client_credentials"], &["openid"], true),
            OAUTH,
            "openid is not supported with client_credentials flow",
        ),
        (
            oauth(&["code"], &["openid", "api/write"], false),
            "ScopeDoesNotExistException",
            "Invalid scope requested: api/write",
        ),
        (
            json!({ "AllowedOAuthScopes": ["read"] }),
            "ScopeDoesNotExistException",
            "Invalid scope requested: read",
        ),
        (
            json!({ "SupportedIdentityProviders": ["COGNITO", "Google"] }),
            INVALID,
            &format!("The provider Google does not exist for User Pool {pool}."),
        ),
        (
            json!({ "DefaultRedirectURI": "https://example.com" }),
            INVALID,
            "DefaultRedirectURI must be one of CallbackURLs.",
        ),
    ];
    for (body, code, message) in cases {
        refused(&s, &pool, body, code, message).await;
    }
}

#[tokio::test]
async fn redirect_urls_cannot_run_code_or_leave_tls() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    let bad = [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "DATA:text/html;base64,PHg+",
        "vbscript:msgbox(1)",
        "file:///etc/passwd",
        "blob:https://example.com/x",
        "https://example.com/#fragment",
        "https://user@example.com",
        "//example.com",
        "/path",
        "https:",
        "example",
    ];
    for url in bad {
        for (member, kind) in [("CallbackURLs", "callback"), ("LogoutURLs", "logout")] {
            let text = format!("{url} is not a valid {kind} URL.");
            refused(&s, &pool, json!({ member: [url] }), INVALID, &text).await;
        }
    }
    let text = "http://example.com cannot use the HTTP protocol.";
    let plain = json!({ "CallbackURLs": ["http://example.com"] });
    refused(&s, &pool, plain, INVALID, text).await;
    let twice = json!({ "CallbackURLs": ["https://a.example", "https://a.example"] });
    let made = client(&s, &pool, twice).await;
    assert_eq!(made["CallbackURLs"], json!(["https://a.example"]));
}

#[tokio::test]
async fn attribute_permissions_name_what_the_schema_has() {
    let s = Server::start().await;
    let schema = json!({ "Schema": [
        { "Name": "email", "Required": true },
        { "Name": "tenant", "AttributeDataType": "String" },
        { "Name": "secret", "AttributeDataType": "String", "DeveloperOnlyAttribute": true },
    ] });
    let pool = pool(&s, schema).await;
    let made = client(
        &s,
        &pool,
        json!({ "ReadAttributes": ["sub", "custom:tenant"], "WriteAttributes": ["email", "custom:tenant"] }),
    )
    .await;
    assert_eq!(made["ReadAttributes"], json!(["sub", "custom:tenant"]));
    let read = "Invalid read attributes specified while creating a client";
    let write = "Invalid write attributes specified while creating a client";
    let cases = [
        ("ReadAttributes", json!(["tenant"]), read),
        ("ReadAttributes", json!(["dev:custom:secret"]), read),
        ("WriteAttributes", json!(["email", "custom:other"]), write),
        ("WriteAttributes", json!(["email", "email_verified"]), write),
        ("WriteAttributes", json!(["email", "sub"]), write),
        ("WriteAttributes", json!(["name"]), write),
    ];
    for (member, names, message) in cases {
        refused(&s, &pool, json!({ member: names }), INVALID, message).await;
    }
    let body =
        json!({ "UserPoolId": pool, "ClientId": made["ClientId"], "WriteAttributes": ["name"] });
    s.api("UpdateUserPoolClient", body).await.error(
        INVALID,
        "Invalid write attributes specified while updating a client",
    );
}

#[tokio::test]
async fn a_name_can_fix_the_id() {
    let s = Server::start().await;
    let pool_id = pool(&s, json!({})).await;
    let made = client(
        &s,
        &pool_id,
        json!({ "ClientName": "_custom_id_:myclient" }),
    )
    .await;
    assert_eq!(made["ClientId"], "myclient");
    assert_eq!(made["ClientName"], "_custom_id_:myclient");
    let other = pool(&s, json!({})).await;
    let again = json!({ "ClientName": "_custom_id_:myclient" });
    let text = "A client with this id already exists.";
    refused(&s, &other, again, INVALID, text).await;
}

#[tokio::test]
async fn lists_page_by_id_and_type() {
    let s = Server::start().await;
    let pool_id = pool(&s, json!({})).await;
    let mut expected = Vec::new();
    for n in 0..5 {
        let made = client(&s, &pool_id, json!({ "ClientName": format!("c{n}") })).await;
        expected.push(json!({ "ClientId": made["ClientId"], "UserPoolId": pool_id,
            "ClientName": made["ClientName"] }));
    }
    let by_id = |a: &Value, b: &Value| a["ClientId"].as_str().cmp(&b["ClientId"].as_str());
    expected.sort_by(by_id);
    let body = json!({ "UserPoolId": pool_id });
    for size in [1, 2, 5, 60] {
        let mut seen = pages(&s, "ListUserPoolClients", body.clone(), "MaxResults", size).await;
        seen.sort_by(by_id);
        assert_eq!(seen, expected);
    }
    let mut of_type = body.clone();
    of_type["ClientType"] = json!("REGULAR");
    assert_eq!(
        pages(&s, "ListUserPoolClients", of_type.clone(), "MaxResults", 2)
            .await
            .len(),
        5
    );
    of_type["ClientType"] = json!("DCR");
    let none = s.api("ListUserPoolClients", of_type).await.ok();
    assert_eq!(none, json!({ "UserPoolClients": [] }));

    let mut two = body.clone();
    two["MaxResults"] = json!(2);
    let token = s.api("ListUserPoolClients", two.clone()).await.ok()["NextToken"].take();
    two["NextToken"] = token;
    let text = "Invalid pagination token";
    let mut foreign = two.clone();
    foreign["UserPoolId"] = json!(pool(&s, json!({})).await);
    s.api("ListUserPoolClients", foreign)
        .await
        .error(INVALID, text);
    let mut other = two.clone();
    other["ClientType"] = json!("REGULAR");
    s.api("ListUserPoolClients", other)
        .await
        .error(INVALID, text);
    s.api("ListResourceServers", two.clone())
        .await
        .error(INVALID, text);
    s.api("ListUserPoolClients", two).await.ok();
}

#[tokio::test]
async fn unknown_clients_and_clients_of_other_pools_are_not_found() {
    let s = Server::start().await;
    let mine = pool(&s, json!({})).await;
    let other = pool(&s, json!({})).await;
    let made = client(&s, &mine, json!({})).await;
    let id = made["ClientId"].as_str().unwrap();
    for operation in [
        "DescribeUserPoolClient",
        "UpdateUserPoolClient",
        "DeleteUserPoolClient",
    ] {
        let (code, text) = (
            "ResourceNotFoundException",
            format!("User pool client {id} does not exist."),
        );
        s.api(operation, json!({ "UserPoolId": other, "ClientId": id }))
            .await
            .error(code, &text);
        let text = "User pool us-east-1_none does not exist.";
        s.api(
            operation,
            json!({ "UserPoolId": "us-east-1_none", "ClientId": id }),
        )
        .await
        .error(code, text);
    }
    let body = json!({ "UserPoolId": mine, "ClientId": id });
    assert_eq!(
        s.api("DeleteUserPoolClient", body.clone()).await.ok(),
        Value::Null
    );
    s.api("DeleteUserPoolClient", body).await.error(
        "ResourceNotFoundException",
        &format!("User pool client {id} does not exist."),
    );
}

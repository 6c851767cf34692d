//! PreTokenGeneration: claims, scopes and groups (triggers.md 4; security.md E4, H14).

use serde_json::{Value, json};

use super::host::{Act, arn};
use super::scene::Scene;
use crate::support::house::{House, claims};

async fn scene(version: &str) -> Scene {
    let config = json!({ "LambdaVersion": version, "LambdaArn": arn("claims") });
    let pool = json!({ "LambdaConfig": { "PreTokenGenerationConfig": config } });
    Scene::of(&[], pool, json!({})).await
}

async fn tokens(scene: &Scene) -> (Value, Value) {
    let answer = scene.sign_in("ada", json!({})).await.ok();
    let result = &answer["AuthenticationResult"];
    let of = |name: &str| claims(result[name].as_str().unwrap());
    (of("IdToken"), of("AccessToken"))
}

async fn with_groups(scene: &Scene) {
    for (name, rank) in [("admins", 1), ("users", 2)] {
        let role = format!("arn:aws:iam::123456789012:role/{name}");
        let group = json!({ "GroupName": name, "Precedence": rank, "RoleArn": role });
        scene.admin("CreateGroup", group).await.ok();
        let member = json!({ "GroupName": name, "Username": "ada" });
        scene.admin("AdminAddUserToGroup", member).await.ok();
    }
}

#[tokio::test]
async fn version_one_changes_the_id_token_and_groups() {
    let scene = Scene::with(&["PreTokenGeneration"]).await;
    scene.stage.user("ada").await;
    with_groups(&scene).await;
    scene.host.responds(json!({ "claimsOverrideDetails": {
        "claimsToAddOrOverride": { "tenant": "t1", "sub": "forged", "email": "other@example.com" },
        "claimsToSuppress": ["email", "iss"],
        "groupOverrideDetails": { "groupsToOverride": ["guests"], "iamRolesToOverride": ["arn:r"], "preferredRole": "arn:r" },
    } }));
    let (id, access) = tokens(&scene).await;
    assert_eq!((&id["tenant"], id.get("email")), (&json!("t1"), None));
    assert_ne!(id["sub"], "forged");
    assert_eq!(id["iss"], json!(scene.stage.issuer()));
    assert_eq!(
        (&id["cognito:groups"], &access["cognito:groups"]),
        (&json!(["guests"]), &json!(["guests"]))
    );
    assert_eq!(
        (&id["cognito:roles"], &id["cognito:preferred_role"]),
        (&json!(["arn:r"]), &json!("arn:r"))
    );
    assert_eq!(access.get("tenant"), None);
    let events = scene.host.events();
    assert_eq!(events[0]["version"], "1");
    assert_eq!(
        events[0]["response"]["claimsOverrideDetails"]["claimsToSuppress"],
        Value::Null
    );
    let role = |name: &str| format!("arn:aws:iam::123456789012:role/{name}");
    let groups = json!({
        "groupsToOverride": ["admins", "users"],
        "iamRolesToOverride": [role("admins"), role("users")], "preferredRole": role("admins"),
    });
    assert_eq!(events[0]["request"]["groupConfiguration"], groups);
    assert_eq!(events[0]["request"].get("scopes"), None);
    // Storage knows nothing of it.
    let listed = scene
        .admin("AdminListGroupsForUser", json!({ "Username": "ada" }))
        .await
        .ok();
    assert_eq!(listed["Groups"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn version_two_changes_both_tokens_and_takes_any_value() {
    let scene = scene("V2_0").await;
    scene.stage.user("ada").await;
    let deep = json!({ "roles": ["a", 1, true], "at": { "x": null } });
    scene.host.responds(json!({ "claimsAndScopeOverrideDetails": {
        "idTokenGeneration": { "claimsToAddOrOverride": { "deep": deep, "n": 1.5 }, "claimsToSuppress": ["email"] },
        "accessTokenGeneration": {
            "claimsToAddOrOverride": { "deep": deep, "aud": scene.stage.client, "client_id": "x", "scope": "root" },
            "scopesToAdd": ["api/read"], "scopesToSuppress": ["aws.cognito.signin.user.admin"],
        },
    } }));
    let answer = scene.sign_in("ada", json!({})).await.ok();
    let result = &answer["AuthenticationResult"];
    let (id, access) = (
        claims(result["IdToken"].as_str().unwrap()),
        claims(result["AccessToken"].as_str().unwrap()),
    );
    assert_eq!(
        (&id["deep"], &id["n"], id.get("email")),
        (&deep, &json!(1.5), None)
    );
    assert_eq!(
        (&access["deep"], &access["aud"]),
        (&deep, &json!(scene.stage.client))
    );
    assert_eq!(
        (&access["scope"], &access["client_id"]),
        (&json!("api/read"), &json!(scene.stage.client))
    );
    // Without the scope the token is of no use to the user pools API.
    let refused = scene
        .stage
        .s
        .api("GetUser", json!({ "AccessToken": result["AccessToken"] }))
        .await;
    refused.error(
        "NotAuthorizedException",
        "Access Token does not have required scopes",
    );
    let refresh = json!({ "REFRESH_TOKEN": result["RefreshToken"] });
    let again = scene
        .stage
        .initiate("REFRESH_TOKEN_AUTH", refresh)
        .await
        .ok();
    let again = claims(
        again["AuthenticationResult"]["AccessToken"]
            .as_str()
            .unwrap(),
    );
    assert_eq!(again["scope"], "api/read");
    let events = scene.host.events();
    assert_eq!(
        (&events[1]["version"], &events[1]["request"]["scopes"]),
        (&json!("2"), &json!(["aws.cognito.signin.user.admin"]))
    );
}

/// Of several scopes one is taken away, and no other; adding it at the same time changes nothing.
#[tokio::test]
async fn a_scope_that_is_suppressed_is_in_no_token() {
    let host = super::host::Host::start().await;
    let config =
        json!({ "PreTokenGenerationConfig": { "LambdaVersion": "V2_0", "LambdaArn": arn("f") } });
    let server = host.server().await;
    let house = House::on(server, json!({ "LambdaConfig": config })).await;
    house.user("jane").await;
    let scope = [("scope", "openid email profile")];
    for (added, suppressed, left) in [
        (json!([]), json!([]), "openid email profile"),
        (json!([]), json!(["email"]), "openid profile"),
        (json!(["email"]), json!(["email"]), "openid profile"),
        (
            json!(["api/read"]),
            json!(["api/read"]),
            "openid email profile",
        ),
        (
            json!([]),
            json!(["phone", "EMAIL", "openid email"]),
            "openid email profile",
        ),
        (json!([]), json!(["openid", "email", "profile"]), ""),
    ] {
        host.responds(
            json!({ "claimsAndScopeOverrideDetails": { "accessTokenGeneration": {
            "scopesToAdd": added, "scopesToSuppress": suppressed,
        } } }),
        );
        let tokens = house.tokens("jane", &scope).await;
        let access = claims(tokens["access_token"].as_str().unwrap());
        assert_eq!(access["scope"], left, "{suppressed}");
        let refresh = [
            ("grant_type", "refresh_token"),
            ("client_id", house.client.as_str()),
            ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        ];
        let again = house.token(&refresh, None).await.ok();
        let access = claims(again["access_token"].as_str().unwrap());
        assert_eq!(access["scope"], left, "{suppressed}, refreshed");
    }
}

#[tokio::test]
async fn groups_stay_unless_they_are_named() {
    let scene = scene("V2_0").await;
    scene.stage.user("ada").await;
    with_groups(&scene).await;
    for (details, kept) in [
        (json!({}), true),
        (json!({ "groupOverrideDetails": null }), false),
        (json!({ "groupOverrideDetails": {} }), false),
        (
            json!({ "groupOverrideDetails": { "groupsToOverride": null } }),
            false,
        ),
        (
            json!({ "idTokenGeneration": { "claimsToSuppress": ["cognito:groups"] },
                 "accessTokenGeneration": { "claimsToSuppress": ["cognito:groups"] } }),
            false,
        ),
    ] {
        scene
            .host
            .responds(json!({ "claimsAndScopeOverrideDetails": details }));
        let (id, access) = tokens(&scene).await;
        for token in [&id, &access] {
            assert_eq!(token.get("cognito:groups").is_some(), kept, "{details}");
        }
        assert_eq!(id.get("cognito:roles").is_some(), kept, "{details}");
        assert_eq!(
            id.get("cognito:preferred_role").is_some(),
            kept,
            "{details}"
        );
    }
}

/// security.md E4, through the whole server.
#[tokio::test]
async fn a_function_that_returns_everything_changes_nothing_reserved() {
    for version in ["V1_0", "V2_0", "V3_0"] {
        everything_is_returned(version).await;
    }
}

async fn everything_is_returned(version: &str) {
    let scene = scene(version).await;
    scene.stage.user("ada").await;
    let (plain_id, plain_access) = tokens(&scene).await;
    assert_eq!(plain_id["amr"], json!(["pwd"]));
    let first = version == "V1_0";
    scene.host.does(move |event| {
        let names = [
            "iss",
            "sub",
            "aud",
            "exp",
            "iat",
            "auth_time",
            "token_use",
            "origin_jti",
            "jti",
            "nbf",
            "cognito:username",
            "username",
            "client_id",
            "event_id",
            "version",
            "identities",
            "azp",
            "acr",
            "amr",
            "at_hash",
            "nonce",
            "device_key",
            "scope",
            "cognito:groups",
            "cognito:x",
        ];
        let set: serde_json::Map<_, _> = names
            .iter()
            .map(|n| ((*n).to_owned(), json!("forged")))
            .collect();
        let changes = json!({ "claimsToAddOrOverride": set, "claimsToSuppress": names });
        let details = json!({ "idTokenGeneration": changes, "accessTokenGeneration": changes });
        let response = if first {
            json!({ "claimsOverrideDetails": changes })
        } else {
            json!({ "claimsAndScopeOverrideDetails": details })
        };
        Act::Returns(super::host::with_response(event, &response))
    });
    let (id, access) = tokens(&scene).await;
    for (before, after) in [(&plain_id, &id), (&plain_access, &access)] {
        let names = |token: &Value| {
            token
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(names(before), names(after));
        assert!(!after.to_string().contains("forged"), "{after}");
        for kept in ["sub", "iss", "acr", "amr"] {
            assert_eq!(before[kept], after[kept], "{kept}");
        }
    }
}

#[tokio::test]
async fn answers_of_the_wrong_type_give_no_tokens() {
    for (version, response) in [
        (
            "V1_0",
            json!({ "claimsOverrideDetails": { "claimsToAddOrOverride": { "n": 1 } } }),
        ),
        (
            "V1_0",
            json!({ "claimsOverrideDetails": { "claimsToSuppress": "email" } }),
        ),
        (
            "V2_0",
            json!({ "claimsAndScopeOverrideDetails": { "idTokenGeneration": [] } }),
        ),
        (
            "V2_0",
            json!({ "claimsAndScopeOverrideDetails": { "accessTokenGeneration": { "scopesToAdd": ["a b"] } } }),
        ),
        (
            "V2_0",
            json!({ "claimsAndScopeOverrideDetails": { "idTokenGeneration": { "claimsToAddOrOverride": { "x": "y".repeat(70_000) } } } }),
        ),
        (
            "V3_0",
            json!({ "claimsAndScopeOverrideDetails": { "groupOverrideDetails": { "groupsToOverride": [1] } } }),
        ),
    ] {
        let scene = scene(version).await;
        scene.stage.user("ada").await;
        scene.host.responds(response);
        let refused = scene.sign_in("ada", json!({})).await;
        refused.error(
            "InvalidLambdaResponseException",
            "Unrecognizable lambda output",
        );
    }
}

#[tokio::test]
async fn a_clients_own_token_asks_version_three_only() {
    for (version, asked) in [("V1_0", false), ("V2_0", false), ("V3_0", true)] {
        let scene = scene(version).await;
        let house = scene.stage.s.api(
            "CreateUserPoolDomain",
            json!({
                "UserPoolId": scene.stage.pool,
                "Domain": crate::support::house::domain_name(&scene.stage.pool),
            }),
        );
        house.await.ok();
        let server = json!({ "Identifier": "api", "Name": "api", "Scopes": [{ "ScopeName": "read", "ScopeDescription": "r" }] });
        scene.admin("CreateResourceServer", server).await.ok();
        let client = scene.stage.new_client(json!({
            "GenerateSecret": true, "ExplicitAuthFlows": [], "AllowedOAuthFlows": ["client_credentials"],
            "AllowedOAuthScopes": ["api/read"], "AllowedOAuthFlowsUserPoolClient": true,
        })).await;
        let id = client["ClientId"].as_str().unwrap();
        scene.host.responds(
            json!({ "claimsAndScopeOverrideDetails": { "accessTokenGeneration": {
            "claimsToAddOrOverride": { "tenant": "t1" }, "scopesToAdd": ["extra"],
        } } }),
        );
        let url = format!("{}/{}/oauth2/token", scene.stage.s.url, scene.stage.pool);
        let told = crate::support::house::post(
            &scene.stage.s,
            &url,
            &[
                ("grant_type", "client_credentials"),
                ("client_id", id),
                ("client_secret", client["ClientSecret"].as_str().unwrap()),
                ("aws_client_metadata", r#"{"env":"dev"}"#),
            ],
            None,
        )
        .await
        .ok();
        let token = claims(told["access_token"].as_str().unwrap());
        let events = scene.host.events();
        assert_eq!(events.len(), usize::from(asked));
        if asked {
            assert_eq!(
                (&token["tenant"], &token["scope"]),
                (&json!("t1"), &json!("api/read extra"))
            );
            let request = json!({
                "userAttributes": {}, "scopes": ["api/read"], "clientMetadata": { "env": "dev" },
                "groupConfiguration": { "groupsToOverride": [], "iamRolesToOverride": [], "preferredRole": null },
            });
            assert_eq!(
                (&events[0]["version"], &events[0]["request"]),
                (&json!("3"), &request)
            );
            assert_eq!(
                events[0]["triggerSource"],
                "TokenGeneration_ClientCredentials"
            );
            assert_eq!(events[0]["callerContext"]["clientId"], id);
        } else {
            assert_eq!(
                (token.get("tenant"), &token["scope"]),
                (None, &json!("api/read"))
            );
        }
    }
}

#[tokio::test]
async fn a_refusal_keeps_every_token_back() {
    let scene = scene("V2_0").await;
    scene.stage.user("ada").await;
    let tokens = scene.sign_in("ada", json!({})).await.ok();
    let refresh = tokens["AuthenticationResult"]["RefreshToken"].clone();
    scene.host.does(|_| Act::Throws("no"));
    let text = "PreTokenGeneration failed with error no.";
    let code = "UserLambdaValidationException";
    scene.sign_in("ada", json!({})).await.error(code, text);
    let parameters = json!({ "REFRESH_TOKEN": refresh });
    scene
        .stage
        .initiate("REFRESH_TOKEN_AUTH", parameters)
        .await
        .error(code, text);
    let body = json!({ "RefreshToken": refresh });
    scene
        .public("GetTokensFromRefreshToken", body)
        .await
        .error(code, text);
}

//! PreTokenGeneration where a client speaks for itself without a domain, and where a token becomes
//! another: GetClientToken, GetDerivedToken.

use serde_json::{Value, json};

use super::host::{Act, arn};
use super::scene::Scene;
use crate::api::auth::stage::text;
use crate::support::Answer;
use crate::support::house::claims;

async fn scene(version: &str) -> Scene {
    let config = json!({ "LambdaVersion": version, "LambdaArn": arn("claims") });
    let pool = json!({ "LambdaConfig": { "PreTokenGenerationConfig": config } });
    Scene::of(&[], pool, json!({})).await
}

async fn machine(scene: &Scene) -> Value {
    let scopes = json!([{ "ScopeName": "read", "ScopeDescription": "r" }]);
    let server = json!({ "Identifier": "api", "Name": "api", "Scopes": scopes });
    scene.admin("CreateResourceServer", server).await.ok();
    let settings = json!({
        "GenerateSecret": true, "ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"],
        "AllowedOAuthScopes": ["api/read"],
    });
    scene.stage.new_client(settings).await
}

async fn ask(scene: &Scene, client: &Value) -> Answer {
    let request = json!({
        "ClientId": client["ClientId"], "Secret": client["ClientSecret"],
        "ClientMetadata": { "env": "dev" },
    });
    scene.stage.s.api("GetClientToken", request).await
}

#[tokio::test]
async fn a_machines_token_asks_version_three_only() {
    for (version, asked) in [("V1_0", false), ("V2_0", false), ("V3_0", true)] {
        let scene = scene(version).await;
        let client = machine(&scene).await;
        scene.host.responds(
            json!({ "claimsAndScopeOverrideDetails": { "accessTokenGeneration": {
            "claimsToAddOrOverride": { "tenant": "t1" },
        } } }),
        );
        let told = ask(&scene, &client).await.ok();
        let token = claims(
            told["ClientAuthenticationResult"]["AccessToken"]
                .as_str()
                .unwrap(),
        );
        assert_eq!(token.get("tenant").is_some(), asked);
        let events = scene.host.events();
        assert_eq!(events.len(), usize::from(asked));
        if let [event] = events.as_slice() {
            assert_eq!(event["triggerSource"], "TokenGeneration_ClientCredentials");
            assert_eq!(event["userName"], "ClientCredentials");
            assert_eq!(event["request"]["clientMetadata"], json!({ "env": "dev" }));
        }
    }
}

/// The operation's model has no exception for triggers.
#[tokio::test]
async fn a_refusal_of_a_machines_token_is_told_as_one_of_the_client() {
    let scene = scene("V3_0").await;
    let client = machine(&scene).await;
    let code = "NotAuthorizedException";
    scene.host.does(|_| Act::Throws("no"));
    let text = "PreTokenGeneration failed with error no.";
    ask(&scene, &client).await.error(code, text);
    scene
        .host
        .responds(json!({ "claimsAndScopeOverrideDetails": 7 }));
    ask(&scene, &client)
        .await
        .error(code, "Unrecognizable lambda output");
}

#[tokio::test]
async fn an_exchange_asks_and_cannot_be_told_who_acts_or_for_whom_it_is() {
    let settings = json!({ "ExplicitAuthFlows": [
        "ALLOW_USER_PASSWORD_AUTH", "ALLOW_TOKEN_EXCHANGE_IMPERSONATION",
    ] });
    let config = json!({ "LambdaVersion": "V2_0", "LambdaArn": arn("claims") });
    let pool = json!({ "LambdaConfig": { "PreTokenGenerationConfig": config } });
    let scene = Scene::of(&[], pool, settings).await;
    scene.stage.user("ada").await;
    let tokens = scene.sign_in("ada", json!({})).await.ok();
    let subject = text(&tokens["AuthenticationResult"]["AccessToken"]);
    scene.host.events();
    let request = json!({
        "SubjectToken": subject, "SubjectTokenType": "ACCESS_TOKEN", "Audiences": ["orders"],
    });
    let client = json!(scene.stage.client);
    let set = json!({ "tenant": "t1", "act": { "sub": "somebody" }, "aud": client });
    scene.host.responds(
        json!({ "claimsAndScopeOverrideDetails": { "accessTokenGeneration": {
        "claimsToAddOrOverride": set,
    } } }),
    );
    let told = scene.public("GetDerivedToken", request.clone()).await.ok();
    let token = claims(told["IssuedToken"].as_str().unwrap());
    assert_eq!(
        (&token["tenant"], &token["aud"]),
        (&json!("t1"), &json!("orders"))
    );
    assert_eq!(token.get("act"), None);
    let events = scene.host.events();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["triggerSource"], "TokenGeneration_Authentication");
    assert_eq!(events[0]["userName"], "ada");
    scene.host.does(|_| Act::Throws("no"));
    scene.public("GetDerivedToken", request).await.error(
        "UserLambdaValidationException",
        "PreTokenGeneration failed with error no.",
    );
}

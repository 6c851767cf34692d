//! What is stored but not built: the honest answer, never tokens.

use serde_json::{Value, json};

use super::stage::{PASSWORD, Stage};
use crate::support::Answer;

fn refused(answer: Answer, what: &str) {
    let message = format!("{what} is not implemented by Poolhouse yet");
    let expected = json!({ "__type": "NotImplementedException", "message": message });
    assert_eq!((answer.status, answer.body), (501, expected));
}

async fn in_pool(pool: Value, what: &str) {
    let stage = Stage::with(pool, json!({})).await;
    stage.user("ada").await;
    refused(stage.sign_in("ada", PASSWORD).await, what);
}

#[tokio::test]
async fn pools_that_ask_for_more_than_is_built_give_no_tokens() {
    let arn = "arn:aws:lambda:us-east-1:123456789012:function:f";
    let devices = json!({ "DeviceConfiguration": { "ChallengeRequiredOnNewDevice": true } });
    in_pool(devices, "DeviceConfiguration").await;
    for trigger in [
        "PreAuthentication",
        "PostAuthentication",
        "PreTokenGeneration",
    ] {
        let pool = json!({ "LambdaConfig": { trigger: arn } });
        in_pool(pool, &format!("The {trigger} trigger")).await;
    }
}

#[tokio::test]
async fn a_migration_trigger_is_asked_for_unknown_users_only() {
    let arn = "arn:aws:lambda:us-east-1:123456789012:function:f";
    let pool = json!({ "LambdaConfig": { "UserMigration": arn } });
    let stage = Stage::with(pool, json!({})).await;
    stage.user("ada").await;
    stage.tokens("ada").await;
    refused(
        stage.sign_in("nobody", PASSWORD).await,
        "The UserMigration trigger",
    );
}

#[tokio::test]
async fn optional_mfa_asks_nothing_of_users_without_factors() {
    let sms = json!({ "SnsCallerArn": "arn:aws:iam::123456789012:role/sms" });
    let pool = json!({ "MfaConfiguration": "OPTIONAL", "SmsConfiguration": sms });
    let stage = Stage::with(pool, json!({})).await;
    stage.user("ada").await;
    stage.tokens("ada").await;
}

#[tokio::test]
async fn flows_devices_and_challenges_that_are_not_built() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    for flow in ["CUSTOM_AUTH", "USER_AUTH"] {
        let parameters = json!({ "USERNAME": "ada", "PASSWORD": PASSWORD });
        refused(stage.initiate(flow, parameters).await, flow);
    }
    let parameters = json!({ "USERNAME": "ada", "PASSWORD": PASSWORD, "DEVICE_KEY": "k" });
    let answer = stage.initiate("USER_PASSWORD_AUTH", parameters).await;
    refused(answer, "DEVICE_KEY");
    for challenge in ["CUSTOM_CHALLENGE", "DEVICE_SRP_AUTH", "WEB_AUTHN"] {
        let answer = stage.respond(challenge, None, json!({ "USERNAME": "ada" }));
        refused(answer.await, challenge);
    }
}

//! What is stored but not built: the honest answer, never tokens.

use serde_json::json;

use super::stage::Stage;
use crate::support::Answer;

fn refused(answer: Answer, what: &str) {
    let message = format!("{what} is not implemented by Poolhouse yet");
    let expected = json!({ "__type": "NotImplementedException", "message": message });
    assert_eq!((answer.status, answer.body), (501, expected));
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
async fn stepping_up_is_not_built() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    for step_up in ["TARGET_ACR_VALUES", "ACCESS_TOKEN", "MAX_AGE"] {
        let parameters = json!({ "USERNAME": "ada", step_up: "1" });
        refused(stage.initiate("USER_AUTH", parameters).await, step_up);
    }
}

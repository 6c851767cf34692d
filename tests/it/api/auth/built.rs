//! What a pool allows and a user has not.

use serde_json::json;

use super::stage::Stage;

#[tokio::test]
async fn optional_mfa_asks_nothing_of_users_without_factors() {
    let sms = json!({ "SnsCallerArn": "arn:aws:iam::123456789012:role/sms" });
    let pool = json!({ "MfaConfiguration": "OPTIONAL", "SmsConfiguration": sms });
    let stage = Stage::with(pool, json!({})).await;
    stage.user("ada").await;
    stage.tokens("ada").await;
}

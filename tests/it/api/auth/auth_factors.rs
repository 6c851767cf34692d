//! GetUserAuthFactors, AdminGetUserAuthFactors.

use serde_json::{Value, json};

use super::choice::{pool, reachable};
use super::mfa;
use super::stage::{PASSWORD, Stage, merged};

impl Stage {
    async fn factors(&self, name: &str) -> Value {
        let request = json!({ "UserPoolId": self.pool, "Username": name });
        self.s.api("AdminGetUserAuthFactors", request).await.ok()
    }
}

#[tokio::test]
async fn what_a_user_can_begin_with() {
    let all = json!({ "Policies": pool()["Policies"] });
    let stage = Stage::with(merged(mfa::pool("OPTIONAL"), &all), json!({})).await;
    stage.reachable("ada").await;
    let everything = json!({
        "Username": "ada", "ConfiguredUserAuthFactors": ["PASSWORD", "EMAIL_OTP", "SMS_OTP"],
    });
    assert_eq!(stage.factors("ada").await, everything);
    let token = stage.tokens("ada").await["AccessToken"].take();
    let request = json!({ "AccessToken": token });
    let own = stage
        .s
        .api("GetUserAuthFactors", request.clone())
        .await
        .ok();
    assert_eq!(own, everything);

    let prefer = json!({
        "UserPoolId": stage.pool, "Username": "ada",
        "EmailMfaSettings": { "Enabled": true, "PreferredMfa": true },
        "SMSMfaSettings": { "Enabled": true },
    });
    stage.s.api("AdminSetUserMFAPreference", prefer).await.ok();
    let second = json!({
        "Username": "ada", "ConfiguredUserAuthFactors": ["PASSWORD"],
        "PreferredMfaSetting": "EMAIL_OTP", "UserMFASettingList": ["SMS_MFA", "EMAIL_OTP"],
    });
    assert_eq!(stage.factors("ada").await, second);
    let own = stage.s.api("GetUserAuthFactors", request).await.ok();
    assert_eq!(own, second);

    stage.user_with("eve", reachable, None).await;
    let codes = json!({
        "Username": "eve", "ConfiguredUserAuthFactors": ["EMAIL_OTP", "SMS_OTP"],
    });
    assert_eq!(stage.factors("eve").await, codes);
}

#[tokio::test]
async fn their_errors() {
    let stage = Stage::new().await;
    let request = json!({ "UserPoolId": stage.pool, "Username": "nobody" });
    let answer = stage.s.api("AdminGetUserAuthFactors", request).await;
    answer.error("UserNotFoundException", "User does not exist.");
    let request = json!({ "UserPoolId": "us-east-1_000000000", "Username": "ada" });
    let answer = stage.s.api("AdminGetUserAuthFactors", request).await;
    let message = "User pool us-east-1_000000000 does not exist.";
    answer.error("ResourceNotFoundException", message);
    stage.user("ada").await;
    let token = stage.sign_in("ada", PASSWORD).await.ok();
    let id = &token["AuthenticationResult"]["IdToken"];
    let answer = stage
        .s
        .api("GetUserAuthFactors", json!({ "AccessToken": id }))
        .await;
    answer.error("NotAuthorizedException", "Invalid Access Token");
}

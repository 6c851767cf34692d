//! Sign-up without a password, and straight from sign-up to the tokens.

use serde_json::{Value, json};

use super::choice::{FOREIGN, USED, available, factors, pool};
use super::mfa;
use super::stage::{INVALID_PARAMETER, NOT_AUTHORIZED, PASSWORD, Stage, merged, text};
use crate::support::Answer;

const EMAIL: &str = "ada@example.com";
const LATE: &str = "Invalid session for the user, session is expired.";

impl Stage {
    async fn sign_up(&self, name: &str, more: Value) -> Answer {
        let request = json!({
            "ClientId": self.client, "Username": name,
            "UserAttributes": [{ "Name": "email", "Value": format!("{name}@example.com") }],
        });
        self.s.api("SignUp", merged(request, &more)).await
    }

    async fn confirm(&self, name: &str, session: &Value) -> Answer {
        let code = self.s.code_to(&format!("{name}@example.com"));
        let mut request = json!({
            "ClientId": self.client, "Username": name, "ConfirmationCode": code,
        });
        if !session.is_null() {
            request["Session"] = session.clone();
        }
        self.s.api("ConfirmSignUp", request).await
    }

    async fn go_on(&self, name: &str, session: &Value) -> Answer {
        let request = json!({
            "ClientId": self.client, "AuthFlow": "USER_AUTH", "Session": session,
            "AuthParameters": { "USERNAME": name },
        });
        self.s.api("InitiateAuth", request).await
    }

    /// From nothing to the session of a confirmed account.
    async fn signed_up(&self, name: &str) -> Value {
        let made = self.sign_up(name, json!({})).await.ok();
        self.confirm(name, &made["Session"]).await.ok()["Session"].take()
    }
}

#[tokio::test]
async fn from_sign_up_without_a_password_to_the_tokens() {
    let stage = Stage::with(pool(), json!({})).await;
    let made = stage.sign_up("ada", json!({})).await.ok();
    assert_eq!(made["UserConfirmed"], false);
    let confirmed = stage.confirm("ada", &made["Session"]).await.ok();
    let session = &confirmed["Session"];
    let body = stage.go_on("ada", session).await.ok();
    let token = &body["AuthenticationResult"]["AccessToken"];
    assert_eq!(stage.get_user(token).await.ok()["Username"], "ada");
    let again = stage.go_on("ada", session).await;
    again.error(NOT_AUTHORIZED, USED);
    let asked = stage.choose("ada", json!({})).await.ok();
    assert_eq!(available(&asked), ["EMAIL_OTP"]);
}

#[tokio::test]
async fn with_a_password_too_and_at_the_admin_s_door() {
    let stage = Stage::new().await;
    let password = json!({ "Password": PASSWORD });
    let pool = json!({ "UserPoolId": stage.pool, "AutoVerifiedAttributes": ["email"] });
    stage.s.api("UpdateUserPool", pool).await.ok();
    let made = stage.sign_up("ada", password).await.ok();
    let session = stage.confirm("ada", &made["Session"]).await.ok()["Session"].take();
    let request = json!({
        "UserPoolId": stage.pool, "ClientId": stage.client, "AuthFlow": "USER_AUTH",
        "Session": session, "AuthParameters": { "USERNAME": "ada" },
    });
    let body = stage.s.api("AdminInitiateAuth", request).await.ok();
    assert!(body["AuthenticationResult"]["AccessToken"].is_string());
}

#[tokio::test]
async fn sessions_come_only_where_they_lead_somewhere() {
    let flows = json!({ "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"] });
    let stage = Stage::with(pool(), flows).await;
    let made = stage.sign_up("ada", json!({})).await.ok();
    assert!(made.get("Session").is_none());
    assert_eq!(stage.confirm("ada", &Value::Null).await.ok(), json!({}));

    // Who did not sign up has the code alone, and that is no sign-in by itself.
    let stage = Stage::with(factors(&["PASSWORD", "SMS_OTP"]), json!({})).await;
    let password = json!({ "Password": PASSWORD });
    stage.sign_up("ada", password).await.ok();
    assert_eq!(stage.confirm("ada", &Value::Null).await.ok(), json!({}));
}

#[tokio::test]
async fn the_code_alone_is_a_sign_in_where_users_begin_with_one() {
    let stage = Stage::with(pool(), json!({})).await;
    let mut sessions = Vec::new();
    for name in ["ada", "eve"] {
        stage.sign_up(name, json!({})).await.ok();
        // Amplify brings no session.
        sessions.push(stage.confirm(name, &Value::Null).await.ok()["Session"].take());
    }
    let body = stage.go_on("ada", &sessions[0]).await.ok();
    assert!(body["AuthenticationResult"]["AccessToken"].is_string());
    let mut only_passwords = factors(&["PASSWORD"]);
    only_passwords["UserPoolId"] = json!(stage.pool);
    stage.s.api("UpdateUserPool", only_passwords).await.ok();
    let answer = stage.go_on("eve", &sessions[1]).await;
    answer.error(NOT_AUTHORIZED, FOREIGN);
}

#[tokio::test]
async fn the_session_of_a_sign_up_is_one_user_s_and_one_step_s() {
    let stage = Stage::with(pool(), json!({})).await;
    let ada = stage.sign_up("ada", json!({})).await.ok();
    let eve = stage.sign_up("eve", json!({})).await.ok();
    let answer = stage.go_on("ada", &ada["Session"]).await;
    answer.error(NOT_AUTHORIZED, FOREIGN);
    let answer = stage.confirm("ada", &eve["Session"]).await;
    answer.error(NOT_AUTHORIZED, FOREIGN);
    let garbage = json!("x".repeat(40));
    let answer = stage.confirm("ada", &garbage).await;
    answer.error(NOT_AUTHORIZED, FOREIGN);
    let session = stage.confirm("ada", &ada["Session"]).await.ok()["Session"].take();
    stage.confirm("eve", &eve["Session"]).await.ok();
    let answer = stage.go_on("eve", &session).await;
    answer.error(NOT_AUTHORIZED, FOREIGN);
    for name in [
        "SELECT_CHALLENGE",
        "PASSWORD",
        "EMAIL_OTP",
        "SMS_OTP",
        "MFA_SETUP",
    ] {
        let responses = json!({
            "USERNAME": "ada", "ANSWER": "EMAIL_OTP", "PASSWORD": "p", "EMAIL_OTP_CODE": "0",
            "SMS_OTP_CODE": "0",
        });
        let answer = stage.respond(name, session.as_str(), responses).await;
        answer.error(NOT_AUTHORIZED, FOREIGN);
    }
    let request = json!({
        "ClientId": stage.client, "AuthFlow": "USER_PASSWORD_AUTH", "Session": session,
        "AuthParameters": { "USERNAME": "ada", "PASSWORD": PASSWORD },
    });
    let answer = stage.s.api("InitiateAuth", request).await;
    answer.error(INVALID_PARAMETER, "Session is for the USER_AUTH flow only.");
    stage.go_on("ada", &session).await.ok();
}

#[tokio::test]
async fn sessions_of_sign_up_last_some_minutes() {
    let stage = Stage::with(factors(&["PASSWORD", "SMS_OTP"]), json!({})).await;
    let password = json!({ "Password": PASSWORD });
    let made = stage.sign_up("ada", password).await.ok();
    stage.advance_ms(180_001);
    // The account is confirmed all the same.
    assert_eq!(stage.confirm("ada", &made["Session"]).await.ok(), json!({}));
    let stage = Stage::with(pool(), json!({})).await;
    let session = stage.signed_up("eve").await;
    stage.advance_ms(180_001);
    let answer = stage.go_on("eve", &session).await;
    answer.error(NOT_AUTHORIZED, LATE);
}

#[tokio::test]
async fn what_ends_sign_ins_ends_these() {
    for (operation, more) in [
        ("AdminUserGlobalSignOut", json!({})),
        (
            "AdminSetUserPassword",
            json!({ "Password": PASSWORD, "Permanent": true }),
        ),
    ] {
        let stage = Stage::with(pool(), json!({})).await;
        let session = stage.signed_up("ada").await;
        let request = json!({ "UserPoolId": stage.pool, "Username": "ada" });
        stage.s.api(operation, merged(request, &more)).await.ok();
        let answer = stage.go_on("ada", &session).await;
        answer.error(NOT_AUTHORIZED, FOREIGN);
    }
    let stage = Stage::with(pool(), json!({})).await;
    let session = stage.signed_up("ada").await;
    let request = json!({ "UserPoolId": stage.pool, "Username": "ada" });
    stage.s.api("AdminDisableUser", request).await.ok();
    let answer = stage.go_on("ada", &session).await;
    answer.error(NOT_AUTHORIZED, "User is disabled.");
}

#[tokio::test]
async fn a_second_factor_is_asked_for_after_sign_up_too() {
    let verified = json!({ "AutoVerifiedAttributes": ["email"] });
    let stage = Stage::with(merged(mfa::token_pool("ON"), &verified), json!({})).await;
    let made = stage
        .sign_up("ada", json!({ "Password": PASSWORD }))
        .await
        .ok();
    let session = stage.confirm("ada", &made["Session"]).await.ok()["Session"].take();
    let asked = stage.go_on("ada", &session).await.ok();
    assert_eq!(asked["ChallengeName"], "MFA_SETUP");
}

#[tokio::test]
async fn a_password_may_be_missing_only_where_a_code_can_begin() {
    let missing = "1 validation error detected: Value at 'password' failed to satisfy \
                   constraint: Member must not be null";
    let by_sms = Stage::with(factors(&["PASSWORD", "SMS_OTP"]), json!({})).await;
    let all = json!({ "Policies": pool()["Policies"] });
    let required = Stage::with(merged(mfa::pool("ON"), &all), json!({})).await;
    for stage in [Stage::new().await, by_sms, required] {
        let answer = stage.sign_up("ada", json!({})).await;
        answer.error(INVALID_PARAMETER, missing);
        let request = json!({
            "UserPoolId": stage.pool, "Username": "ada", "MessageAction": "SUPPRESS",
            "UserAttributes": [{ "Name": "email", "Value": EMAIL }],
        });
        let made = stage.s.api("AdminCreateUser", request).await.ok();
        assert_eq!(text(&made["User"]["UserStatus"]), "FORCE_CHANGE_PASSWORD");
    }
    let stage = Stage::with(pool(), json!({})).await;
    let answer = stage.sign_up("ada", json!({ "UserAttributes": [] })).await;
    answer.error(INVALID_PARAMETER, missing);
}

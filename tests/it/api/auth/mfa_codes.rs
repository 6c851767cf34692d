//! Second factors that are sent: SMS_MFA, EMAIL_OTP, and the choice between factors.

use poolhouse::domain::password::Kind;
use poolhouse::store::users::{Status, User};
use serde_json::{Value, json};

use super::mfa::{pool, token_pool};
use super::stage::{INVALID_PARAMETER, NOT_AUTHORIZED, PASSWORD, Stage, merged};
use crate::support::Server;

const WRONG: &str = "Invalid code or auth state for the user.";

fn with_phone(user: &mut User) {
    let phone = ("phone_number".to_owned(), "+15550100".to_owned());
    user.attributes.extend([phone]);
}

async fn stage(mode: &str) -> Stage {
    let stage = Stage::with(pool(mode), json!({})).await;
    stage
        .user_with("ada", with_phone, Some((PASSWORD, Kind::Permanent)))
        .await;
    stage
}

async fn prefer(stage: &Stage, settings: Value) {
    let request = json!({ "UserPoolId": stage.pool, "Username": "ada" });
    let request = merged(request, &settings);
    stage.s.api("AdminSetUserMFAPreference", request).await.ok();
}

fn other(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

#[tokio::test]
async fn codes_come_by_sms_and_by_mail() {
    let stage = stage("OPTIONAL").await;
    for (settings, name, member, to, text) in [
        (
            "SMSMfaSettings",
            "SMS_MFA",
            "SMS_MFA_CODE",
            "+15550100",
            "Enter {} now",
        ),
        (
            "EmailMfaSettings",
            "EMAIL_OTP",
            "EMAIL_OTP_CODE",
            "ada@example.com",
            "Mail {}",
        ),
    ] {
        prefer(
            &stage,
            json!({ settings: { "Enabled": true, "PreferredMfa": true } }),
        )
        .await;
        let asked = stage.sign_in("ada", PASSWORD).await.ok();
        assert_eq!(asked["ChallengeName"], name);
        let parameters = &asked["ChallengeParameters"];
        let (medium, masked) = match name {
            "SMS_MFA" => ("SMS", "+****0100"),
            _ => ("EMAIL", "a***@e***"),
        };
        assert_eq!(parameters["CODE_DELIVERY_DELIVERY_MEDIUM"], medium);
        assert_eq!(parameters["CODE_DELIVERY_DESTINATION"], masked);
        let id = (name == "SMS_MFA").then_some("ada");
        assert_eq!(parameters["USER_ID_FOR_SRP"].as_str(), id);
        let message = stage.s.message_to(to);
        let code = stage.s.code_to(to);
        assert_eq!(code.len(), 6);
        assert_eq!(message.text.trim(), text.replace("{}", &code));
        let wrong = json!({ member: other(&code) });
        for _ in 0..6 {
            stage
                .next(&asked, wrong.clone())
                .await
                .error("CodeMismatchException", WRONG);
        }
        let body = stage.next(&asked, json!({ member: code })).await.ok();
        assert!(body["AuthenticationResult"]["AccessToken"].is_string());
        let used = "Invalid session for the user, session can only be used once.";
        stage
            .next(&asked, json!({ member: code }))
            .await
            .error(NOT_AUTHORIZED, used);
    }
}

#[tokio::test]
async fn a_code_belongs_to_its_session() {
    let stage = stage("OPTIONAL").await;
    prefer(&stage, json!({ "SMSMfaSettings": { "Enabled": true } })).await;
    let first = stage.sign_in("ada", PASSWORD).await.ok();
    let code = stage.s.code_to("+15550100");
    let second = stage.sign_in("ada", PASSWORD).await.ok();
    let newer = stage.s.code_to("+15550100");
    if code != newer {
        let crossed = stage.next(&second, json!({ "SMS_MFA_CODE": code })).await;
        crossed.error("CodeMismatchException", WRONG);
    }
    stage
        .next(&first, json!({ "SMS_MFA_CODE": code }))
        .await
        .ok();
    stage
        .next(&second, json!({ "SMS_MFA_CODE": newer }))
        .await
        .ok();
}

#[tokio::test]
async fn a_code_answers_the_factor_that_it_was_sent_for() {
    let stage = stage("OPTIONAL").await;
    prefer(&stage, json!({ "SMSMfaSettings": { "Enabled": true } })).await;
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    let code = stage.s.code_to("+15550100");
    let mut as_mail = asked.clone();
    as_mail["ChallengeName"] = json!("EMAIL_OTP");
    let answer = stage
        .next(&as_mail, json!({ "EMAIL_OTP_CODE": code }))
        .await;
    answer.error(NOT_AUTHORIZED, "Invalid session for the user.");
    stage
        .next(&asked, json!({ "SMS_MFA_CODE": code }))
        .await
        .ok();
}

#[tokio::test]
async fn of_several_factors_one_is_chosen() {
    let stage = stage("OPTIONAL").await;
    let both =
        json!({ "SMSMfaSettings": { "Enabled": true }, "EmailMfaSettings": { "Enabled": true } });
    prefer(&stage, both).await;
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "SELECT_MFA_TYPE");
    let parameters = json!({
        "MFAS_CAN_CHOOSE": r#"["SMS_MFA","EMAIL_OTP"]"#, "USER_ID_FOR_SRP": "ada",
    });
    assert_eq!(asked["ChallengeParameters"], parameters);
    let wrong = stage
        .next(&asked, json!({ "ANSWER": "SOFTWARE_TOKEN_MFA" }))
        .await;
    let message = "The MFA method is not available for the user.";
    wrong.error("MFAMethodNotFoundException", message);
    let next = stage
        .next(&asked, json!({ "ANSWER": "EMAIL_OTP" }))
        .await
        .ok();
    assert_eq!(next["ChallengeName"], "EMAIL_OTP");
    let again = stage.next(&asked, json!({ "ANSWER": "EMAIL_OTP" })).await;
    let used = "Invalid session for the user, session can only be used once.";
    again.error(NOT_AUTHORIZED, used);
    let code = stage.s.code_to("ada@example.com");
    stage
        .next(&next, json!({ "EMAIL_OTP_CODE": code }))
        .await
        .ok();
}

#[tokio::test]
async fn a_required_factor_is_the_phone_where_there_is_one() {
    let stage = stage("ON").await;
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "SMS_MFA");
    let code = stage.s.code_to("+15550100");
    stage
        .next(&asked, json!({ "SMS_MFA_CODE": code }))
        .await
        .ok();
}

#[tokio::test]
async fn an_address_is_enrolled_at_sign_in() {
    let stage = Stage::with(pool("ON"), json!({})).await;
    stage.user("ada").await;
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "MFA_SETUP");
    let offered = &asked["ChallengeParameters"]["MFAS_CAN_SETUP"];
    assert_eq!(offered, r#"["SMS_MFA","SOFTWARE_TOKEN_MFA","EMAIL_OTP"]"#);
    let bad = stage.next(&asked, json!({ "EMAIL": "no address" })).await;
    bad.error(INVALID_PARAMETER, "Invalid email address format.");
    let next = stage
        .next(&asked, json!({ "EMAIL": "new@example.com" }))
        .await
        .ok();
    assert_eq!(next["ChallengeName"], "EMAIL_OTP");
    let code = stage.s.code_to("new@example.com");
    let wrong = json!({ "EMAIL_OTP_CODE": other(&code) });
    stage
        .next(&next, wrong)
        .await
        .error("CodeMismatchException", WRONG);
    let body = stage
        .next(&next, json!({ "EMAIL_OTP_CODE": code }))
        .await
        .ok();
    let user = stage
        .get_user(&body["AuthenticationResult"]["AccessToken"])
        .await
        .ok();
    assert_eq!(user["PreferredMfaSetting"], "EMAIL_OTP");
    let attributes = user["UserAttributes"].as_array().unwrap();
    for (name, value) in [("email", "new@example.com"), ("email_verified", "true")] {
        assert!(
            attributes.contains(&json!({ "Name": name, "Value": value })),
            "{name}"
        );
    }
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "EMAIL_OTP");
}

#[tokio::test]
async fn where_mail_is_no_factor_it_cannot_be_enrolled() {
    let stage = Stage::with(token_pool("ON"), json!({})).await;
    stage.user("ada").await;
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    let answer = stage
        .next(&asked, json!({ "EMAIL": "new@example.com" }))
        .await;
    let message = "The MFA method is not available for the user.";
    answer.error("MFAMethodNotFoundException", message);
}

#[tokio::test]
async fn a_new_password_comes_first_and_the_factor_after_it() {
    let stage = Stage::with(pool("ON"), json!({})).await;
    let invited = |user: &mut User| {
        with_phone(user);
        user.status = Status::ForceChangePassword;
    };
    stage
        .user_with("ada", invited, Some((PASSWORD, Kind::Temporary)))
        .await;
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    let new = json!({ "NEW_PASSWORD": "Another-Horse2!" });
    let next = stage.next(&asked, new.clone()).await.ok();
    assert_eq!(next["ChallengeName"], "SMS_MFA");
    let used = "Invalid session for the user, session can only be used once.";
    stage.next(&asked, new).await.error(NOT_AUTHORIZED, used);
    let code = stage.s.code_to("+15550100");
    stage
        .next(&next, json!({ "SMS_MFA_CODE": code }))
        .await
        .ok();
    let asked = stage.sign_in("ada", "Another-Horse2!").await.ok();
    assert_eq!(asked["ChallengeName"], "SMS_MFA");
}

#[tokio::test]
async fn a_contact_that_takes_codes_does_not_recover_the_account() {
    let verified = |user: &mut User| {
        let flag = ("email_verified".to_owned(), "true".to_owned());
        user.attributes.extend([flag]);
    };
    let stage = Stage::with(pool("OPTIONAL"), json!({})).await;
    stage
        .user_with("ada", verified, Some((PASSWORD, Kind::Permanent)))
        .await;
    let forgot = json!({ "ClientId": stage.client, "Username": "ada" });
    stage.s.api("ForgotPassword", forgot.clone()).await.ok();
    prefer(&stage, json!({ "EmailMfaSettings": { "Enabled": true } })).await;
    let message = "Cannot reset password for the user as there is no registered/verified email or phone_number";
    stage
        .s
        .api("ForgotPassword", forgot)
        .await
        .error(INVALID_PARAMETER, message);
}

#[tokio::test]
async fn mfa_that_is_off_or_a_factor_the_pool_gave_up_asks_for_nothing() {
    let stage = stage("OPTIONAL").await;
    prefer(&stage, json!({ "EmailMfaSettings": { "Enabled": true } })).await;
    assert_eq!(
        stage.sign_in("ada", PASSWORD).await.ok()["ChallengeName"],
        "EMAIL_OTP"
    );
    let request = json!({
        "UserPoolId": stage.pool, "MfaConfiguration": "OPTIONAL",
        "SoftwareTokenMfaConfiguration": { "Enabled": true },
    });
    stage.s.api("SetUserPoolMfaConfig", request).await.ok();
    stage.tokens("ada").await;
    let request = json!({ "UserPoolId": stage.pool, "MfaConfiguration": "OFF" });
    stage.s.api("SetUserPoolMfaConfig", request).await.ok();
    stage.tokens("ada").await;
}

#[tokio::test]
async fn codes_to_one_address_are_limited_by_the_hour() {
    let s = Server::with(|config| config.messages_per_hour = Some(2)).await;
    let stage = Stage::on(s, pool("OPTIONAL"), json!({})).await;
    stage.user("ada").await;
    prefer(&stage, json!({ "EmailMfaSettings": { "Enabled": true } })).await;
    for _ in 0..2 {
        stage.sign_in("ada", PASSWORD).await.ok();
    }
    for _ in 0..10 {
        let answer = stage.sign_in("ada", PASSWORD).await;
        answer.error("TooManyRequestsException", "Rate exceeded");
    }
    assert_eq!(stage.s.mailer.sent().len(), 2);
    stage.advance_ms(3_600_000);
    stage.sign_in("ada", PASSWORD).await.ok();
}

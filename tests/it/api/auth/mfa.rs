//! Second factors at sign-in: software tokens, their set-up, and the choice among several.

use aws_lc_rs::hmac;
use serde_json::{Value, json};

use super::stage::{INVALID_PARAMETER, NOT_AUTHORIZED, PASSWORD, Stage, is, merged, text};
use crate::support::Answer;

const WRONG: &str = "Invalid code received for user";
const USED: &str = "Your software token has already been used once.";

/// A pool that offers every second factor.
pub fn pool(mode: &str) -> Value {
    json!({
        "UserPoolTier": "ESSENTIALS",
        "MfaConfiguration": mode,
        "SmsConfiguration": { "SnsCallerArn": "arn:aws:iam::123456789012:role/sms" },
        "then": {
            "MfaConfiguration": mode,
            "SmsMfaConfiguration": { "SmsAuthenticationMessage": "Enter {####} now" },
            "SoftwareTokenMfaConfiguration": { "Enabled": true },
            "EmailMfaConfiguration": { "Message": "Mail {####}", "Subject": "Your code" },
        },
    })
}

/// A pool that offers software tokens alone.
pub fn token_pool(mode: &str) -> Value {
    json!({
        "then": {
            "MfaConfiguration": mode, "SoftwareTokenMfaConfiguration": { "Enabled": true },
        },
    })
}

/// The code of an authenticator app that was given this secret.
pub fn totp(secret: &str, ms: i64) -> String {
    let secret = data_encoding::BASE32_NOPAD
        .decode(secret.as_bytes())
        .unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &secret);
    let tag = hmac::sign(&key, &(ms / 30_000).to_be_bytes());
    let at = usize::from(tag.as_ref()[19] & 15);
    let word = u32::from_be_bytes(tag.as_ref()[at..at + 4].try_into().unwrap());
    format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
}

impl Stage {
    pub fn totp(&self, secret: &str) -> String {
        totp(secret, self.s.clock().server_now().ms())
    }

    /// Answers a challenge about ada.
    pub async fn next(&self, challenge: &Value, responses: Value) -> Answer {
        let responses = merged(json!({ "USERNAME": "ada" }), &responses);
        let name = challenge["ChallengeName"].as_str().unwrap();
        let session = challenge["Session"].as_str().unwrap();
        self.respond(name, Some(session), responses).await
    }
}

pub async fn associate(stage: &Stage, token: &Value) -> String {
    let request = json!({ "AccessToken": token });
    let body = stage.s.api("AssociateSoftwareToken", request).await.ok();
    assert!(body.get("Session").is_none());
    let secret = text(&body["SecretCode"]);
    assert_eq!(secret.len(), 52);
    secret
}

pub async fn prove(stage: &Stage, token: &Value, secret: &str) {
    let code = stage.totp(secret);
    let request = json!({
        "AccessToken": token, "UserCode": code, "FriendlyDeviceName": "my phone",
    });
    let body = stage.s.api("VerifySoftwareToken", request).await.ok();
    assert_eq!(body, json!({ "Status": "SUCCESS" }));
}

/// Ada, with a software token turned on; gives its secret.
async fn ada(stage: &Stage) -> String {
    stage.user("ada").await;
    let tokens = stage.tokens("ada").await;
    let token = &tokens["AccessToken"];
    let secret = associate(stage, token).await;
    prove(stage, token, &secret).await;
    let request = json!({
        "AccessToken": token, "SoftwareTokenMfaSettings": { "Enabled": true },
    });
    stage.s.api("SetUserMFAPreference", request).await.ok();
    stage.advance_ms(60_000);
    secret
}

#[tokio::test]
async fn a_software_token_is_asked_for_and_each_code_works_once() {
    let stage = Stage::with(token_pool("OPTIONAL"), json!({})).await;
    let secret = ada(&stage).await;
    for srp in [false, true] {
        let asked = if srp {
            stage.srp_sign_in("ada", PASSWORD).await.ok()
        } else {
            stage.sign_in("ada", PASSWORD).await.ok()
        };
        assert_eq!(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA");
        let parameters = json!({ "USER_ID_FOR_SRP": "ada", "FRIENDLY_DEVICE_NAME": "my phone" });
        assert_eq!(asked["ChallengeParameters"], parameters);
        assert!(asked.get("AuthenticationResult").is_none());
        let code = json!({ "SOFTWARE_TOKEN_MFA_CODE": stage.totp(&secret) });
        let body = stage.next(&asked, code.clone()).await.ok();
        assert!(body["AuthenticationResult"]["RefreshToken"].is_string());
        let used = "Invalid session for the user, session can only be used once.";
        stage
            .next(&asked, code.clone())
            .await
            .error(NOT_AUTHORIZED, used);
        let asked = stage.sign_in("ada", PASSWORD).await.ok();
        stage
            .next(&asked, code)
            .await
            .error("ExpiredCodeException", USED);
        stage.advance_ms(30_000);
        let code = json!({ "SOFTWARE_TOKEN_MFA_CODE": stage.totp(&secret) });
        stage.next(&asked, code).await.ok();
        stage.advance_ms(30_000);
    }
    let parameters = json!({ "USERNAME": "ada", "PASSWORD": PASSWORD });
    let asked = stage
        .admin_initiate("ADMIN_USER_PASSWORD_AUTH", parameters)
        .await
        .ok();
    assert_eq!(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA");
}

#[tokio::test]
async fn a_wrong_code_leaves_the_session_and_the_tenth_ends_it() {
    let stage = Stage::with(token_pool("OPTIONAL"), json!({})).await;
    let secret = ada(&stage).await;
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    let right = stage.totp(&secret);
    let wrong = if right == "000000" {
        "000001"
    } else {
        "000000"
    };
    let wrong = json!({ "SOFTWARE_TOKEN_MFA_CODE": wrong });
    for _ in 0..10 {
        stage
            .next(&asked, wrong.clone())
            .await
            .error("CodeMismatchException", WRONG);
    }
    let right = json!({ "SOFTWARE_TOKEN_MFA_CODE": right });
    let answer = stage.next(&asked, right.clone()).await;
    let used = "Invalid session for the user, session can only be used once.";
    answer.error(NOT_AUTHORIZED, used);
    // The dead session counts as one wrong password: four more lock the user.
    for _ in 0..4 {
        stage
            .sign_in("ada", "Wrong-Horse1!")
            .await
            .error(NOT_AUTHORIZED, "Incorrect username or password.");
    }
    let answer = stage.sign_in("ada", PASSWORD).await;
    answer.error(NOT_AUTHORIZED, "Password attempts exceeded");
}

#[tokio::test]
async fn a_hundred_wrong_codes_a_day_are_the_end_and_right_ones_do_not_count() {
    let stage = Stage::with(token_pool("OPTIONAL"), json!({})).await;
    let secret = ada(&stage).await;
    let wrong = |right: &str| {
        let wrong = if right == "000000" {
            "000001"
        } else {
            "000000"
        };
        json!({ "SOFTWARE_TOKEN_MFA_CODE": wrong })
    };
    for _ in 0..25 {
        let asked = stage.sign_in("ada", PASSWORD).await.ok();
        let right = stage.totp(&secret);
        for _ in 0..4 {
            stage
                .next(&asked, wrong(&right))
                .await
                .error("CodeMismatchException", WRONG);
        }
        stage.advance_ms(30_000);
    }
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    let right = json!({ "SOFTWARE_TOKEN_MFA_CODE": stage.totp(&secret) });
    stage
        .next(&asked, right)
        .await
        .error(NOT_AUTHORIZED, "Password attempts exceeded");
    stage.advance_ms(24 * 3_600_000);
    for _ in 0..105 {
        let asked = stage.sign_in("ada", PASSWORD).await.ok();
        let right = json!({ "SOFTWARE_TOKEN_MFA_CODE": stage.totp(&secret) });
        stage.next(&asked, right).await.ok();
        stage.advance_ms(30_000);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_sixty_four_uses_of_a_code_on_twins_one_wins() {
    let stage = Stage::with(token_pool("OPTIONAL"), json!({})).await;
    let secret = ada(&stage).await;
    let twin = stage.s.twin().await;
    let mut sessions = Vec::new();
    for _ in 0..8 {
        sessions.push(stage.sign_in("ada", PASSWORD).await.ok());
    }
    let code = stage.totp(&secret);
    let answers = (0..64).map(|n| {
        let request = json!({
            "ClientId": stage.client, "ChallengeName": "SOFTWARE_TOKEN_MFA",
            "Session": sessions[n % 8]["Session"],
            "ChallengeResponses": { "USERNAME": "ada", "SOFTWARE_TOKEN_MFA_CODE": code },
        });
        let server = if n % 2 == 0 { &stage.s } else { &twin };
        server.api("RespondToAuthChallenge", request)
    });
    let answers = futures_util::future::join_all(answers).await;
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(won, 1);
    assert!(answers.iter().all(|answer| answer.status < 500));
}

#[tokio::test]
async fn where_a_factor_is_required_it_is_set_up_at_sign_in() {
    let stage = Stage::with(token_pool("ON"), json!({})).await;
    stage.user("ada").await;
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "MFA_SETUP");
    let parameters = json!({
        "MFAS_CAN_SETUP": r#"["SOFTWARE_TOKEN_MFA"]"#, "USER_ID_FOR_SRP": "ada",
    });
    assert_eq!(asked["ChallengeParameters"], parameters);
    let too_early = stage.next(&asked, json!({})).await;
    too_early.error(INVALID_PARAMETER, "User has not set up software token mfa");
    let verify = |session: &Value, code: &str| {
        let request = json!({ "Session": session, "UserCode": code });
        stage.s.api("VerifySoftwareToken", request)
    };
    let answer = verify(&asked["Session"], "123456").await;
    let message = "Software token MFA is not associated with the user.";
    answer.error("SoftwareTokenMFANotFoundException", message);
    let request = json!({ "Session": asked["Session"] });
    let begun = stage
        .s
        .api("AssociateSoftwareToken", request.clone())
        .await
        .ok();
    let again = stage.s.api("AssociateSoftwareToken", request).await;
    assert!(is(
        &again,
        "Invalid session for the user, session can only be used once."
    ));
    let secret = text(&begun["SecretCode"]);
    let right = stage.totp(&secret);
    let wrong = if right == "000000" {
        "000001"
    } else {
        "000000"
    };
    let answer = verify(&begun["Session"], wrong).await;
    let message = "Code mismatch and fail enable Software Token MFA";
    answer.error("EnableSoftwareTokenMFAException", message);
    let done = verify(&begun["Session"], &right).await.ok();
    assert_eq!(done["Status"], "SUCCESS");
    let challenge = json!({ "ChallengeName": "MFA_SETUP", "Session": done["Session"] });
    let body = stage.next(&challenge, json!({})).await.ok();
    let token = &body["AuthenticationResult"]["AccessToken"];
    let shown = stage.get_user(token).await.ok();
    assert_eq!(shown["UserMFASettingList"], json!(["SOFTWARE_TOKEN_MFA"]));
    assert_eq!(shown["PreferredMfaSetting"], "SOFTWARE_TOKEN_MFA");
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    let code = json!({ "SOFTWARE_TOKEN_MFA_CODE": right });
    stage
        .next(&asked, code)
        .await
        .error("ExpiredCodeException", USED);
}

#[tokio::test]
async fn starting_over_after_the_first_code_asks_for_the_new_factor() {
    let stage = Stage::with(token_pool("ON"), json!({})).await;
    stage.user("ada").await;
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    let request = json!({ "Session": asked["Session"] });
    let begun = stage.s.api("AssociateSoftwareToken", request).await.ok();
    let code = stage.totp(&text(&begun["SecretCode"]));
    let request = json!({ "Session": begun["Session"], "UserCode": code });
    stage.s.api("VerifySoftwareToken", request).await.ok();
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA");
}

#[tokio::test]
async fn a_new_secret_replaces_the_old_one_only_when_it_is_proven() {
    let stage = Stage::with(token_pool("OPTIONAL"), json!({})).await;
    let old = ada(&stage).await;
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    let code = json!({ "SOFTWARE_TOKEN_MFA_CODE": stage.totp(&old) });
    let tokens = stage.next(&asked, code).await.ok();
    let token = &tokens["AuthenticationResult"]["AccessToken"];
    let new = associate(&stage, token).await;
    stage.advance_ms(30_000);
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    let code = |secret: &str| json!({ "SOFTWARE_TOKEN_MFA_CODE": stage.totp(secret) });
    stage
        .next(&asked, code(&new))
        .await
        .error("CodeMismatchException", WRONG);
    stage.next(&asked, code(&old)).await.ok();
    prove(&stage, token, &new).await;
    stage.advance_ms(30_000);
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    stage
        .next(&asked, code(&old))
        .await
        .error("CodeMismatchException", WRONG);
    stage.next(&asked, code(&new)).await.ok();
}

#[tokio::test]
async fn pools_without_software_tokens_and_requests_without_proof_are_refused() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let tokens = stage.tokens("ada").await;
    let token = &tokens["AccessToken"];
    let message = "Software token MFA has not been enabled by the userPool";
    for (operation, request) in [
        ("AssociateSoftwareToken", json!({ "AccessToken": token })),
        (
            "VerifySoftwareToken",
            json!({ "AccessToken": token, "UserCode": "123456" }),
        ),
    ] {
        let answer = stage.s.api(operation, request).await;
        answer.error("SoftwareTokenMFANotFoundException", message);
        let mut request = json!({ "UserCode": "123456" });
        if operation == "AssociateSoftwareToken" {
            request = json!({});
        }
        let answer = stage.s.api(operation, request.clone()).await;
        answer.error(
            INVALID_PARAMETER,
            "Either AccessToken or Session is required.",
        );
        request["Session"] = json!("x".repeat(30));
        let answer = stage.s.api(operation, request).await;
        answer.error(NOT_AUTHORIZED, "Invalid session for the user.");
    }
}

#[tokio::test]
async fn a_session_answers_its_own_step_and_user_alone() {
    let stage = Stage::with(token_pool("OPTIONAL"), json!({})).await;
    let secret = ada(&stage).await;
    stage.user("eve").await;
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    let session = asked["Session"].as_str();
    let invalid = "Invalid session for the user.";
    let code = stage.totp(&secret);
    for (name, responses) in [
        (
            "SMS_MFA",
            json!({ "USERNAME": "ada", "SMS_MFA_CODE": code }),
        ),
        (
            "EMAIL_OTP",
            json!({ "USERNAME": "ada", "EMAIL_OTP_CODE": code }),
        ),
        (
            "SELECT_MFA_TYPE",
            json!({ "USERNAME": "ada", "ANSWER": "SMS_MFA" }),
        ),
        ("MFA_SETUP", json!({ "USERNAME": "ada" })),
        (
            "NEW_PASSWORD_REQUIRED",
            json!({ "USERNAME": "ada", "NEW_PASSWORD": PASSWORD }),
        ),
        (
            "SOFTWARE_TOKEN_MFA",
            json!({ "USERNAME": "eve", "SOFTWARE_TOKEN_MFA_CODE": code }),
        ),
    ] {
        let answer = stage.respond(name, session, responses).await;
        answer.error(NOT_AUTHORIZED, invalid);
    }
    let request = json!({ "Session": asked["Session"] });
    let answer = stage.s.api("AssociateSoftwareToken", request).await;
    answer.error(NOT_AUTHORIZED, invalid);
    let answer = stage
        .respond("SOFTWARE_TOKEN_MFA", None, json!({ "USERNAME": "ada" }))
        .await;
    answer.error(INVALID_PARAMETER, "Missing required parameter Session");
    stage.advance_ms(3 * 60_000 + 1);
    let code = json!({ "SOFTWARE_TOKEN_MFA_CODE": stage.totp(&secret) });
    let late = "Invalid session for the user, session is expired.";
    stage.next(&asked, code).await.error(NOT_AUTHORIZED, late);
}

#[tokio::test]
async fn signing_out_and_disabling_end_a_sign_in_that_waits_for_its_code() {
    let stage = Stage::with(token_pool("OPTIONAL"), json!({})).await;
    let secret = ada(&stage).await;
    let request = json!({ "UserPoolId": stage.pool, "Username": "ada" });
    for (operation, message) in [
        ("AdminUserGlobalSignOut", "Invalid session for the user."),
        ("AdminDisableUser", "User is disabled."),
    ] {
        let asked = stage.sign_in("ada", PASSWORD).await.ok();
        stage.s.api(operation, request.clone()).await.ok();
        let code = json!({ "SOFTWARE_TOKEN_MFA_CODE": stage.totp(&secret) });
        stage
            .next(&asked, code)
            .await
            .error(NOT_AUTHORIZED, message);
    }
}

#[tokio::test]
async fn a_user_who_must_reset_the_password_associates_nothing() {
    let stage = Stage::with(token_pool("OPTIONAL"), json!({})).await;
    let verified = |user: &mut poolhouse::store::users::User| {
        let flag = ("email_verified".to_owned(), "true".to_owned());
        user.attributes.extend([flag]);
    };
    let kind = poolhouse::domain::password::Kind::Permanent;
    stage
        .user_with("ada", verified, Some((PASSWORD, kind)))
        .await;
    let tokens = stage.tokens("ada").await;
    let request = json!({ "UserPoolId": stage.pool, "Username": "ada" });
    stage.s.api("AdminResetUserPassword", request).await.ok();
    let token = &tokens["AccessToken"];
    // Its model has no PasswordResetRequiredException; that of VerifySoftwareToken has.
    let answer = stage
        .s
        .api("AssociateSoftwareToken", json!({ "AccessToken": token }))
        .await;
    answer.error(NOT_AUTHORIZED, "Invalid Access Token");
    let request = json!({ "AccessToken": token, "UserCode": "123456" });
    let answer = stage.s.api("VerifySoftwareToken", request).await;
    answer.error(
        "PasswordResetRequiredException",
        "Password reset required for the user",
    );
}

//! Devices and second factors (security.md G14): a remembered device stands for a factor where the
//! pool says so, and for nothing else.

use serde_json::{Value, json};

use super::device::{Device, NOT_FOUND, UNKNOWN, always, tracking};
use super::mfa::{associate, pool, prove, token_pool};
use super::stage::{NOT_AUTHORIZED, PASSWORD, Stage, claims};
use crate::support::srp_client::SrpClient;

/// Ada, with an authenticator app and a registered device; gives the app's secret too.
async fn ada(devices: Value, mode: &str) -> (Stage, String, Device) {
    let settings = tracking(devices, token_pool(mode));
    let stage = Stage::with(settings, json!({})).await;
    stage.user("ada").await;
    let (secret, tokens) = if mode == "ON" {
        set_up(&stage).await
    } else {
        let tokens = stage.tokens("ada").await;
        let token = &tokens["AccessToken"];
        let secret = associate(&stage, token).await;
        prove(&stage, token, &secret).await;
        let wish = json!({ "AccessToken": token, "SoftwareTokenMfaSettings": { "Enabled": true } });
        stage.s.api("SetUserMFAPreference", wish).await.ok();
        (secret, tokens)
    };
    let device = stage.register(&tokens).await;
    stage.advance_ms(60_000);
    (stage, secret, device)
}

/// MFA_SETUP, with an authenticator app.
async fn set_up(stage: &Stage) -> (String, Value) {
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "MFA_SETUP");
    let request = json!({ "Session": asked["Session"] });
    let begun = stage.s.api("AssociateSoftwareToken", request).await.ok();
    let secret = super::stage::text(&begun["SecretCode"]);
    let request = json!({ "Session": begun["Session"], "UserCode": stage.totp(&secret) });
    let mut done = stage.s.api("VerifySoftwareToken", request).await.ok();
    done["ChallengeName"] = json!("MFA_SETUP");
    let tokens = stage.next(&done, json!({})).await.ok()["AuthenticationResult"].take();
    (secret, tokens)
}

#[tokio::test]
async fn a_remembered_device_stands_for_the_second_factor() {
    for mode in ["OPTIONAL", "ON"] {
        let (stage, _, device) = ada(always(), mode).await;
        let asked = stage.sign_in_with("ada", &device.key).await.ok();
        assert_eq!(asked["ChallengeName"], "DEVICE_SRP_AUTH");
        assert_eq!(asked["ChallengeParameters"], json!({ "USERNAME": "ada" }));
        assert!(asked.get("AuthenticationResult").is_none());
        let client = SrpClient::new(3);
        let challenge = stage.device_srp(&asked, &device, &client).await.ok();
        assert_eq!(challenge["ChallengeName"], "DEVICE_PASSWORD_VERIFIER");
        let given = &challenge["ChallengeParameters"];
        assert_eq!(given["DEVICE_KEY"], device.key.as_str());
        assert_eq!(given["USERNAME"], "ada");
        assert_eq!(given["SALT"], "b5".repeat(16));
        let proof = device.proof(&stage.s, &client, given);
        let body = stage.next(&challenge, proof).await.ok();
        let tokens = &body["AuthenticationResult"];
        assert!(tokens.get("NewDeviceMetadata").is_none(), "{tokens}");
        assert_eq!(
            claims(&tokens["AccessToken"])["device_key"],
            device.key.as_str()
        );
        // With SRP the key comes with the proof of the password.
        let client = SrpClient::new(7);
        let challenge = stage.srp("ada", &client).await.ok();
        let mut proof = stage.proof(&client, &challenge, PASSWORD);
        proof["DEVICE_KEY"] = json!(device.key);
        let asked = stage.respond("PASSWORD_VERIFIER", None, proof).await.ok();
        stage.prove_device(&asked, &device).await.ok();
        // Without the device the factor is asked for, as before.
        let asked = stage.sign_in("ada", PASSWORD).await.ok();
        assert_eq!(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    }
}

#[tokio::test]
async fn where_devices_do_not_suppress_the_factor_both_are_proven() {
    let (stage, secret, device) = ada(json!({ "ChallengeRequiredOnNewDevice": false }), "ON").await;
    let asked = stage.sign_in_with("ada", &device.key).await.ok();
    assert_eq!(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    let code = json!({ "SOFTWARE_TOKEN_MFA_CODE": stage.totp(&secret) });
    let asked = stage.next(&asked, code).await.ok();
    let tokens = stage.prove_device(&asked, &device).await.ok();
    let token = &tokens["AuthenticationResult"]["AccessToken"];
    assert_eq!(claims(token)["device_key"], device.key.as_str());
    // The answer about the factor may name the device too.
    stage.advance_ms(60_000);
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    let code = json!({
        "SOFTWARE_TOKEN_MFA_CODE": stage.totp(&secret), "DEVICE_KEY": device.key,
    });
    let asked = stage.next(&asked, code).await.ok();
    stage.prove_device(&asked, &device).await.ok();
}

#[tokio::test]
async fn a_device_that_is_not_remembered_is_as_good_as_none() {
    let prompt = json!({
        "ChallengeRequiredOnNewDevice": true, "DeviceOnlyRememberedOnUserPrompt": true,
    });
    let (stage, secret, device) = ada(prompt, "ON").await;
    let asked = stage.sign_in_with("ada", &device.key).await.ok();
    assert_eq!(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    let code = json!({ "SOFTWARE_TOKEN_MFA_CODE": stage.totp(&secret) });
    let tokens = stage.next(&asked, code).await.ok()["AuthenticationResult"].take();
    assert_ne!(Device::of(&tokens).key, device.key);
    let wish = json!({
        "AccessToken": tokens["AccessToken"], "DeviceKey": device.key,
        "DeviceRememberedStatus": "remembered",
    });
    stage.s.api("UpdateDeviceStatus", wish).await.ok();
    let asked = stage.sign_in_with("ada", &device.key).await.ok();
    stage.prove_device(&asked, &device).await.ok();
}

#[tokio::test]
async fn a_factor_that_has_to_be_set_up_is_set_up_with_a_device_too() {
    let stage = Stage::with(tracking(always(), token_pool("OPTIONAL")), json!({})).await;
    stage.user("ada").await;
    let device = stage.register(&stage.tokens("ada").await).await;
    let request = json!({
        "UserPoolId": stage.pool, "MfaConfiguration": "ON",
        "SoftwareTokenMfaConfiguration": { "Enabled": true },
    });
    stage.s.api("SetUserPoolMfaConfig", request).await.ok();
    let asked = stage.sign_in_with("ada", &device.key).await.ok();
    assert_eq!(asked["ChallengeName"], "MFA_SETUP");
}

/// What a sign-in has begun with is asked for again where it ends.
#[tokio::test]
async fn a_device_stands_for_nothing_once_the_pool_or_the_user_say_so() {
    let (stage, _, device) = ada(always(), "ON").await;
    let begun = async || {
        let asked = stage.sign_in_with("ada", &device.key).await.ok();
        let client = SrpClient::new(5);
        let challenge = stage.device_srp(&asked, &device, &client).await.ok();
        let proof = device.proof(&stage.s, &client, &challenge["ChallengeParameters"]);
        (challenge, proof)
    };
    let session = "Invalid session for the user.";
    let (challenge, proof) = begun().await;
    let off = json!({ "ChallengeRequiredOnNewDevice": false });
    stage
        .set_tracking(off, json!({ "MfaConfiguration": "ON" }))
        .await;
    stage
        .next(&challenge, proof)
        .await
        .error(NOT_AUTHORIZED, session);
    stage
        .set_tracking(always(), json!({ "MfaConfiguration": "ON" }))
        .await;

    let (challenge, proof) = begun().await;
    let owner = json!({ "UserPoolId": stage.pool, "Username": "ada", "DeviceKey": device.key });
    let mut wish = owner.clone();
    wish["DeviceRememberedStatus"] = json!("not_remembered");
    stage
        .s
        .api("AdminUpdateDeviceStatus", wish.clone())
        .await
        .ok();
    stage
        .next(&challenge, proof)
        .await
        .error(NOT_FOUND, UNKNOWN);
    wish["DeviceRememberedStatus"] = json!("remembered");
    stage.s.api("AdminUpdateDeviceStatus", wish).await.ok();

    let (challenge, proof) = begun().await;
    stage.s.api("AdminForgetDevice", owner).await.ok();
    stage
        .next(&challenge, proof)
        .await
        .error(NOT_FOUND, UNKNOWN);
}

#[tokio::test]
async fn a_chosen_factor_keeps_the_device_in_mind() {
    let devices = json!({ "ChallengeRequiredOnNewDevice": false });
    let stage = Stage::with(tracking(devices, pool("OPTIONAL")), json!({})).await;
    let change = |user: &mut poolhouse::store::users::User| {
        user.attributes
            .insert("phone_number".to_owned(), "+15550001".to_owned());
    };
    let plain = Some((PASSWORD, poolhouse::domain::password::Kind::Permanent));
    stage.user_with("ada", change, plain).await;
    let device = stage.register(&stage.tokens("ada").await).await;
    let wish = json!({
        "UserPoolId": stage.pool, "Username": "ada", "SMSMfaSettings": { "Enabled": true },
        "EmailMfaSettings": { "Enabled": true },
    });
    stage.s.api("AdminSetUserMFAPreference", wish).await.ok();
    let asked = stage.sign_in_with("ada", &device.key).await.ok();
    assert_eq!(asked["ChallengeName"], "SELECT_MFA_TYPE");
    let asked = stage
        .next(&asked, json!({ "ANSWER": "EMAIL_OTP" }))
        .await
        .ok();
    let code = json!({ "EMAIL_OTP_CODE": stage.s.code_to("ada@example.com") });
    let asked = stage.next(&asked, code).await.ok();
    stage.prove_device(&asked, &device).await.ok();
}

/// amazon-cognito-identity-js answers for the device with the session of the factor.
#[tokio::test]
async fn the_factor_just_answered_stands_for_the_session_once() {
    let (stage, secret, device) = ada(json!({}), "ON").await;
    let asked = stage.sign_in_with("ada", &device.key).await.ok();
    let client = SrpClient::new(3);
    let mut stale = asked.clone();
    stale["ChallengeName"] = json!("DEVICE_SRP_AUTH");
    // Not before the factor is proven.
    let early = stage.device_srp(&stale, &device, &client).await;
    early.error(NOT_AUTHORIZED, "Invalid session for the user.");
    let code = json!({ "SOFTWARE_TOKEN_MFA_CODE": stage.totp(&secret) });
    let session = stage.next(&asked, code).await.ok();
    let challenge = stage.device_srp(&stale, &device, &client).await.ok();
    let used = "Invalid session for the user, session can only be used once.";
    for spent in [&stale, &session] {
        let answer = stage.device_srp(spent, &device, &client).await;
        answer.error(NOT_AUTHORIZED, used);
    }
    let proof = device.proof(&stage.s, &client, &challenge["ChallengeParameters"]);
    let tokens = stage.next(&challenge, proof).await.ok()["AuthenticationResult"].take();
    let key = &claims(&tokens["AccessToken"])["device_key"];
    assert_eq!(key, device.key.as_str());
}

/// USER_AUTH, whatever proves the first factor; the device is named where it is proven.
#[tokio::test]
async fn a_device_stands_for_the_factor_however_the_sign_in_began() {
    let settings = json!({
        "UserPoolTier": "ESSENTIALS",
        "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } },
    });
    let stage = Stage::with(tracking(always(), settings), json!({})).await;
    let change = |user: &mut poolhouse::store::users::User| {
        user.attributes
            .insert("email_verified".to_owned(), "true".to_owned());
    };
    let plain = Some((PASSWORD, poolhouse::domain::password::Kind::Permanent));
    stage.user_with("ada", change, plain).await;
    let parameters = |more: Value| {
        let usual =
            json!({ "USERNAME": "ada", "PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": PASSWORD });
        super::stage::merged(usual, &more)
    };
    let body = stage
        .initiate("USER_AUTH", parameters(json!({})))
        .await
        .ok();
    let device = stage.register(&body["AuthenticationResult"]).await;
    let named = json!({ "DEVICE_KEY": device.key });
    let asked = stage
        .initiate("USER_AUTH", parameters(named.clone()))
        .await
        .ok();
    stage.prove_device(&asked, &device).await.ok();
    let begin = json!({ "USERNAME": "ada", "PREFERRED_CHALLENGE": "EMAIL_OTP" });
    let asked = stage.initiate("USER_AUTH", begin).await.ok();
    assert_eq!(asked["ChallengeName"], "EMAIL_OTP");
    let code = json!({
        "EMAIL_OTP_CODE": stage.s.code_to("ada@example.com"), "DEVICE_KEY": device.key,
    });
    let asked = stage.next(&asked, code).await.ok();
    stage.prove_device(&asked, &device).await.ok();
    let begin = json!({ "USERNAME": "ada" });
    let asked = stage.initiate("USER_AUTH", begin).await.ok();
    assert_eq!(asked["ChallengeName"], "SELECT_CHALLENGE");
    let answer = json!({ "ANSWER": "PASSWORD", "PASSWORD": PASSWORD, "DEVICE_KEY": device.key });
    let asked = stage.next(&asked, answer).await.ok();
    stage.prove_device(&asked, &device).await.ok();
}

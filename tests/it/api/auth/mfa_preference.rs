//! Which second factors a user has turned on, and how they are shown.

use serde_json::{Value, json};

use super::mfa::{associate, pool, prove, token_pool};
use super::stage::{INVALID_PARAMETER, PASSWORD, Stage};

async fn shown(stage: &Stage, token: &Value) -> [Value; 3] {
    let one = stage.get_user(token).await.ok();
    let request = json!({ "UserPoolId": stage.pool, "Username": "ada" });
    let two = stage.s.api("AdminGetUser", request).await.ok();
    ["UserMFASettingList", "PreferredMfaSetting", "MFAOptions"].map(|name| {
        assert_eq!(one[name], two[name], "{name}");
        one[name].clone()
    })
}

#[tokio::test]
async fn factors_are_turned_on_one_by_one_and_shown() {
    let stage = Stage::with(pool("OPTIONAL"), json!({})).await;
    let ada = |user: &mut poolhouse::store::users::User| {
        user.attributes
            .insert("phone_number".to_owned(), "+15550100".to_owned());
    };
    let kind = poolhouse::domain::password::Kind::Permanent;
    stage.user_with("ada", ada, Some((PASSWORD, kind))).await;
    let tokens = stage.tokens("ada").await;
    let token = &tokens["AccessToken"];
    assert_eq!(
        shown(&stage, token).await,
        [Value::Null, Value::Null, Value::Null]
    );
    let set = |settings: Value| {
        let request = super::stage::merged(json!({ "AccessToken": token }), &settings);
        stage.s.api("SetUserMFAPreference", request)
    };
    set(json!({ "SoftwareTokenMfaSettings": { "Enabled": true } }))
        .await
        .error(
            INVALID_PARAMETER,
            "User does not have delivery config set to turn on SOFTWARE_TOKEN_MFA",
        );
    let sms = json!({ "SMSMfaSettings": { "Enabled": true, "PreferredMfa": true } });
    assert_eq!(set(sms).await.ok(), json!({}));
    let list = shown(&stage, token).await;
    assert_eq!(list, [json!(["SMS_MFA"]), json!("SMS_MFA"), Value::Null]);
    let secret = associate(&stage, token).await;
    prove(&stage, token, &secret).await;
    let list = shown(&stage, token).await;
    assert_eq!(
        list[0],
        json!(["SMS_MFA"]),
        "proving a token does not turn it on"
    );
    set(json!({ "SoftwareTokenMfaSettings": { "Enabled": true }, "EmailMfaSettings": { "Enabled": true } })).await.ok();
    let list = shown(&stage, token).await;
    let all = json!(["SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"]);
    assert_eq!(list, [all, json!("SMS_MFA"), Value::Null]);
    let both = json!({ "EmailMfaSettings": { "PreferredMfa": true }, "SMSMfaSettings": { "PreferredMfa": true } });
    set(both)
        .await
        .error(INVALID_PARAMETER, "Only one MFA factor can be preferred.");
    let off = json!({ "EmailMfaSettings": { "Enabled": false, "PreferredMfa": true } });
    set(off).await.error(
        INVALID_PARAMETER,
        "The preferred MFA factor must be enabled.",
    );
    set(json!({ "SMSMfaSettings": { "Enabled": false } }))
        .await
        .ok();
    let list = shown(&stage, token).await;
    let two = json!(["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"]);
    assert_eq!(list, [two, Value::Null, Value::Null]);
}

#[tokio::test]
async fn administrators_set_them_for_others() {
    let stage = Stage::with(pool("OPTIONAL"), json!({})).await;
    stage.user("ada").await;
    let set = |name: &str, settings: Value| {
        let request = json!({ "UserPoolId": stage.pool, "Username": name });
        let request = super::stage::merged(request, &settings);
        stage.s.api("AdminSetUserMFAPreference", request)
    };
    let mail = json!({ "EmailMfaSettings": { "Enabled": true } });
    assert_eq!(set("ada", mail.clone()).await.ok(), json!({}));
    set("eve", mail)
        .await
        .error("UserNotFoundException", "User does not exist.");
    let sms = json!({ "SMSMfaSettings": { "Enabled": true } });
    let message = "User does not have delivery config set to turn on SMS_MFA";
    set("ada", sms).await.error(INVALID_PARAMETER, message);
    let passkeys = json!({ "WebAuthnMfaSettings": { "Enabled": true } });
    set("ada", passkeys).await.error(
        INVALID_PARAMETER,
        "Passkey MFA requires the MULTI_FACTOR_WITH_USER_VERIFICATION factor configuration.",
    );
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "EMAIL_OTP");
}

#[tokio::test]
async fn the_old_settings_turn_text_messages_on_and_off() {
    let stage = Stage::with(pool("OPTIONAL"), json!({})).await;
    stage.user("ada").await;
    let tokens = stage.tokens("ada").await;
    let token = &tokens["AccessToken"];
    let sms = json!([{ "DeliveryMedium": "SMS", "AttributeName": "phone_number" }]);
    let set = |options: &Value| {
        let request = json!({ "AccessToken": token, "MFAOptions": options });
        stage.s.api("SetUserSettings", request)
    };
    let message = "User does not have delivery config set to turn on SMS_MFA";
    set(&sms).await.error(INVALID_PARAMETER, message);
    let phone = json!({
        "UserPoolId": stage.pool, "Username": "ada",
        "UserAttributes": [{ "Name": "phone_number", "Value": "+15550100" }],
    });
    stage.s.api("AdminUpdateUserAttributes", phone).await.ok();
    assert_eq!(set(&sms).await.ok(), json!({}));
    let list = shown(&stage, token).await;
    assert_eq!(list, [json!(["SMS_MFA"]), Value::Null, sms.clone()]);
    let users = json!({ "UserPoolId": stage.pool });
    let users = stage.s.api("ListUsers", users).await.ok();
    assert_eq!(users["Users"][0]["MFAOptions"], sms);
    let other = json!([{ "DeliveryMedium": "EMAIL", "AttributeName": "email" }]);
    let message = "MFAOptions can only have SMS with phone_number.";
    set(&other).await.error(INVALID_PARAMETER, message);
    let request = json!({ "UserPoolId": stage.pool, "Username": "ada", "MFAOptions": [] });
    stage.s.api("AdminSetUserSettings", request).await.ok();
    let list = shown(&stage, token).await;
    assert_eq!(list, [Value::Null, Value::Null, Value::Null]);
}

#[tokio::test]
async fn a_lost_app_is_taken_away() {
    let stage = Stage::with(token_pool("OPTIONAL"), json!({})).await;
    stage.user("ada").await;
    let tokens = stage.tokens("ada").await;
    let token = &tokens["AccessToken"];
    let secret = associate(&stage, token).await;
    prove(&stage, token, &secret).await;
    let request = json!({
        "AccessToken": token,
        "SoftwareTokenMfaSettings": { "Enabled": true, "PreferredMfa": true },
    });
    stage.s.api("SetUserMFAPreference", request).await.ok();
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    let request = json!({ "UserPoolId": stage.pool, "Username": "ada" });
    for _ in 0..2 {
        let answer = stage.s.api("AdminDeleteSoftwareToken", request.clone());
        assert_eq!(answer.await.ok(), json!({}));
    }
    let list = shown(&stage, token).await;
    assert_eq!(list, [Value::Null, Value::Null, Value::Null]);
    stage.tokens("ada").await;
    let session = asked["Session"].as_str().unwrap();
    let answer = json!({ "USERNAME": "ada", "SOFTWARE_TOKEN_MFA_CODE": "123456" });
    let answer = stage
        .respond("SOFTWARE_TOKEN_MFA", Some(session), answer)
        .await;
    answer.error(INVALID_PARAMETER, "User has not set up software token mfa");
}

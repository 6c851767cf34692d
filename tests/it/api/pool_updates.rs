//! UpdateUserPool: what it replaces, and the little that stays.

use serde_json::{Value, json};

use super::merge;
use crate::support::{Answer, Server};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:f";

async fn create(s: &Server, body: Value) -> Value {
    let mut request = json!({ "PoolName": "p" });
    merge(&mut request, &body);
    s.api("CreateUserPool", request).await.ok()["UserPool"].take()
}

async fn describe(s: &Server, id: &Value) -> Value {
    let request = json!({ "UserPoolId": id });
    s.api("DescribeUserPool", request).await.ok()["UserPool"].take()
}

async fn update(s: &Server, id: &Value, body: Value) -> Answer {
    let mut request = json!({ "UserPoolId": id });
    merge(&mut request, &body);
    s.api("UpdateUserPool", request).await
}

#[tokio::test]
async fn update_replaces_everything_but_what_cannot_change() {
    let s = Server::start().await;
    let before = create(
        &s,
        json!({
            "AutoVerifiedAttributes": ["email"],
            "AliasAttributes": ["email"],
            "UsernameConfiguration": { "CaseSensitive": false },
            "Schema": [{ "Name": "x", "AttributeDataType": "String" }],
            "AdminCreateUserConfig": { "AllowAdminCreateUserOnly": true },
            "LambdaConfig": { "PreSignUp": FUNCTION },
            "DeletionProtection": "ACTIVE",
            "UserPoolTags": { "a": "b" },
            "UserPoolTier": "PLUS",
            "UserPoolAddOns": { "AdvancedSecurityMode": "AUDIT" },
            "DcrConfiguration": { "OpenDcrEnabled": true },
            "EmailVerificationSubject": "hello",
            "AccountRecoverySetting": { "RecoveryMechanisms": [{ "Priority": 1, "Name": "verified_email" }] },
        }),
    )
    .await;
    let id = &before["Id"];
    s.clock().advance(poolhouse::time::Span::seconds(1));
    let answer = s.api("UpdateUserPool", json!({ "UserPoolId": id })).await;
    assert_eq!(answer.ok(), json!({}));
    let mut expected = create(&s, json!({})).await;
    for kept in [
        "Id",
        "Arn",
        "Name",
        "CreationDate",
        "AliasAttributes",
        "UsernameConfiguration",
        "SchemaAttributes",
        "UserPoolTier",
        "UserPoolTags",
        "DcrConfiguration",
    ] {
        expected[kept] = before[kept].clone();
    }
    assert_eq!(describe(&s, id).await, expected);

    s.api(
        "UpdateUserPool",
        json!({ "UserPoolId": id, "PoolName": "q" }),
    )
    .await
    .ok();
    assert_eq!(describe(&s, id).await["Name"], "q");
}

#[tokio::test]
async fn an_update_replaces_tags_only_if_it_has_some() {
    let s = Server::start().await;
    let made = create(&s, json!({ "UserPoolTags": { "a": "b" } })).await;
    for (given, shown) in [
        (json!({ "PoolName": "q" }), json!({ "a": "b" })),
        (json!({ "UserPoolTags": { "c": "d" } }), json!({ "c": "d" })),
        (json!({ "UserPoolTags": {} }), json!({})),
    ] {
        let mut body = given;
        body["UserPoolId"] = made["Id"].clone();
        s.api("UpdateUserPool", body).await.ok();
        assert_eq!(describe(&s, &made["Id"]).await["UserPoolTags"], shown);
    }
}

#[tokio::test]
async fn a_lower_plan_must_hold_what_stays() {
    let s = Server::start().await;
    let made = create(&s, json!({ "DcrConfiguration": {} })).await;
    let to_lite = json!({ "UserPoolId": made["Id"], "UserPoolTier": "LITE" });
    s.api("UpdateUserPool", to_lite.clone()).await.error(
        "FeatureUnavailableInTierException",
        "Dynamic client registration is not available in the LITE tier.",
    );
    let mut off = to_lite.clone();
    off["DcrConfiguration"] = json!({ "EnableStatus": "Disabled" });
    s.api("UpdateUserPool", off.clone()).await.ok();
    s.api(
        "UpdateUserPool",
        json!({ "UserPoolId": made["Id"], "UserPoolTier": "PLUS" }),
    )
    .await
    .ok();
    let mfa = json!({ "UserPoolId": made["Id"], "MfaConfiguration": "OPTIONAL",
        "EmailMfaConfiguration": { "Subject": "s" } });
    s.api("SetUserPoolMfaConfig", mfa).await.ok();
    s.api("UpdateUserPool", to_lite).await.error(
        "TierChangeNotAllowedException",
        "The user pool has features that the requested tier does not include.",
    );
}

#[tokio::test]
async fn policies_and_mfa_stay_unless_the_update_has_them() {
    let s = Server::start().await;
    let password = json!({ "MinimumLength": 12, "RequireSymbols": false });
    let sign_in = json!({ "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] });
    let made = create(
        &s,
        json!({ "Policies": { "PasswordPolicy": password, "SignInPolicy": sign_in } }),
    )
    .await;
    let id = &made["Id"];
    let factors = json!({ "UserPoolId": id, "MfaConfiguration": "OPTIONAL",
        "SoftwareTokenMfaConfiguration": { "Enabled": true } });
    s.api("SetUserPoolMfaConfig", factors).await.ok();
    let before = made["Policies"].clone();
    let lower = json!({ "MinimumLength": 8, "RequireSymbols": true });
    for (given, expected) in [
        (json!({}), &before),
        (json!({ "Policies": {} }), &before),
        (
            json!({ "Policies": { "PasswordPolicy": password } }),
            &before,
        ),
        (json!({ "Policies": { "SignInPolicy": sign_in } }), &before),
    ] {
        // What is replaced as ever shows that the update was made.
        let mut on = given.clone();
        on["AutoVerifiedAttributes"] = json!(["email"]);
        update(&s, id, on).await.ok();
        let shown = describe(&s, id).await;
        assert_eq!(shown["AutoVerifiedAttributes"], json!(["email"]));
        assert_eq!(&shown["Policies"], expected, "{given}");
        assert_eq!(shown["MfaConfiguration"], "OPTIONAL", "{given}");
        update(&s, id, given.clone()).await.ok();
        let shown = describe(&s, id).await;
        assert_eq!(shown.get("AutoVerifiedAttributes"), None);
        assert_eq!(&shown["Policies"], expected, "{given}");
    }
    let new = json!({ "Policies": { "PasswordPolicy": lower }, "MfaConfiguration": "OFF" });
    update(&s, id, new).await.ok();
    let shown = describe(&s, id).await;
    let policy = &shown["Policies"]["PasswordPolicy"];
    assert_eq!(
        (&policy["MinimumLength"], &policy["RequireSymbols"]),
        (&json!(8), &json!(true))
    );
    assert_eq!(shown["Policies"]["SignInPolicy"], before["SignInPolicy"]);
    assert_eq!(shown["MfaConfiguration"], "OFF");
    let new =
        json!({ "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD"] } } });
    update(&s, id, new).await.ok();
    let shown = describe(&s, id).await;
    assert_eq!(&shown["Policies"]["PasswordPolicy"], policy);
    let only = json!({ "AllowedFirstAuthFactors": ["PASSWORD"] });
    assert_eq!(shown["Policies"]["SignInPolicy"], only);
}

#[tokio::test]
async fn an_update_is_checked_like_a_new_pool() {
    let s = Server::start().await;
    let made = create(&s, json!({})).await;
    for (given, message) in [
        (
            json!({ "AutoVerifiedAttributes": ["phone_number"] }),
            "SMS configuration is required when phone_number is selected for auto verification",
        ),
        (
            json!({ "UserAttributeUpdateSettings": {
                "AttributesRequireVerificationBeforeUpdate": ["email"] } }),
            "All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes",
        ),
        (
            json!({ "MfaConfiguration": "ON" }),
            "SMS configuration and Auto verification for phone_number are required when MFA is required/optional",
        ),
    ] {
        let answer = update(&s, &made["Id"], given).await;
        answer.error("InvalidParameterException", message);
    }
    assert_eq!(describe(&s, &made["Id"]).await, made);
    // A function may send text messages in AWS's place.
    let sender = json!({ "AutoVerifiedAttributes": ["phone_number"], "LambdaConfig": {
        "CustomSMSSender": { "LambdaVersion": "V1_0", "LambdaArn": FUNCTION },
        "KMSKeyID": "arn:aws:kms:us-east-1:123456789012:key/1",
    } });
    update(&s, &made["Id"], sender).await.ok();
}

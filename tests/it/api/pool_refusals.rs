//! What CreateUserPool refuses: a schema that cannot be, settings that contradict each other, and what
//! the plan does not include.

use serde_json::{Value, json};

use super::merge;
use crate::support::Server;

const ROLE: &str = "arn:aws:iam::123456789012:role/sms";
const FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:f";

async fn create(s: &Server, body: Value) -> Value {
    let mut request = json!({ "PoolName": "p" });
    merge(&mut request, &body);
    s.api("CreateUserPool", request).await.ok()["UserPool"].take()
}

async fn refused(s: &Server, body: Value, code: &str, message: &str) {
    let mut request = json!({ "PoolName": "p" });
    merge(&mut request, &body);
    s.api("CreateUserPool", request).await.error(code, message);
}

#[tokio::test]
async fn schema_errors() {
    let s = Server::start().await;
    let bounds = |kind: &str, min: &str, max: &str| match kind {
        "String" => json!({ "Name": "x", "AttributeDataType": kind,
            "StringAttributeConstraints": { "MinLength": min, "MaxLength": max } }),
        _ => json!({ "Name": "x", "AttributeDataType": kind,
            "NumberAttributeConstraints": { "MinValue": min, "MaxValue": max } }),
    };
    let standard = "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute email";
    let cases = [
        (
            json!({ "Name": "x" }),
            "Invalid AttributeDataType input, consider using the provided AttributeDataType enum.",
        ),
        (
            json!({ "AttributeDataType": "String" }),
            "A schema attribute requires Name.",
        ),
        (
            json!({ "Name": "custom:", "AttributeDataType": "String" }),
            "A schema attribute requires Name.",
        ),
        (
            json!({ "Name": "email", "AttributeDataType": "Number" }),
            standard,
        ),
        (
            json!({ "Name": "email", "DeveloperOnlyAttribute": true }),
            standard,
        ),
        (
            json!({ "Name": "x", "AttributeDataType": "String", "Required": true }),
            "Required custom attributes are not supported currently.",
        ),
        (
            json!({ "Name": "sub", "Mutable": true }),
            "Cannot modify the non-mutable attribute sub",
        ),
        (
            bounds("String", "a", "2"),
            "Invalid StringAttributeConstraints for schema attribute custom:x",
        ),
        (
            bounds("String", "-1", "2"),
            "Invalid StringAttributeConstraints for schema attribute custom:x",
        ),
        (
            bounds("Number", "a", "2"),
            "Invalid NumberAttributeConstraints for schema attribute custom:x",
        ),
        (
            bounds("String", "1", "2049"),
            "user.custom:x: String attributes cannot have a length of more than 2048",
        ),
        (
            bounds("String", "3", "2"),
            "user.custom:x: Max length cannot be less than min length.",
        ),
        (
            bounds("Number", "3", "2"),
            "user.custom:x: Max value cannot be less than min value.",
        ),
    ];
    for (entry, message) in cases {
        let body = json!({ "Schema": [entry] });
        refused(&s, body, "InvalidParameterException", message).await;
    }
    let twice = json!({ "Name": "x", "AttributeDataType": "String" });
    refused(
        &s,
        json!({ "Schema": [twice, twice] }),
        "InvalidParameterException",
        "custom:x: Existing attribute already has name custom:x.",
    )
    .await;
}

#[tokio::test]
async fn settings_that_contradict_each_other_are_refused() {
    let s = Server::start().await;
    let factors = |factors: &[&str]| json!({ "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": factors } } });
    let mechanisms = |a: (&str, i64), b: (&str, i64)| {
        json!({ "AccountRecoverySetting": { "RecoveryMechanisms": [
            { "Name": a.0, "Priority": a.1 }, { "Name": b.0, "Priority": b.1 },
        ] } })
    };
    let cases = [
        (
            json!({ "AliasAttributes": ["email"], "UsernameAttributes": ["email"] }),
            "Only one of the aliasAttributes or usernameAttributes can be set in a user pool.",
        ),
        (
            factors(&["EMAIL_OTP"]),
            "AllowedFirstAuthFactors must contain PASSWORD.",
        ),
        (
            factors(&["PASSWORD", "SOFTWARE_TOKEN"]),
            "SOFTWARE_TOKEN is not supported in AllowedFirstAuthFactors.",
        ),
        (
            json!({ "LambdaConfig": { "PreTokenGeneration": FUNCTION, "PreTokenGenerationConfig": { "LambdaVersion": "V1_0", "LambdaArn": ROLE } } }),
            "PreTokenGeneration and PreTokenGenerationConfig.LambdaArn must be the same.",
        ),
        (
            json!({ "LambdaConfig": { "CustomSMSSender": { "LambdaVersion": "V1_0", "LambdaArn": FUNCTION } } }),
            "A custom sender trigger requires KMSKeyID.",
        ),
        (
            json!({ "LambdaConfig": { "KMSKeyID": FUNCTION } }),
            "KMSKeyID must be the ARN of a KMS key or alias.",
        ),
        (
            json!({ "EmailConfiguration": { "EmailSendingAccount": "DEVELOPER" } }),
            "EmailSendingAccount DEVELOPER requires SourceArn.",
        ),
        (
            json!({ "SmsConfiguration": { "ExternalId": "x" } }),
            "SmsConfiguration must have either SnsCallerArn or EumsSms.",
        ),
        (
            json!({ "SmsConfiguration": { "EumsSms": { "CallerArn": ROLE, "Region": "eu-west-1" } } }),
            "EumsSms.Region must be the region of the user pool.",
        ),
        (
            json!({ "MfaConfiguration": "ON" }),
            "SMS configuration and Auto verification for phone_number are required when MFA is required/optional",
        ),
        (
            json!({ "AutoVerifiedAttributes": ["email", "phone_number"] }),
            "SMS configuration is required when phone_number is selected for auto verification",
        ),
        (
            json!({ "UserAttributeUpdateSettings": { "AttributesRequireVerificationBeforeUpdate": ["email"] } }),
            "All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes",
        ),
        (
            mechanisms(("admin_only", 1), ("verified_email", 2)),
            "admin_only must be the only recovery mechanism.",
        ),
        (
            mechanisms(("verified_email", 1), ("verified_email", 2)),
            "Recovery mechanisms must differ in name and priority.",
        ),
        (
            mechanisms(("verified_email", 1), ("verified_phone_number", 1)),
            "Recovery mechanisms must differ in name and priority.",
        ),
        (
            json!({ "AcrConfiguration": { "Level1": { "AcrValue": "urn:cognito:loa:2" } } }),
            "ACR names must be unique across all levels, default names included.",
        ),
        (
            json!({ "KeyConfiguration": { "KeyType": "CUSTOMER_MANAGED_KEY" } }),
            "KmsKeyArn is required with CUSTOMER_MANAGED_KEY, and only there.",
        ),
        (
            json!({ "UserPoolTags": { "_custom_id_": "nonsense" } }),
            "The _custom_id_ tag must be a user pool id.",
        ),
    ];
    for (body, message) in cases {
        refused(&s, body, "InvalidParameterException", message).await;
    }
    let tags: serde_json::Map<_, _> = (0..51).map(|n| (format!("k{n}"), json!("v"))).collect();
    let body = json!({ "UserPoolTags": tags });
    let text = "A user pool can have at most 50 tags.";
    refused(&s, body, "UserPoolTaggingException", text).await;
    let body = json!({ "UserPoolTags": { "aws:x": "v" } });
    let text = "Tag keys cannot begin with aws:.";
    refused(&s, body, "UserPoolTaggingException", text).await;
}

#[tokio::test]
async fn plans_include_features_or_not() {
    let s = Server::start().await;
    let trigger =
        json!({ "PreTokenGenerationConfig": { "LambdaVersion": "V2_0", "LambdaArn": FUNCTION } });
    let factors =
        json!({ "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"] } });
    let lite = [
        ("LambdaConfig", trigger, "Access token customization"),
        ("Policies", factors, "Passwordless sign-in"),
        ("DcrConfiguration", json!({}), "Dynamic client registration"),
        (
            "AcrConfiguration",
            json!({ "Level2": { "AcrValue": "x" } }),
            "ACR configuration",
        ),
    ];
    for (name, value, feature) in lite {
        let mut body = json!({ "UserPoolTier": "LITE" });
        body[name] = value.clone();
        let message = format!("{feature} is not available in the LITE tier.");
        refused(
            &s,
            body.clone(),
            "FeatureUnavailableInTierException",
            &message,
        )
        .await;
        body["UserPoolTier"] = json!("ESSENTIALS");
        create(&s, body).await;
    }
    let add_ons = json!({ "UserPoolAddOns": { "AdvancedSecurityMode": "AUDIT" } });
    refused(
        &s,
        add_ons,
        "FeatureUnavailableInTierException",
        "Threat protection is not available in the ESSENTIALS tier.",
    )
    .await;
    let made = create(&s, json!({ "UserPoolTier": "LITE" })).await;
    assert_eq!(made["UserPoolTier"], "LITE");
    assert_eq!(made["Policies"].get("SignInPolicy"), None);
}

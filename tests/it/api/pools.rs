//! CreateUserPool, DescribeUserPool, ListUserPools, DeleteUserPool.

use serde_json::{Value, json};

use super::{merge, seconds};
use crate::support::Server;
use crate::support::server::START_MS;

const ROLE: &str = "arn:aws:iam::123456789012:role/sms";
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

async fn refused(s: &Server, body: Value, code: &str, message: &str) {
    let mut request = json!({ "PoolName": "p" });
    merge(&mut request, &body);
    s.api("CreateUserPool", request).await.error(code, message);
}

fn attribute(name: &str, min: &str, max: &str) -> Value {
    json!({
        "Name": name, "AttributeDataType": "String", "DeveloperOnlyAttribute": false,
        "Mutable": true, "Required": false,
        "StringAttributeConstraints": { "MinLength": min, "MaxLength": max },
    })
}

fn standard_schema() -> Vec<Value> {
    let flag = |name: &str| {
        json!({
            "Name": name, "AttributeDataType": "Boolean", "DeveloperOnlyAttribute": false,
            "Mutable": true, "Required": false,
        })
    };
    let plain = |name: &str| attribute(name, "0", "2048");
    let mut sub = attribute("sub", "1", "2048");
    sub["Required"] = json!(true);
    sub["Mutable"] = json!(false);
    vec![
        sub,
        plain("name"),
        plain("given_name"),
        plain("family_name"),
        plain("middle_name"),
        plain("nickname"),
        plain("preferred_username"),
        plain("profile"),
        plain("picture"),
        plain("website"),
        plain("email"),
        flag("email_verified"),
        plain("gender"),
        attribute("birthdate", "10", "10"),
        plain("zoneinfo"),
        plain("locale"),
        plain("phone_number"),
        flag("phone_number_verified"),
        plain("address"),
        json!({
            "Name": "updated_at", "AttributeDataType": "Number", "DeveloperOnlyAttribute": false,
            "Mutable": true, "Required": false, "NumberAttributeConstraints": { "MinValue": "0" },
        }),
    ]
}

#[tokio::test]
async fn a_minimal_pool_has_the_documented_defaults_and_no_more() {
    let s = Server::start().await;
    let made = create(&s, json!({})).await;
    let id = made["Id"].as_str().unwrap();
    assert!(id.starts_with("us-east-1_") && id.len() == "us-east-1_".len() + 9);
    let expected = json!({
        "Id": id,
        "Name": "p",
        "Arn": format!("arn:aws:cognito-idp:us-east-1:000000000000:userpool/{id}"),
        "CreationDate": seconds(START_MS),
        "LastModifiedDate": seconds(START_MS),
        "Policies": {
            "PasswordPolicy": {
                "MinimumLength": 8, "RequireUppercase": true, "RequireLowercase": true,
                "RequireNumbers": true, "RequireSymbols": true, "TemporaryPasswordValidityDays": 7,
            },
            "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD"] },
        },
        "DeletionProtection": "INACTIVE",
        "LambdaConfig": {},
        "SchemaAttributes": standard_schema(),
        "VerificationMessageTemplate": { "DefaultEmailOption": "CONFIRM_WITH_CODE" },
        "MfaConfiguration": "OFF",
        "EstimatedNumberOfUsers": 0,
        "EmailConfiguration": { "EmailSendingAccount": "COGNITO_DEFAULT" },
        "UserPoolTags": {},
        "AdminCreateUserConfig": { "AllowAdminCreateUserOnly": false, "UnusedAccountValidityDays": 7 },
        "UserPoolTier": "ESSENTIALS",
        "AcrConfiguration": {
            "Level1": { "AcrValue": "urn:cognito:loa:1" }, "Level2": { "AcrValue": "urn:cognito:loa:2" },
            "Level3": { "AcrValue": "urn:cognito:loa:3" }, "Level4": { "AcrValue": "urn:cognito:loa:4" },
        },
    });
    assert_eq!(made, expected);
    assert_eq!(describe(&s, &made["Id"]).await, expected);
}

#[tokio::test]
async fn a_partial_password_policy_requires_only_what_it_says() {
    let s = Server::start().await;
    let policy = json!({ "PasswordPolicy": { "MinimumLength": 10, "RequireNumbers": true } });
    let made = create(&s, json!({ "Policies": policy })).await;
    assert_eq!(
        made["Policies"]["PasswordPolicy"],
        json!({
            "MinimumLength": 10, "RequireUppercase": false, "RequireLowercase": false,
            "RequireNumbers": true, "RequireSymbols": false, "TemporaryPasswordValidityDays": 7,
        })
    );
}

#[tokio::test]
async fn the_two_names_of_temporary_password_validity_are_one_setting() {
    let s = Server::start().await;
    let days = |new: i64, old: i64| {
        json!({
            "Policies": { "PasswordPolicy": { "MinimumLength": 8, "TemporaryPasswordValidityDays": new } },
            "AdminCreateUserConfig": { "UnusedAccountValidityDays": old },
        })
    };
    let shown = |made: &Value| {
        (
            made["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"].clone(),
            made["AdminCreateUserConfig"]["UnusedAccountValidityDays"].clone(),
        )
    };
    for (new, old, days_shown) in [(0, 0, 7), (3, 3, 3), (0, 5, 5), (9, 0, 9)] {
        let made = create(&s, days(new, old)).await;
        assert_eq!(shown(&made), (json!(days_shown), json!(days_shown)));
    }
    let text = "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays";
    refused(&s, days(3, 4), "InvalidParameterException", text).await;
}

#[tokio::test]
async fn every_setting_comes_back_as_it_was_given() {
    let s = Server::start().await;
    let given = json!({
        "Policies": {
            "PasswordPolicy": {
                "MinimumLength": 12, "RequireUppercase": false, "RequireLowercase": true,
                "RequireNumbers": false, "RequireSymbols": true, "PasswordHistorySize": 4,
                "TemporaryPasswordValidityDays": 2,
            },
            "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] },
        },
        "DeletionProtection": "ACTIVE",
        "LambdaConfig": {
            "PreSignUp": FUNCTION,
            "PreTokenGeneration": FUNCTION,
            "PreTokenGenerationConfig": { "LambdaVersion": "V2_0", "LambdaArn": FUNCTION },
            "CustomEmailSender": { "LambdaVersion": "V1_0", "LambdaArn": FUNCTION },
            "KMSKeyID": "arn:aws:kms:us-east-1:123456789012:key/1",
        },
        "AutoVerifiedAttributes": ["email"],
        "AliasAttributes": ["email", "preferred_username"],
        "VerificationMessageTemplate": {
            "EmailMessageByLink": "go {##here##}", "EmailSubjectByLink": "link",
            "DefaultEmailOption": "CONFIRM_WITH_LINK",
        },
        "SmsAuthenticationMessage": "code {####}",
        "UserAttributeUpdateSettings": { "AttributesRequireVerificationBeforeUpdate": ["email"] },
        "MfaConfiguration": "OPTIONAL",
        "DeviceConfiguration": {
            "ChallengeRequiredOnNewDevice": true, "DeviceOnlyRememberedOnUserPrompt": false,
        },
        "EmailConfiguration": {
            "EmailSendingAccount": "DEVELOPER",
            "SourceArn": "arn:aws:ses:us-east-1:123456789012:identity/a@example.com",
            "ReplyToEmailAddress": "r@example.com", "From": "A <a@example.com>",
            "ConfigurationSet": "set",
        },
        "SmsConfiguration": { "SnsCallerArn": ROLE, "ExternalId": "x", "SnsRegion": "eu-west-1" },
        "UserPoolTags": { "team": "a" },
        "AdminCreateUserConfig": {
            "AllowAdminCreateUserOnly": true, "UnusedAccountValidityDays": 2,
            "InviteMessageTemplate": {
                "SMSMessage": "{username} {####}", "EmailMessage": "{username} {####}",
                "EmailSubject": "hello",
            },
        },
        "UserPoolAddOns": {
            "AdvancedSecurityMode": "ENFORCED",
            "AdvancedSecurityAdditionalFlows": { "CustomAuthMode": "AUDIT" },
        },
        "DcrConfiguration": {
            "EnableStatus": "Enabled", "OpenDcrEnabled": true, "AuthenticatedGrantTypes": ["code"],
            "OpenDcrGrantTypes": ["code"], "AllowedScopes": ["a/b"],
        },
        "UsernameConfiguration": { "CaseSensitive": false },
        "AccountRecoverySetting": { "RecoveryMechanisms": [
            { "Priority": 1, "Name": "verified_email" },
            { "Priority": 2, "Name": "verified_phone_number" },
        ] },
        "UserPoolTier": "PLUS",
        "KeyConfiguration": {
            "KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1",
        },
        "IssuerConfiguration": { "Type": "ORIGINAL" },
        "AcrConfiguration": {
            "Level1": { "AcrValue": "urn:mine:1" }, "Level2": { "AcrValue": "urn:cognito:loa:2" },
            "Level3": { "AcrValue": "urn:cognito:loa:3" }, "Level4": { "AcrValue": "urn:cognito:loa:4" },
        },
    });
    let made = create(&s, given.clone()).await;
    let described = describe(&s, &made["Id"]).await;
    assert_eq!(made, described);
    for (name, value) in given.as_object().unwrap() {
        assert_eq!(&described[name], value, "{name}");
    }
}

#[tokio::test]
async fn verification_texts_have_two_views() {
    let s = Server::start().await;
    let old = json!({
        "SmsVerificationMessage": "s {####}",
        "EmailVerificationMessage": "e {####}",
        "EmailVerificationSubject": "subject",
    });
    let template = json!({
        "SmsMessage": "s {####}", "EmailMessage": "e {####}", "EmailSubject": "subject",
    });
    for given in [
        old.clone(),
        json!({ "VerificationMessageTemplate": template }),
    ] {
        let made = create(&s, given).await;
        for (name, value) in old.as_object().unwrap() {
            assert_eq!(&made[name], value);
        }
        for (name, value) in template.as_object().unwrap() {
            assert_eq!(&made["VerificationMessageTemplate"][name], value);
        }
    }
    let made = create(
        &s,
        json!({
            "EmailVerificationMessage": "old {####}",
            "VerificationMessageTemplate": { "EmailMessage": "new {####}" },
        }),
    )
    .await;
    assert_eq!(made["EmailVerificationMessage"], "new {####}");
}

#[tokio::test]
async fn sms_region_and_client_registration_status_are_filled_in() {
    let s = Server::start().await;
    let made = create(
        &s,
        json!({ "SmsConfiguration": { "SnsCallerArn": ROLE }, "DcrConfiguration": {} }),
    )
    .await;
    assert_eq!(
        made["SmsConfiguration"],
        json!({ "SnsCallerArn": ROLE, "SnsRegion": "us-east-1" })
    );
    assert_eq!(
        made["DcrConfiguration"],
        json!({ "EnableStatus": "Enabled" })
    );
}

#[tokio::test]
async fn schema_entries_change_standard_attributes_and_add_custom_ones() {
    let s = Server::start().await;
    let made = create(
        &s,
        json!({ "Schema": [
            { "Name": "email", "Required": true },
            { "Name": "nickname", "AttributeDataType": "String",
              "StringAttributeConstraints": { "MinLength": "2", "MaxLength": "20" } },
            { "Name": "tenant", "AttributeDataType": "String", "Mutable": false },
            { "Name": "custom:level", "AttributeDataType": "Number",
              "NumberAttributeConstraints": { "MinValue": "1", "MaxValue": "9" } },
            { "Name": "hidden", "AttributeDataType": "Boolean", "DeveloperOnlyAttribute": true },
            { "Name": "since", "AttributeDataType": "DateTime" },
        ] }),
    )
    .await;
    let mut expected = standard_schema();
    expected[10]["Required"] = json!(true);
    expected[5]["StringAttributeConstraints"] = json!({ "MinLength": "2", "MaxLength": "20" });
    expected.push(json!({
        "Name": "custom:tenant", "AttributeDataType": "String", "DeveloperOnlyAttribute": false,
        "Mutable": false, "Required": false, "StringAttributeConstraints": {},
    }));
    expected.push(json!({
        "Name": "custom:level", "AttributeDataType": "Number", "DeveloperOnlyAttribute": false,
        "Mutable": true, "Required": false,
        "NumberAttributeConstraints": { "MinValue": "1", "MaxValue": "9" },
    }));
    expected.push(json!({
        "Name": "dev:custom:hidden", "AttributeDataType": "Boolean",
        "DeveloperOnlyAttribute": true, "Mutable": true, "Required": false,
    }));
    expected.push(json!({
        "Name": "custom:since", "AttributeDataType": "DateTime", "DeveloperOnlyAttribute": false,
        "Mutable": true, "Required": false,
    }));
    assert_eq!(made["SchemaAttributes"], json!(expected));
}

#[tokio::test]
async fn the_custom_id_tag_fixes_the_id_once() {
    let s = Server::start().await;
    let tags = json!({ "UserPoolTags": { "_custom_id_": "us-east-1_mine" } });
    let made = create(&s, tags.clone()).await;
    assert_eq!(made["Id"], "us-east-1_mine");
    let text = "A user pool with this _custom_id_ already exists.";
    refused(&s, tags, "InvalidParameterException", text).await;
}

#[tokio::test]
async fn unknown_pools_are_named() {
    let s = Server::start().await;
    let body = json!({ "UserPoolId": "us-east-1_xxxxxxxxx" });
    for operation in [
        "DescribeUserPool",
        "UpdateUserPool",
        "DeleteUserPool",
        "GetUserPoolMfaConfig",
        "SetUserPoolMfaConfig",
    ] {
        let text = "User pool us-east-1_xxxxxxxxx does not exist.";
        s.api(operation, body.clone())
            .await
            .error("ResourceNotFoundException", text);
    }
}

#[tokio::test]
async fn lists_page_by_region_and_account_with_sealed_tokens() {
    let s = Server::start().await;
    let mut ids: Vec<String> = Vec::new();
    for _ in 0..5 {
        ids.push(
            create(&s, json!({})).await["Id"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    ids.sort();
    let (mut seen, mut token) = (Vec::new(), Value::Null);
    loop {
        let mut body = json!({ "MaxResults": 2 });
        if !token.is_null() {
            body["NextToken"] = token;
        }
        let page = s.api("ListUserPools", body).await.ok();
        for pool in page["UserPools"].as_array().unwrap() {
            assert_eq!(
                pool,
                &json!({ "Id": pool["Id"], "Name": "p", "LambdaConfig": {},
                    "CreationDate": seconds(START_MS), "LastModifiedDate": seconds(START_MS) })
            );
            seen.push(pool["Id"].as_str().unwrap().to_owned());
        }
        token = page["NextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    seen.sort();
    assert_eq!(seen, ids);

    let forged = json!({ "MaxResults": 2, "NextToken": "forged" });
    let (code, text) = ("InvalidParameterException", "Invalid pagination token");
    s.api("ListUserPools", forged).await.error(code, text);
    let first = s
        .api("ListUserPools", json!({ "MaxResults": 2 }))
        .await
        .ok();
    let next = json!({ "MaxResults": 2, "NextToken": first["NextToken"] });
    s.clock().advance(poolhouse::time::Span::minutes(61));
    s.api("ListUserPools", next).await.error(code, text);
}

#[tokio::test]
async fn a_pool_belongs_to_the_region_and_account_of_its_signature() {
    let s = Server::start().await;
    let signed = |operation: &str, body: Value| {
        s.http
            .post(&s.url)
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", format!("AWSCognitoIdentityProviderService.{operation}"))
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=123456789012/20260106/eu-west-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=00",
            )
            .body(body.to_string())
            .send()
    };
    let made: Value = signed("CreateUserPool", json!({ "PoolName": "p" }))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let id = made["UserPool"]["Id"].as_str().unwrap();
    assert!(id.starts_with("eu-west-1_"));
    let arn = format!("arn:aws:cognito-idp:eu-west-1:123456789012:userpool/{id}");
    assert_eq!(made["UserPool"]["Arn"], arn.as_str());
    let here = s
        .api("ListUserPools", json!({ "MaxResults": 60 }))
        .await
        .ok();
    assert_eq!(here, json!({ "UserPools": [] }));
    let there: Value = signed("ListUserPools", json!({ "MaxResults": 60 }))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(there["UserPools"][0]["Id"], id);
    assert_eq!(describe(&s, &json!(id)).await["Arn"], arn.as_str());
}

#[tokio::test]
async fn delete_waits_for_protection_and_answers_an_empty_body() {
    let s = Server::start().await;
    let made = create(&s, json!({ "DeletionProtection": "ACTIVE" })).await;
    let body = json!({ "UserPoolId": made["Id"] });
    s.api("DeleteUserPool", body.clone()).await.error(
        "InvalidParameterException",
        "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.",
    );
    s.api("UpdateUserPool", body.clone()).await.ok();
    assert_eq!(
        s.api("DeleteUserPool", body.clone()).await.ok(),
        Value::Null
    );
    assert_eq!(s.api("DescribeUserPool", body).await.status, 400);
}

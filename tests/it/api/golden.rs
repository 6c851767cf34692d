//! What Describe, Get and List show for the least and the most that can be set, member by member.
//! The answers are snapshots; the model says which members there are, and every one that even the
//! fullest answer leaves out is named here with its reason.

use std::collections::BTreeSet;

use insta::assert_json_snapshot;
use serde_json::{Value, json};

use super::{client, pool};
use crate::support::Server;

const FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:f";
const ROLE: &str = "arn:aws:iam::123456789012:role/r";

/// Fails unless a value has every member of a shape of the model but these.
#[track_caller]
fn is_whole(shape: &str, value: &Value, absent: &[&str]) {
    let model: Value =
        serde_json::from_str(include_str!("../../../src/api/constraints.json")).unwrap();
    let modelled = model["shapes"][shape]["members"].as_object().unwrap();
    let modelled: BTreeSet<&str> = modelled.keys().map(String::as_str).collect();
    let shown = value.as_object().unwrap().keys().map(String::as_str);
    let shown: BTreeSet<&str> = shown.chain(absent.iter().copied()).collect();
    assert_eq!(shown, modelled, "{shape}");
}

async fn ask(s: &Server, operation: &str, request: Value) -> Value {
    s.api(operation, request).await.ok()
}

#[tokio::test]
async fn the_fullest_pool() {
    let s = Server::start().await;
    let settings = json!({
        "PoolName": "golden",
        "UserPoolTags": { "_custom_id_": "us-east-1_golden", "team": "a" },
        "Policies": {
            "PasswordPolicy": {
                "MinimumLength": 12, "RequireUppercase": true, "RequireLowercase": true,
                "RequireNumbers": false, "RequireSymbols": true, "PasswordHistorySize": 4,
                "TemporaryPasswordValidityDays": 2,
            },
            "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] },
        },
        "Schema": [
            { "Name": "email", "AttributeDataType": "String", "Required": true },
            { "Name": "team", "AttributeDataType": "String", "Mutable": false,
              "StringAttributeConstraints": { "MinLength": "1", "MaxLength": "9" } },
            { "Name": "count", "AttributeDataType": "Number" },
            { "Name": "since", "AttributeDataType": "DateTime" },
            { "Name": "inner", "AttributeDataType": "Boolean", "DeveloperOnlyAttribute": true },
        ],
        "DeletionProtection": "ACTIVE",
        "LambdaConfig": {
            "PreSignUp": FUNCTION, "CustomMessage": FUNCTION,
            "PreTokenGenerationConfig": { "LambdaVersion": "V2_0", "LambdaArn": FUNCTION },
        },
        "AutoVerifiedAttributes": ["email"],
        "AliasAttributes": ["email", "preferred_username"],
        "UsernameConfiguration": { "CaseSensitive": false },
        "VerificationMessageTemplate": {
            "SmsMessage": "s {####}", "EmailMessage": "e {####}", "EmailSubject": "es",
            "EmailMessageByLink": "go {##here##}", "EmailSubjectByLink": "ls",
            "DefaultEmailOption": "CONFIRM_WITH_LINK",
        },
        "SmsAuthenticationMessage": "code {####}",
        "UserAttributeUpdateSettings": { "AttributesRequireVerificationBeforeUpdate": ["email"] },
        "MfaConfiguration": "OPTIONAL",
        "DeviceConfiguration": {
            "ChallengeRequiredOnNewDevice": true, "DeviceOnlyRememberedOnUserPrompt": false,
        },
        "EmailConfiguration": { "EmailSendingAccount": "COGNITO_DEFAULT" },
        "SmsConfiguration": { "SnsCallerArn": ROLE, "ExternalId": "x" },
        "AdminCreateUserConfig": {
            "AllowAdminCreateUserOnly": true, "UnusedAccountValidityDays": 2,
            "InviteMessageTemplate": {
                "SMSMessage": "{username} {####}", "EmailMessage": "{username} {####}",
                "EmailSubject": "hello",
            },
        },
        "UserPoolAddOns": { "AdvancedSecurityMode": "AUDIT" },
        "DcrConfiguration": { "EnableStatus": "Enabled", "OpenDcrEnabled": false,
            "AuthenticatedGrantTypes": ["code"] },
        "AccountRecoverySetting": { "RecoveryMechanisms": [
            { "Priority": 1, "Name": "verified_email" },
            { "Priority": 2, "Name": "verified_phone_number" },
        ] },
        "UserPoolTier": "PLUS",
        "KeyConfiguration": { "KeyType": "AWS_OWNED_KEY" },
        "IssuerConfiguration": { "Type": "ORIGINAL" },
        "AcrConfiguration": { "Level1": { "AcrValue": "urn:mine:1" } },
    });
    let made = ask(&s, "CreateUserPool", settings).await;
    let at = json!({ "UserPoolId": "us-east-1_golden" });
    for (domain, more) in [
        ("golden", json!({})),
        (
            "auth.example.com",
            json!({ "CustomDomainConfig": {
            "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1" } }),
        ),
    ] {
        let mut request = json!({ "UserPoolId": "us-east-1_golden", "Domain": domain });
        super::merge(&mut request, &more);
        ask(&s, "CreateUserPoolDomain", request).await;
    }
    let shown = ask(&s, "DescribeUserPool", at).await["UserPool"].take();
    let mut without = shown.clone();
    without.as_object_mut().unwrap().remove("Domain");
    without.as_object_mut().unwrap().remove("CustomDomain");
    assert_eq!(
        made["UserPool"], without,
        "Create shows what Describe shows"
    );
    // One of AliasAttributes and UsernameAttributes; the others tell of AWS's own troubles.
    let absent = [
        "UsernameAttributes",
        "Status",
        "EmailConfigurationFailure",
        "SmsConfigurationFailure",
    ];
    is_whole("UserPoolType", &shown, &absent);
    assert_json_snapshot!(shown);
    let listed = ask(&s, "ListUserPools", json!({ "MaxResults": 60 })).await;
    assert_json_snapshot!("listed_pool", listed);
    for domain in ["golden", "auth.example.com"] {
        let shown = ask(&s, "DescribeUserPoolDomain", json!({ "Domain": domain })).await;
        let redactions = [
            ".DomainDescription.S3Bucket",
            ".DomainDescription.CloudFrontDistribution",
        ];
        assert_json_snapshot!(format!("domain_{domain}"), shown, {
            redactions[0] => "[bucket]", redactions[1] => "[distribution]",
        });
    }
}

/// What nobody set is absent or has its default, in Create and Describe alike.
#[tokio::test]
async fn the_least_pool_and_client() {
    let s = Server::start().await;
    let tags = json!({ "_custom_id_": "us-east-1_least" });
    let settings = json!({ "PoolName": "least", "UserPoolTags": tags });
    let made = ask(&s, "CreateUserPool", settings).await;
    let at = json!({ "UserPoolId": "us-east-1_least" });
    let shown = ask(&s, "DescribeUserPool", at).await;
    assert_eq!(made, shown);
    assert_json_snapshot!("the_least_pool", shown["UserPool"]);
    let settings =
        json!({ "UserPoolId": "us-east-1_least", "ClientName": "_custom_id_:leastclient" });
    let made = ask(&s, "CreateUserPoolClient", settings).await;
    let at = json!({ "UserPoolId": "us-east-1_least", "ClientId": "leastclient" });
    let shown = ask(&s, "DescribeUserPoolClient", at).await;
    assert_eq!(made, shown);
    assert_json_snapshot!("the_least_client", shown["UserPoolClient"]);
}

/// The other half of what excludes each other.
#[tokio::test]
async fn a_pool_of_contacts_as_user_names() {
    let s = Server::start().await;
    let settings = json!({
        "PoolName": "contacts",
        "UserPoolTags": { "_custom_id_": "us-east-1_contacts" },
        "UsernameAttributes": ["phone_number", "email"],
        "UsernameConfiguration": { "CaseSensitive": true },
        "AutoVerifiedAttributes": ["phone_number", "email"],
        "SmsConfiguration": { "SnsCallerArn": ROLE },
    });
    let made = ask(&s, "CreateUserPool", settings).await;
    let at = json!({ "UserPoolId": "us-east-1_contacts" });
    let shown = ask(&s, "DescribeUserPool", at).await;
    assert_eq!(made, shown);
    assert_json_snapshot!("contacts_pool", shown["UserPool"]);
}

#[tokio::test]
async fn the_fullest_client() {
    let s = Server::start().await;
    let tags = json!({ "_custom_id_": "us-east-1_golden" });
    let pool = pool(&s, json!({ "UserPoolTags": tags })).await;
    let scope = json!([{ "ScopeName": "read", "ScopeDescription": "d" }]);
    let server =
        json!({ "UserPoolId": pool, "Identifier": "https://api", "Name": "api", "Scopes": scope });
    ask(&s, "CreateResourceServer", server).await;
    let settings = json!({
        "ClientName": "_custom_id_:goldenclient",
        "ClientSecret": "secret_of_the_golden_client_0123456789",
        "RefreshTokenValidity": 90, "AccessTokenValidity": 10, "IdTokenValidity": 3600,
        "TokenValidityUnits": { "AccessToken": "minutes", "IdToken": "seconds", "RefreshToken": "minutes" },
        "ReadAttributes": ["email"], "WriteAttributes": ["email"],
        "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"],
        "SupportedIdentityProviders": ["COGNITO"],
        "CallbackURLs": ["https://example.com/cb"], "LogoutURLs": ["https://example.com/out"],
        "DefaultRedirectURI": "https://example.com/cb",
        "AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid", "https://api/read"],
        "AllowedOAuthFlowsUserPoolClient": true,
        "AnalyticsConfiguration": { "ApplicationId": "ab12", "ExternalId": "x", "UserDataShared": true,
            "RoleArn": ROLE },
        "PreventUserExistenceErrors": "ENABLED", "EnableTokenRevocation": true,
        "EnablePropagateAdditionalUserContextData": true, "AuthSessionValidity": 15,
        "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": 10 },
    });
    let made = client(&s, &pool, settings).await;
    let at = json!({ "UserPoolId": pool, "ClientId": made["ClientId"] });
    let shown = ask(&s, "DescribeUserPoolClient", at).await["UserPoolClient"].take();
    assert_eq!(made, shown, "Create shows what Describe shows");
    // Only clients that registered themselves have a type.
    let absent = ["ClientType"];
    is_whole("UserPoolClientType", &shown, &absent);
    assert_json_snapshot!(shown);
    let listed = ask(&s, "ListUserPoolClients", json!({ "UserPoolId": pool })).await;
    assert_json_snapshot!("listed_client", listed);
}

#[tokio::test]
async fn groups_servers_and_users_at_their_least_and_fullest() {
    let s = Server::start().await;
    let schema = json!([{ "Name": "team", "AttributeDataType": "String" }]);
    let tags = json!({ "_custom_id_": "us-east-1_golden" });
    let pool = pool(&s, json!({ "UserPoolTags": tags, "Schema": schema })).await;
    let at = json!({ "UserPoolId": pool });
    let with = |more: Value| {
        let mut request = at.clone();
        super::merge(&mut request, &more);
        request
    };
    ask(&s, "CreateGroup", with(json!({ "GroupName": "least" }))).await;
    let full = json!({ "GroupName": "full", "Description": "d", "RoleArn": ROLE, "Precedence": 0 });
    let group = ask(&s, "CreateGroup", with(full)).await["Group"].take();
    is_whole("GroupType", &group, &[]);
    assert_json_snapshot!("groups", ask(&s, "ListGroups", at.clone()).await);

    let least = json!({ "Identifier": "least", "Name": "n" });
    ask(&s, "CreateResourceServer", with(least)).await;
    let full = json!({ "Identifier": "full", "Name": "n",
        "Scopes": [{ "ScopeName": "read", "ScopeDescription": "d" }] });
    let server = ask(&s, "CreateResourceServer", with(full)).await["ResourceServer"].take();
    // Only servers that AWS makes are managed.
    is_whole("ResourceServerType", &server, &["ManagedBy"]);
    assert_json_snapshot!(
        "resource_servers",
        ask(&s, "ListResourceServers", at.clone()).await
    );

    let quiet = |more: Value| {
        let mut request = with(more);
        request["MessageAction"] = json!("SUPPRESS");
        request
    };
    ask(&s, "AdminCreateUser", quiet(json!({ "Username": "least" }))).await;
    let attributes = json!([
        { "Name": "email", "Value": "full@example.com" }, { "Name": "email_verified", "Value": "true" },
        { "Name": "phone_number", "Value": "+12065550100" }, { "Name": "custom:team", "Value": "red" },
        { "Name": "address", "Value": "1 Lane" }, { "Name": "updated_at", "Value": "1" },
    ]);
    let full = json!({ "Username": "full", "UserAttributes": attributes });
    let user = ask(&s, "AdminCreateUser", quiet(full)).await["User"].take();
    // Factors for sign-in are not set at creation.
    is_whole("UserType", &user, &["MFAOptions"]);
    for name in ["least", "full"] {
        let shown = ask(&s, "AdminGetUser", with(json!({ "Username": name }))).await;
        let absent = ["MFAOptions", "PreferredMfaSetting", "UserMFASettingList"];
        is_whole("AdminGetUserResponse", &shown, &absent);
        assert_json_snapshot!(format!("user_{name}"), shown, {
            ".UserAttributes[0].Value" => "[sub]",
        });
        let filter = json!({ "Filter": format!("username = \"{name}\"") });
        let listed = ask(&s, "ListUsers", with(filter)).await;
        assert_json_snapshot!(format!("listed_user_{name}"), listed, {
            ".Users[].Attributes[0].Value" => "[sub]",
        });
    }
    let member = json!({ "Username": "full", "GroupName": "full" });
    ask(&s, "AdminAddUserToGroup", with(member)).await;
    let groups = ask(
        &s,
        "AdminListGroupsForUser",
        with(json!({ "Username": "full" })),
    )
    .await;
    assert_eq!(groups["Groups"], json!([group]));
    let members = ask(&s, "ListUsersInGroup", with(json!({ "GroupName": "full" }))).await;
    assert_eq!(members["Users"], json!([user]));
}

/// GetUser shows what the token's client may read, and nothing that is not set.
#[tokio::test]
async fn who_is_signed_in_at_the_least_and_the_fullest() {
    let s = Server::start().await;
    let schema = json!([
        { "Name": "team", "AttributeDataType": "String" },
        { "Name": "secret", "AttributeDataType": "String" },
    ]);
    let sms = json!({ "SnsCallerArn": ROLE, "ExternalId": "x" });
    let settings =
        json!({ "Schema": schema, "SmsConfiguration": sms, "MfaConfiguration": "OPTIONAL" });
    let pool = pool(&s, settings).await;
    let client = client(
        &s,
        &pool,
        json!({
            "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
            "ReadAttributes": ["email", "email_verified", "phone_number", "custom:team"],
        }),
    )
    .await;
    let full = json!([
        { "Name": "email", "Value": "full@example.com" }, { "Name": "email_verified", "Value": "true" },
        { "Name": "phone_number", "Value": "+12065550100" },
        { "Name": "phone_number_verified", "Value": "true" },
        { "Name": "custom:team", "Value": "red" }, { "Name": "custom:secret", "Value": "no" },
        { "Name": "name", "Value": "no" },
    ]);
    for (name, attributes) in [("least", json!([])), ("full", full)] {
        let request = json!({ "UserPoolId": pool, "Username": name, "UserAttributes": attributes,
            "MessageAction": "SUPPRESS" });
        let made = ask(&s, "AdminCreateUser", request).await;
        let sub = made["User"]["Attributes"].as_array().unwrap().iter();
        let sub = sub.clone().find(|each| each["Name"] == "sub").unwrap();
        let password = json!({ "UserPoolId": pool, "Username": name, "Password": "Correct-Horse1!",
            "Permanent": true });
        ask(&s, "AdminSetUserPassword", password).await;
        let request = json!({ "ClientId": client["ClientId"], "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": name, "PASSWORD": "Correct-Horse1!" } });
        let tokens = ask(&s, "InitiateAuth", request).await;
        let token = json!({ "AccessToken": tokens["AuthenticationResult"]["AccessToken"] });
        if name == "least" {
            let expected = json!({ "Username": "least", "UserAttributes": [sub] });
            assert_eq!(ask(&s, "GetUser", token).await, expected);
            continue;
        }
        let sms = json!([{ "DeliveryMedium": "SMS", "AttributeName": "phone_number" }]);
        // The legacy setting and the one of today.
        let legacy = json!({ "UserPoolId": pool, "Username": name, "MFAOptions": sms });
        ask(&s, "AdminSetUserSettings", legacy).await;
        let prefer = json!({ "UserPoolId": pool, "Username": name,
            "SMSMfaSettings": { "Enabled": true, "PreferredMfa": true } });
        ask(&s, "AdminSetUserMFAPreference", prefer).await;
        let shown = ask(&s, "GetUser", token).await;
        is_whole("GetUserResponse", &shown, &[]);
        let mut names: Vec<&str> = shown["UserAttributes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|each| each["Name"].as_str().unwrap())
            .collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "custom:team",
                "email",
                "email_verified",
                "phone_number",
                "sub"
            ]
        );
        assert_eq!(shown["PreferredMfaSetting"], "SMS_MFA");
        assert_eq!(shown["UserMFASettingList"], json!(["SMS_MFA"]));
        assert_eq!(shown["MFAOptions"], sms);
    }
}

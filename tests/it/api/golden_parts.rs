//! Every member that the model has at any depth of a pool, client, domain and second-factor
//! configuration comes back as it was given, by Create, Update and Describe alike. What cannot be set
//! together is set in several of them; what nobody can set is named here with its reason.

use std::collections::BTreeSet;

use insta::assert_json_snapshot;
use serde_json::{Value, json};

use super::merge;
use crate::support::Server;

const FUNCTION: &str = "arn:aws:lambda:us-east-1:123456789012:function:f";
const ROLE: &str = "arn:aws:iam::123456789012:role/r";
const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-4333-8444-555555555555";
const CERTIFICATE: &str = "arn:aws:acm:us-east-1:123456789012:certificate/1";

/// The paths of all members below a shape of the model.
fn modelled(model: &Value, shape: &str, path: &str, found: &mut BTreeSet<String>) {
    let shape = &model["shapes"][shape];
    match shape["type"].as_str() {
        Some("structure") => {
            for (name, below) in shape["members"].as_object().unwrap() {
                modelled(
                    model,
                    below.as_str().unwrap(),
                    &format!("{path}.{name}"),
                    found,
                );
            }
        }
        Some("list") => modelled(model, shape["element"].as_str().unwrap(), path, found),
        _ => {
            found.insert(path.to_owned());
        }
    }
}

/// The paths of all members that values have. A map of the model is one member.
fn shown(value: &Value, path: &str, maps: &[&str], found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) if !maps.contains(&path) => {
            for (name, below) in members {
                shown(below, &format!("{path}.{name}"), maps, found);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for item in items {
                shown(item, path, maps, found);
            }
        }
        _ => {
            found.insert(path.to_owned());
        }
    }
}

/// Fails unless the values together have every member of a shape, at any depth, but these.
#[track_caller]
fn are_whole(shape: &str, values: &[&Value], maps: &[&str], absent: &[&str]) {
    let model: Value =
        serde_json::from_str(include_str!("../../../src/api/constraints.json")).unwrap();
    let mut expected = BTreeSet::new();
    modelled(&model, shape, "", &mut expected);
    let mut found: BTreeSet<String> = absent.iter().map(|path| (*path).to_owned()).collect();
    for value in values {
        shown(value, "", maps, &mut found);
    }
    // An empty object shows that there is something, and no member of it.
    found.retain(|path| expected.contains(path) || !expected.iter().any(|e| e.starts_with(path)));
    assert_eq!(found, expected, "{shape}");
}

/// Fails unless everything that was given is shown.
#[track_caller]
fn comes_back(given: &Value, shown: &Value) {
    for (name, value) in given.as_object().unwrap() {
        assert_eq!(&shown[name], value, "{name}");
    }
}

async fn ask(s: &Server, operation: &str, request: Value) -> Value {
    s.api(operation, request).await.ok()
}

/// Without what tests of its own are about: the names of the levels of authentication.
fn without_levels(mut pool: Value) -> Value {
    pool.as_object_mut().unwrap().remove("AcrConfiguration");
    pool
}

fn triggers() -> Value {
    let mut triggers = json!({
        "PreTokenGenerationConfig": { "LambdaVersion": "V3_0", "LambdaArn": FUNCTION },
        "CustomEmailSender": { "LambdaVersion": "V1_0", "LambdaArn": FUNCTION },
        "CustomSMSSender": { "LambdaVersion": "V1_0", "LambdaArn": FUNCTION },
        "InboundFederation": { "LambdaVersion": "V1_0", "LambdaArn": FUNCTION },
        "KMSKeyID": KEY,
    });
    for name in [
        "PreSignUp",
        "CustomMessage",
        "PostConfirmation",
        "PreAuthentication",
        "PostAuthentication",
        "DefineAuthChallenge",
        "CreateAuthChallenge",
        "VerifyAuthChallengeResponse",
        "PreTokenGeneration",
        "UserMigration",
    ] {
        triggers[name] = json!(FUNCTION);
    }
    triggers
}

/// What UpdateUserPool takes: everything but names and schema, which stay.
fn one_half() -> Value {
    json!({
        "Policies": {
            "PasswordPolicy": {
                "MinimumLength": 6, "RequireUppercase": false, "RequireLowercase": true,
                "RequireNumbers": true, "RequireSymbols": false, "PasswordHistorySize": 24,
                "TemporaryPasswordValidityDays": 365,
            },
            "SignInPolicy": {
                "AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN", "EMAIL_OTP", "SMS_OTP"],
            },
        },
        "DeletionProtection": "ACTIVE",
        "LambdaConfig": triggers(),
        "AutoVerifiedAttributes": ["phone_number", "email"],
        "SmsVerificationMessage": "s {####}", "EmailVerificationMessage": "e {####}",
        "EmailVerificationSubject": "es",
        "VerificationMessageTemplate": {
            "SmsMessage": "s {####}", "EmailMessage": "e {####}", "EmailSubject": "es",
            "EmailMessageByLink": "go {##here##}", "EmailSubjectByLink": "ls",
            "DefaultEmailOption": "CONFIRM_WITH_CODE",
        },
        "SmsAuthenticationMessage": "code {####}",
        "UserAttributeUpdateSettings": {
            "AttributesRequireVerificationBeforeUpdate": ["phone_number", "email"],
        },
        "MfaConfiguration": "ON",
        "DeviceConfiguration": {
            "ChallengeRequiredOnNewDevice": false, "DeviceOnlyRememberedOnUserPrompt": true,
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
            "AllowAdminCreateUserOnly": false, "UnusedAccountValidityDays": 365,
            "InviteMessageTemplate": {
                "SMSMessage": "{username} {####}", "EmailMessage": "{username} {####}",
                "EmailSubject": "hello",
            },
        },
        "UserPoolAddOns": {
            "AdvancedSecurityMode": "ENFORCED",
            "AdvancedSecurityAdditionalFlows": { "CustomAuthMode": "ENFORCED" },
        },
        "DcrConfiguration": {
            "EnableStatus": "Enabled", "OpenDcrEnabled": true,
            "AuthenticatedGrantTypes": ["code", "client_credentials"],
            "OpenDcrGrantTypes": ["code"], "AllowedScopes": ["a/b"],
        },
        "AccountRecoverySetting": { "RecoveryMechanisms": [{ "Priority": 1, "Name": "admin_only" }] },
        "UserPoolTier": "PLUS",
        "KeyConfiguration": { "KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": KEY },
        "IssuerConfiguration": { "Type": "UPDATED" },
        "AcrConfiguration": {
            "Level1": { "AcrValue": "urn:mine:1" }, "Level2": { "AcrValue": "urn:mine:2" },
            "Level3": { "AcrValue": "urn:mine:3" }, "Level4": { "AcrValue": "urn:mine:4" },
        },
    })
}

fn other_half() -> Value {
    json!({
        "SmsConfiguration": { "EumsSms": {
            "CallerArn": ROLE, "ExternalId": "x", "Region": "us-east-1",
            "OriginationIdentity": "+12065550100", "ConfigurationSetName": "set",
            "InEntityId": "1", "InTemplateId": "2",
        } },
        "LambdaConfig": {}, "UserPoolTags": {},
    })
}

#[tokio::test]
async fn every_part_of_a_pool() {
    let s = Server::start().await;
    let schema = json!({ "Schema": [
        { "Name": "count", "AttributeDataType": "Number",
          "NumberAttributeConstraints": { "MinValue": "-1", "MaxValue": "9" } },
    ] });
    let names = [
        json!({ "AliasAttributes": ["phone_number", "email", "preferred_username"] }),
        json!({ "UsernameAttributes": ["phone_number", "email"],
            "UsernameConfiguration": { "CaseSensitive": true } }),
    ];
    let mut pools = Vec::new();
    for (at, (half, fixed)) in [one_half(), other_half()].iter().zip(names).enumerate() {
        let tags = json!({ "PoolName": "parts", "UserPoolTags": {
            "_custom_id_": format!("us-east-1_parts{at}") } });
        let mut request = half.clone();
        for more in [&schema, &fixed, &tags] {
            merge(&mut request, more);
        }
        let made = ask(&s, "CreateUserPool", request.clone()).await["UserPool"].take();
        request.as_object_mut().unwrap().remove("Schema");
        request.as_object_mut().unwrap().remove("PoolName");
        comes_back(&request, &made);
        let id = json!({ "UserPoolId": made["Id"] });
        // The same again, and then all of it from the other half.
        let mut again = half.clone();
        merge(&mut again, &id);
        assert_eq!(ask(&s, "UpdateUserPool", again).await, json!({}));
        let shown = ask(&s, "DescribeUserPool", id.clone()).await["UserPool"].take();
        comes_back(half, &shown);
        comes_back(&fixed, &shown);
        pools.push((id, shown));
    }
    let (id, _) = &pools[1];
    let mut change = one_half();
    merge(&mut change, id);
    ask(&s, "UpdateUserPool", change).await;
    let shown = ask(&s, "DescribeUserPool", id.clone()).await["UserPool"].take();
    comes_back(&one_half(), &shown);
    let named = [
        ("parts", json!({})),
        (
            "auth.example.com",
            json!({
                "ManagedLoginVersion": 2,
                "CustomDomainConfig": { "CertificateArn": CERTIFICATE, "SecurityPolicy": "TLS_V1_3_2025" },
                "Routing": { "Failover": {
                    "SecondaryRegion": "eu-west-1",
                    "PrimaryRoute53HealthCheckId": "11111111-2222-4333-8444-555555555555",
                } },
            }),
        ),
    ];
    let mut domains = Vec::new();
    for (domain, settings) in named {
        let mut request = json!({ "Domain": domain });
        merge(&mut request, id);
        merge(&mut request, &settings);
        assert_json_snapshot!(
            format!("made_domain_{domain}"),
            ask(&s, "CreateUserPoolDomain", request).await,
            { ".CloudFrontDomain" => "[distribution]" }
        );
        let shown = ask(&s, "DescribeUserPoolDomain", json!({ "Domain": domain })).await;
        comes_back(&settings, &shown["DomainDescription"]);
        domains.push(shown["DomainDescription"].clone());
    }
    let domains: Vec<&Value> = domains.iter().collect();
    are_whole("DomainDescriptionType", &domains, &[], &[]);

    let shown = ask(&s, "DescribeUserPool", id.clone()).await["UserPool"].take();
    let values: Vec<&Value> = pools
        .iter()
        .map(|(_, shown)| shown)
        .chain([&shown])
        .collect();
    // They tell of AWS's own troubles.
    let absent = [
        ".Status",
        ".EmailConfigurationFailure",
        ".SmsConfigurationFailure",
    ];
    are_whole(
        "UserPoolType",
        &values,
        &[".UserPoolTags", ".AcrConfiguration"],
        &absent,
    );
    assert_json_snapshot!(
        "the_other_half_of_a_pool",
        without_levels(pools[1].1.clone())
    );

    // What an update does not name goes back to what a new pool has.
    let mut bare = json!({ "MfaConfiguration": "OFF", "Policies": {
        "PasswordPolicy": one_half()["Policies"]["PasswordPolicy"],
        "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD"] },
    } });
    merge(&mut bare, id);
    ask(&s, "UpdateUserPool", bare).await;
    let shown = ask(&s, "DescribeUserPool", id.clone()).await["UserPool"].take();
    assert_json_snapshot!("a_pool_after_a_bare_update", without_levels(shown));
}

#[tokio::test]
async fn every_part_of_a_second_factor_configuration() {
    let s = Server::start().await;
    let mut shown = Vec::new();
    for sms in [
        json!({ "SnsCallerArn": ROLE, "ExternalId": "x", "SnsRegion": "eu-west-1" }),
        other_half()["SmsConfiguration"].clone(),
    ] {
        let id = json!({ "UserPoolId": super::pool(&s, json!({})).await });
        let given = json!({
            "MfaConfiguration": "OPTIONAL",
            "SmsMfaConfiguration": {
                "SmsAuthenticationMessage": "code {####}", "SmsConfiguration": sms,
            },
            "SoftwareTokenMfaConfiguration": { "Enabled": true },
            "EmailMfaConfiguration": { "Message": "code {####}", "Subject": "s" },
            "WebAuthnConfiguration": {
                "RelyingPartyId": "auth.example.com", "UserVerification": "preferred",
                "FactorConfiguration": "SINGLE_FACTOR",
            },
        });
        let mut request = given.clone();
        merge(&mut request, &id);
        assert_eq!(ask(&s, "SetUserPoolMfaConfig", request).await, given);
        assert_eq!(ask(&s, "GetUserPoolMfaConfig", id).await, given);
        shown.push(given);
    }
    let shown: Vec<&Value> = shown.iter().collect();
    are_whole("GetUserPoolMfaConfigResponse", &shown, &[], &[]);
}

#[tokio::test]
async fn every_part_of_a_client() {
    let s = Server::start().await;
    let tags = json!({ "_custom_id_": "us-east-1_parts" });
    let pool = super::pool(&s, json!({ "UserPoolTags": tags })).await;
    let scopes = json!([{ "ScopeName": "read", "ScopeDescription": "d" }]);
    let server = json!({ "UserPoolId": pool, "Identifier": "api", "Name": "a", "Scopes": scopes });
    ask(&s, "CreateResourceServer", server).await;
    let person = json!({
        "RefreshTokenValidity": 1, "AccessTokenValidity": 300, "IdTokenValidity": 1,
        "TokenValidityUnits": { "AccessToken": "seconds", "IdToken": "hours", "RefreshToken": "days" },
        "ReadAttributes": ["email", "email_verified"], "WriteAttributes": ["email", "name"],
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_AUTH"],
        "SupportedIdentityProviders": ["COGNITO"],
        "CallbackURLs": ["myapp://cb"], "LogoutURLs": ["http://localhost:1/out"],
        "DefaultRedirectURI": "myapp://cb",
        "AllowedOAuthFlows": ["code", "implicit"], "AllowedOAuthScopes": ["openid", "email"],
        "AllowedOAuthFlowsUserPoolClient": true,
        "AnalyticsConfiguration": {
            "ApplicationId": "ab12", "ExternalId": "x", "UserDataShared": false, "RoleArn": ROLE,
        },
        "PreventUserExistenceErrors": "LEGACY", "EnableTokenRevocation": false,
        "EnablePropagateAdditionalUserContextData": true, "AuthSessionValidity": 7,
        "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": 60 },
    });
    let machine = json!({
        "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": ["api/read"],
        "AllowedOAuthFlowsUserPoolClient": true,
        "AnalyticsConfiguration": {
            "ApplicationArn": "arn:aws:mobiletargeting:us-east-1:123456789012:apps/ab12",
        },
        "RefreshTokenRotation": { "Feature": "DISABLED" },
    });
    let mut clients = Vec::new();
    for (name, given) in [
        ("_custom_id_:person", &person),
        ("_custom_id_:machine", &machine),
    ] {
        let mut request = json!({ "UserPoolId": pool, "ClientName": name,
            "ClientSecret": "secret_of_the_golden_client_0123456789" });
        merge(&mut request, given);
        let made = ask(&s, "CreateUserPoolClient", request).await["UserPoolClient"].take();
        comes_back(given, &made);
        let mut again = json!({ "UserPoolId": pool, "ClientId": made["ClientId"] });
        merge(&mut again, given);
        let updated = ask(&s, "UpdateUserPoolClient", again).await["UserPoolClient"].take();
        assert_eq!(updated, made);
        clients.push(made);
    }
    assert_json_snapshot!("the_fullest_machine", clients[1]);
    let values: Vec<&Value> = clients.iter().collect();
    // Only clients that registered themselves have a type (oidc/register.rs).
    are_whole("UserPoolClientType", &values, &[], &[".ClientType"]);
    let bare = json!({ "UserPoolId": pool, "ClientId": "person" });
    let updated = ask(&s, "UpdateUserPoolClient", bare).await["UserPoolClient"].take();
    assert_json_snapshot!("a_client_after_a_bare_update", updated);
}

#[tokio::test]
async fn groups_and_servers_are_the_same_by_every_operation() {
    let s = Server::start().await;
    let pool = super::pool(&s, json!({})).await;
    let with = |more: Value| {
        let mut request = json!({ "UserPoolId": pool });
        merge(&mut request, &more);
        request
    };
    let name = json!({ "GroupName": "g" });
    let made = ask(&s, "CreateGroup", with(name.clone())).await;
    assert_eq!(ask(&s, "GetGroup", with(name.clone())).await, made);
    s.clock().advance(poolhouse::time::Span::seconds(1));
    let all = json!({ "GroupName": "g", "Description": "d", "RoleArn": ROLE, "Precedence": 0 });
    let changed = ask(&s, "UpdateGroup", with(all.clone())).await;
    comes_back(&all, &changed["Group"]);
    assert_eq!(
        changed["Group"]["CreationDate"],
        made["Group"]["CreationDate"]
    );
    assert_ne!(
        changed["Group"]["LastModifiedDate"],
        made["Group"]["LastModifiedDate"]
    );
    assert_eq!(ask(&s, "GetGroup", with(name)).await, changed);
    are_whole("GroupType", &[&changed["Group"]], &[], &[]);

    let id = json!({ "Identifier": "i" });
    let least = json!({ "Identifier": "i", "Name": "n" });
    let made = ask(&s, "CreateResourceServer", with(least.clone())).await;
    assert_eq!(
        ask(&s, "DescribeResourceServer", with(id.clone())).await,
        made
    );
    let scopes = json!([{ "ScopeName": "read", "ScopeDescription": "d" }]);
    let all = json!({ "Identifier": "i", "Name": "n", "Scopes": scopes });
    let changed = ask(&s, "UpdateResourceServer", with(all.clone())).await;
    comes_back(&all, &changed["ResourceServer"]);
    assert_eq!(
        ask(&s, "DescribeResourceServer", with(id.clone())).await,
        changed
    );
    // Only servers that AWS makes are managed.
    are_whole(
        "ResourceServerType",
        &[&changed["ResourceServer"]],
        &[],
        &[".ManagedBy"],
    );
    // An update without scopes takes them away.
    assert_eq!(ask(&s, "UpdateResourceServer", with(least)).await, made);
    assert_eq!(ask(&s, "DescribeResourceServer", with(id)).await, made);
}

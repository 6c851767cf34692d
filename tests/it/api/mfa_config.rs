//! GetUserPoolMfaConfig and SetUserPoolMfaConfig.

use serde_json::{Value, json};

use super::{merge, pool};
use crate::support::Server;

const INVALID: &str = "InvalidParameterException";
const ROLE: &str = "arn:aws:iam::123456789012:role/sms";

async fn set(s: &Server, pool: &str, config: Value) -> crate::support::Answer {
    let mut body = json!({ "UserPoolId": pool });
    merge(&mut body, &config);
    s.api("SetUserPoolMfaConfig", body).await
}

async fn get(s: &Server, pool: &str) -> Value {
    let body = json!({ "UserPoolId": pool });
    s.api("GetUserPoolMfaConfig", body).await.ok()
}

async fn described(s: &Server, pool: &str) -> Value {
    let body = json!({ "UserPoolId": pool });
    s.api("DescribeUserPool", body).await.ok()["UserPool"].take()
}

#[tokio::test]
async fn a_new_pool_has_none() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    assert_eq!(get(&s, &pool).await, json!({ "MfaConfiguration": "OFF" }));
}

#[tokio::test]
async fn all_of_it_is_kept_and_echoed_and_the_pool_shows_it() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    let sms = json!({ "SnsCallerArn": ROLE, "ExternalId": "x", "SnsRegion": "eu-west-1" });
    let config = json!({
        "SmsMfaConfiguration": { "SmsAuthenticationMessage": "code {####}", "SmsConfiguration": sms },
        "SoftwareTokenMfaConfiguration": { "Enabled": true },
        "EmailMfaConfiguration": { "Message": "code {####}", "Subject": "s" },
        "MfaConfiguration": "ON",
        "WebAuthnConfiguration": { "RelyingPartyId": "auth.example.com", "UserVerification": "required",
            "FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION" },
    });
    assert_eq!(set(&s, &pool, config.clone()).await.ok(), config);
    assert_eq!(get(&s, &pool).await, config);
    let shown = described(&s, &pool).await;
    assert_eq!(shown["MfaConfiguration"], "ON");
    assert_eq!(shown["SmsConfiguration"], sms);
    assert_eq!(shown["SmsAuthenticationMessage"], "code {####}");

    assert_eq!(
        set(&s, &pool, json!({})).await.ok(),
        json!({ "MfaConfiguration": "OFF" })
    );
    let shown = described(&s, &pool).await;
    assert_eq!(shown["MfaConfiguration"], "OFF");
    assert_eq!(
        shown["SmsConfiguration"], sms,
        "text messages stay possible"
    );
}

#[tokio::test]
async fn the_pools_own_operations_and_this_one_agree() {
    let s = Server::start().await;
    let sms = json!({ "SnsCallerArn": ROLE, "SnsRegion": "us-east-1" });
    let made = pool(
        &s,
        json!({ "MfaConfiguration": "OPTIONAL", "SmsConfiguration": { "SnsCallerArn": ROLE } }),
    )
    .await;
    assert_eq!(
        get(&s, &made).await,
        json!({ "MfaConfiguration": "OPTIONAL", "SmsMfaConfiguration": { "SmsConfiguration": sms } })
    );
    let totp =
        json!({ "MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": { "Enabled": true } });
    set(&s, &made, totp.clone()).await.ok();
    let update = json!({ "UserPoolId": made, "MfaConfiguration": "ON" });
    s.api("UpdateUserPool", update).await.ok();
    assert_eq!(get(&s, &made).await, totp, "TOTP is factor enough");
    s.api("UpdateUserPool", json!({ "UserPoolId": made }))
        .await
        .ok();
    assert_eq!(get(&s, &made).await, totp, "an update without it keeps it");
    set(&s, &made, json!({})).await.ok();
    assert_eq!(described(&s, &made).await["MfaConfiguration"], "OFF");
    let update = json!({ "UserPoolId": made, "MfaConfiguration": "ON" });
    let text = "SMS configuration and Auto verification for phone_number are required when MFA is required/optional";
    s.api("UpdateUserPool", update).await.error(INVALID, text);
}

#[tokio::test]
async fn errors() {
    let s = Server::start().await;
    let made = pool(&s, json!({})).await;
    let none = "Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration.";
    let off = "Invalid MFA configuration given, can't turn off MFA and configure an MFA together.";
    let cases = [
        (json!({ "MfaConfiguration": "ON" }), none),
        (
            json!({ "MfaConfiguration": "OFF", "SoftwareTokenMfaConfiguration": { "Enabled": true } }),
            off,
        ),
        (json!({ "EmailMfaConfiguration": { "Subject": "s" } }), off),
        (
            json!({ "SmsMfaConfiguration": { "SmsConfiguration": { "SnsCallerArn": ROLE } } }),
            off,
        ),
        (
            json!({ "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": { "Enabled": false } }),
            none,
        ),
        (
            json!({ "MfaConfiguration": "ON", "SmsMfaConfiguration": {} }),
            "[SmsConfiguration] is a required member of [SoftwareTokenMfaConfiguration].",
        ),
        (
            json!({ "WebAuthnConfiguration": { "RelyingPartyId": "https://a" } }),
            "RelyingPartyId must be a domain name.",
        ),
    ];
    for (config, message) in cases {
        set(&s, &made, config).await.error(INVALID, message);
    }
    // Passkeys are no second factor by themselves, and a factor that is off is none.
    for config in [
        json!({ "WebAuthnConfiguration": { "UserVerification": "required" } }),
        json!({ "MfaConfiguration": "OFF", "SoftwareTokenMfaConfiguration": { "Enabled": false } }),
    ] {
        set(&s, &made, config).await.ok();
    }
    let lite = pool(&s, json!({ "UserPoolTier": "LITE" })).await;
    let code = "FeatureUnavailableInTierException";
    set(
        &s,
        &lite,
        json!({ "EmailMfaConfiguration": { "Subject": "s" } }),
    )
    .await
    .error(code, "E-mail MFA is not available in the LITE tier.");
}

//! Pools and clients of the cells.

use serde_json::{Value, json};

use super::path::Path;
use crate::api::auth::device;
use crate::api::auth::stage::text;
use crate::support::Server;
use crate::support::house::{CALLBACK, Client};
use crate::triggers::host::arn;

/// A pool.
#[derive(Clone, Debug)]
pub struct Grounds {
    pub pool: String,
    pub domain: String,
    /// Signs in by password only.
    pub helper: String,
}

/// Every second factor there is.
pub fn factors(mode: &str) -> Value {
    json!({
        "MfaConfiguration": mode,
        "SmsMfaConfiguration": { "SmsConfiguration": sms() },
        "SoftwareTokenMfaConfiguration": { "Enabled": true },
        "EmailMfaConfiguration": { "Message": "Mail {####}", "Subject": "Your code" },
    })
}

fn sms() -> Value {
    json!({ "SnsCallerArn": "arn:aws:iam::123456789012:role/sms" })
}

impl Grounds {
    pub async fn make(s: &Server) -> Self {
        Self::with(s, false).await
    }

    /// A pool that may track devices.
    pub async fn with(s: &Server, devices: bool) -> Self {
        let mut request = json!({
            "PoolName": "matrix", "AutoVerifiedAttributes": ["email"], "UserPoolTier": "ESSENTIALS",
            "SmsConfiguration": sms(),
            "LambdaConfig": {
                "DefineAuthChallenge": arn("define"), "CreateAuthChallenge": arn("create"),
                "VerifyAuthChallengeResponse": arn("verify"),
            },
            "Policies": { "SignInPolicy": {
                "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"],
            } },
        });
        if devices {
            request["DeviceConfiguration"] = device::always();
        }
        let made = s.api("CreateUserPool", request).await.ok();
        let pool = text(&made["UserPool"]["Id"]);
        let mut request = factors("OPTIONAL");
        request["UserPoolId"] = json!(pool);
        s.api("SetUserPoolMfaConfig", request).await.ok();
        let domain = crate::support::house::domain(s, &pool).await;
        let group = json!({ "UserPoolId": pool, "GroupName": "late" });
        s.api("CreateGroup", group).await.ok();
        let mut grounds = Self {
            pool,
            domain,
            helper: String::new(),
        };
        let flows = json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"] });
        grounds.helper = grounds.client(s, flows, false).await.id;
        grounds
    }

    /// The same with the pages of managed login.
    pub async fn managed(self, s: &Server) -> Self {
        let version = json!({
            "UserPoolId": self.pool, "Domain": self.domain, "ManagedLoginVersion": 2,
        });
        s.api("UpdateUserPoolDomain", version).await.ok();
        self
    }

    /// Managed login has no pages for a client without a style.
    pub async fn style(&self, s: &Server, client: &Client) {
        let style = json!({
            "UserPoolId": self.pool, "ClientId": client.id, "UseCognitoProvidedValues": true,
        });
        s.api("CreateManagedLoginBranding", style).await.ok();
    }

    pub async fn client(&self, s: &Server, settings: Value, secret: bool) -> Client {
        let mut request = settings;
        request["UserPoolId"] = json!(self.pool);
        request["ClientName"] = json!("c");
        request["GenerateSecret"] = json!(secret);
        let made = s.api("CreateUserPoolClient", request).await.ok();
        let made = &made["UserPoolClient"];
        Client {
            id: text(&made["ClientId"]),
            secret: made["ClientSecret"].as_str().map(str::to_owned),
        }
    }

    pub fn base(&self) -> String {
        format!("/{}", self.pool)
    }
}

/// The settings of a path's client.
pub fn usual(path: Path) -> Value {
    let mut flows = vec![
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
    ];
    if matches!(path, Path::Custom(_) | Path::CustomFactor(_)) {
        flows.push("ALLOW_CUSTOM_AUTH");
    }
    if path == Path::Exchange {
        flows.push("ALLOW_TOKEN_EXCHANGE_IMPERSONATION");
    }
    if path.is_chosen() {
        flows.push("ALLOW_USER_AUTH");
    }
    let mut settings = json!({
        "SupportedIdentityProviders": ["COGNITO"],
        "CallbackURLs": [CALLBACK],
        "AllowedOAuthFlows": ["code", "implicit"],
        "AllowedOAuthScopes": ["openid", "email"],
        "AllowedOAuthFlowsUserPoolClient": true,
        "PreventUserExistenceErrors": "ENABLED",
    });
    if path.rotates() {
        settings["RefreshTokenRotation"] =
            json!({ "Feature": "ENABLED", "RetryGracePeriodSeconds": 0 });
    } else {
        flows.push("ALLOW_REFRESH_TOKEN_AUTH");
    }
    settings["ExplicitAuthFlows"] = json!(flows);
    settings
}

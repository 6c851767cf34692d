//! Threat protection: what is recorded of accounts, what makes a sign-in risky, and what that leads to.

mod addresses;
mod compromised;
mod configuration;
mod events;
mod feedback;
mod levels;
mod risk;

use serde_json::{Value, json};

use crate::api::auth::stage::{Stage, merged};
use crate::support::{Answer, Server};

pub const OFF: &str = "UserPoolAddOnNotEnabledException";
pub const OFF_TEXT: &str = "Threat protection is not enabled for the user pool.";
pub const NOT_FOUND: &str = "ResourceNotFoundException";
pub const UNSAFE: &str = "Unable to login because of security reasons";
pub const INVALID: &str = "InvalidParameterException";

pub fn watched(mode: &str) -> Value {
    json!({ "UserPoolTier": "PLUS", "UserPoolAddOns": { "AdvancedSecurityMode": mode } })
}

pub async fn stage(mode: &str) -> Stage {
    Stage::with(watched(mode), json!({})).await
}

pub async fn set(stage: &Stage, risk: Value) -> Value {
    let request = merged(json!({ "UserPoolId": stage.pool }), &risk);
    stage.s.api("SetRiskConfiguration", request).await.ok()["RiskConfiguration"].take()
}

pub async fn events_in(s: &Server, pool: &str, name: &str) -> Vec<Value> {
    let request = json!({ "UserPoolId": pool, "Username": name });
    let listed = s.api("AdminListUserAuthEvents", request).await.ok();
    listed["AuthEvents"].as_array().unwrap().clone()
}

pub async fn events(stage: &Stage, name: &str) -> Vec<Value> {
    events_in(&stage.s, &stage.pool, name).await
}

/// A sign-in through an application's server, for a person at an address.
pub async fn from(stage: &Stage, ip: &str, agent: &str, password: &str) -> Answer {
    let request = json!({
        "UserPoolId": stage.pool, "ClientId": stage.client, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": "ada", "PASSWORD": password },
        "ContextData": {
            "IpAddress": ip, "ServerName": "app", "ServerPath": "/login",
            "HttpHeaders": [{ "headerName": "User-Agent", "headerValue": agent }],
        },
    });
    stage.advance_ms(1000);
    stage.s.api("AdminInitiateAuth", request).await
}

pub fn takeover(low: Value, notify: bool) -> Value {
    let mut all = json!({
        "AccountTakeoverRiskConfiguration": {
            "Actions": { "LowAction": low, "MediumAction": { "Notify": false, "EventAction": "BLOCK" },
                         "HighAction": { "Notify": false, "EventAction": "BLOCK" } },
        },
    });
    if notify {
        all["AccountTakeoverRiskConfiguration"]["NotifyConfiguration"] = json!({
            "SourceArn": "arn:aws:ses:us-east-1:123456789012:identity/a@example.com",
            "From": "guard@example.com", "ReplyTo": "help@example.com",
            "BlockEmail": { "Subject": "blocked {ip-address}", "HtmlBody": "<p>{username} {event-id} {feedback-token}</p>" },
            "NoActionEmail": { "Subject": "seen", "TextBody": "{username} {device-name} {feedback-token}" },
            "MfaEmail": { "Subject": "asked" },
        });
    }
    all
}

#[tokio::test]
async fn pools_without_threat_protection_know_nothing_of_it() {
    for settings in [json!({}), watched("OFF")] {
        let stage = Stage::with(settings, json!({})).await;
        stage.user("ada").await;
        stage.tokens("ada").await;
        let pool = json!({ "UserPoolId": stage.pool });
        let named = merged(pool.clone(), &json!({ "Username": "ada" }));
        let said = merged(
            named.clone(),
            &json!({ "EventId": "e", "FeedbackValue": "Valid" }),
        );
        let told = merged(said.clone(), &json!({ "FeedbackToken": "t" }));
        for (operation, request) in [
            ("AdminListUserAuthEvents", named),
            ("AdminUpdateAuthEventFeedback", said),
            ("UpdateAuthEventFeedback", told),
            ("SetRiskConfiguration", pool.clone()),
            ("DescribeRiskConfiguration", pool),
        ] {
            stage.s.api(operation, request).await.error(OFF, OFF_TEXT);
        }
        let noted = stage.run("DELETE FROM auth_events", Vec::new()).await;
        assert_eq!(noted, 0);
    }
}

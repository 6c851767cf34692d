//! What makes a sign-in risky, and what that leads to.

use serde_json::json;

use super::{UNSAFE, events, from, set, stage, takeover, watched};
use crate::api::auth::mfa::pool as mfa_pool;
use crate::api::auth::stage::{INCORRECT, NOT_AUTHORIZED, PASSWORD, Stage, merged};
use crate::support::Answer;

pub const HOME: (&str, &str) = ("192.0.2.1", "curl/8.5.0");
pub const AWAY: (&str, &str) = ("198.51.100.1", "curl/8.5.0");

pub async fn at(stage: &Stage, (ip, agent): (&str, &str)) -> Answer {
    from(stage, ip, agent, PASSWORD).await
}

#[tokio::test]
async fn a_new_place_is_a_risk_and_the_configuration_says_what_follows() {
    let stage = stage("ENFORCED").await;
    stage.user("ada").await;
    at(&stage, HOME).await.ok();
    // Without a configuration the level is recorded and nothing follows.
    at(&stage, AWAY).await.ok();
    let risk = &events(&stage, "ada").await[0]["EventRisk"];
    assert_eq!(
        (&risk["RiskLevel"], &risk["RiskDecision"]),
        (&json!("Low"), &json!("NoRisk"))
    );
    // Known by now.
    at(&stage, AWAY).await.ok();
    assert!(
        events(&stage, "ada").await[0]["EventRisk"]
            .get("RiskLevel")
            .is_none()
    );
    let low = |action: &str| takeover(json!({ "Notify": false, "EventAction": action }), false);
    set(&stage, low("BLOCK")).await;
    let other = ("203.0.113.1", "curl/8.5.0");
    at(&stage, other).await.error(NOT_AUTHORIZED, UNSAFE);
    let event = &events(&stage, "ada").await[0];
    assert_eq!(event["EventRisk"]["RiskDecision"], "Block");
    assert_eq!(event["EventResponse"], "Fail");
    let proven = json!([{ "ChallengeName": "Password", "ChallengeResponse": "Success" }]);
    assert_eq!(event["ChallengeResponses"], proven);
    // A refused sign-in makes its place no known one.
    at(&stage, other).await.error(NOT_AUTHORIZED, UNSAFE);
    at(&stage, HOME).await.ok();
    set(&stage, low("NO_ACTION")).await;
    at(&stage, other).await.ok();
    // A place and a device that are new make it Medium, which is blocked.
    let all_new = ("203.0.113.9", "okhttp/4");
    at(&stage, all_new).await.error(NOT_AUTHORIZED, UNSAFE);
    assert_eq!(
        events(&stage, "ada").await[0]["EventRisk"]["RiskLevel"],
        "Medium"
    );
}

#[tokio::test]
async fn a_risky_sign_in_is_asked_for_a_second_factor() {
    let stage = Stage::with(
        merged(mfa_pool("OPTIONAL"), &watched("ENFORCED")),
        json!({}),
    )
    .await;
    stage.user("ada").await;
    at(&stage, HOME).await.ok();
    for action in ["MFA_REQUIRED", "MFA_IF_CONFIGURED"] {
        set(
            &stage,
            takeover(json!({ "Notify": false, "EventAction": action }), false),
        )
        .await;
        at(&stage, HOME).await.ok();
        let ip = format!("203.0.113.{}", action.len());
        let asked = at(&stage, (&ip, HOME.1)).await.ok();
        assert_eq!(asked["ChallengeName"], "EMAIL_OTP", "{action}");
        let listed = events(&stage, "ada").await;
        assert_eq!(listed[0]["EventResponse"], "InProgress");
        assert_eq!(listed[0]["EventRisk"]["RiskDecision"], "AccountTakeover");
        let code = stage.s.code_to("ada@example.com");
        let done = stage
            .next(&asked, json!({ "EMAIL_OTP_CODE": code }))
            .await
            .ok();
        assert!(done["AuthenticationResult"]["AccessToken"].is_string());
        let event = &events(&stage, "ada").await[0];
        assert_eq!(event["EventResponse"], "Pass");
        assert_eq!(event["EventRisk"]["RiskDecision"], "AccountTakeover");
        assert_eq!(event["EventRisk"]["RiskLevel"], "Low");
    }
    // Where no factor can be asked for, one is refused and the other goes on.
    let bare = self::stage("ENFORCED").await;
    bare.user("ada").await;
    at(&bare, HOME).await.ok();
    let action = |action: &str| takeover(json!({ "Notify": false, "EventAction": action }), false);
    set(&bare, action("MFA_REQUIRED")).await;
    at(&bare, AWAY).await.error(NOT_AUTHORIZED, UNSAFE);
    set(&bare, action("MFA_IF_CONFIGURED")).await;
    at(&bare, AWAY).await.ok();
}

#[tokio::test]
async fn who_knows_the_password_alone_cannot_set_a_factor_up_in_face_of_a_risk() {
    let token = json!({ "then": {
        "MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": { "Enabled": true } } });
    let stage = Stage::with(merged(token, &watched("ENFORCED")), json!({})).await;
    stage.user("ada").await;
    for _ in 0..5 {
        from(&stage, HOME.0, HOME.1, "Wrong-Horse1!").await;
        stage.advance_ms(60_000);
    }
    set(
        &stage,
        takeover(
            json!({ "Notify": false, "EventAction": "MFA_REQUIRED" }),
            false,
        ),
    )
    .await;
    at(&stage, HOME).await.error(NOT_AUTHORIZED, UNSAFE);
    set(
        &stage,
        takeover(
            json!({ "Notify": false, "EventAction": "MFA_IF_CONFIGURED" }),
            false,
        ),
    )
    .await;
    assert_eq!(at(&stage, HOME).await.ok()["ChallengeName"], "MFA_SETUP");
}

pub async fn house_sign_in(stage: &Stage, ip: &str) {
    let flows = json!({
        "UserPoolId": stage.pool, "ClientId": stage.client,
        "ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
    });
    stage.s.api("UpdateUserPoolClient", flows).await.ok();
    let request = json!({
        "UserPoolId": stage.pool, "ClientId": stage.client, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": "jane", "PASSWORD": crate::support::house::PASSWORD },
        "ContextData": { "IpAddress": ip, "ServerName": "a", "ServerPath": "/", "HttpHeaders": [] },
    });
    stage.advance_ms(1000);
    stage.s.api("AdminInitiateAuth", request).await.ok();
}

#[tokio::test]
async fn failures_are_a_risk_and_are_bounded() {
    let stage = stage("ENFORCED").await;
    stage.user("ada").await;
    at(&stage, HOME).await.ok();
    for _ in 0..5 {
        from(&stage, HOME.0, HOME.1, "Wrong-Horse1!")
            .await
            .error(NOT_AUTHORIZED, INCORRECT);
    }
    stage.advance_ms(60_000);
    at(&stage, HOME).await.ok();
    assert_eq!(
        events(&stage, "ada").await[0]["EventRisk"]["RiskLevel"],
        "Low"
    );
    stage.s.clock().advance(poolhouse::time::Span::hours(2));
    at(&stage, HOME).await.ok();
    assert!(
        events(&stage, "ada").await[0]["EventRisk"]
            .get("RiskLevel")
            .is_none()
    );
}

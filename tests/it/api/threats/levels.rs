//! A risky sign-in towards a level is asked for what the risk asks for, whatever the level and whatever
//! the token.

use serde_json::{Value, json};

use super::risk::{AWAY, HOME};
use super::{set, takeover, watched};
use crate::api::auth::mfa::pool as mfa_pool;
use crate::api::auth::stage::{PASSWORD, Stage, merged};

const ONE: &str = "urn:cognito:loa:1";
const THREE: &str = "urn:cognito:loa:3";

fn context((ip, agent): (&str, &str)) -> Value {
    json!({ "ContextData": {
        "IpAddress": ip, "ServerName": "app", "ServerPath": "/login",
        "HttpHeaders": [{ "headerName": "User-Agent", "headerValue": agent }],
    } })
}

async fn choose(stage: &Stage, at: (&str, &str), more: Value) -> Value {
    let request = json!({
        "UserPoolId": stage.pool, "ClientId": stage.client, "AuthFlow": "USER_AUTH",
        "AuthParameters": merged(json!({ "USERNAME": "ada" }), &more),
    });
    stage.advance_ms(1000);
    let request = merged(request, &context(at));
    stage.s.api("AdminInitiateAuth", request).await.ok()
}

async fn by_code(stage: &Stage, at: (&str, &str), asked: &Value) -> Value {
    let code = stage.s.code_to("ada@example.com");
    let request = json!({
        "UserPoolId": stage.pool, "ClientId": stage.client, "Session": asked["Session"],
        "ChallengeName": "EMAIL_OTP",
        "ChallengeResponses": { "USERNAME": "ada", "EMAIL_OTP_CODE": code },
    });
    let request = merged(request, &context(at));
    let done = stage.s.api("AdminRespondToAuthChallenge", request).await;
    done.ok()["AuthenticationResult"].take()
}

#[tokio::test]
async fn a_risk_is_met_with_a_factor_of_its_own() {
    let first = json!({ "Policies": { "SignInPolicy": {
        "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } } });
    let settings = merged(mfa_pool("OPTIONAL"), &watched("ENFORCED"));
    let stage = Stage::with(merged(settings, &first), json!({})).await;
    let verified = |user: &mut poolhouse::store::users::User| {
        let flag = ("email_verified".to_owned(), "true".to_owned());
        user.attributes.extend([flag]);
    };
    let permanent = poolhouse::domain::password::Kind::Permanent;
    stage
        .user_with("ada", verified, Some((PASSWORD, permanent)))
        .await;
    let required = json!({ "Notify": false, "EventAction": "MFA_REQUIRED" });
    set(&stage, takeover(required, false)).await;
    let preferred = json!({ "PREFERRED_CHALLENGE": "EMAIL_OTP" });
    let asked = choose(&stage, HOME, preferred).await;
    let tokens = by_code(&stage, HOME, &asked).await;
    let request = json!({
        "UserPoolId": stage.pool, "Username": "ada", "EmailMfaSettings": { "Enabled": true },
    });
    stage.s.api("AdminSetUserMFAPreference", request).await.ok();
    let up = json!({
        "PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": PASSWORD, "TARGET_ACR_VALUES": THREE,
        "ACCESS_TOKEN": tokens["AccessToken"],
    });
    // The code of the token counts as the second factor; not in face of a risk.
    let done = choose(&stage, HOME, up.clone()).await;
    assert!(
        done["AuthenticationResult"]["AccessToken"].is_string(),
        "{done}"
    );
    let asked = choose(&stage, AWAY, up).await;
    assert_eq!(asked["ChallengeName"], "EMAIL_OTP", "{asked}");
    by_code(&stage, AWAY, &asked).await;
    // No target is low enough to spare it.
    let low = json!({
        "PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": PASSWORD, "TARGET_ACR_VALUES": ONE,
    });
    let off = json!({
        "UserPoolId": stage.pool, "Username": "ada", "EmailMfaSettings": { "Enabled": false },
    });
    stage.s.api("AdminSetUserMFAPreference", off).await.ok();
    let done = choose(&stage, HOME, low.clone()).await;
    assert!(
        done["AuthenticationResult"]["AccessToken"].is_string(),
        "{done}"
    );
    let asked = choose(&stage, ("203.0.113.77", HOME.1), low).await;
    assert_eq!(asked["ChallengeName"], "EMAIL_OTP", "{asked}");
}

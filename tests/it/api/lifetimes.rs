//! How long things last where a setting says so: tokens in every unit, sign-ins in progress, temporary
//! passwords under both of their names.

use poolhouse::time::Span;
use serde_json::{Value, json};

use super::house::{EMAIL, House, PASSWORD, given};
use crate::support::house::claims;

const DENIED: &str = "NotAuthorizedException";
const FLOWS: [&str; 3] = [
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
    "ALLOW_USER_SRP_AUTH",
];

/// The same settings with the flows that the tests sign in by.
fn with_flows(mut settings: Value) -> Value {
    settings["ExplicitAuthFlows"] = json!(FLOWS);
    settings
}

async fn sign_in(h: &House, username: &str, password: &str) -> crate::support::Answer {
    let parameters = json!({ "USERNAME": username, "PASSWORD": password });
    let request = json!({ "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters });
    h.public("InitiateAuth", request).await
}

#[tokio::test]
async fn tokens_live_as_long_as_their_client_says_in_its_units() {
    for (settings, (access, id, refresh)) in [
        (json!({}), (3600, 3600, 30 * 86_400)),
        (
            json!({ "AccessTokenValidity": 300, "IdTokenValidity": 86_400, "RefreshTokenValidity": 86_401,
                "TokenValidityUnits": {
                    "AccessToken": "seconds", "IdToken": "seconds", "RefreshToken": "seconds" } }),
            (300, 86_400, 86_401),
        ),
        (
            json!({ "AccessTokenValidity": 5, "IdTokenValidity": 7, "RefreshTokenValidity": 60,
                "TokenValidityUnits": {
                    "AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "minutes" } }),
            (300, 420, 3600),
        ),
        (
            json!({ "AccessTokenValidity": 24, "IdTokenValidity": 2, "RefreshTokenValidity": 24,
                "TokenValidityUnits": {
                    "AccessToken": "hours", "IdToken": "hours", "RefreshToken": "hours" } }),
            (86_400, 7200, 86_400),
        ),
        (
            json!({ "AccessTokenValidity": 1, "IdTokenValidity": 1, "RefreshTokenValidity": 0,
                "TokenValidityUnits": { "AccessToken": "days", "IdToken": "days" } }),
            (86_400, 86_400, 30 * 86_400),
        ),
    ] {
        let h = House::new(json!({}), with_flows(settings.clone())).await;
        h.create("ada", json!({})).await.ok();
        let set = json!({ "Username": "ada", "Password": PASSWORD, "Permanent": true });
        h.admin("AdminSetUserPassword", set).await.ok();
        let result = sign_in(&h, "ada", PASSWORD).await.ok()["AuthenticationResult"].take();
        let lifetime = |token: &Value| {
            let claims = claims(token.as_str().unwrap());
            claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap()
        };
        assert_eq!(result["ExpiresIn"], access, "{settings}");
        assert_eq!(lifetime(&result["AccessToken"]), access, "{settings}");
        assert_eq!(lifetime(&result["IdToken"]), id, "{settings}");
        let renew = || {
            let parameters = json!({ "REFRESH_TOKEN": result["RefreshToken"] });
            let request = json!({ "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters });
            h.public("InitiateAuth", request)
        };
        h.s.clock().advance(Span::seconds(refresh - 1));
        renew().await.ok();
        h.s.clock().advance(Span::seconds(1));
        renew().await.error(DENIED, "Refresh Token has expired");
    }
}

#[tokio::test]
async fn a_sign_in_in_progress_lives_as_long_as_its_client_says() {
    for (settings, minutes) in [
        (json!({}), 3),
        (json!({ "AuthSessionValidity": 3 }), 3),
        (json!({ "AuthSessionValidity": 15 }), 15),
    ] {
        let h = House::new(json!({}), with_flows(settings)).await;
        for (name, waits) in [
            ("ada", Span::minutes(minutes).as_ms()),
            ("eve", Span::minutes(minutes).as_ms() + 1),
        ] {
            h.create(name, json!({ "TemporaryPassword": PASSWORD }))
                .await
                .ok();
            let asked = sign_in(&h, name, PASSWORD).await.ok();
            h.s.clock().advance(Span::ms(waits));
            let responses = json!({ "USERNAME": name, "NEW_PASSWORD": "Another-Horse2!" });
            let request = json!({ "ChallengeName": "NEW_PASSWORD_REQUIRED",
                "Session": asked["Session"], "ChallengeResponses": responses });
            let answer = h.public("RespondToAuthChallenge", request).await;
            if name == "ada" {
                answer.ok();
            } else {
                let text = "Invalid session for the user, session is expired.";
                answer.error(DENIED, text);
            }
        }
    }
}

#[tokio::test]
async fn a_temporary_password_lives_as_long_as_the_pool_says() {
    let policy = json!({ "Policies": { "PasswordPolicy": {
        "MinimumLength": 8, "TemporaryPasswordValidityDays": 2 } } });
    let legacy = json!({ "AdminCreateUserConfig": { "UnusedAccountValidityDays": 2 } });
    // 0 stands for the default.
    let zero = json!({ "Policies": { "PasswordPolicy": {
        "MinimumLength": 8, "TemporaryPasswordValidityDays": 0 } } });
    let expired = "Temporary password has expired and must be reset by an administrator.";
    for (pool, days) in [(policy, 2), (legacy, 2), (zero, 7), (json!({}), 7)] {
        let h = House::new(pool, with_flows(json!({}))).await;
        h.create("ada", json!({ "TemporaryPassword": PASSWORD }))
            .await
            .ok();
        h.s.clock().advance(Span::ms(Span::days(days).as_ms() - 1));
        let asked = sign_in(&h, "ada", PASSWORD).await.ok();
        assert_eq!(asked["ChallengeName"], "NEW_PASSWORD_REQUIRED");
        h.s.clock().advance(Span::ms(1));
        sign_in(&h, "ada", PASSWORD).await.error(DENIED, expired);
        // Another one begins anew, by either operation.
        let set = json!({ "Username": "ada", "Password": PASSWORD });
        h.admin("AdminSetUserPassword", set).await.ok();
        sign_in(&h, "ada", PASSWORD).await.ok();
        h.s.clock().advance(Span::days(days));
        sign_in(&h, "ada", PASSWORD).await.error(DENIED, expired);
        let again = json!({ "MessageAction": "RESEND", "TemporaryPassword": PASSWORD });
        h.create("ada", again).await.ok();
        sign_in(&h, "ada", PASSWORD).await.ok();
    }
}

/// What an invitation that is sent again does not name stays: the attributes above all.
#[tokio::test]
async fn an_invitation_sent_again_changes_the_password_and_nothing_else() {
    let h = House::new(json!({}), with_flows(json!({}))).await;
    let attributes = given(&[("email", EMAIL), ("name", "Ada")]);
    h.create(
        "ada",
        json!({ "UserAttributes": attributes, "MessageAction": "SUPPRESS" }),
    )
    .await
    .ok();
    let again = json!({ "MessageAction": "RESEND", "DesiredDeliveryMediums": ["EMAIL"],
        "UserAttributes": given(&[("name", "Eve"), ("email", "eve@example.com")]) });
    let user = h.create("ada", again).await.ok()["User"].take();
    assert_eq!(super::house::attribute(&user["Attributes"], "name"), "Ada");
    assert_eq!(h.s.message_to(EMAIL).kind, "invitation");
    assert_eq!(h.attribute("ada", "email").await, EMAIL);
}

#[tokio::test]
async fn a_pool_counts_its_users() {
    let h = House::new(json!({}), json!({})).await;
    let counted = async || {
        let shown = h.admin("DescribeUserPool", json!({})).await.ok();
        shown["UserPool"]["EstimatedNumberOfUsers"].clone()
    };
    assert_eq!(counted().await, 0);
    h.create("ada", json!({})).await.ok();
    h.sign_up("eve", &[]).await;
    assert_eq!(counted().await, 2);
    h.admin("AdminDeleteUser", json!({ "Username": "ada" }))
        .await
        .ok();
    assert_eq!(counted().await, 1);
}

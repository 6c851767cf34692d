//! Passwords that everybody knows.

use serde_json::{Value, json};

use super::{events, set, stage, watched};
use crate::api::auth::stage::{INCORRECT, NOT_AUTHORIZED, PASSWORD, Stage, merged};

#[tokio::test]
async fn compromised_passwords_are_refused_where_the_configuration_says_so() {
    const KNOWN: &str = "P@ssw0rd1!";
    let stage = Stage::with(
        merged(
            watched("ENFORCED"),
            &json!({ "AutoVerifiedAttributes": ["email"] }),
        ),
        json!({}),
    )
    .await;
    let rule = |filter: Value, action: &str| {
        let mut rule = json!({ "Actions": { "EventAction": action } });
        if !filter.is_null() {
            rule["EventFilter"] = filter;
        }
        json!({ "CompromisedCredentialsRiskConfiguration": rule })
    };
    let sign_up = |name: &str| {
        let email = json!([{ "Name": "email", "Value": format!("{name}@example.com") }]);
        let request = json!({
            "ClientId": stage.client, "Username": name, "Password": KNOWN, "UserAttributes": email,
        });
        stage.s.api("SignUp", request)
    };
    let (refused, message) = (
        "InvalidPasswordException",
        "Provided password cannot be used for security reasons.",
    );
    // Without a configuration nobody is stopped, but it is seen.
    sign_up("a").await.ok();
    let request = json!({ "UserPoolId": stage.pool, "Username": "a" });
    stage.s.api("AdminConfirmSignUp", request).await.ok();
    stage.advance_ms(1000);
    let tokens = stage.sign_in("a", KNOWN).await.ok();
    let seen = &events(&stage, "a").await[0]["EventRisk"];
    assert_eq!(seen["CompromisedCredentialsDetected"], true);
    assert_eq!(seen["RiskDecision"], "NoRisk");
    set(&stage, rule(Value::Null, "BLOCK")).await;
    sign_up("b").await.error(refused, message);
    let token = &tokens["AuthenticationResult"]["AccessToken"];
    let change = json!({ "AccessToken": token, "PreviousPassword": KNOWN, "ProposedPassword": "p@SSw0rd1!" });
    stage
        .s
        .api("ChangePassword", change)
        .await
        .error(refused, message);
    let reset = json!({
        "ClientId": stage.client, "Username": "a", "ConfirmationCode": "000000", "Password": KNOWN,
    });
    stage
        .s
        .api("ConfirmForgotPassword", reset)
        .await
        .error(refused, message);
    stage.advance_ms(1000);
    let why = "Password reset required for the user due to security reasons";
    stage
        .sign_in("a", KNOWN)
        .await
        .error("PasswordResetRequiredException", why);
    let seen = &events(&stage, "a").await[0];
    assert_eq!(seen["EventRisk"]["RiskDecision"], "Block");
    assert_eq!(seen["EventResponse"], "Fail");
    // The wrong password does not tell that the right one is known.
    stage
        .sign_in("a", "Wrong-Horse1!")
        .await
        .error(NOT_AUTHORIZED, INCORRECT);
    set(&stage, rule(json!(["SIGN_IN"]), "BLOCK")).await;
    sign_up("b").await.ok();
    set(&stage, rule(json!(["SIGN_UP"]), "BLOCK")).await;
    sign_up("c").await.error(refused, message);
    stage.sign_in("a", KNOWN).await.ok();
    set(&stage, rule(Value::Null, "NO_ACTION")).await;
    sign_up("c").await.ok();
    // A client's own configuration holds for it alone.
    let own = merged(
        json!({ "UserPoolId": stage.pool, "ClientId": stage.client }),
        &rule(Value::Null, "BLOCK"),
    );
    stage.s.api("SetRiskConfiguration", own).await.ok();
    sign_up("d").await.error(refused, message);
}

#[tokio::test]
async fn a_first_password_may_not_be_a_compromised_one_either() {
    let stage = stage("ENFORCED").await;
    let kind = poolhouse::domain::password::Kind::Temporary;
    stage
        .user_with(
            "ada",
            |user| user.status = poolhouse::store::users::Status::ForceChangePassword,
            Some((PASSWORD, kind)),
        )
        .await;
    set(&stage, json!({ "CompromisedCredentialsRiskConfiguration": { "Actions": { "EventAction": "BLOCK" } } }))
        .await;
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    assert_eq!(
        events(&stage, "ada").await[0]["EventResponse"],
        "InProgress"
    );
    let answer = stage
        .next(&asked, json!({ "NEW_PASSWORD": "P@ssw0rd1!" }))
        .await;
    answer.error(
        "InvalidPasswordException",
        "Provided password cannot be used for security reasons.",
    );
    stage
        .next(&asked, json!({ "NEW_PASSWORD": "Battery-Staple2?" }))
        .await
        .ok();
    let listed = events(&stage, "ada").await;
    assert_eq!(
        (listed.len(), &listed[0]["EventResponse"]),
        (1, &json!("Pass"))
    );
}

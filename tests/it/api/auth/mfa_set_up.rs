//! MFA_SETUP of several sign-ins side by side: whoever knows the password sets the first factor up,
//! and nobody a second one (security.md G14). The code that proves a new app is used up (G12).

use serde_json::json;

use super::mfa::{associate, pool, prove, token_pool};
use super::stage::{NOT_AUTHORIZED, PASSWORD, Stage, text};

const FOREIGN: &str = "Invalid session for the user.";
const WANTED: &str = "owner@example.com";
const OTHER: &str = "thief@example.com";

#[tokio::test]
async fn once_a_factor_is_there_no_other_sign_in_sets_one_up() {
    let stage = Stage::with(pool("ON"), json!({})).await;
    stage.user("ada").await;
    let associate = |session| {
        let request = json!({ "Session": session });
        stage.s.api("AssociateSoftwareToken", request)
    };
    let verify = |session, code| {
        let request = json!({ "Session": session, "UserCode": code });
        stage.s.api("VerifySoftwareToken", request)
    };
    // Three sign-ins, each as far as it gets while there is no factor.
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "MFA_SETUP");
    let begun = stage.sign_in("ada", PASSWORD).await.ok();
    let begun = associate(begun["Session"].clone()).await.ok();
    let mailed = stage.sign_in("ada", PASSWORD).await.ok();
    let mailed = stage.next(&mailed, json!({ "EMAIL": OTHER })).await.ok();
    let sent = stage.s.code_to(OTHER);
    // A fourth one is the first to prove a factor.
    let first = stage.sign_in("ada", PASSWORD).await.ok();
    let first = stage.next(&first, json!({ "EMAIL": WANTED })).await.ok();
    let code = json!({ "EMAIL_OTP_CODE": stage.s.code_to(WANTED) });
    let tokens = stage.next(&first, code).await.ok();

    let late = associate(asked["Session"].clone()).await;
    late.error(NOT_AUTHORIZED, FOREIGN);
    let late = stage.next(&asked, json!({ "EMAIL": OTHER })).await;
    late.error(NOT_AUTHORIZED, FOREIGN);
    let code = stage.totp(&text(&begun["SecretCode"]));
    let late = verify(begun["Session"].clone(), code).await;
    late.error(NOT_AUTHORIZED, FOREIGN);
    let late = stage.next(&mailed, json!({ "EMAIL_OTP_CODE": sent })).await;
    late.error(NOT_AUTHORIZED, FOREIGN);

    let token = &tokens["AuthenticationResult"]["AccessToken"];
    let shown = stage.get_user(token).await.ok();
    assert_eq!(shown["UserMFASettingList"], json!(["EMAIL_OTP"]));
    let address = json!({ "Name": "email", "Value": WANTED });
    let attributes = shown["UserAttributes"].as_array().unwrap();
    assert!(attributes.contains(&address), "{attributes:?}");
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "EMAIL_OTP");
}

/// A signed-in user sets the app up; the code that proved it signs nobody in.
#[tokio::test]
async fn the_code_that_proves_an_app_is_used_up() {
    let stage = Stage::with(token_pool("OPTIONAL"), json!({})).await;
    stage.user("ada").await;
    let tokens = stage.tokens("ada").await;
    let token = &tokens["AccessToken"];
    let secret = associate(&stage, token).await;
    prove(&stage, token, &secret).await;
    let request = json!({
        "AccessToken": token, "SoftwareTokenMfaSettings": { "Enabled": true },
    });
    stage.s.api("SetUserMFAPreference", request).await.ok();
    let code = || json!({ "SOFTWARE_TOKEN_MFA_CODE": stage.totp(&secret) });
    let asked = stage.sign_in("ada", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    let used = "Your software token has already been used once.";
    let answer = stage.next(&asked, code()).await;
    answer.error("ExpiredCodeException", used);
    // The one of the step before it is older still.
    let before = super::mfa::totp(&secret, stage.s.clock().server_now().ms() - 30_000);
    let answer = stage
        .next(&asked, json!({ "SOFTWARE_TOKEN_MFA_CODE": before }))
        .await;
    answer.error("ExpiredCodeException", used);
    stage.advance_ms(30_000);
    stage.next(&asked, code()).await.ok();
}

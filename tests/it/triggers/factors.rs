//! CUSTOM_AUTH whose functions ask for a second factor beside their own challenge or the password.

use serde_json::{Value, json};

use super::custom::SOLUTION;
use super::host::{Act, with_response};
use super::scene::Scene;
use crate::api::auth::mfa::{associate, pool};
use crate::api::auth::stage::{INCORRECT, INVALID_PARAMETER, NOT_AUTHORIZED, PASSWORD};
use crate::support::srp_client::SrpClient;

const PHONE: &str = "+15551239934";
const DEFINE: &str = "DefineAuthChallenge_Authentication";
const INVALID: &str = "InvalidLambdaResponseException";
const STRANGE: &str = "Unrecognizable lambda output";

/// The riddle (or the password), then this factor, then tokens.
async fn scene(mode: &str, factor: &'static str) -> Scene {
    let trio = [
        "DefineAuthChallenge",
        "CreateAuthChallenge",
        "VerifyAuthChallengeResponse",
    ];
    let hides = json!({ "PreventUserExistenceErrors": "ENABLED" });
    let scene = Scene::of(&trio, pool(mode), hides).await;
    asks(&scene, factor);
    let phone = |user: &mut poolhouse::store::users::User| {
        let attributes = &mut user.attributes;
        attributes.insert("phone_number".to_owned(), PHONE.to_owned());
    };
    let plain = Some((PASSWORD, poolhouse::domain::password::Kind::Permanent));
    scene.stage.user_with("ada", phone, plain).await;
    scene
}

/// Names and results of the challenges so far.
fn told(event: &Value) -> Vec<(String, bool)> {
    let session = event["request"]["session"].as_array().unwrap().iter();
    let entry = |e: &Value| {
        (
            e["challengeName"].as_str().unwrap().to_owned(),
            e["challengeResult"] == true,
        )
    };
    session.map(entry).collect()
}

fn asks(scene: &Scene, factor: &'static str) {
    scene.host.does(move |event| {
        let response = match event["triggerSource"].as_str().unwrap() {
            DEFINE => {
                let session = told(event);
                let last = session.last().map(|(name, right)| (name.as_str(), *right));
                match last {
                    None => json!({ "challengeName": "CUSTOM_CHALLENGE" }),
                    Some(("SRP_A", _)) => json!({ "challengeName": "PASSWORD_VERIFIER" }),
                    Some(("CUSTOM_CHALLENGE", false)) => json!({ "failAuthentication": true }),
                    Some(("CUSTOM_CHALLENGE" | "PASSWORD_VERIFIER", _)) => {
                        json!({ "challengeName": factor })
                    }
                    _ => json!({ "issueTokens": true }),
                }
            }
            "VerifyAuthChallengeResponse_Authentication" => {
                json!({ "answerCorrect": event["request"]["challengeAnswer"] == SOLUTION })
            }
            _ => json!({}),
        };
        Act::Returns(with_response(event, &response))
    });
}

/// The riddle, solved; gives what comes next.
async fn solved(scene: &Scene, name: &str) -> crate::support::Answer {
    let start = scene
        .stage
        .initiate("CUSTOM_AUTH", json!({ "USERNAME": name }));
    let asked = start.await.ok();
    let answer = json!({ "USERNAME": name, "ANSWER": SOLUTION });
    scene
        .stage
        .respond("CUSTOM_CHALLENGE", asked["Session"].as_str(), answer)
        .await
}

#[tokio::test]
async fn a_code_by_text_message_or_mail_after_the_riddle() {
    for (factor, to, member) in [
        ("SMS_MFA", PHONE, "SMS_MFA_CODE"),
        ("EMAIL_OTP", "ada@example.com", "EMAIL_OTP_CODE"),
    ] {
        let scene = scene("OPTIONAL", factor).await;
        let asked = solved(&scene, "ada").await.ok();
        assert_eq!(asked["ChallengeName"], factor);
        scene.host.take();
        // A wrong code is the server's to refuse; the functions are not asked.
        let wrong = if scene.code(to) == "000000" {
            "000001"
        } else {
            "000000"
        };
        let refused = scene.stage.next(&asked, json!({ member: wrong })).await;
        let text = "Invalid code or auth state for the user.";
        refused.error("CodeMismatchException", text);
        assert_eq!(scene.host.count(), 0);
        let right = json!({ member: scene.code(to) });
        let done = scene.stage.next(&asked, right.clone()).await.ok();
        assert!(done["AuthenticationResult"]["AccessToken"].is_string());
        let events = scene.host.events();
        assert_eq!(events.len(), 1);
        let expected = [("CUSTOM_CHALLENGE", true), (factor, true)];
        assert_eq!(told(&events[0]), expected.map(|(n, r)| (n.to_owned(), r)));
        // Each code is good once.
        let used = "Invalid session for the user, session can only be used once.";
        scene
            .stage
            .next(&asked, right)
            .await
            .error(NOT_AUTHORIZED, used);
    }
}

#[tokio::test]
async fn an_authenticator_app_after_the_password_is_not_asked_twice() {
    let scene = scene("OPTIONAL", "SOFTWARE_TOKEN_MFA").await;
    // Without an app there is nothing to ask.
    let refused = solved(&scene, "ada").await;
    refused.error(INVALID_PARAMETER, "User has not set up software token mfa");
    let token = scene.stage.tokens("ada").await["AccessToken"].take();
    let secret = associate(&scene.stage, &token).await;
    let proven = json!({ "AccessToken": token, "UserCode": scene.stage.totp(&secret) });
    scene.stage.s.api("VerifySoftwareToken", proven).await.ok();
    let prefer = json!({ "Username": "ada", "SoftwareTokenMfaSettings": { "Enabled": true } });
    scene.admin("AdminSetUserMFAPreference", prefer).await.ok();
    scene.stage.advance_ms(60_000);

    let client = SrpClient::new(7);
    let parameters = json!({
        "USERNAME": "ada", "CHALLENGE_NAME": "SRP_A", "SRP_A": client.public,
    });
    let asked = scene.stage.initiate("CUSTOM_AUTH", parameters).await.ok();
    let proof = scene.stage.proof(&client, &asked, PASSWORD);
    let asked = scene
        .stage
        .respond("PASSWORD_VERIFIER", None, proof)
        .await
        .ok();
    assert_eq!(asked["ChallengeName"], "SOFTWARE_TOKEN_MFA");
    scene.host.take();
    let code = json!({ "SOFTWARE_TOKEN_MFA_CODE": scene.stage.totp(&secret) });
    let done = scene.stage.next(&asked, code).await.ok();
    assert!(
        done["AuthenticationResult"]["AccessToken"].is_string(),
        "{done}"
    );
    let expected = ["SRP_A", "PASSWORD_VERIFIER", "SOFTWARE_TOKEN_MFA"];
    let events = scene.host.events();
    assert_eq!(told(&events[0]), expected.map(|n| (n.to_owned(), true)));
}

#[tokio::test]
async fn a_factor_needs_something_beside_it_and_a_pool_that_has_it() {
    let scene = scene("OPTIONAL", "SMS_MFA").await;
    // First of all, or once more.
    scene.host.responds(json!({ "challengeName": "SMS_MFA" }));
    let first = json!({ "USERNAME": "ada" });
    let refused = scene.stage.initiate("CUSTOM_AUTH", first).await;
    refused.error(INVALID, STRANGE);
    asks(&scene, "SMS_MFA");
    let asked = solved(&scene, "ada").await.ok();
    scene.host.responds(json!({ "challengeName": "EMAIL_OTP" }));
    let code = json!({ "SMS_MFA_CODE": scene.code(PHONE) });
    scene.stage.next(&asked, code).await.error(INVALID, STRANGE);
    // A wrong solution proves nothing.
    asks(&scene, "SMS_MFA");
    let start = scene
        .stage
        .initiate("CUSTOM_AUTH", json!({ "USERNAME": "ada" }));
    let asked = start.await.ok();
    scene.host.responds(json!({ "challengeName": "SMS_MFA" }));
    let wrong = json!({ "ANSWER": "wrong" });
    scene
        .stage
        .next(&asked, wrong)
        .await
        .error(INVALID, STRANGE);
    // Nobody has a factor, whatever was solved.
    asks(&scene, "SMS_MFA");
    let refused = solved(&scene, "nobody").await;
    refused.error(NOT_AUTHORIZED, INCORRECT);
    // A pool without it.
    let bare = super::scene::Scene::of(
        &[
            "DefineAuthChallenge",
            "CreateAuthChallenge",
            "VerifyAuthChallengeResponse",
        ],
        json!({}),
        json!({}),
    );
    let bare = bare.await;
    bare.stage.user("ada").await;
    asks(&bare, "EMAIL_OTP");
    solved(&bare, "ada").await.error(INVALID, STRANGE);
}

//! CUSTOM_AUTH: sign-ins that functions make up (triggers.md 4).

use serde_json::{Value, json};

use super::host::{Act, with_response};
use super::scene::Scene;
use crate::api::auth::stage::{INCORRECT, INVALID_PARAMETER, NOT_AUTHORIZED, PASSWORD};
use crate::support::Answer;
use crate::support::srp_client::SrpClient;

const TRIO: [&str; 3] = [
    "DefineAuthChallenge",
    "CreateAuthChallenge",
    "VerifyAuthChallengeResponse",
];
pub const SOLUTION: &str = "blue-41";
const VERIFY: &str = "VerifyAuthChallengeResponse_Authentication";
const DEFINE: &str = "DefineAuthChallenge_Authentication";
const CREATE: &str = "CreateAuthChallenge_Authentication";

/// A riddle with three tries, after the password if there is one.
pub fn riddle(event: &Value) -> Act {
    let session = event["request"]["session"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let custom: Vec<_> = session
        .iter()
        .filter(|e| e["challengeName"] == "CUSTOM_CHALLENGE")
        .collect();
    let last = session.last();
    let response = match event["triggerSource"].as_str().unwrap() {
        DEFINE => match last {
            Some(last) if last["challengeName"] == "SRP_A" => {
                json!({ "challengeName": "PASSWORD_VERIFIER" })
            }
            Some(last)
                if last["challengeName"] == "CUSTOM_CHALLENGE"
                    && last["challengeResult"] == true =>
            {
                json!({ "issueTokens": true, "failAuthentication": false })
            }
            _ if custom.len() >= 3 => json!({ "failAuthentication": true }),
            _ => json!({ "challengeName": "CUSTOM_CHALLENGE" }),
        },
        CREATE => json!({
            "publicChallengeParameters": { "riddle": "which?" },
            "privateChallengeParameters": { "solution": SOLUTION },
            "challengeMetadata": format!("TRY-{}", custom.len() + 1),
        }),
        VERIFY => {
            let right = event["request"]["challengeAnswer"]
                == event["request"]["privateChallengeParameters"]["solution"];
            json!({ "answerCorrect": right })
        }
        _ => json!({}),
    };
    Act::Returns(with_response(event, &response))
}

async fn scene(hides: bool) -> Scene {
    let existence = if hides { "ENABLED" } else { "LEGACY" };
    let client = json!({ "PreventUserExistenceErrors": existence });
    let scene = Scene::of(&TRIO, json!({}), client).await;
    scene.host.does(riddle);
    scene.stage.user("ada").await;
    scene
}

async fn start(scene: &Scene, name: &str) -> Answer {
    scene
        .stage
        .initiate("CUSTOM_AUTH", json!({ "USERNAME": name }))
        .await
}

async fn say(scene: &Scene, name: &str, session: &Value, answer: &str) -> Answer {
    let responses = json!({ "USERNAME": name, "ANSWER": answer });
    scene
        .stage
        .respond("CUSTOM_CHALLENGE", session.as_str(), responses)
        .await
}

#[tokio::test]
async fn the_right_answer_signs_in_and_the_solution_stays_here() {
    let scene = scene(true).await;
    let body = json!({
        "AuthFlow": "CUSTOM_AUTH", "AuthParameters": { "USERNAME": "ada" },
        "ClientMetadata": { "step": "1" },
    });
    let asked = scene.public("InitiateAuth", body).await.ok();
    assert_eq!(asked["ChallengeName"], "CUSTOM_CHALLENGE");
    assert_eq!(
        asked["ChallengeParameters"],
        json!({ "riddle": "which?", "USERNAME": "ada" })
    );
    assert!(!asked.to_string().contains(SOLUTION));
    let events = scene.events();
    let attributes =
        json!({ "sub": "SUB", "email": "ada@example.com", "cognito:user_status": "CONFIRMED" });
    // InitiateAuth's metadata reaches none of them.
    let define = json!({ "userAttributes": attributes, "session": [], "userNotFound": false });
    assert_eq!(
        (&events[0]["triggerSource"], &events[0]["request"]),
        (&json!(DEFINE), &define)
    );
    assert_eq!(
        events[0]["response"],
        json!({ "challengeName": null, "issueTokens": null, "failAuthentication": null })
    );
    let create = json!({
        "userAttributes": attributes, "challengeName": "CUSTOM_CHALLENGE", "session": [],
        "userNotFound": false,
    });
    assert_eq!(
        (&events[1]["triggerSource"], &events[1]["request"]),
        (&json!(CREATE), &create)
    );

    let body = json!({
        "ChallengeName": "CUSTOM_CHALLENGE", "Session": asked["Session"],
        "ChallengeResponses": { "USERNAME": "ada", "ANSWER": SOLUTION },
        "ClientMetadata": { "step": "2" },
    });
    let done = scene.public("RespondToAuthChallenge", body).await.ok();
    assert!(done["AuthenticationResult"]["AccessToken"].is_string());
    let events = scene.events();
    let told = json!({ "step": "2" });
    let verify = json!({
        "userAttributes": attributes, "privateChallengeParameters": { "solution": SOLUTION },
        "challengeAnswer": SOLUTION, "userNotFound": false, "clientMetadata": told,
    });
    assert_eq!(
        (&events[0]["triggerSource"], &events[0]["request"]),
        (&json!(VERIFY), &verify)
    );
    let session = json!([{
        "challengeName": "CUSTOM_CHALLENGE", "challengeResult": true, "challengeMetadata": "TRY-1",
    }]);
    let define = json!({
        "userAttributes": attributes, "session": session, "userNotFound": false, "clientMetadata": told,
    });
    assert_eq!(events[1]["request"], define);
    assert_eq!(events.len(), 2);
}

#[tokio::test]
async fn the_functions_say_how_many_tries_there_are() {
    let scene = scene(true).await;
    let mut asked = start(&scene, "ada").await.ok();
    for _ in 0..2 {
        asked = say(&scene, "ada", &asked["Session"], "red").await.ok();
        assert_eq!(asked["ChallengeName"], "CUSTOM_CHALLENGE");
    }
    let third = say(&scene, "ada", &asked["Session"], "red").await;
    third.error(NOT_AUTHORIZED, INCORRECT);
    // The second try may be right, too; and wrong answers are no wrong passwords.
    let asked = start(&scene, "ada").await.ok();
    let asked = say(&scene, "ada", &asked["Session"], "red").await.ok();
    say(&scene, "ada", &asked["Session"], SOLUTION).await.ok();
    scene.stage.tokens("ada").await;
}

/// Answers at once to one challenge are one try.
#[tokio::test]
async fn a_session_takes_one_answer() {
    let scene = scene(true).await;
    let asked = start(&scene, "ada").await.ok();
    let session = &asked["Session"];
    let guesses = ["a", "b", "c", "d", SOLUTION, "e", "f"];
    let all =
        futures_util::future::join_all(guesses.iter().map(|g| say(&scene, "ada", session, g)))
            .await;
    let used = "Invalid session for the user, session can only be used once.";
    let refused = all
        .iter()
        .filter(|a| a.status == 400 && a.body["message"] == used)
        .count();
    assert_eq!(refused, guesses.len() - 1);
    say(&scene, "ada", session, SOLUTION)
        .await
        .error(NOT_AUTHORIZED, used);
    let verified = scene.host.sources().iter().filter(|s| *s == VERIFY).count();
    assert_eq!(verified, 1);
}

#[tokio::test]
async fn nobody_goes_the_same_way_and_never_gets_tokens() {
    let scene = scene(true).await;
    let asked = start(&scene, "nobody").await.ok();
    assert_eq!(asked["ChallengeName"], "CUSTOM_CHALLENGE");
    let events = scene.host.events();
    assert!(events.iter().all(|e| e["request"]["userNotFound"] == true));
    assert!(
        events
            .iter()
            .all(|e| e["request"]["userAttributes"] == json!({}))
    );
    let again = say(&scene, "nobody", &asked["Session"], "red").await.ok();
    let refused = say(&scene, "nobody", &again["Session"], SOLUTION).await;
    refused.error(NOT_AUTHORIZED, INCORRECT);
    // Whatever the function says.
    scene.host.responds(json!({ "issueTokens": true }));
    start(&scene, "nobody")
        .await
        .error(NOT_AUTHORIZED, INCORRECT);
    // Somebody else's session is no good, and nobody's is not somebody's.
    scene.host.does(riddle);
    let asked = start(&scene, "nobody").await.ok();
    for name in ["ada", "else"] {
        let refused = say(&scene, name, &asked["Session"], SOLUTION).await;
        refused.error(NOT_AUTHORIZED, "Invalid session for the user.");
    }
    let asked = start(&scene, "ada").await.ok();
    let refused = say(&scene, "nobody", &asked["Session"], SOLUTION).await;
    refused.error(NOT_AUTHORIZED, "Invalid session for the user.");
}

#[tokio::test]
async fn clients_that_tell_say_who_is_there_before_anything_is_asked() {
    let scene = scene(false).await;
    let refused = start(&scene, "nobody").await;
    refused.error("UserNotFoundException", "User does not exist.");
    assert_eq!(scene.host.sources(), [""; 0]);
    start(&scene, "ada").await.ok();
    assert!(
        scene
            .host
            .events()
            .iter()
            .all(|e| e["request"].get("userNotFound").is_none())
    );
}

#[tokio::test]
async fn with_srp_the_password_comes_first() {
    let scene = scene(true).await;
    let client = SrpClient::new(7);
    let parameters =
        json!({ "USERNAME": "ada", "CHALLENGE_NAME": "SRP_A", "SRP_A": client.public });
    let asked = scene
        .stage
        .initiate("CUSTOM_AUTH", parameters.clone())
        .await
        .ok();
    assert_eq!(asked["ChallengeName"], "PASSWORD_VERIFIER");
    let first =
        json!({ "challengeName": "SRP_A", "challengeResult": true, "challengeMetadata": null });
    assert_eq!(scene.host.events()[0]["request"]["session"], json!([first]));
    let proof = scene.stage.proof(&client, &asked, PASSWORD);
    let asked = scene
        .stage
        .respond("PASSWORD_VERIFIER", None, proof.clone())
        .await
        .ok();
    assert_eq!(asked["ChallengeName"], "CUSTOM_CHALLENGE");
    let second = json!({ "challengeName": "PASSWORD_VERIFIER", "challengeResult": true, "challengeMetadata": null });
    assert_eq!(
        scene.host.events()[0]["request"]["session"],
        json!([first, second])
    );
    // The proof is used up.
    assert_eq!(
        scene
            .stage
            .respond("PASSWORD_VERIFIER", None, proof)
            .await
            .status,
        400
    );
    say(&scene, "ada", &asked["Session"], SOLUTION).await.ok();

    let asked = scene.stage.initiate("CUSTOM_AUTH", parameters).await.ok();
    let wrong = scene.stage.proof(&client, &asked, "Wrong-Horse1!");
    scene.host.take();
    let refused = scene.stage.respond("PASSWORD_VERIFIER", None, wrong).await;
    refused.error(NOT_AUTHORIZED, INCORRECT);
    assert_eq!(scene.host.sources(), [""; 0]);
}

#[tokio::test]
async fn the_password_alone_is_not_enough_where_a_function_wants_more() {
    let scene = scene(true).await;
    let client = SrpClient::new(7);
    let parameters =
        json!({ "USERNAME": "ada", "CHALLENGE_NAME": "SRP_A", "SRP_A": client.public });
    let asked = scene.stage.initiate("CUSTOM_AUTH", parameters).await.ok();
    let proof = scene.stage.proof(&client, &asked, PASSWORD);
    scene
        .host
        .responds(json!({ "failAuthentication": true, "issueTokens": true }));
    let refused = scene.stage.respond("PASSWORD_VERIFIER", None, proof).await;
    refused.error(NOT_AUTHORIZED, INCORRECT);
}

#[tokio::test]
async fn what_functions_must_say() {
    let scene = scene(true).await;
    for response in [
        json!({}),
        json!({ "issueTokens": false, "failAuthentication": false }),
        json!({ "challengeName": "PASSWORD_VERIFIER" }),
        json!({ "challengeName": "SRP_A" }),
        json!({ "challengeName": "SMS_MFA" }),
        json!({ "challengeName": "NONE" }),
        json!({ "issueTokens": "true" }),
    ] {
        scene.host.responds(response);
        let refused = start(&scene, "ada").await;
        refused.error(
            "InvalidLambdaResponseException",
            "Unrecognizable lambda output",
        );
    }
    scene.host.responds(json!({ "failAuthentication": true }));
    start(&scene, "ada").await.error(NOT_AUTHORIZED, INCORRECT);
    scene.host.does(|event| {
        let large = json!({ "x": "y".repeat(4000) });
        let response = match event["triggerSource"].as_str().unwrap() {
            DEFINE => json!({ "challengeName": "CUSTOM_CHALLENGE" }),
            _ => json!({ "privateChallengeParameters": large }),
        };
        Act::Returns(with_response(event, &response))
    });
    let refused = start(&scene, "ada").await;
    refused.error(
        "InvalidLambdaResponseException",
        "Unrecognizable lambda output",
    );
}

#[tokio::test]
async fn pools_without_the_functions_say_so() {
    let text = "Custom auth lambda trigger is not configured for the user pool.";
    let scene = Scene::with(&[]).await;
    scene.stage.user("ada").await;
    start(&scene, "ada").await.error(INVALID_PARAMETER, text);
    let scene = Scene::with(&["DefineAuthChallenge"]).await;
    scene.stage.user("ada").await;
    scene.host.does(riddle);
    start(&scene, "ada").await.error(INVALID_PARAMETER, text);
}

#[tokio::test]
async fn triggers_around_it_and_states_that_keep_users_out() {
    let slots = [
        TRIO.as_slice(),
        &["PreAuthentication", "PostAuthentication"],
    ]
    .concat();
    let scene = Scene::of(&slots, json!({}), json!({})).await;
    scene.host.does(riddle);
    scene.sign_up("bob", json!({})).await.ok();
    let refused = start(&scene, "bob").await;
    refused.error("UserNotConfirmedException", "User is not confirmed.");
    assert_eq!(scene.host.sources(), [""; 0]);
    scene.stage.user("ada").await;
    let asked = start(&scene, "ada").await.ok();
    say(&scene, "ada", &asked["Session"], SOLUTION).await.ok();
    assert_eq!(
        scene.host.sources(),
        [
            "PreAuthentication_Authentication",
            DEFINE,
            CREATE,
            VERIFY,
            DEFINE,
            "PostAuthentication_Authentication",
        ]
    );
    let asked = start(&scene, "ada").await.ok();
    scene
        .admin("AdminDisableUser", json!({ "Username": "ada" }))
        .await
        .ok();
    let refused = say(&scene, "ada", &asked["Session"], SOLUTION).await;
    refused.error(NOT_AUTHORIZED, "User is disabled.");
    scene
        .admin("AdminEnableUser", json!({ "Username": "ada" }))
        .await
        .ok();
    scene.stage.advance_ms(4 * 60_000);
    let asked = start(&scene, "ada").await.ok();
    scene.stage.advance_ms(4 * 60_000);
    let refused = say(&scene, "ada", &asked["Session"], SOLUTION).await;
    refused.error(
        NOT_AUTHORIZED,
        "Invalid session for the user, session is expired.",
    );
}

#[tokio::test]
async fn administrators_begin_it_too() {
    let scene = scene(true).await;
    let asked = scene
        .stage
        .admin_initiate("CUSTOM_AUTH", json!({ "USERNAME": "ada" }))
        .await
        .ok();
    let body = json!({
        "ClientId": scene.stage.client, "ChallengeName": "CUSTOM_CHALLENGE", "Session": asked["Session"],
        "ChallengeResponses": { "USERNAME": "ada", "ANSWER": SOLUTION },
    });
    let done = scene.admin("AdminRespondToAuthChallenge", body).await.ok();
    assert!(done["AuthenticationResult"]["IdToken"].is_string());
}

//! NEW_PASSWORD_REQUIRED.

use poolhouse::domain::password::Kind;
use poolhouse::store::users::{Status, User};
use serde_json::{Value, json};

use super::stage::{
    INCORRECT, INVALID_PARAMETER, NOT_AUTHORIZED, PASSWORD, Stage, claims, is, text,
};

const NEW: &str = "Another-Horse2!";
const USED: &str = "Invalid session for the user, session can only be used once.";
const INVALID: &str = "Invalid session for the user.";

async fn invite(stage: &Stage, change: impl FnOnce(&mut User)) -> User {
    let force = |user: &mut User| {
        user.status = Status::ForceChangePassword;
        change(user);
    };
    stage
        .user_with("ada", force, Some((PASSWORD, Kind::Temporary)))
        .await
}

async fn challenge(stage: &Stage) -> Value {
    stage.sign_in("ada", PASSWORD).await.ok()
}

fn session(challenge: &Value) -> String {
    text(&challenge["Session"])
}

#[tokio::test]
async fn a_new_password_confirms_the_user_and_gives_tokens() {
    let stage = Stage::new().await;
    invite(&stage, |_| {}).await;
    let asked = challenge(&stage).await;
    assert_eq!(asked["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    let given = &asked["ChallengeParameters"];
    assert_eq!(given["USER_ID_FOR_SRP"], "ada");
    assert_eq!(given["requiredAttributes"], "[]");
    assert_eq!(given["userAttributes"], r#"{"email":"ada@example.com"}"#);
    let responses = json!({ "USERNAME": "ada", "NEW_PASSWORD": NEW });
    let body = stage
        .respond("NEW_PASSWORD_REQUIRED", Some(&session(&asked)), responses)
        .await
        .ok();
    assert_eq!(body["ChallengeParameters"], json!({}));
    let token = &body["AuthenticationResult"]["AccessToken"];
    stage.get_user(token).await.ok();
    stage
        .sign_in("ada", PASSWORD)
        .await
        .error(NOT_AUTHORIZED, INCORRECT);
    let body = stage.sign_in("ada", NEW).await.ok();
    assert!(body["AuthenticationResult"]["IdToken"].is_string());
    stage.srp_sign_in("ada", NEW).await.ok();
}

#[tokio::test]
async fn srp_leads_there_too_and_uses_up_its_block() {
    let stage = Stage::new().await;
    invite(&stage, |_| {}).await;
    let client = crate::support::srp_client::SrpClient::new(1);
    let first = stage.srp("ada", &client).await.ok();
    let proof = stage.proof(&client, &first, PASSWORD);
    let asked = stage
        .respond("PASSWORD_VERIFIER", None, proof.clone())
        .await
        .ok();
    let again = stage.respond("PASSWORD_VERIFIER", None, proof).await;
    again.error(NOT_AUTHORIZED, USED);
    let responses = json!({ "USERNAME": "ada", "NEW_PASSWORD": NEW });
    stage
        .respond("NEW_PASSWORD_REQUIRED", Some(&session(&asked)), responses)
        .await
        .ok();
}

#[tokio::test]
async fn required_attributes_must_come_and_those_there_stay() {
    let required = |name: &str| json!({ "Name": name, "Required": true, "Mutable": true });
    let fixed = json!({ "Name": "family_name", "Required": true, "Mutable": false });
    let schema = json!([required("email"), required("given_name"), fixed]);
    let stage = Stage::with(json!({ "Schema": schema }), json!({})).await;
    invite(&stage, |_| {}).await;
    let asked = challenge(&stage).await;
    let wanted: Vec<String> =
        serde_json::from_str(&text(&asked["ChallengeParameters"]["requiredAttributes"])).unwrap();
    let expected = ["userAttributes.given_name", "userAttributes.family_name"];
    assert_eq!(wanted, expected);
    let session = session(&asked);
    let answer = |more: Value| {
        let mut responses = json!({ "USERNAME": "ada", "NEW_PASSWORD": NEW });
        for (name, value) in more.as_object().unwrap() {
            responses[format!("userAttributes.{name}")] = value.clone();
        }
        stage.respond("NEW_PASSWORD_REQUIRED", Some(&session), responses)
    };
    let both = json!({ "given_name": "Ada", "family_name": "L" });
    for (more, message) in [
        (
            json!({ "family_name": "L" }),
            "Invalid attributes given, given_name is missing",
        ),
        (
            json!({ "given_name": "Ada" }),
            "Invalid attributes given, family_name is missing",
        ),
        (
            json!({ "email": "eve@example.com", "given_name": "Ada", "family_name": "L" }),
            "Cannot modify an already provided email",
        ),
        (
            json!({ "email_verified": "true", "given_name": "Ada", "family_name": "L" }),
            "Cannot modify the non-mutable attribute email_verified",
        ),
    ] {
        answer(more).await.error(INVALID_PARAMETER, message);
    }
    let mut all = both;
    all["email"] = json!("ada@example.com");
    let body = answer(all).await.ok();
    let token = claims(&body["AuthenticationResult"]["IdToken"]);
    assert_eq!(
        (&token["given_name"], &token["family_name"]),
        (&json!("Ada"), &json!("L"))
    );
    let described = stage
        .get_user(&body["AuthenticationResult"]["AccessToken"])
        .await
        .ok();
    let has = |name: &str| {
        let all = described["UserAttributes"].as_array().unwrap();
        all.iter().any(|attribute| attribute["Name"] == name)
    };
    assert!(has("given_name") && has("family_name"));
}

#[tokio::test]
async fn a_refused_password_leaves_the_session_usable() {
    let stage = Stage::new().await;
    invite(&stage, |_| {}).await;
    let session = session(&challenge(&stage).await);
    let answer = |password: &str| {
        let responses = json!({ "USERNAME": "ada", "NEW_PASSWORD": password });
        stage.respond("NEW_PASSWORD_REQUIRED", Some(&session), responses)
    };
    for _ in 0..6 {
        answer("short").await.error(
            "InvalidPasswordException",
            "Password did not conform with policy: Password not long enough",
        );
    }
    let other = json!({ "USERNAME": "eve", "NEW_PASSWORD": NEW });
    stage.user("eve").await;
    let answered = stage
        .respond("NEW_PASSWORD_REQUIRED", Some(&session), other)
        .await;
    answered.error(NOT_AUTHORIZED, INVALID);
    answer(NEW).await.ok();
    answer(NEW).await.error(NOT_AUTHORIZED, USED);
}

#[tokio::test]
async fn a_password_has_256_characters_at_most() {
    let stage = Stage::new().await;
    invite(&stage, |_| {}).await;
    let asked = challenge(&stage).await;
    let answer = |length: usize| {
        let new = format!("Aa1!{}", "ö".repeat(length - 4));
        let responses = json!({ "USERNAME": "ada", "NEW_PASSWORD": new });
        let session = session(&asked);
        let stage = &stage;
        async move {
            let session = Some(session.as_str());
            stage
                .respond("NEW_PASSWORD_REQUIRED", session, responses)
                .await
        }
    };
    let text = "1 validation error detected: Value at 'password' failed to satisfy constraint: \
                Member must have length less than or equal to 256";
    answer(257).await.error(INVALID_PARAMETER, text);
    answer(256).await.ok();
}

#[tokio::test]
async fn sessions_are_whole_in_time_and_of_their_client() {
    let stage = Stage::new().await;
    invite(&stage, |_| {}).await;
    let whole = session(&challenge(&stage).await);
    let responses = json!({ "USERNAME": "ada", "NEW_PASSWORD": NEW });
    let answer = async |session: &str| {
        stage
            .respond("NEW_PASSWORD_REQUIRED", Some(session), responses.clone())
            .await
    };
    let missing = stage
        .respond("NEW_PASSWORD_REQUIRED", None, responses.clone())
        .await;
    missing.error(INVALID_PARAMETER, "Missing required parameter Session");
    answer("garbage garbage garbage")
        .await
        .error(NOT_AUTHORIZED, INVALID);
    answer(&whole[..whole.len() - 1])
        .await
        .error(NOT_AUTHORIZED, INVALID);
    answer(&format!("{whole}A"))
        .await
        .error(NOT_AUTHORIZED, INVALID);
    for at in (0..whole.len()).step_by(17) {
        let mut bytes = whole.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        let refused = answer(&changed).await;
        assert!(is(&refused, INVALID), "byte {at}: {}", refused.body);
    }
    let other = stage.new_client(json!({})).await;
    let request = json!({
        "ClientId": other["ClientId"], "ChallengeName": "NEW_PASSWORD_REQUIRED",
        "ChallengeResponses": responses, "Session": whole,
    });
    let foreign = stage.s.api("RespondToAuthChallenge", request).await;
    foreign.error(NOT_AUTHORIZED, INVALID);
    stage.advance_ms(180_000);
    let expired = "Invalid session for the user, session is expired.";
    stage.advance_ms(1);
    answer(&whole).await.error(NOT_AUTHORIZED, expired);
}

#[tokio::test]
async fn of_parallel_answers_one_wins() {
    let stage = Stage::new().await;
    invite(&stage, |_| {}).await;
    let twin = Stage {
        s: stage.s.twin().await,
        pool: stage.pool.clone(),
        client: stage.client.clone(),
    };
    let session = session(&challenge(&stage).await);
    let answers = (0..64).map(|n| {
        let node = if n % 2 == 0 { &stage } else { &twin };
        let password = format!("Another-Horse{n}!");
        let responses = json!({ "USERNAME": "ada", "NEW_PASSWORD": password });
        node.respond("NEW_PASSWORD_REQUIRED", Some(&session), responses)
    });
    let answers = futures_util::future::join_all(answers).await;
    let won: Vec<usize> = (0..64).filter(|n| answers[*n].status == 200).collect();
    assert_eq!(won.len(), 1);
    for (n, answer) in answers.iter().enumerate().filter(|(n, _)| *n != won[0]) {
        assert_eq!(
            answer.body["__type"], NOT_AUTHORIZED,
            "{n}: {}",
            answer.body
        );
    }
    stage
        .sign_in("ada", &format!("Another-Horse{}!", won[0]))
        .await
        .ok();
}

#[tokio::test]
async fn administrators_answer_with_their_own_operation_too() {
    let stage = Stage::new().await;
    invite(&stage, |_| {}).await;
    let parameters = json!({ "USERNAME": "ada", "PASSWORD": PASSWORD });
    let asked = stage
        .admin_initiate("ADMIN_NO_SRP_AUTH", parameters)
        .await
        .ok();
    let request = json!({
        "UserPoolId": stage.pool, "ClientId": stage.client, "Session": asked["Session"],
        "ChallengeName": "NEW_PASSWORD_REQUIRED",
        "ChallengeResponses": { "USERNAME": "ada", "NEW_PASSWORD": NEW },
    });
    let body = stage
        .s
        .api("AdminRespondToAuthChallenge", request)
        .await
        .ok();
    assert!(body["AuthenticationResult"]["AccessToken"].is_string());
}

#[tokio::test]
async fn a_sign_out_ends_the_session() {
    let stage = Stage::new().await;
    invite(&stage, |_| {}).await;
    let session = session(&challenge(&stage).await);
    let request = json!({ "UserPoolId": stage.pool, "Username": "ada" });
    stage.s.api("AdminUserGlobalSignOut", request).await.ok();
    let responses = json!({ "USERNAME": "ada", "NEW_PASSWORD": NEW });
    let answer = stage
        .respond("NEW_PASSWORD_REQUIRED", Some(&session), responses)
        .await;
    answer.error(NOT_AUTHORIZED, INVALID);
}

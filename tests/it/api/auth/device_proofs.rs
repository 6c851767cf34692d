//! What a device must prove, and how it fails.

use serde_json::{Value, json};

use super::device::{Device, NOT_FOUND, UNKNOWN, always, tracking};
use super::stage::{INCORRECT, INVALID_PARAMETER, NOT_AUTHORIZED, PASSWORD, Stage, merged};
use crate::support::srp_client::SrpClient;

const FOREIGN: &str = "Invalid session for the user.";
pub const USED: &str = "Invalid session for the user, session can only be used once.";
const STRANGE: &str = "us-east-1_aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";

/// Ada with a device, in a pool without second factors.
pub async fn ada(client: Value) -> (Stage, Device) {
    let stage = Stage::with(tracking(always(), json!({})), client).await;
    stage.user("ada").await;
    let device = stage.register(&stage.tokens("ada").await).await;
    (stage, device)
}

#[tokio::test]
async fn an_unknown_device_is_told_after_the_password() {
    let (stage, device) = ada(json!({})).await;
    stage.user("bob").await;
    let bobs = stage.register(&stage.tokens("bob").await).await;
    for key in [STRANGE, bobs.key.as_str()] {
        stage
            .sign_in_with("ada", key)
            .await
            .error(NOT_FOUND, UNKNOWN);
        // The proof of the password is still good, without the device: clients try again so.
        let client = SrpClient::new(7);
        let challenge = stage.srp("ada", &client).await.ok();
        let mut proof = stage.proof(&client, &challenge, PASSWORD);
        proof["DEVICE_KEY"] = json!(key);
        let answer = stage
            .respond("PASSWORD_VERIFIER", None, proof.clone())
            .await;
        answer.error(NOT_FOUND, UNKNOWN);
        proof["DEVICE_KEY"] = Value::Null;
        let body = stage.respond("PASSWORD_VERIFIER", None, proof).await.ok();
        Device::of(&body["AuthenticationResult"]);
    }
    let malformed = "Invalid device key given.";
    for key in ["", "k", "us-east-1_AAAAAAAA-bbbb-cccc-dddd-eeeeeeeeeeee"] {
        let answer = stage.sign_in_with("ada", key).await;
        answer.error(INVALID_PARAMETER, malformed);
    }
    // None of these counts against ada.
    for _ in 0..8 {
        stage
            .sign_in_with("ada", STRANGE)
            .await
            .error(NOT_FOUND, UNKNOWN);
    }
    stage.sign_in_with("ada", &device.key).await.ok();
}

/// security.md G6: who is nobody is told what a wrong password is told, with a device too.
#[tokio::test]
async fn a_device_does_not_tell_who_exists() {
    let (stage, device) = ada(json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
    for key in [device.key.as_str(), STRANGE] {
        for name in ["ada", "nobody"] {
            let parameters = json!({ "USERNAME": name, "PASSWORD": "wrong", "DEVICE_KEY": key });
            let answer = stage.initiate("USER_PASSWORD_AUTH", parameters).await;
            answer.error(NOT_AUTHORIZED, INCORRECT);
            let client = SrpClient::new(9);
            let parameters = json!({
                "USERNAME": name, "SRP_A": client.public, "DEVICE_KEY": key,
            });
            let challenge = stage.initiate("USER_SRP_AUTH", parameters).await.ok();
            let names: Vec<&String> = challenge["ChallengeParameters"]
                .as_object()
                .unwrap()
                .keys()
                .collect();
            let usual = [
                "SALT",
                "SECRET_BLOCK",
                "SRP_B",
                "USERNAME",
                "USER_ID_FOR_SRP",
            ];
            assert_eq!(names, usual);
            let mut proof = stage.proof(&client, &challenge, "wrong");
            proof["DEVICE_KEY"] = json!(key);
            let answer = stage.respond("PASSWORD_VERIFIER", None, proof).await;
            answer.error(NOT_AUTHORIZED, INCORRECT);
        }
        stage.advance_ms(3_600_000);
    }
}

#[tokio::test]
async fn only_its_own_secret_makes_a_device_good() {
    let (stage, device) = ada(json!({})).await;
    let liar = Device {
        secret: "a guess".to_owned(),
        ..device.clone()
    };
    let asked = stage.sign_in_with("ada", &device.key).await.ok();
    let client = SrpClient::new(2);
    let challenge = stage.device_srp(&asked, &device, &client).await.ok();
    let given = &challenge["ChallengeParameters"];
    let wrong = liar.proof(&stage.s, &client, given);
    let right = device.proof(&stage.s, &client, given);
    // The challenge before is used up.
    let answer = stage.device_srp(&asked, &device, &client).await;
    answer.error(NOT_AUTHORIZED, USED);
    stage
        .next(&challenge, wrong)
        .await
        .error(NOT_AUTHORIZED, INCORRECT);
    let bend = |change: Value| merged(right.clone(), &change);
    for (change, code, message) in [
        (
            json!({ "PASSWORD_CLAIM_SIGNATURE": "" }),
            NOT_AUTHORIZED,
            INCORRECT,
        ),
        (json!({ "DEVICE_KEY": STRANGE }), NOT_FOUND, UNKNOWN),
        (
            json!({ "DEVICE_KEY": Value::Null }),
            INVALID_PARAMETER,
            "Missing required parameter DEVICE_KEY",
        ),
        (
            json!({ "PASSWORD_CLAIM_SECRET_BLOCK": "AAAA" }),
            NOT_AUTHORIZED,
            FOREIGN,
        ),
        (
            json!({ "PASSWORD_CLAIM_SECRET_BLOCK": "?" }),
            NOT_AUTHORIZED,
            FOREIGN,
        ),
        (
            json!({ "TIMESTAMP": "now" }),
            INVALID_PARAMETER,
            "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.",
        ),
        (
            json!({ "TIMESTAMP": "Tue Jan 6 06:08:09 UTC 2026" }),
            NOT_AUTHORIZED,
            INCORRECT,
        ),
    ] {
        stage
            .next(&challenge, bend(change))
            .await
            .error(code, message);
    }
    stage.next(&challenge, right.clone()).await.ok();
    stage
        .next(&challenge, right)
        .await
        .error(NOT_AUTHORIZED, USED);
}

#[tokio::test]
async fn a_device_proves_itself_to_its_user_and_pool_only() {
    let (stage, device) = ada(json!({})).await;
    stage.user("bob").await;
    let bobs = stage.register(&stage.tokens("bob").await).await;
    let asked = stage.sign_in_with("ada", &device.key).await.ok();
    let client = SrpClient::new(2);
    // Another device of the pool does not answer for this one.
    stage
        .device_srp(&asked, &bobs, &client)
        .await
        .error(NOT_FOUND, UNKNOWN);
    let responses = json!({ "USERNAME": "bob", "DEVICE_KEY": device.key, "SRP_A": client.public });
    let session = asked["Session"].as_str();
    let answer = stage.respond("DEVICE_SRP_AUTH", session, responses).await;
    answer.error(NOT_AUTHORIZED, FOREIGN);
    // Nothing begins with a device alone.
    let alone = json!({ "USERNAME": "ada", "DEVICE_KEY": device.key, "SRP_A": client.public });
    let answer = stage.respond("DEVICE_SRP_AUTH", None, alone).await;
    answer.error(INVALID_PARAMETER, "Missing required parameter Session");
    let zero = json!({ "DEVICE_KEY": device.key, "SRP_A": "0" });
    assert_eq!(stage.next(&asked, zero).await.status, 400);
    stage.prove_device(&asked, &device).await.ok();
}

#[tokio::test]
async fn wrong_secrets_lock_the_user_as_wrong_passwords_do() {
    let (stage, device) = ada(json!({})).await;
    let liar = Device {
        secret: "a guess".to_owned(),
        ..device.clone()
    };
    let asked = stage.sign_in_with("ada", &device.key).await.ok();
    let client = SrpClient::new(2);
    let challenge = stage.device_srp(&asked, &device, &client).await.ok();
    let given = &challenge["ChallengeParameters"];
    for _ in 0..5 {
        let wrong = liar.proof(&stage.s, &client, given);
        stage
            .next(&challenge, wrong)
            .await
            .error(NOT_AUTHORIZED, INCORRECT);
    }
    let locked = "Password attempts exceeded";
    let right = device.proof(&stage.s, &client, given);
    stage
        .next(&challenge, right.clone())
        .await
        .error(NOT_AUTHORIZED, locked);
    stage
        .sign_in("ada", PASSWORD)
        .await
        .error(NOT_AUTHORIZED, locked);
    stage.advance_ms(1_001);
    stage.next(&challenge, right).await.ok();
}

/// The verifier stays sealed, and opens in its own row only.
#[tokio::test]
async fn the_database_holds_no_verifier_in_clear() {
    let (stage, device) = ada(json!({})).await;
    stage.user("bob").await;
    let bobs = stage.register(&stage.tokens("bob").await).await;
    let args = poolhouse::args![device.key.as_str(), bobs.key.as_str()];
    let sql = "UPDATE devices SET srp = (SELECT srp FROM devices WHERE device_key = $2) WHERE device_key = $1";
    assert_eq!(stage.run(sql, args).await, 1);
    let asked = stage.sign_in_with("ada", &device.key).await.ok();
    let responses = json!({
        "ClientId": stage.client, "ChallengeName": "DEVICE_SRP_AUTH", "Session": asked["Session"],
        "ChallengeResponses": {
            "USERNAME": "ada", "DEVICE_KEY": device.key, "SRP_A": SrpClient::new(2).public,
        },
    });
    let request = stage.s.http.post(&stage.s.url);
    let request = request.header("content-type", "application/x-amz-json-1.1");
    let target = "AWSCognitoIdentityProviderService.RespondToAuthChallenge";
    let answer = request
        .header("x-amz-target", target)
        .body(responses.to_string())
        .send()
        .await;
    assert_eq!(answer.unwrap().status(), 500);
}

#[tokio::test]
async fn no_step_answers_for_another() {
    let (stage, device) = ada(json!({})).await;
    let asked = stage.sign_in_with("ada", &device.key).await.ok();
    let client = SrpClient::new(2);
    let challenge = stage.device_srp(&asked, &device, &client).await.ok();
    let right = device.proof(&stage.s, &client, &challenge["ChallengeParameters"]);
    // A session of another step, and the right proof under it.
    let other = stage.sign_in_with("ada", &device.key).await.ok();
    let mut swapped = challenge.clone();
    swapped["Session"] = other["Session"].clone();
    stage
        .next(&swapped, right.clone())
        .await
        .error(NOT_AUTHORIZED, FOREIGN);
    // The password does not answer for the device, nor the device for the password.
    let mut renamed = other.clone();
    renamed["ChallengeName"] = json!("SOFTWARE_TOKEN_MFA");
    let code = json!({ "SOFTWARE_TOKEN_MFA_CODE": "123456" });
    stage
        .next(&renamed, code)
        .await
        .error(NOT_AUTHORIZED, FOREIGN);
    let answer = stage.respond(
        "PASSWORD_VERIFIER",
        None,
        merged(right.clone(), &json!({ "USERNAME": "ada" })),
    );
    answer.await.error(NOT_AUTHORIZED, INCORRECT);
}

//! Device proofs beside each other, beside forgetting, and beside what may stand for a session.

use serde_json::{Value, json};

use super::device::{NOT_FOUND, UNKNOWN};
use super::device_proofs::{USED, ada};
use super::stage::{INVALID_PARAMETER, NOT_AUTHORIZED, PASSWORD, merged, text};
use crate::support::srp_client::SrpClient;

/// Of a proof and a forgetting at once, on two nodes, either the tokens come first and their
/// refresh token dies, or there are none.
#[tokio::test]
async fn a_device_forgotten_beside_its_proof_leaves_nothing_that_lasts() {
    let (stage, _) = ada(json!({})).await;
    let twin = stage.s.twin().await;
    for _ in 0..8 {
        let device = stage.register(&stage.tokens("ada").await).await;
        let asked = stage.sign_in_with("ada", &device.key).await.ok();
        let client = SrpClient::new(2);
        let challenge = stage.device_srp(&asked, &device, &client).await.ok();
        let proof = device.proof(&stage.s, &client, &challenge["ChallengeParameters"]);
        let forget = json!({
            "UserPoolId": stage.pool, "Username": "ada", "DeviceKey": device.key,
        });
        let (proven, forgotten) = tokio::join!(
            stage.next(&challenge, proof),
            twin.api("AdminForgetDevice", forget)
        );
        forgotten.ok();
        if proven.status != 200 {
            proven.error(NOT_FOUND, UNKNOWN);
            continue;
        }
        let token = text(&proven.body["AuthenticationResult"]["RefreshToken"]);
        let parameters = json!({ "REFRESH_TOKEN": token, "DEVICE_KEY": device.key });
        let answer = stage.initiate("REFRESH_TOKEN_AUTH", parameters).await;
        answer.error(NOT_AUTHORIZED, "Invalid Refresh Token");
    }
}

#[tokio::test]
async fn of_many_answers_with_one_proof_one_wins() {
    let (stage, device) = ada(json!({})).await;
    let asked = stage.sign_in_with("ada", &device.key).await.ok();
    let client = SrpClient::new(2);
    let challenge = stage.device_srp(&asked, &device, &client).await.ok();
    let proof = device.proof(&stage.s, &client, &challenge["ChallengeParameters"]);
    let all = (0..12).map(|_| stage.next(&challenge, proof.clone()));
    let answers = futures_util::future::join_all(all).await;
    assert_eq!(
        answers.iter().filter(|answer| answer.status == 200).count(),
        1
    );
}

/// pycognito sends no session with DEVICE_SRP_AUTH, but the A of the password's proof again.
#[tokio::test]
async fn the_password_just_proven_stands_for_the_session_once() {
    let (stage, device) = ada(json!({})).await;
    let client = SrpClient::new(7);
    let asked = async || {
        let challenge = stage.srp("ada", &client).await.ok();
        let mut proof = stage.proof(&client, &challenge, PASSWORD);
        proof["DEVICE_KEY"] = json!(device.key);
        stage.respond("PASSWORD_VERIFIER", None, proof).await.ok()
    };
    let missing = "Missing required parameter Session";
    let answer = json!({ "USERNAME": "ada", "DEVICE_KEY": device.key, "SRP_A": client.public });
    let alone = |answer: Value| stage.respond("DEVICE_SRP_AUTH", None, answer);
    alone(answer.clone())
        .await
        .error(INVALID_PARAMETER, missing);
    let session = asked().await;
    let other = SrpClient::new(8);
    for change in [
        json!({ "SRP_A": other.public }),
        json!({ "USERNAME": "nobody" }),
        json!({ "DEVICE_KEY": Value::Null }),
    ] {
        let answer = merged(answer.clone(), &change);
        alone(answer).await.error(INVALID_PARAMETER, missing);
    }
    let challenge = alone(answer.clone()).await.ok();
    // Neither the ticket nor the session is good for another answer.
    alone(answer.clone())
        .await
        .error(INVALID_PARAMETER, missing);
    let again = stage.device_srp(&session, &device, &client).await;
    again.error(NOT_AUTHORIZED, USED);
    let mut proof = device.proof(&stage.s, &client, &challenge["ChallengeParameters"]);
    proof["USERNAME"] = json!("ada");
    stage
        .respond("DEVICE_PASSWORD_VERIFIER", None, proof)
        .await
        .ok();

    // Nor when the session came first, or the time is over, or ada was signed out.
    let session = asked().await;
    stage.device_srp(&session, &device, &client).await.ok();
    let refused = alone(answer.clone()).await;
    refused.error(NOT_AUTHORIZED, USED);
    asked().await;
    stage.advance_ms(180_001);
    alone(answer.clone())
        .await
        .error(INVALID_PARAMETER, missing);
    asked().await;
    let user = json!({ "UserPoolId": stage.pool, "Username": "ada" });
    stage.s.api("AdminUserGlobalSignOut", user).await.ok();
    alone(answer).await.error(INVALID_PARAMETER, missing);
}

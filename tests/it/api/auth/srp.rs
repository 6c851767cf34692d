//! USER_SRP_AUTH against a client of its own.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use poolhouse::domain::password::Kind;
use poolhouse::store::users::{Status, User};
use serde_json::{Value, json};

use super::stage::{INCORRECT, INVALID_PARAMETER, NOT_AUTHORIZED, PASSWORD, Stage, is, timestamp};
use crate::support::srp_client::SrpClient;

const USED: &str = "Invalid session for the user, session can only be used once.";
const EXPIRED: &str = "Invalid session for the user, session is expired.";

fn names(value: &Value) -> BTreeSet<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[tokio::test]
async fn the_right_password_is_proven_without_a_session() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let client = SrpClient::new(1);
    let challenge = stage.srp("ada", &client).await.ok();
    assert_eq!(
        names(&challenge),
        ["ChallengeName", "ChallengeParameters"].into()
    );
    assert_eq!(challenge["ChallengeName"], "PASSWORD_VERIFIER");
    let given = &challenge["ChallengeParameters"];
    let expected = [
        "SALT",
        "SECRET_BLOCK",
        "SRP_B",
        "USERNAME",
        "USER_ID_FOR_SRP",
    ];
    assert_eq!(names(given), expected.into());
    assert_eq!(given["USER_ID_FOR_SRP"], "ada");
    let proof = stage.proof(&client, &challenge, PASSWORD);
    let body = stage.respond("PASSWORD_VERIFIER", None, proof).await.ok();
    assert!(body["AuthenticationResult"]["RefreshToken"].is_string());
}

#[tokio::test]
async fn many_exchanges_agree_and_case_and_leading_zeros_do_not_matter() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    for seed in 0..20 {
        let client = SrpClient::new(seed);
        let written = match seed % 3 {
            0 => client.public.to_uppercase(),
            1 => format!("000{}", client.public),
            _ => client.public.clone(),
        };
        let parameters = json!({ "USERNAME": "ada", "SRP_A": written });
        let challenge = stage.initiate("USER_SRP_AUTH", parameters).await.ok();
        let proof = stage.proof(&client, &challenge, PASSWORD);
        stage.respond("PASSWORD_VERIFIER", None, proof).await.ok();
    }
}

#[tokio::test]
async fn the_user_is_known_by_the_stored_name() {
    let pool = json!({ "UsernameAttributes": ["email"] });
    let stage = Stage::with(pool, json!({})).await;
    let sub = stage.s.app.rng.sub().unwrap();
    let named = |user: &mut User| {
        user.sub = sub.clone();
        user.username = sub.to_string();
        user.username_key = sub.to_string();
        let email = ("email".to_owned(), "ada@example.com".to_owned());
        user.attributes = [email].into();
    };
    stage
        .user_with("ada", named, Some((PASSWORD, Kind::Permanent)))
        .await;
    let client = SrpClient::new(3);
    let challenge = stage.srp("ada@example.com", &client).await.ok();
    assert_eq!(
        challenge["ChallengeParameters"]["USER_ID_FOR_SRP"],
        sub.as_str()
    );
    assert_eq!(challenge["ChallengeParameters"]["USERNAME"], sub.as_str());
    for name in ["ada@example.com", sub.as_str()] {
        let challenge = stage.srp(name, &client).await.ok();
        let mut proof = stage.proof(&client, &challenge, PASSWORD);
        proof["USERNAME"] = json!(name);
        stage.respond("PASSWORD_VERIFIER", None, proof).await.ok();
    }
}

#[tokio::test]
async fn a_proof_is_good_for_five_minutes() {
    let stage = Stage::with(json!({}), json!({ "AuthSessionValidity": 15 })).await;
    stage.user("ada").await;
    let client = SrpClient::new(5);
    for (age, fresh) in [(299_000, true), (301_000, false)] {
        let challenge = stage.srp("ada", &client).await.ok();
        let proof = stage.proof(&client, &challenge, PASSWORD);
        stage.advance_ms(age);
        let answer = stage.respond("PASSWORD_VERIFIER", None, proof).await;
        if fresh {
            answer.ok();
        } else {
            answer.error(NOT_AUTHORIZED, INCORRECT);
        }
    }
}

#[tokio::test]
async fn anything_wrong_in_a_proof_refuses_it() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    stage.user("eve").await;
    let client = SrpClient::new(4);
    let answer = stage.srp_sign_in("ada", "wrong").await;
    answer.error(NOT_AUTHORIZED, INCORRECT);
    let challenge = stage.srp("ada", &client).await.ok();
    let proof = stage.proof(&client, &challenge, PASSWORD);
    let change = |name: &str, value: Value| {
        let mut changed = proof.clone();
        changed[name] = value;
        changed
    };
    let mut block = STANDARD
        .decode(proof["PASSWORD_CLAIM_SECRET_BLOCK"].as_str().unwrap())
        .unwrap();
    *block.last_mut().unwrap() ^= 1;
    let now = stage.s.clock().server_now().seconds();
    for wrong in [
        change("PASSWORD_CLAIM_SIGNATURE", json!(STANDARD.encode([0; 32]))),
        change("PASSWORD_CLAIM_SIGNATURE", json!("%%%")),
        change(
            "PASSWORD_CLAIM_SECRET_BLOCK",
            json!(STANDARD.encode(&block)),
        ),
        change("PASSWORD_CLAIM_SECRET_BLOCK", json!("garbage")),
        change("TIMESTAMP", json!(timestamp(now + 1))),
        change("TIMESTAMP", json!(timestamp(now - 301))),
        change("TIMESTAMP", json!(timestamp(now + 301))),
    ] {
        let answer = stage
            .respond("PASSWORD_VERIFIER", None, wrong.clone())
            .await;
        assert!(is(&answer, INCORRECT), "{wrong} {}", answer.body);
    }
    let other = stage.respond("PASSWORD_VERIFIER", None, change("USERNAME", json!("eve")));
    other
        .await
        .error(NOT_AUTHORIZED, "Invalid session for the user.");
    let text = "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.";
    let answer = stage.respond("PASSWORD_VERIFIER", None, change("TIMESTAMP", json!("now")));
    answer.await.error(INVALID_PARAMETER, text);
    for missing in [
        "PASSWORD_CLAIM_SIGNATURE",
        "PASSWORD_CLAIM_SECRET_BLOCK",
        "TIMESTAMP",
    ] {
        let mut less = proof.clone();
        less.as_object_mut().unwrap().remove(missing);
        let answer = stage.respond("PASSWORD_VERIFIER", None, less).await;
        let message = format!("Missing required parameter {missing}");
        answer.error(INVALID_PARAMETER, &message);
    }
    stage.respond("PASSWORD_VERIFIER", None, proof).await.ok();
}

#[tokio::test]
async fn a_block_is_bound_to_its_client_and_pool() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let client = SrpClient::new(5);
    let challenge = stage.srp("ada", &client).await.ok();
    let proof = stage.proof(&client, &challenge, PASSWORD);
    let other = stage.new_client(json!({})).await;
    let request = json!({
        "ClientId": other["ClientId"], "ChallengeName": "PASSWORD_VERIFIER",
        "ChallengeResponses": proof,
    });
    let answer = stage.s.api("RespondToAuthChallenge", request).await;
    answer.error(NOT_AUTHORIZED, INCORRECT);
}

#[tokio::test]
async fn a_block_works_once_and_for_the_session_time_only() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let client = SrpClient::new(6);
    let challenge = stage.srp("ada", &client).await.ok();
    let proof = stage.proof(&client, &challenge, PASSWORD);
    stage
        .respond("PASSWORD_VERIFIER", None, proof.clone())
        .await
        .ok();
    let again = stage.respond("PASSWORD_VERIFIER", None, proof).await;
    again.error(NOT_AUTHORIZED, USED);

    let challenge = stage.srp("ada", &client).await.ok();
    stage.advance_ms(180_000);
    let proof = stage.proof(&client, &challenge, PASSWORD);
    stage.respond("PASSWORD_VERIFIER", None, proof).await.ok();
    let challenge = stage.srp("ada", &client).await.ok();
    stage.advance_ms(180_001);
    let proof = stage.proof(&client, &challenge, PASSWORD);
    let late = stage.respond("PASSWORD_VERIFIER", None, proof).await;
    late.error(NOT_AUTHORIZED, EXPIRED);
}

#[tokio::test]
async fn of_parallel_answers_to_one_block_one_wins() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let twin = Stage {
        s: stage.s.twin().await,
        pool: stage.pool.clone(),
        client: stage.client.clone(),
    };
    let client = SrpClient::new(8);
    let challenge = stage.srp("ada", &client).await.ok();
    let proof = stage.proof(&client, &challenge, PASSWORD);
    let answers = (0..64).map(|n| {
        let node = if n % 2 == 0 { &stage } else { &twin };
        node.respond("PASSWORD_VERIFIER", None, proof.clone())
    });
    let answers = futures_util::future::join_all(answers).await;
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(won, 1);
    assert!(answers.iter().all(|a| a.status == 200 || a.status == 400));
}

#[tokio::test]
async fn unknown_users_are_told_or_hidden_as_the_client_says() {
    let stage = Stage::new().await;
    let client = SrpClient::new(9);
    let answer = stage.srp("nobody", &client).await;
    answer.error("UserNotFoundException", "User does not exist.");
    for (pool, typed) in [
        (json!({}), "nobody"),
        (
            json!({ "UsernameAttributes": ["email"] }),
            "nobody@example.com",
        ),
        (
            json!({ "AliasAttributes": ["email"] }),
            "nobody@example.com",
        ),
    ] {
        let hides = json!({ "PreventUserExistenceErrors": "ENABLED" });
        let stage = Stage::with(pool, hides).await;
        let first = stage.srp(typed, &client).await.ok();
        let given = &first["ChallengeParameters"];
        let expected = [
            "SALT",
            "SECRET_BLOCK",
            "SRP_B",
            "USERNAME",
            "USER_ID_FOR_SRP",
        ];
        assert_eq!(names(given), expected.into());
        // 16 bytes, written as a number: leading zeros are left out.
        let salt = given["SALT"].as_str().unwrap();
        assert!((24..=32).contains(&salt.len()), "{salt}");
        if typed.contains('@') {
            let id = given["USER_ID_FOR_SRP"].as_str().unwrap();
            assert_eq!((id.len(), &id[14..15]), (36, "4"), "{id}");
        } else {
            assert_eq!(given["USER_ID_FOR_SRP"], typed);
        }
        for _ in 0..10 {
            let next = stage.srp(typed, &client).await.ok();
            for steady in ["SALT", "USER_ID_FOR_SRP", "USERNAME"] {
                assert_eq!(next["ChallengeParameters"][steady], given[steady]);
            }
            assert_ne!(next["ChallengeParameters"]["SRP_B"], given["SRP_B"]);
        }
        let other = stage.srp("somebody@example.com", &client).await.ok();
        assert_ne!(other["ChallengeParameters"]["SALT"], given["SALT"]);
        let proof = stage.proof(&client, &first, PASSWORD);
        let answer = stage.respond("PASSWORD_VERIFIER", None, proof).await;
        answer.error(NOT_AUTHORIZED, INCORRECT);
    }
}

#[tokio::test]
async fn a_hidden_block_is_as_long_as_a_real_one() {
    let hides = json!({ "PreventUserExistenceErrors": "ENABLED" });
    let stage = Stage::with(json!({}), hides).await;
    stage.user("ada").await;
    let client = SrpClient::new(10);
    let length = async |name: &str| {
        let challenge = stage.srp(name, &client).await.ok();
        let block = challenge["ChallengeParameters"]["SECRET_BLOCK"].clone();
        block.as_str().unwrap().len()
    };
    assert_eq!(length("ada").await, length("bob").await);
}

#[tokio::test]
async fn status_is_told_before_or_after_the_proof() {
    let stage = Stage::new().await;
    let permanent = Some((PASSWORD, Kind::Permanent));
    stage
        .user_with("new", |u| u.status = Status::Unconfirmed, permanent)
        .await;
    stage
        .user_with("off", |u| u.enabled = false, permanent)
        .await;
    stage
        .user_with("reset", |u| u.status = Status::ResetRequired, permanent)
        .await;
    stage.user_with("bare", |_| {}, None).await;
    let answer = stage.srp_sign_in("new", "wrong").await;
    answer.error("UserNotConfirmedException", "User is not confirmed.");
    let answer = stage.srp("off", &SrpClient::new(1)).await;
    answer.error(NOT_AUTHORIZED, "User is disabled.");
    let answer = stage.srp_sign_in("reset", "wrong").await;
    answer.error(NOT_AUTHORIZED, INCORRECT);
    let answer = stage.srp_sign_in("reset", PASSWORD).await;
    answer.error(
        "PasswordResetRequiredException",
        "Password reset required for the user",
    );
    let answer = stage.srp_sign_in("bare", PASSWORD).await;
    answer.error(NOT_AUTHORIZED, INCORRECT);
}

#[tokio::test]
async fn bad_public_values_are_refused() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let n = "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd1";
    let long = n.repeat(20);
    for (a, why) in [
        ("", "the SRP value is not a hexadecimal number"),
        ("xyz", "the SRP value is not a hexadecimal number"),
        ("0", "the SRP public value is zero modulo N"),
        (long.as_str(), "the SRP value is larger than the modulus"),
    ] {
        let answer = stage.initiate("USER_SRP_AUTH", json!({ "USERNAME": "ada", "SRP_A": a }));
        let message = format!("Invalid SRP_A: {why}");
        answer.await.error(INVALID_PARAMETER, &message);
    }
}

#[tokio::test]
async fn a_sign_out_or_disabling_ends_what_is_in_progress() {
    let stage = Stage::new().await;
    let user = stage.user("ada").await;
    let client = SrpClient::new(11);
    let challenge = stage.srp("ada", &client).await.ok();
    let request = json!({ "UserPoolId": stage.pool, "Username": "ada" });
    stage.s.api("AdminUserGlobalSignOut", request).await.ok();
    let proof = stage.proof(&client, &challenge, PASSWORD);
    let answer = stage.respond("PASSWORD_VERIFIER", None, proof).await;
    answer.error(NOT_AUTHORIZED, "Invalid session for the user.");
    let challenge = stage.srp("ada", &client).await.ok();
    let args = poolhouse::args![user.sub.as_str()];
    stage
        .run("UPDATE users SET enabled = FALSE WHERE sub = $1", args)
        .await;
    let proof = stage.proof(&client, &challenge, PASSWORD);
    let answer = stage.respond("PASSWORD_VERIFIER", None, proof).await;
    answer.error(NOT_AUTHORIZED, "User is disabled.");
}

/// A proof is signed with its time, which is not far from ours (security.md G5).
#[tokio::test]
async fn a_proof_is_five_minutes_off_at_most() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let client = SrpClient::new(4);
    let now = stage.s.clock().server_now().seconds();
    // Our clock has a fraction of a second, theirs has none.
    for off in [-301, -299, 300, 301] {
        let challenge = stage.srp("ada", &client).await.ok();
        let proof = stage.proof_at(&client, &challenge, PASSWORD, now + off);
        let answer = stage.respond("PASSWORD_VERIFIER", None, proof).await;
        assert_eq!(answer.status == 200, off.abs() <= 300, "{off}");
        assert!(answer.status == 200 || is(&answer, INCORRECT), "{off}");
    }
}

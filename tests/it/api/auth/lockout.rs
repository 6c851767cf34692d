//! Lockout: the table, what resets it, and that parallel guesses cannot slip past it.

use poolhouse::domain::password::Kind;
use poolhouse::store::users::User;
use serde_json::json;

use super::stage::{INCORRECT, NOT_AUTHORIZED, PASSWORD, Stage, is};
use crate::support::srp_client::SrpClient;

const EXCEEDED: &str = "Password attempts exceeded";

/// How long the nth failure locks, in milliseconds (api-auth.md 4).
fn lock_ms(failures: u32) -> i64 {
    match failures {
        0..5 => 0,
        5..15 => 1000 << (failures - 5),
        _ => 900_000,
    }
}

#[tokio::test]
async fn the_table() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    for failures in 1..=20 {
        let answer = stage.sign_in("ada", "wrong").await;
        assert!(is(&answer, INCORRECT), "{failures}: {}", answer.body);
        let lock = lock_ms(failures);
        if lock == 0 {
            continue;
        }
        for wait in [0, lock - 1] {
            stage.advance_ms(wait);
            for password in ["wrong", PASSWORD] {
                let answer = stage.sign_in("ada", password).await;
                assert!(
                    is(&answer, EXCEEDED),
                    "{failures} after {wait}: {}",
                    answer.body
                );
            }
        }
        stage.advance_ms(1);
    }
    // The right password opens, and forgets everything.
    stage.tokens("ada").await;
    for _ in 1..=4 {
        stage
            .sign_in("ada", "wrong")
            .await
            .error(NOT_AUTHORIZED, INCORRECT);
    }
    stage.tokens("ada").await;
}

#[tokio::test]
async fn fifteen_quiet_minutes_after_a_lock_forget_it() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let fail = async || {
        stage
            .sign_in("ada", "wrong")
            .await
            .error(NOT_AUTHORIZED, INCORRECT);
    };
    for _ in 1..=5 {
        fail().await;
    }
    stage.advance_ms(1000 + 899_999);
    fail().await;
    stage
        .sign_in("ada", "wrong")
        .await
        .error(NOT_AUTHORIZED, EXCEEDED);
    stage.advance_ms(2000 + 900_000);
    for _ in 1..=5 {
        fail().await;
    }
    stage
        .sign_in("ada", "wrong")
        .await
        .error(NOT_AUTHORIZED, EXCEEDED);
    stage.advance_ms(1000);
    stage.tokens("ada").await;
}

#[tokio::test]
async fn a_clock_that_goes_back_locks_nobody_out_for_ever() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    for _ in 1..=5 {
        stage.sign_in("ada", "wrong").await;
    }
    stage.advance_ms(-7_200_000);
    stage.tokens("ada").await;
}

#[tokio::test]
async fn one_count_for_all_names_and_flows_of_a_user() {
    let pool = json!({
        "AliasAttributes": ["email", "phone_number"],
        "UsernameConfiguration": { "CaseSensitive": false },
    });
    let stage = Stage::with(pool, json!({})).await;
    let contacts = |user: &mut User| {
        for (name, value) in [
            ("email_verified", "true"),
            ("phone_number", "+15550001111"),
            ("phone_number_verified", "true"),
        ] {
            user.attributes.insert(name.to_owned(), value.to_owned());
        }
    };
    let user = stage
        .user_with("ada", contacts, Some((PASSWORD, Kind::Permanent)))
        .await;
    for name in ["ADA", "Ada@Example.com", "+15550001111"] {
        stage
            .sign_in(name, "wrong")
            .await
            .error(NOT_AUTHORIZED, INCORRECT);
    }
    let parameters = json!({ "USERNAME": user.sub.as_str(), "PASSWORD": "wrong" });
    let answer = stage.admin_initiate("ADMIN_USER_PASSWORD_AUTH", parameters);
    answer.await.error(NOT_AUTHORIZED, INCORRECT);
    stage
        .srp_sign_in("ada", "wrong")
        .await
        .error(NOT_AUTHORIZED, INCORRECT);
    for name in ["ada", "ada@example.com", user.sub.as_str()] {
        stage
            .sign_in(name, PASSWORD)
            .await
            .error(NOT_AUTHORIZED, EXCEEDED);
        stage
            .srp_sign_in(name, PASSWORD)
            .await
            .error(NOT_AUTHORIZED, EXCEEDED);
    }
}

#[tokio::test]
async fn names_that_are_nobodys_are_locked_alike_where_that_is_hidden() {
    let hides = json!({ "PreventUserExistenceErrors": "ENABLED" });
    let stage = Stage::with(json!({}), hides).await;
    stage.user("ada").await;
    for name in ["ada", "nobody"] {
        for _ in 1..=5 {
            stage
                .sign_in(name, "wrong")
                .await
                .error(NOT_AUTHORIZED, INCORRECT);
        }
        stage
            .sign_in(name, "wrong")
            .await
            .error(NOT_AUTHORIZED, EXCEEDED);
        stage
            .srp_sign_in(name, "wrong")
            .await
            .error(NOT_AUTHORIZED, EXCEEDED);
    }
}

#[tokio::test]
async fn of_five_hundred_parallel_guesses_on_two_nodes_at_most_five_are_evaluated() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let twin = Stage {
        s: stage.s.twin().await,
        pool: stage.pool.clone(),
        client: stage.client.clone(),
    };
    let evaluations = || stage.s.app.hashing.evaluations() + twin.s.app.hashing.evaluations();
    let before = evaluations();
    let guesses = (0..500).map(|n| {
        let node = if n % 2 == 0 { &stage } else { &twin };
        node.sign_in("ada", "wrong")
    });
    let answers = futures_util::future::join_all(guesses).await;
    let evaluated = evaluations() - before;
    let wrong = answers
        .iter()
        .filter(|answer| is(answer, INCORRECT))
        .count();
    let locked = answers.iter().filter(|answer| is(answer, EXCEEDED)).count();
    assert_eq!((evaluated, wrong, locked), (5, 5, 495));
}

#[tokio::test]
async fn parallel_right_passwords_do_not_lock_each_other_out() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    for _ in 1..=4 {
        stage.sign_in("ada", "wrong").await;
    }
    let signs = (0..40).map(|_| stage.sign_in("ada", PASSWORD));
    for answer in futures_util::future::join_all(signs).await {
        answer.ok();
    }
}

#[tokio::test]
async fn a_right_proof_that_does_not_finish_counts_as_no_failure() {
    let stage = Stage::new().await;
    let force =
        |user: &mut User| user.status = poolhouse::store::users::Status::ForceChangePassword;
    stage
        .user_with("ada", force, Some((PASSWORD, Kind::Temporary)))
        .await;
    for _ in 1..=12 {
        stage.sign_in("ada", PASSWORD).await.ok();
        stage.srp_sign_in("ada", PASSWORD).await.ok();
    }
    // Nor does it take failures back: four and one more lock.
    for _ in 1..=4 {
        stage
            .sign_in("ada", "wrong")
            .await
            .error(NOT_AUTHORIZED, INCORRECT);
        stage.sign_in("ada", PASSWORD).await.ok();
    }
    stage
        .sign_in("ada", "wrong")
        .await
        .error(NOT_AUTHORIZED, INCORRECT);
    stage
        .sign_in("ada", PASSWORD)
        .await
        .error(NOT_AUTHORIZED, EXCEEDED);
}

#[tokio::test]
async fn a_challenge_alone_is_no_attempt() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    for seed in 0..12 {
        stage.srp("ada", &SrpClient::new(seed)).await.ok();
    }
    stage.tokens("ada").await;
}

/// A lock is for the time after a guess: it does not pass while the guess waits for its hash, or a
/// busy server would let one after the other through.
#[tokio::test]
async fn a_lock_begins_when_the_guess_has_failed() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    for _ in 1..=4 {
        stage
            .sign_in("ada", "wrong")
            .await
            .error(NOT_AUTHORIZED, INCORRECT);
    }
    let twin = stage.s.twin().await;
    let held = stage.s.hold_hashes().await;
    let late = async {
        stage.s.guesses(5).await;
        stage.advance_ms(1_500);
        twin.clock().advance(poolhouse::time::Span::ms(1_500));
        // Nor is another let through on another node, while the fifth is not judged.
        let request = json!({
            "ClientId": stage.client, "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": "ada", "PASSWORD": PASSWORD },
        });
        let sixth = twin.api("InitiateAuth", request).await;
        sixth.error(NOT_AUTHORIZED, EXCEEDED);
        held.release().await;
    };
    let (fifth, ()) = tokio::join!(stage.sign_in("ada", "wrong"), late);
    assert!(is(&fifth, INCORRECT), "{}", fifth.body);
    stage.advance_ms(999);
    stage
        .sign_in("ada", PASSWORD)
        .await
        .error(NOT_AUTHORIZED, EXCEEDED);
    stage.advance_ms(1);
    stage.tokens("ada").await;
}

//! PreventUserExistenceErrors, both ways, in the calls around accounts.

use poolhouse::time::Span;
use serde_json::json;

use super::house::{EMAIL, House, PASSWORD};
use crate::support::Answer;

const UNKNOWN: (&str, &str) = (
    "UserNotFoundException",
    "Username/client id combination not found.",
);
const MISMATCH: (&str, &str) = (
    "CodeMismatchException",
    "Invalid verification code provided, please try again.",
);
const EXPIRED: (&str, &str) = (
    "ExpiredCodeException",
    "Invalid code provided, please request a code again.",
);
const LIMIT: (&str, &str) = (
    "LimitExceededException",
    "Attempt limit exceeded, please try after some time.",
);

async fn resend(h: &House, username: &str) -> Answer {
    let body = json!({ "Username": username });
    h.public("ResendConfirmationCode", body).await
}

#[tokio::test]
async fn legacy_tells_that_a_user_is_unknown() {
    let h = House::plain().await;
    h.forgot("nobody").await.error(UNKNOWN.0, UNKNOWN.1);
    h.reset("nobody", "123456", PASSWORD)
        .await
        .error(UNKNOWN.0, UNKNOWN.1);
    h.confirm("nobody", "123456")
        .await
        .error(UNKNOWN.0, UNKNOWN.1);
    resend(&h, "nobody").await.error(UNKNOWN.0, UNKNOWN.1);
    h.confirmed("alice", EMAIL).await;
    h.admin("AdminDisableUser", json!({ "Username": "alice" }))
        .await
        .ok();
    for answer in [h.forgot("alice").await, resend(&h, "alice").await] {
        answer.error("NotAuthorizedException", "User is disabled.");
    }
}

#[tokio::test]
async fn enabled_simulates_steadily_and_sends_nothing() {
    let h = House::hiding().await;
    let first = h.forgot("nobody").await.ok();
    let details = &first["CodeDeliveryDetails"];
    assert_eq!(details["DeliveryMedium"], "EMAIL");
    assert_eq!(details["AttributeName"], "email");
    let shown = details["Destination"].as_str().unwrap();
    assert!(shown.len() == 9 && shown.contains("***@"), "{shown}");
    assert_eq!(h.forgot("nobody").await.ok(), first);
    assert_eq!(h.forgot("NOBODY").await.ok(), first);
    assert_eq!(resend(&h, "nobody").await.ok(), first);
    let typed = h.forgot("zoe@mail.example").await.ok();
    assert_eq!(typed["CodeDeliveryDetails"]["Destination"], "z***@m***");
    assert!(h.messages().is_empty() && h.s.mailer.sent().is_empty());
}

#[tokio::test]
async fn enabled_answers_codes_of_nobody_as_those_of_somebody() {
    let h = House::hiding().await;
    h.confirmed("alice", EMAIL).await;
    for name in ["alice", "nobody"] {
        h.reset(name, "000000", PASSWORD)
            .await
            .error(EXPIRED.0, EXPIRED.1);
        h.forgot(name).await.ok();
    }
    let right = h.s.code_to(EMAIL);
    let guess = if right == "000000" {
        "000001"
    } else {
        "000000"
    };
    for name in ["alice", "nobody"] {
        for _ in 0..19 {
            h.reset(name, guess, PASSWORD)
                .await
                .error(MISMATCH.0, MISMATCH.1);
        }
        h.reset(name, guess, PASSWORD).await.error(LIMIT.0, LIMIT.1);
        for _ in 0..19 {
            h.forgot(name).await.ok();
        }
        h.forgot(name).await.error(LIMIT.0, LIMIT.1);
    }
    h.s.clock().advance(Span::hours(1));
    for name in ["alice", "nobody"] {
        h.reset(name, guess, PASSWORD)
            .await
            .error(EXPIRED.0, EXPIRED.1);
    }
}

#[tokio::test]
async fn enabled_answers_confirmations_of_nobody_as_those_of_somebody() {
    let h = House::hiding().await;
    h.sign_up("alice", &[("email", EMAIL)]).await;
    h.confirm("nobody", "000000")
        .await
        .error(EXPIRED.0, EXPIRED.1);
    for name in ["alice", "nobody"] {
        for _ in 0..5 {
            resend(&h, name).await.ok();
        }
        resend(&h, name).await.error(LIMIT.0, LIMIT.1);
    }
    let right = h.s.code_to(EMAIL);
    let guess = if right == "000000" {
        "000001"
    } else {
        "000000"
    };
    for name in ["alice", "nobody"] {
        h.confirm(name, guess).await.error(MISMATCH.0, MISMATCH.1);
    }
    h.confirm("alice", &right).await.ok();
}

#[tokio::test]
async fn enabled_hides_the_disabled_and_those_without_a_verified_contact() {
    let h = House::hiding().await;
    h.confirmed("gone", "gone@example.com").await;
    h.sign_up("new", &[("email", EMAIL)]).await;
    h.admin("AdminDisableUser", json!({ "Username": "gone" }))
        .await
        .ok();
    let sent = h.messages().len();
    for name in ["gone", "new"] {
        let answer = h.forgot(name).await.ok();
        assert_eq!(answer["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL");
        h.reset(name, "000000", PASSWORD)
            .await
            .error(MISMATCH.0, MISMATCH.1);
    }
    resend(&h, "gone").await.ok();
    assert_eq!(h.messages().len(), sent);
    let again = h.try_sign_up("gone", &[]).await;
    again.error("UsernameExistsException", "User already exists");
}

#[tokio::test]
async fn enabled_tells_neither_by_hashes_nor_by_the_way_out() {
    let h = House::hiding().await;
    h.confirmed("alice", EMAIL).await;
    let before = h.s.app.hashing.evaluations();
    for name in ["alice", "nobody"] {
        h.forgot(name).await.ok();
        h.reset(name, "00000", PASSWORD)
            .await
            .error(MISMATCH.0, MISMATCH.1);
    }
    assert_eq!(h.s.app.hashing.evaluations(), before);
    h.s.mailer.refuse(true);
    let failing = h.forgot("alice").await;
    assert_eq!(failing.status, 200, "{}", failing.body);
    h.s.mailer.refuse(false);
    let sent = h.s.mailer.sent().len();
    h.forgot("alice").await.ok();
    h.s.app.jobs.finish().await;
    assert_eq!(h.s.mailer.sent().len(), sent + 1);
}

/// That only administrators reset passwords is so for everybody: it tells of nobody.
#[tokio::test]
async fn enabled_tells_everybody_that_administrators_reset() {
    let only = json!({ "RecoveryMechanisms": [{ "Name": "admin_only", "Priority": 1 }] });
    let pool = json!({ "AutoVerifiedAttributes": ["email"], "AccountRecoverySetting": only });
    let h = House::new(pool, json!({ "PreventUserExistenceErrors": "ENABLED" })).await;
    h.confirmed("alice", EMAIL).await;
    h.sign_up("new", &[("email", "new@example.com")]).await;
    h.confirmed("gone", "gone@example.com").await;
    h.admin("AdminDisableUser", json!({ "Username": "gone" }))
        .await
        .ok();
    for name in ["alice", "new", "gone", "nobody"] {
        h.forgot(name).await.error(
            "NotAuthorizedException",
            "Contact administrator to reset password.",
        );
    }
}

#[tokio::test]
async fn enabled_hides_who_has_nowhere_to_send_a_code_to() {
    let h = House::hiding().await;
    h.sign_up("bare", &[]).await;
    let answers = [
        resend(&h, "bare").await.ok(),
        resend(&h, "nobody").await.ok(),
    ];
    for answer in &answers {
        let details = &answer["CodeDeliveryDetails"];
        assert_eq!(details["DeliveryMedium"], "EMAIL");
        assert_eq!(details["AttributeName"], "email");
    }
    assert_eq!(resend(&h, "bare").await.ok(), answers[0]);
    assert!(h.messages().is_empty() && h.s.mailer.sent().is_empty());
    for name in ["bare", "nobody"] {
        h.confirm(name, "000000")
            .await
            .error(MISMATCH.0, MISMATCH.1);
    }
    let plain = House::plain().await;
    plain.sign_up("bare", &[]).await;
    resend(&plain, "bare").await.error(
        "InvalidParameterException",
        "Cannot resend codes. Auto verification not turned on.",
    );
}

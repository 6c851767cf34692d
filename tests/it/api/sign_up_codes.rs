//! The codes of new accounts: ConfirmSignUp, ResendConfirmationCode.

use poolhouse::time::Span;
use serde_json::json;

use super::house::{EMAIL, House, wrong};

const INVALID: &str = "InvalidParameterException";
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

#[tokio::test]
async fn wrong_codes_use_up_nothing_but_tries() {
    let h = House::plain().await;
    h.sign_up("alice", &[("email", EMAIL)]).await;
    let code = h.s.code_to(EMAIL);
    for _ in 0..14 {
        h.confirm("alice", wrong(&code))
            .await
            .error(MISMATCH.0, MISMATCH.1);
    }
    h.confirm("alice", &code).await.ok();

    h.sign_up("bob", &[("email", "bob@example.com")]).await;
    let code = h.s.code_to("bob@example.com");
    for _ in 0..15 {
        h.confirm("bob", wrong(&code))
            .await
            .error(MISMATCH.0, MISMATCH.1);
    }
    h.confirm("bob", &code).await.error(LIMIT.0, LIMIT.1);
    h.s.clock().advance(Span::minutes(59));
    h.confirm("bob", &code).await.error(LIMIT.0, LIMIT.1);
    h.s.clock().advance(Span::minutes(1));
    h.confirm("bob", &code).await.ok();
}

#[tokio::test]
async fn a_code_works_for_a_day_once_and_for_its_user_only() {
    let h = House::plain().await;
    h.sign_up("alice", &[("email", EMAIL)]).await;
    h.sign_up("bob", &[("email", "bob@example.com")]).await;
    let (alice, bob) = (h.s.code_to(EMAIL), h.s.code_to("bob@example.com"));
    if alice != bob {
        h.confirm("alice", &bob).await.error(MISMATCH.0, MISMATCH.1);
    }
    h.confirm("alice", &alice).await.ok();
    h.confirm("alice", &alice).await.error(
        "NotAuthorizedException",
        "User cannot be confirmed. Current status is CONFIRMED",
    );
    h.s.clock().advance(Span::hours(24));
    h.confirm("bob", &bob).await.error(EXPIRED.0, EXPIRED.1);
    assert_eq!(h.status("bob").await, "UNCONFIRMED");
}

#[tokio::test]
async fn of_many_at_once_one_code_confirms_once() {
    let h = House::plain().await;
    h.sign_up("alice", &[("email", EMAIL)]).await;
    let code = h.s.code_to(EMAIL);
    let all = (0..8).map(|_| h.confirm("alice", &code));
    let answers = futures_util::future::join_all(all).await;
    let won = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(won, 1);
}

#[tokio::test]
async fn a_new_code_kills_the_old_one() {
    let h = House::plain().await;
    h.sign_up("alice", &[("email", EMAIL)]).await;
    let old = h.s.code_to(EMAIL);
    let body = json!({ "Username": "alice" });
    let answer = h.public("ResendConfirmationCode", body.clone()).await.ok();
    let details = json!({ "CodeDeliveryDetails": {
        "Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email",
    }});
    assert_eq!(answer, details);
    let message = h.s.message_to(EMAIL);
    assert_eq!(message.kind, "resend");
    let new = message.code.unwrap();
    if old != new {
        h.confirm("alice", &old).await.error(MISMATCH.0, MISMATCH.1);
    }
    h.confirm("alice", &new).await.ok();
    let again = h.public("ResendConfirmationCode", body).await;
    again.error(INVALID, "User is already confirmed.");
}

#[tokio::test]
async fn codes_are_sent_again_five_times_an_hour() {
    let h = House::plain().await;
    h.sign_up("alice", &[("email", EMAIL)]).await;
    let resend = || h.public("ResendConfirmationCode", json!({ "Username": "alice" }));
    for _ in 0..5 {
        resend().await.ok();
    }
    resend().await.error(LIMIT.0, LIMIT.1);
    assert_eq!(h.messages().len(), 6);
    h.s.clock().advance(Span::hours(1));
    resend().await.ok();
}

#[tokio::test]
async fn a_message_that_cannot_be_sent_is_told_and_the_account_stays() {
    let h = House::plain().await;
    h.s.mailer.refuse(true);
    let failed = (
        "CodeDeliveryFailureException",
        "The message with the code could not be delivered.",
    );
    h.try_sign_up("alice", &[("email", EMAIL)])
        .await
        .error(failed.0, failed.1);
    assert_eq!(h.status("alice").await, "UNCONFIRMED");
    h.s.mailer.refuse(false);
    h.public("ResendConfirmationCode", json!({ "Username": "alice" }))
        .await
        .ok();
    h.confirm("alice", &h.s.code_to(EMAIL)).await.ok();
}

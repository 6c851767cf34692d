//! ForgotPassword, ConfirmForgotPassword, AdminResetUserPassword.

use poolhouse::time::Span;
use serde_json::{Value, json};

use super::house::{EMAIL, House, PASSWORD, PHONE, given, wrong};

const INVALID: &str = "InvalidParameterException";
const NEW: &str = "Another-Horse2!";
const NO_CONTACT: &str =
    "Cannot reset password for the user as there is no registered/verified email or phone_number";
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
const STATE: (&str, &str) = (
    "NotAuthorizedException",
    "User password cannot be reset in the current state.",
);

/// Two verified contacts.
async fn both(h: &House) {
    let attributes = given(&[
        ("email", EMAIL),
        ("email_verified", "true"),
        ("phone_number", PHONE),
        ("phone_number_verified", "true"),
    ]);
    let settings = json!({ "UserAttributes": attributes, "MessageAction": "SUPPRESS" });
    h.create("alice", settings).await.ok();
    set_password(h, "alice").await;
}

async fn set_password(h: &House, username: &str) {
    let body = json!({ "Username": username, "Password": PASSWORD, "Permanent": true });
    h.admin("AdminSetUserPassword", body).await.ok();
}

async fn signs_in(h: &House, username: &str, password: &str) -> bool {
    let body = json!({
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": username, "PASSWORD": password },
    });
    h.public("InitiateAuth", body).await.status == 200
}

async fn with_passwords() -> House {
    let pool = json!({ "AutoVerifiedAttributes": ["email"] });
    let client =
        json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] });
    House::new(pool, client).await
}

#[tokio::test]
async fn a_code_to_the_mail_sets_a_new_password() {
    let h = with_passwords().await;
    h.confirmed("alice", EMAIL).await;
    let details = h.forgot("alice").await.ok();
    let expected = json!({ "CodeDeliveryDetails": {
        "Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email",
    }});
    assert_eq!(details, expected);
    assert_eq!(h.s.message_to(EMAIL).kind, "forgot");
    let code = h.s.code_to(EMAIL);
    assert_eq!(h.reset("alice", &code, NEW).await.ok(), json!({}));
    assert_eq!(h.status("alice").await, "CONFIRMED");
    assert!(!signs_in(&h, "alice", PASSWORD).await);
    assert!(signs_in(&h, "alice", NEW).await);
    h.reset("alice", &code, NEW)
        .await
        .error(EXPIRED.0, EXPIRED.1);
}

#[tokio::test]
async fn a_wrong_code_or_a_poor_password_uses_up_no_code() {
    let h = House::plain().await;
    h.confirmed("alice", EMAIL).await;
    h.reset("alice", "123456", NEW)
        .await
        .error(EXPIRED.0, EXPIRED.1);
    h.forgot("alice").await.ok();
    let code = h.s.code_to(EMAIL);
    h.reset("alice", wrong(&code), NEW)
        .await
        .error(MISMATCH.0, MISMATCH.1);
    h.reset("alice", &code, "poor-password").await.error(
        "InvalidPasswordException",
        "Password did not conform with policy: Password must have uppercase characters",
    );
    h.confirm("alice", &code).await.error(
        "NotAuthorizedException",
        "User cannot be confirmed. Current status is CONFIRMED",
    );
    h.reset("alice", &code, NEW).await.ok();
}

#[tokio::test]
async fn a_code_works_for_an_hour_and_a_new_one_kills_it() {
    let h = House::plain().await;
    h.confirmed("alice", EMAIL).await;
    h.forgot("alice").await.ok();
    let old = h.s.code_to(EMAIL);
    h.forgot("alice").await.ok();
    let new = h.s.code_to(EMAIL);
    if old != new {
        h.reset("alice", &old, NEW)
            .await
            .error(MISMATCH.0, MISMATCH.1);
    }
    h.s.clock().advance(Span::hours(1));
    h.reset("alice", &new, NEW)
        .await
        .error(EXPIRED.0, EXPIRED.1);
}

#[tokio::test]
async fn tries_and_codes_are_limited_by_the_hour() {
    let h = House::plain().await;
    h.confirmed("alice", EMAIL).await;
    for _ in 0..20 {
        h.forgot("alice").await.ok();
    }
    h.forgot("alice").await.error(LIMIT.0, LIMIT.1);
    let code = h.s.code_to(EMAIL);
    for _ in 0..20 {
        h.reset("alice", wrong(&code), NEW)
            .await
            .error(MISMATCH.0, MISMATCH.1);
    }
    h.reset("alice", &code, NEW).await.error(LIMIT.0, LIMIT.1);
    h.s.clock().advance(Span::hours(1));
    h.forgot("alice").await.ok();
    h.reset("alice", &h.s.code_to(EMAIL), NEW).await.ok();
}

#[tokio::test]
async fn guesses_wrong_or_right_cost_one_hash_at_most() {
    let h = House::plain().await;
    h.confirmed("alice", EMAIL).await;
    h.forgot("alice").await.ok();
    let code = h.s.code_to(EMAIL);
    let before = h.s.app.hashing.evaluations();
    h.reset("alice", wrong(&code), NEW)
        .await
        .error(MISMATCH.0, MISMATCH.1);
    assert_eq!(h.s.app.hashing.evaluations(), before);
    h.reset("alice", &code, NEW).await.ok();
    assert_eq!(h.s.app.hashing.evaluations(), before + 1);
}

#[tokio::test]
async fn without_a_setting_the_phone_is_first() {
    let h = House::new(json!({}), json!({})).await;
    both(&h).await;
    let sent = h.forgot("alice").await.ok();
    assert_eq!(sent["CodeDeliveryDetails"]["DeliveryMedium"], "SMS");
    assert_eq!(sent["CodeDeliveryDetails"]["Destination"], "+*******9934");
    h.reset("alice", &h.s.code_to(PHONE), NEW).await.ok();
    h.update("alice", &[("phone_number_verified", "false")])
        .await
        .ok();
    let sent = h.forgot("alice").await.ok();
    assert_eq!(sent["CodeDeliveryDetails"]["DeliveryMedium"], "EMAIL");
}

fn recovery(order: &[&str]) -> Value {
    let options = order.iter().zip(1..);
    let options: Vec<Value> = options
        .map(|(name, priority)| json!({ "Name": name, "Priority": priority }))
        .collect();
    json!({ "AccountRecoverySetting": { "RecoveryMechanisms": options } })
}

#[tokio::test]
async fn the_recovery_setting_orders_the_contacts() {
    let h = House::new(
        recovery(&["verified_email", "verified_phone_number"]),
        json!({}),
    )
    .await;
    both(&h).await;
    let sent = h.forgot("alice").await.ok();
    assert_eq!(sent["CodeDeliveryDetails"]["AttributeName"], "email");

    let h = House::new(recovery(&["verified_phone_number"]), json!({})).await;
    h.s.clock();
    let attributes = given(&[("email", EMAIL), ("email_verified", "true")]);
    let settings = json!({ "UserAttributes": attributes, "MessageAction": "SUPPRESS" });
    h.create("alice", settings).await.ok();
    set_password(&h, "alice").await;
    h.forgot("alice").await.error(INVALID, NO_CONTACT);

    let h = House::new(recovery(&["admin_only"]), json!({})).await;
    both(&h).await;
    h.forgot("alice").await.error(
        "NotAuthorizedException",
        "Contact administrator to reset password.",
    );
    let body = json!({ "Username": "alice" });
    h.admin("AdminResetUserPassword", body).await.ok();
    h.reset("alice", &h.s.code_to(PHONE), NEW).await.ok();
}

#[tokio::test]
async fn only_some_states_can_be_reset() {
    let h = House::plain().await;
    h.sign_up("new", &[("email", EMAIL)]).await;
    h.forgot("new").await.error(INVALID, NO_CONTACT);
    let attributes = given(&[("email", EMAIL), ("email_verified", "true")]);
    let settings = json!({ "UserAttributes": attributes, "MessageAction": "SUPPRESS" });
    h.create("invited", settings).await.ok();
    h.forgot("invited").await.error(STATE.0, STATE.1);
    h.confirmed("gone", "gone@example.com").await;
    h.admin("AdminDisableUser", json!({ "Username": "gone" }))
        .await
        .ok();
    let disabled = ("NotAuthorizedException", "User is disabled.");
    h.forgot("gone").await.error(disabled.0, disabled.1);
    h.reset("gone", "123456", NEW)
        .await
        .error(disabled.0, disabled.1);
    h.confirmed("bare", "bare@example.com").await;
    h.update("bare", &[("email", "other@example.com")])
        .await
        .ok();
    h.forgot("bare").await.error(INVALID, NO_CONTACT);
}

#[tokio::test]
async fn a_code_to_an_address_that_changed_is_worthless() {
    let h = House::plain().await;
    h.confirmed("alice", EMAIL).await;
    h.forgot("alice").await.ok();
    let code = h.s.code_to(EMAIL);
    h.update(
        "alice",
        &[("email", "new@example.com"), ("email_verified", "true")],
    )
    .await
    .ok();
    h.reset("alice", &code, NEW)
        .await
        .error(EXPIRED.0, EXPIRED.1);
}

#[tokio::test]
async fn an_administrator_makes_a_user_choose_anew() {
    let h = with_passwords().await;
    h.confirmed("alice", EMAIL).await;
    let reset = |name: &str| h.admin("AdminResetUserPassword", json!({ "Username": name }));
    assert_eq!(reset("alice").await.ok(), json!({}));
    assert_eq!(h.status("alice").await, "RESET_REQUIRED");
    assert_eq!(h.s.message_to(EMAIL).kind, "forgot");
    assert!(!signs_in(&h, "alice", PASSWORD).await);
    reset("alice").await.ok();
    h.reset("alice", &h.s.code_to(EMAIL), NEW).await.ok();
    assert_eq!(h.status("alice").await, "CONFIRMED");
    assert!(signs_in(&h, "alice", NEW).await);

    h.sign_up("new", &[("email", "new@example.com")]).await;
    reset("new").await.error(STATE.0, STATE.1);
    h.create("invited", json!({})).await.ok();
    reset("invited").await.error(STATE.0, STATE.1);
    set_password(&h, "invited").await;
    reset("invited").await.error(INVALID, NO_CONTACT);
    h.admin("AdminDisableUser", json!({ "Username": "alice" }))
        .await
        .ok();
    reset("alice")
        .await
        .error("NotAuthorizedException", "User is disabled.");
    reset("nobody")
        .await
        .error("UserNotFoundException", "User does not exist.");
}

#[tokio::test]
async fn the_last_passwords_cannot_come_back() {
    let pool = json!({
        "AutoVerifiedAttributes": ["email"],
        "Policies": { "PasswordPolicy": { "MinimumLength": 8, "PasswordHistorySize": 2 } },
    });
    let h = House::new(pool, json!({})).await;
    h.confirmed("alice", EMAIL).await;
    let used = (
        "PasswordHistoryPolicyViolationException",
        "Password has previously been used.",
    );
    let set = |password: &str| {
        let body = json!({ "Username": "alice", "Password": password, "Permanent": true });
        h.admin("AdminSetUserPassword", body)
    };
    h.forgot("alice").await.ok();
    let code = h.s.code_to(EMAIL);
    h.reset("alice", &code, PASSWORD)
        .await
        .error(used.0, used.1);
    h.reset("alice", &code, "password-2").await.ok();
    set("password-2").await.error(used.0, used.1);
    set(PASSWORD).await.error(used.0, used.1);
    set("password-3").await.ok();
    set(PASSWORD).await.ok();
}

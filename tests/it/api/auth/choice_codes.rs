//! EMAIL_OTP and SMS_OTP as first factors.

use poolhouse::domain::password::Kind;
use poolhouse::store::users::User;
use serde_json::{Value, json};

use super::choice::{FOREIGN, USED, available, factors, pool, reachable};
use super::mfa;
use super::stage::{INCORRECT, INVALID_PARAMETER, NOT_AUTHORIZED, PASSWORD, Stage, merged};
use crate::support::{Answer, Server};

const MISMATCH: &str = "CodeMismatchException";
const WRONG: &str = "Invalid code or auth state for the user.";
const EMAIL: &str = "ada@example.com";
const PHONE: &str = "+15550100";

fn other(code: &str) -> &'static str {
    if code == "00000000" {
        "00000001"
    } else {
        "00000000"
    }
}

fn code(code: &str) -> Value {
    json!({ "EMAIL_OTP_CODE": code })
}

fn access(answer: Answer) -> Value {
    answer.ok()["AuthenticationResult"]["AccessToken"].take()
}

async fn stage() -> Stage {
    let stage = Stage::with(pool(), json!({})).await;
    stage.reachable("ada").await;
    stage
}

/// USER_AUTH with EMAIL_OTP preferred.
async fn asked(stage: &Stage) -> Value {
    stage.prefer("ada", "EMAIL_OTP", json!({})).await.ok()
}

#[tokio::test]
async fn codes_of_eight_digits_come_by_mail_and_by_sms() {
    let stage = stage().await;
    for (name, member, to, medium, masked) in [
        ("EMAIL_OTP", "EMAIL_OTP_CODE", EMAIL, "EMAIL", "a***@e***"),
        ("SMS_OTP", "SMS_OTP_CODE", PHONE, "SMS", "+****0100"),
    ] {
        let direct = stage.prefer("ada", name, json!({})).await.ok();
        let choice = stage.choose("ada", json!({})).await.ok();
        let chosen = stage.next(&choice, json!({ "ANSWER": name })).await.ok();
        for asked in [&direct, &chosen] {
            assert_eq!(asked["ChallengeName"], name);
            let parameters = json!({
                "CODE_DELIVERY_DELIVERY_MEDIUM": medium, "CODE_DELIVERY_DESTINATION": masked,
            });
            assert_eq!(asked["ChallengeParameters"], parameters);
            assert!(available(asked).contains(&name));
        }
        // The choice is used up by being made.
        let again = stage.next(&choice, json!({ "ANSWER": name })).await;
        again.error(NOT_AUTHORIZED, USED);
        let sent = stage.s.code_to(to);
        assert!(sent.len() == 8 && sent.bytes().all(|b| b.is_ascii_digit()));
        let missing = format!("Missing required parameter {member}");
        let answer = stage.next(&chosen, json!({})).await;
        answer.error(INVALID_PARAMETER, &missing);
        for _ in 0..6 {
            let wrong = stage.next(&chosen, json!({ member: other(&sent) })).await;
            wrong.error(MISMATCH, WRONG);
        }
        // Each code is its own challenge's.
        let crossed = stage.next(&direct, json!({ member: sent })).await;
        crossed.error(MISMATCH, WRONG);
        let token = access(stage.next(&chosen, json!({ member: sent })).await);
        assert_eq!(stage.get_user(&token).await.ok()["Username"], "ada");
        let again = stage.next(&chosen, json!({ member: sent })).await;
        again.error(NOT_AUTHORIZED, USED);
    }
}

#[tokio::test]
async fn a_user_without_a_password_begins_with_the_contact_that_was_given() {
    let stage = Stage::with(factors(&["PASSWORD", "EMAIL_OTP"]), json!({})).await;
    let request = json!({
        "UserPoolId": stage.pool, "Username": "ada",
        "UserAttributes": [{ "Name": "email", "Value": EMAIL }],
    });
    stage.s.api("AdminCreateUser", request).await.ok();
    let asked = asked(&stage).await;
    // Recorded: api-auth.md 1.2.
    assert_eq!(available(&asked), ["EMAIL_OTP"]);
    let token = access(stage.next(&asked, code(&stage.s.code_to(EMAIL))).await);
    // The code has proven the address.
    let user = stage.get_user(&token).await.ok();
    let verified = json!({ "Name": "email_verified", "Value": "true" });
    assert!(
        user["UserAttributes"]
            .as_array()
            .unwrap()
            .contains(&verified)
    );

    // A first password needs no previous one.
    let change = json!({ "AccessToken": token, "ProposedPassword": PASSWORD });
    stage.s.api("ChangePassword", change.clone()).await.ok();
    stage.tokens("ada").await;
    let answer = stage.s.api("ChangePassword", change).await;
    answer.error(NOT_AUTHORIZED, INCORRECT);
}

#[tokio::test]
async fn a_user_without_a_password_may_reset_it_into_being() {
    let stage = Stage::with(pool(), json!({})).await;
    stage.user_with("ada", reachable, None).await;
    let forgot = json!({ "ClientId": stage.client, "Username": "ada" });
    stage.s.api("ForgotPassword", forgot).await.ok();
    let code = stage.s.code_to(PHONE);
    let request = json!({
        "ClientId": stage.client, "Username": "ada", "ConfirmationCode": code,
        "Password": PASSWORD,
    });
    stage.s.api("ConfirmForgotPassword", request).await.ok();
    stage.tokens("ada").await;
}

#[tokio::test]
async fn ten_wrong_codes_end_a_sign_in_and_count_as_one_failure() {
    let stage = stage().await;
    for dead in 1..=5 {
        let asked = asked(&stage).await;
        let right = stage.s.code_to(EMAIL);
        for _ in 0..10 {
            let wrong = stage.next(&asked, code(other(&right))).await;
            wrong.error(MISMATCH, WRONG);
        }
        let answer = stage.next(&asked, code(&right)).await;
        answer.error(NOT_AUTHORIZED, USED);
        let password = stage.sign_in("ada", PASSWORD).await;
        if dead < 5 {
            // A sign-in forgets failures, so it is not completed here.
            assert_eq!(password.status, 200);
            stage.fail_again("ada", dead).await;
        } else {
            password.error(NOT_AUTHORIZED, "Password attempts exceeded");
        }
    }
}

impl Stage {
    /// Puts back as many failures as a sign-in has forgotten.
    async fn fail_again(&self, name: &str, failures: usize) {
        for _ in 0..failures {
            let answer = self.sign_in(name, "wrong").await;
            answer.error(NOT_AUTHORIZED, INCORRECT);
        }
    }
}

#[tokio::test]
async fn parallel_guesses_do_not_slip_past_the_limit() {
    let stage = stage().await;
    let asked = asked(&stage).await;
    let right = stage.s.code_to(EMAIL);
    let wrong = code(other(&right));
    let guesses = (0..40).map(|_| stage.next(&asked, wrong.clone()));
    let answers = futures_util::future::join_all(guesses).await;
    let counted = answers.iter().filter(|a| a.body["__type"] == MISMATCH);
    assert_eq!(counted.count(), 10);
    let answer = stage.next(&asked, code(&right)).await;
    assert_eq!(answer.body["__type"], NOT_AUTHORIZED);
}

#[tokio::test]
async fn of_parallel_right_answers_one_wins() {
    let stage = stage().await;
    let asked = asked(&stage).await;
    let right = code(&stage.s.code_to(EMAIL));
    let answers = (0..8).map(|_| stage.next(&asked, right.clone()));
    let answers = futures_util::future::join_all(answers).await;
    assert_eq!(answers.iter().filter(|a| a.status == 200).count(), 1);
}

#[tokio::test]
async fn a_code_lasts_as_long_as_its_session() {
    let stage = Stage::with(pool(), json!({ "AuthSessionValidity": 5 })).await;
    stage.reachable("ada").await;
    let (first, first_code) = (asked(&stage).await, stage.s.code_to(EMAIL));
    let (second, second_code) = (asked(&stage).await, stage.s.code_to(EMAIL));
    stage.advance_ms(300_000);
    access(stage.next(&first, code(&first_code)).await);
    stage.advance_ms(1);
    let late = "Invalid session for the user, session is expired.";
    let answer = stage.next(&second, code(&second_code)).await;
    answer.error(NOT_AUTHORIZED, late);
}

#[tokio::test]
async fn a_factor_that_is_gone_meanwhile_signs_nobody_in() {
    let all = json!({ "Policies": pool()["Policies"] });
    let on = json!({
        "MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": { "Enabled": true },
    });
    let phone = json!({ "Username": "ada", "SMSMfaSettings": { "Enabled": true } });
    let moved = json!({
        "Username": "ada", "UserAttributes": [
            { "Name": "email", "Value": "new@example.com" },
            { "Name": "email_verified", "Value": "true" },
        ],
    });
    for (operation, change) in [
        ("SetUserPoolMfaConfig", on),
        ("AdminSetUserMFAPreference", phone),
        ("AdminUpdateUserAttributes", moved),
        ("UpdateUserPool", super::choice::factors(&["PASSWORD"])),
        ("AdminUserGlobalSignOut", json!({ "Username": "ada" })),
        ("AdminResetUserPassword", json!({ "Username": "ada" })),
    ] {
        let pool = merged(mfa::pool("OPTIONAL"), &all);
        let stage = Stage::with(pool, json!({})).await;
        stage.reachable("ada").await;
        let asked = asked(&stage).await;
        let right = code(&stage.s.code_to(EMAIL));
        let change = merged(json!({ "UserPoolId": stage.pool }), &change);
        stage.s.api(operation, change).await.ok();
        let answer = stage.next(&asked, right).await;
        answer.error(NOT_AUTHORIZED, FOREIGN);
    }
}

#[tokio::test]
async fn a_code_answers_the_challenge_that_it_was_sent_for() {
    let stage = stage().await;
    let asked = asked(&stage).await;
    let right = merged(code(&stage.s.code_to(EMAIL)), &json!({ "USERNAME": "ada" }));
    let session = asked["Session"].as_str();
    let answer = stage.respond("SMS_OTP", session, right.clone()).await;
    answer.error(NOT_AUTHORIZED, FOREIGN);
    access(stage.respond("EMAIL_OTP", session, right).await);
}

#[tokio::test]
async fn a_second_factor_s_code_is_none_for_the_first() {
    let all = json!({ "Policies": pool()["Policies"] });
    let stage = Stage::with(merged(mfa::pool("OPTIONAL"), &all), json!({})).await;
    stage.reachable("ada").await;
    let first = asked(&stage).await;
    let first_code = stage.s.code_to(EMAIL);
    let request = json!({
        "UserPoolId": stage.pool, "Username": "ada", "EmailMfaSettings": { "Enabled": true },
    });
    stage.s.api("AdminSetUserMFAPreference", request).await.ok();
    let second = stage.sign_in("ada", PASSWORD).await.ok();
    assert_eq!(second["ChallengeName"], "EMAIL_OTP");
    assert!(second.get("AvailableChallenges").is_none());
    let second_code = stage.s.code_to(EMAIL);
    assert_eq!(second_code.len(), 6);
    let answer = stage.next(&first, code(&second_code)).await;
    answer.error(MISMATCH, WRONG);
    let answer = stage.next(&second, code(&first_code)).await;
    answer.error(MISMATCH, WRONG);
    let answer = stage.next(&first, code(&first_code)).await;
    answer.error(NOT_AUTHORIZED, FOREIGN);
    access(stage.next(&second, code(&second_code)).await);
}

#[tokio::test]
async fn where_users_are_hidden_nobody_is_asked_for_a_code_too() {
    let hides = json!({ "PreventUserExistenceErrors": "ENABLED" });
    let stage = Stage::with(pool(), hides).await;
    stage.reachable("ada").await;
    let shape = |body: &Value| {
        let mut body = body.clone();
        let session = body["Session"].take().as_str().unwrap().len();
        body["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"].take();
        (body, session)
    };
    for preferred in ["EMAIL_OTP", "PASSWORD"] {
        let real = stage.prefer("ada", preferred, json!({})).await.ok();
        let nobody = stage.prefer("bob", preferred, json!({})).await.ok();
        let (mut real, mut nobody) = (shape(&real), shape(&nobody));
        // Whoever has a phone is offered it; that a name is somebody's does not show in it.
        real.0["AvailableChallenges"].take();
        nobody.0["AvailableChallenges"].take();
        if preferred == "PASSWORD" {
            // The session carries what is offered.
            (real.1, nobody.1) = (0, 0);
        }
        assert_eq!(real, nobody);
    }
    let named = |more: Value| merged(json!({ "USERNAME": "bob" }), &more);
    let choice = stage.choose("bob", json!({})).await.ok();
    assert_eq!(
        available(&choice),
        ["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP"]
    );
    let asked = stage.prefer("bob", "EMAIL_OTP", json!({})).await.ok();
    let steady = stage.prefer("bob", "EMAIL_OTP", json!({})).await.ok();
    let shown = |asked: &Value| asked["ChallengeParameters"]["CODE_DELIVERY_DESTINATION"].clone();
    assert_eq!(shown(&asked), shown(&steady));
    assert_eq!(stage.s.mailer.sent().len(), 1);
    let session = asked["Session"].as_str();
    for _ in 0..10 {
        let answer = stage
            .respond("EMAIL_OTP", session, named(code("00000000")))
            .await;
        answer.error(MISMATCH, WRONG);
    }
    let answer = stage
        .respond("EMAIL_OTP", session, named(code("00000000")))
        .await;
    answer.error(NOT_AUTHORIZED, USED);
    let session = choice["Session"].as_str();
    let other = json!({ "USERNAME": "ada", "ANSWER": "PASSWORD", "PASSWORD": PASSWORD });
    let answer = stage.respond("SELECT_CHALLENGE", session, other).await;
    answer.error(NOT_AUTHORIZED, FOREIGN);
    let guess = named(json!({ "ANSWER": "PASSWORD", "PASSWORD": PASSWORD }));
    let answer = stage.respond("SELECT_CHALLENGE", session, guess).await;
    answer.error(NOT_AUTHORIZED, INCORRECT);
    // A mailbox that names an address is asked about that address.
    let asked = stage
        .prefer("zoe@example.net", "EMAIL_OTP", json!({}))
        .await;
    assert_eq!(shown(&asked.ok()), "z***@e***");
}

#[tokio::test]
async fn where_users_are_hidden_a_mailer_that_refuses_tells_nothing() {
    let hides = json!({ "PreventUserExistenceErrors": "ENABLED" });
    let stage = Stage::with(pool(), hides).await;
    stage.reachable("ada").await;
    stage.s.mailer.refuse(true);
    assert_eq!(asked(&stage).await["ChallengeName"], "EMAIL_OTP");
    let stage = self::stage().await;
    stage.s.mailer.refuse(true);
    let answer = stage.prefer("ada", "EMAIL_OTP", json!({})).await;
    let message = "The message with the code could not be delivered.";
    answer.error("InvalidEmailRoleAccessPolicyException", message);
}

#[tokio::test]
async fn codes_to_one_address_are_limited_by_the_hour() {
    let s = Server::with(|config| config.messages_per_hour = Some(2)).await;
    let stage = Stage::on(s, pool(), json!({})).await;
    stage.reachable("ada").await;
    for _ in 0..2 {
        asked(&stage).await;
    }
    let choice = stage.choose("ada", json!({})).await.ok();
    for _ in 0..3 {
        let answer = stage.prefer("ada", "EMAIL_OTP", json!({})).await;
        answer.error("TooManyRequestsException", "Rate exceeded");
        let answer = stage.next(&choice, json!({ "ANSWER": "EMAIL_OTP" })).await;
        answer.error("TooManyRequestsException", "Rate exceeded");
    }
    assert_eq!(stage.s.mailer.sent().len(), 2);
    // The choice is not used up by a code that was not sent.
    let right = json!({ "ANSWER": "PASSWORD", "PASSWORD": PASSWORD });
    access(stage.next(&choice, right).await);
}

#[tokio::test]
async fn an_address_that_is_somebody_else_s_alias_is_not_proven_into_two() {
    let aliases = json!({ "AliasAttributes": ["email"] });
    let stage = Stage::with(merged(pool(), &aliases), json!({})).await;
    stage.reachable("ada").await;
    let given = |user: &mut User| {
        user.attributes.insert("email".to_owned(), EMAIL.to_owned());
    };
    stage.user_with("eve", given, None).await;
    let asked = stage.prefer("eve", "EMAIL_OTP", json!({})).await.ok();
    let responses = json!({ "USERNAME": "eve", "EMAIL_OTP_CODE": stage.s.code_to(EMAIL) });
    let answer = stage
        .respond("EMAIL_OTP", asked["Session"].as_str(), responses)
        .await;
    let message = "An account with the given email already exists.";
    answer.error("AliasExistsException", message);
}

#[tokio::test]
async fn a_password_set_later_makes_an_unproven_address_no_factor() {
    let stage = Stage::with(pool(), json!({})).await;
    stage.user("ada").await;
    let asked = stage.prefer("ada", "EMAIL_OTP", json!({})).await.ok();
    assert_eq!(asked["ChallengeName"], "SELECT_CHALLENGE");
    assert!(stage.s.mailer.sent().is_empty());
    let change = Some((PASSWORD, Kind::Permanent));
    stage.user_with("bob", reachable, change).await;
    let asked = stage.prefer("bob", "EMAIL_OTP", json!({})).await.ok();
    assert_eq!(asked["ChallengeName"], "EMAIL_OTP");
}

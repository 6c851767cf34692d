//! USER_AUTH: the choice among first factors, and the password as the choice.

use poolhouse::domain::password::Kind;
use poolhouse::store::users::{Status, User};
use serde_json::{Value, json};

use super::mfa;
use super::stage::{INCORRECT, INVALID_PARAMETER, NOT_AUTHORIZED, PASSWORD, Stage, merged};
use crate::support::Answer;
use crate::support::srp_client::SrpClient;

pub const FOREIGN: &str = "Invalid session for the user.";
pub const USED: &str = "Invalid session for the user, session can only be used once.";

/// A pool that lets users begin with everything but passkeys.
pub fn pool() -> Value {
    factors(&["PASSWORD", "EMAIL_OTP", "SMS_OTP"])
}

pub fn factors(allowed: &[&str]) -> Value {
    json!({
        "AutoVerifiedAttributes": ["email"],
        "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": allowed } },
    })
}

/// Gives a user both contacts, verified.
pub fn reachable(user: &mut User) {
    let email = format!("{}@example.com", user.username);
    let contacts = [
        ("email", email.as_str()),
        ("email_verified", "true"),
        ("phone_number", "+15550100"),
        ("phone_number_verified", "true"),
    ];
    let owned = contacts.map(|(name, value)| (name.to_owned(), value.to_owned()));
    user.attributes.extend(owned);
}

impl Stage {
    /// USER_AUTH.
    pub async fn choose(&self, name: &str, more: Value) -> Answer {
        let parameters = merged(json!({ "USERNAME": name }), &more);
        self.initiate("USER_AUTH", parameters).await
    }

    /// USER_AUTH with a preference.
    pub async fn prefer(&self, name: &str, challenge: &str, more: Value) -> Answer {
        let more = merged(json!({ "PREFERRED_CHALLENGE": challenge }), &more);
        self.choose(name, more).await
    }

    /// A user with a password and both contacts.
    pub async fn reachable(&self, name: &str) -> User {
        self.user_with(name, reachable, Some((PASSWORD, Kind::Permanent)))
            .await
    }
}

pub fn available(asked: &Value) -> Vec<&str> {
    let listed = asked["AvailableChallenges"].as_array();
    let listed = listed.into_iter().flatten();
    listed.map(|name| name.as_str().unwrap()).collect()
}

fn signed_in(answer: Answer) {
    let body = answer.ok();
    assert!(body["AuthenticationResult"]["AccessToken"].is_string());
    assert!(body.get("AvailableChallenges").is_none());
}

#[tokio::test]
async fn the_choice_lists_what_pool_and_user_have() {
    let stage = Stage::with(pool(), json!({})).await;
    stage.reachable("ada").await;
    let asked = stage.choose("ada", json!({})).await.ok();
    assert_eq!(asked["ChallengeName"], "SELECT_CHALLENGE");
    assert_eq!(asked["ChallengeParameters"], json!({}));
    let all = ["PASSWORD_SRP", "PASSWORD", "EMAIL_OTP", "SMS_OTP"];
    assert_eq!(available(&asked), all);
    assert!(asked["Session"].is_string());

    stage.user("bob").await; // his address is not verified
    let asked = stage.choose("bob", json!({})).await.ok();
    assert_eq!(available(&asked), ["PASSWORD_SRP", "PASSWORD"]);

    stage.user_with("eve", reachable, None).await;
    let asked = stage.choose("eve", json!({})).await.ok();
    assert_eq!(available(&asked), ["EMAIL_OTP", "SMS_OTP"]);
    let both = json!({ "PASSWORD": PASSWORD });
    let asked = stage.prefer("eve", "PASSWORD", both).await.ok();
    assert_eq!(asked["ChallengeName"], "SELECT_CHALLENGE");
}

#[tokio::test]
async fn what_the_pool_does_not_allow_is_not_offered() {
    for (allowed, offered) in [
        (vec!["PASSWORD"], vec!["PASSWORD_SRP", "PASSWORD"]),
        (
            vec!["SMS_OTP", "PASSWORD"],
            vec!["PASSWORD_SRP", "PASSWORD", "SMS_OTP"],
        ),
    ] {
        let stage = Stage::with(factors(&allowed), json!({})).await;
        stage.reachable("ada").await;
        let asked = stage.prefer("ada", "EMAIL_OTP", json!({})).await.ok();
        assert_eq!(asked["ChallengeName"], "SELECT_CHALLENGE");
        assert_eq!(available(&asked), offered);
        let chosen = json!({ "ANSWER": "EMAIL_OTP" });
        let message = "EMAIL_OTP is not available for this sign-in.";
        stage
            .next(&asked, chosen)
            .await
            .error(INVALID_PARAMETER, message);
        assert!(stage.s.mailer.sent().is_empty());
    }
}

#[tokio::test]
async fn a_pool_without_the_setting_lets_everybody_begin_with_the_password() {
    let stage = Stage::new().await;
    stage.reachable("ada").await;
    let asked = stage.choose("ada", json!({})).await.ok();
    assert_eq!(available(&asked), ["PASSWORD_SRP", "PASSWORD"]);
}

#[tokio::test]
async fn the_password_inline_and_step_by_step() {
    let stage = Stage::with(pool(), json!({})).await;
    stage.reachable("ada").await;
    let right = json!({ "PASSWORD": PASSWORD });
    signed_in(stage.prefer("ada", "PASSWORD", right.clone()).await);
    let wrong = json!({ "PASSWORD": "wrong" });
    let answer = stage.prefer("ada", "PASSWORD", wrong.clone()).await;
    answer.error(NOT_AUTHORIZED, INCORRECT);

    let asked = stage.prefer("ada", "PASSWORD", json!({})).await.ok();
    assert_eq!(asked["ChallengeName"], "PASSWORD");
    assert_eq!(available(&asked).len(), 4);
    let missing = stage.next(&asked, json!({})).await;
    missing.error(INVALID_PARAMETER, "Missing required parameter PASSWORD");
    let answer = stage.next(&asked, wrong.clone()).await;
    answer.error(NOT_AUTHORIZED, INCORRECT);
    signed_in(stage.next(&asked, right.clone()).await);
    let again = stage.next(&asked, right.clone()).await;
    again.error(NOT_AUTHORIZED, USED);

    let asked = stage.choose("ada", json!({})).await.ok();
    let inline = json!({ "ANSWER": "PASSWORD", "PASSWORD": PASSWORD });
    signed_in(stage.next(&asked, inline.clone()).await);
    let again = stage.next(&asked, inline).await;
    again.error(NOT_AUTHORIZED, USED);

    let asked = stage.choose("ada", json!({})).await.ok();
    let chosen = json!({ "ANSWER": "PASSWORD" });
    let next = stage.next(&asked, chosen.clone()).await.ok();
    assert_eq!(next["ChallengeName"], "PASSWORD");
    let again = stage.next(&asked, chosen).await;
    again.error(NOT_AUTHORIZED, USED);
    signed_in(stage.next(&next, right).await);
}

#[tokio::test]
async fn the_password_that_is_not_sent() {
    let stage = Stage::with(pool(), json!({})).await;
    stage.reachable("ada").await;
    let client = SrpClient::new(7);
    let a = json!({ "SRP_A": client.public });
    let inline = stage.prefer("ada", "PASSWORD_SRP", a.clone()).await.ok();
    let asked = stage.choose("ada", json!({})).await.ok();
    let chosen = merged(json!({ "ANSWER": "PASSWORD_SRP" }), &a);
    let chosen = stage.next(&asked, chosen).await.ok();
    let asked = stage.prefer("ada", "PASSWORD_SRP", json!({})).await.ok();
    assert_eq!(asked["ChallengeName"], "PASSWORD_SRP");
    let named = stage.next(&asked, a).await.ok();
    for challenge in [inline, chosen, named] {
        assert_eq!(challenge["ChallengeName"], "PASSWORD_VERIFIER");
        let session = challenge["Session"].as_str();
        let wrong = stage.proof(&client, &challenge, "wrong");
        let answer = stage.respond("PASSWORD_VERIFIER", session, wrong).await;
        answer.error(NOT_AUTHORIZED, INCORRECT);
        let proof = stage.proof(&client, &challenge, PASSWORD);
        let answer = stage.respond("PASSWORD_VERIFIER", None, proof.clone());
        let missing = "Missing required parameter Session";
        answer.await.error(INVALID_PARAMETER, missing);
        let other = asked["Session"].as_str();
        let answer = stage.respond("PASSWORD_VERIFIER", other, proof.clone());
        answer.await.error(NOT_AUTHORIZED, FOREIGN);
        let answer = stage.respond("PASSWORD_VERIFIER", session, proof.clone());
        signed_in(answer.await);
        let answer = stage.respond("PASSWORD_VERIFIER", session, proof);
        answer.await.error(NOT_AUTHORIZED, USED);
    }
    let bad = json!({ "SRP_A": "0" });
    let answer = stage.prefer("ada", "PASSWORD_SRP", bad).await;
    assert_eq!(answer.body["__type"], INVALID_PARAMETER);
}

#[tokio::test]
async fn wrong_passwords_lock_as_in_every_flow() {
    let stage = Stage::with(pool(), json!({})).await;
    stage.reachable("ada").await;
    let asked = stage.choose("ada", json!({})).await.ok();
    let wrong = json!({ "ANSWER": "PASSWORD", "PASSWORD": "wrong" });
    for _ in 0..5 {
        let answer = stage.next(&asked, wrong.clone()).await;
        answer.error(NOT_AUTHORIZED, INCORRECT);
    }
    let right = json!({ "ANSWER": "PASSWORD", "PASSWORD": PASSWORD });
    let answer = stage.next(&asked, right.clone()).await;
    answer.error(NOT_AUTHORIZED, "Password attempts exceeded");
    stage.advance_ms(1_001);
    signed_in(stage.next(&asked, right).await);
}

#[tokio::test]
async fn only_clients_that_allow_the_flow_and_pools_that_have_it() {
    let flows = json!({ "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"] });
    let stage = Stage::with(pool(), flows).await;
    stage.reachable("ada").await;
    let answer = stage.choose("ada", json!({})).await;
    let message = "USER_AUTH flow not enabled for this client";
    answer.error(INVALID_PARAMETER, message);
    let answer = stage
        .admin_initiate("USER_AUTH", json!({ "USERNAME": "ada" }))
        .await;
    answer.error(INVALID_PARAMETER, "Auth flow not enabled for this client");
}

#[tokio::test]
async fn words_that_are_no_first_factor() {
    let stage = Stage::with(pool(), json!({})).await;
    stage.reachable("ada").await;
    for word in ["", "SOFTWARE_TOKEN_MFA", "password"] {
        let answer = stage.prefer("ada", word, json!({})).await;
        answer.error(INVALID_PARAMETER, "Invalid PREFERRED_CHALLENGE.");
        let asked = stage.choose("ada", json!({})).await.ok();
        let answer = stage.next(&asked, json!({ "ANSWER": word })).await;
        answer.error(INVALID_PARAMETER, "Invalid ANSWER.");
    }
    let asked = stage.choose("ada", json!({})).await.ok();
    let answer = stage.next(&asked, json!({})).await;
    answer.error(INVALID_PARAMETER, "Missing required parameter ANSWER");
    let answer = stage.respond("SELECT_CHALLENGE", None, json!({ "USERNAME": "ada" }));
    let message = "Missing required parameter Session";
    answer.await.error(INVALID_PARAMETER, message);
}

#[tokio::test]
async fn a_choice_is_for_one_user_one_step_and_some_minutes() {
    let stage = Stage::with(pool(), json!({})).await;
    stage.reachable("ada").await;
    stage.user("bob").await;
    let asked = stage.choose("ada", json!({})).await.ok();
    let session = asked["Session"].as_str();
    let other = json!({ "USERNAME": "bob", "ANSWER": "PASSWORD", "PASSWORD": PASSWORD });
    let answer = stage.respond("SELECT_CHALLENGE", session, other).await;
    answer.error(NOT_AUTHORIZED, FOREIGN);
    for (name, member) in [
        ("EMAIL_OTP", "EMAIL_OTP_CODE"),
        ("SMS_OTP", "SMS_OTP_CODE"),
        ("SMS_MFA", "SMS_MFA_CODE"),
        ("SOFTWARE_TOKEN_MFA", "SOFTWARE_TOKEN_MFA_CODE"),
        ("NEW_PASSWORD_REQUIRED", "NEW_PASSWORD"),
        ("SELECT_MFA_TYPE", "ANSWER"),
        ("MFA_SETUP", "EMAIL"),
    ] {
        let responses = json!({ "USERNAME": "ada", member: "000000" });
        let answer = stage.respond(name, session, responses).await;
        answer.error(NOT_AUTHORIZED, FOREIGN);
    }
    let request = json!({ "Session": session });
    let answer = stage.s.api("AssociateSoftwareToken", request).await;
    answer.error(NOT_AUTHORIZED, FOREIGN);
    let right = json!({ "ANSWER": "PASSWORD", "PASSWORD": PASSWORD });
    stage.advance_ms(180_001);
    let late = "Invalid session for the user, session is expired.";
    stage.next(&asked, right).await.error(NOT_AUTHORIZED, late);
}

#[tokio::test]
async fn whoever_needs_a_second_factor_begins_with_the_password() {
    let all = json!({ "Policies": pool()["Policies"] });
    let stage = Stage::with(merged(mfa::pool("OPTIONAL"), &all), json!({})).await;
    stage.reachable("ada").await;
    let asked = stage.choose("ada", json!({})).await.ok();
    assert_eq!(available(&asked).len(), 4);
    let request = json!({
        "UserPoolId": stage.pool, "Username": "ada", "SMSMfaSettings": { "Enabled": true },
    });
    stage.s.api("AdminSetUserMFAPreference", request).await.ok();
    // A choice from before does not go past it.
    let late = stage.next(&asked, json!({ "ANSWER": "EMAIL_OTP" })).await;
    late.error(
        INVALID_PARAMETER,
        "EMAIL_OTP is not available for this sign-in.",
    );
    let asked = stage.prefer("ada", "EMAIL_OTP", json!({})).await.ok();
    assert_eq!(available(&asked), ["PASSWORD_SRP", "PASSWORD"]);
    let right = json!({ "ANSWER": "PASSWORD", "PASSWORD": PASSWORD });
    let next = stage.next(&asked, right).await.ok();
    assert_eq!(next["ChallengeName"], "SMS_MFA");
    assert!(next.get("AvailableChallenges").is_none());
    let code = stage.s.code_to("+15550100");
    signed_in(stage.next(&next, json!({ "SMS_MFA_CODE": code })).await);
}

#[tokio::test]
async fn what_a_choice_did_not_list_is_chosen_in_a_new_one() {
    let stage = Stage::with(pool(), json!({})).await;
    stage.user("bob").await; // his address is not verified
    let early = stage.choose("bob", json!({})).await.ok();
    assert_eq!(available(&early), ["PASSWORD_SRP", "PASSWORD"]);
    let verified = json!({
        "UserPoolId": stage.pool, "Username": "bob",
        "UserAttributes": [{ "Name": "email_verified", "Value": "true" }],
    });
    let verified = stage.s.api("AdminUpdateUserAttributes", verified);
    verified.await.ok();
    let choose = async |session: &Value| {
        let code = json!({ "USERNAME": "bob", "ANSWER": "EMAIL_OTP" });
        let session = session["Session"].as_str();
        stage.respond("SELECT_CHALLENGE", session, code).await
    };
    let message = "EMAIL_OTP is not available for this sign-in.";
    choose(&early).await.error(INVALID_PARAMETER, message);
    let late = stage.choose("bob", json!({})).await.ok();
    assert_eq!(choose(&late).await.ok()["ChallengeName"], "EMAIL_OTP");
}

#[tokio::test]
async fn temporary_passwords_and_resets_come_first() {
    let stage = Stage::with(pool(), json!({})).await;
    let invited = |user: &mut User| {
        reachable(user);
        user.status = Status::ForceChangePassword;
    };
    stage
        .user_with("ada", invited, Some((PASSWORD, Kind::Temporary)))
        .await;
    // Recorded: api-auth.md 1.2.
    let asked = stage.prefer("ada", "EMAIL_OTP", json!({})).await.ok();
    assert_eq!(asked["ChallengeName"], "SELECT_CHALLENGE");
    assert_eq!(available(&asked), ["PASSWORD_SRP", "PASSWORD"]);
    let right = json!({ "ANSWER": "PASSWORD", "PASSWORD": PASSWORD });
    let next = stage.next(&asked, right).await.ok();
    assert_eq!(next["ChallengeName"], "NEW_PASSWORD_REQUIRED");

    stage.reachable("bob").await;
    let request = json!({ "UserPoolId": stage.pool, "Username": "bob" });
    stage.s.api("AdminResetUserPassword", request).await.ok();
    let right = json!({ "PASSWORD": PASSWORD });
    let answer = stage.prefer("bob", "PASSWORD", right).await;
    let message = "Password reset required for the user";
    answer.error("PasswordResetRequiredException", message);
    let asked = stage.prefer("bob", "EMAIL_OTP", json!({})).await.ok();
    assert_eq!(available(&asked), ["PASSWORD_SRP", "PASSWORD"]);
}

#[tokio::test]
async fn who_may_not_sign_in_is_told_as_in_every_flow() {
    let stage = Stage::with(pool(), json!({})).await;
    let waits = |user: &mut User| {
        reachable(user);
        user.status = Status::Unconfirmed;
    };
    stage
        .user_with("una", waits, Some((PASSWORD, Kind::Permanent)))
        .await;
    let answer = stage.choose("una", json!({})).await;
    answer.error("UserNotConfirmedException", "User is not confirmed.");
    let off = |user: &mut User| {
        reachable(user);
        user.enabled = false;
    };
    stage
        .user_with("dan", off, Some((PASSWORD, Kind::Permanent)))
        .await;
    let answer = stage.choose("dan", json!({})).await;
    answer.error(NOT_AUTHORIZED, "User is disabled.");
    let answer = stage.choose("nobody", json!({})).await;
    answer.error("UserNotFoundException", "User does not exist.");
}

#[tokio::test]
async fn the_admin_door_chooses_too() {
    let stage = Stage::with(pool(), json!({})).await;
    stage.reachable("ada").await;
    let parameters = json!({ "USERNAME": "ada" });
    let asked = stage.admin_initiate("USER_AUTH", parameters).await.ok();
    assert_eq!(available(&asked).len(), 4);
    let request = json!({
        "UserPoolId": stage.pool, "ClientId": stage.client, "Session": asked["Session"],
        "ChallengeName": "SELECT_CHALLENGE",
        "ChallengeResponses": { "USERNAME": "ada", "ANSWER": "PASSWORD", "PASSWORD": PASSWORD },
    });
    signed_in(stage.s.api("AdminRespondToAuthChallenge", request).await);
}

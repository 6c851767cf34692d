//! USER_AUTH towards a level (`TARGET_ACR_VALUES`): from scratch, or from an access token.

use poolhouse::args;
use serde_json::{Value, json};

use super::assurance::{named, worth};
use super::choice::available;
use super::device::{always, tracking};
use super::mfa::{self, associate, prove};
use super::passkeys::{self, ORIGIN, register};
use super::stage::{
    INCORRECT, INVALID_PARAMETER, NOT_AUTHORIZED, PASSWORD, Stage, claims, merged, text,
};
use crate::support::Answer;
use crate::support::authenticator::Authenticator;
use crate::support::srp_client::SrpClient;

const REACHED: &str = "The access token meets the requested level already.";
const OUT_OF_REACH: &str = "The user has no factors for the requested levels.";
const UNKNOWN: &str = "TARGET_ACR_VALUES names no level of this user pool.";
const NO_TARGET: &str = "ACCESS_TOKEN requires TARGET_ACR_VALUES.";
const NO_NUMBER: &str = "MAX_AGE must be a number of seconds.";
const INVALID: &str = "Invalid Access Token";
const FOREIGN: &str = "Invalid session for the user.";

const ONE: &str = "urn:cognito:loa:1";
const TWO: &str = "urn:cognito:loa:2";
const THREE: &str = "urn:cognito:loa:3";
const FOUR: &str = "urn:cognito:loa:4";

/// A pool with every factor there is; only those of a user are asked for.
fn pool(mode: &str) -> Value {
    let first = ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"];
    let first = json!({ "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": first } } });
    let mut settings = merged(mfa::pool(mode), &first);
    settings["then"]["WebAuthnConfiguration"] = json!({ "RelyingPartyId": "localhost" });
    settings
}

async fn stage() -> Stage {
    let stage = Stage::with(pool("OPTIONAL"), json!({})).await;
    stage.user("ada").await;
    stage
}

/// Turns factors on without asking ada.
async fn enable(stage: &Stage, factors: Value) {
    let request = json!({ "UserPoolId": stage.pool, "Username": "ada" });
    let request = merged(request, &factors);
    stage.s.api("AdminSetUserMFAPreference", request).await.ok();
}

fn on(factor: &str) -> Value {
    json!({ factor: { "Enabled": true } })
}

/// Gives ada an authenticator app; gives its secret.
async fn app(stage: &Stage, tokens: &Value) -> String {
    let secret = associate(stage, &tokens["AccessToken"]).await;
    prove(stage, &tokens["AccessToken"], &secret).await;
    enable(stage, on("SoftwareTokenMfaSettings")).await;
    stage.advance_ms(60_000);
    secret
}

async fn verified(stage: &Stage) {
    let request = json!({
        "UserPoolId": stage.pool, "Username": "ada",
        "UserAttributes": [{ "Name": "email_verified", "Value": "true" }],
    });
    stage.s.api("AdminUpdateUserAttributes", request).await.ok();
}

fn target(levels: &str) -> Value {
    json!({ "TARGET_ACR_VALUES": levels })
}

fn from(tokens: &Value, levels: &str) -> Value {
    merged(
        target(levels),
        &json!({ "ACCESS_TOKEN": tokens["AccessToken"] }),
    )
}

fn code(stage: &Stage, secret: &str) -> Value {
    json!({ "SOFTWARE_TOKEN_MFA_CODE": stage.totp(secret) })
}

#[track_caller]
fn refused(answer: Answer, message: &str) {
    answer.error(INVALID_PARAMETER, message);
}

#[track_caller]
fn is_asked(asked: &Value, name: &str) {
    assert_eq!(asked["ChallengeName"], name, "{asked}");
    assert!(asked.get("AuthenticationResult").is_none());
}

#[tokio::test]
async fn only_what_is_missing_is_asked_for() {
    let stage = stage().await;
    let tokens = stage.tokens("ada").await;
    let secret = app(&stage, &tokens).await;
    let asked = stage.choose("ada", from(&tokens, FOUR)).await.ok();
    is_asked(&asked, "SOFTWARE_TOKEN_MFA");
    let result =
        stage.next(&asked, code(&stage, &secret)).await.ok()["AuthenticationResult"].take();
    assert_eq!(worth(&result), json!([FOUR, ["pwd", "otp", "mfa"]]));
    // New tokens, as of now; those that were presented stay good.
    let (before, after) = (
        claims(&tokens["AccessToken"]),
        claims(&result["AccessToken"]),
    );
    assert_ne!(before["origin_jti"], after["origin_jti"]);
    assert_eq!(
        after["auth_time"].as_i64(),
        before["auth_time"].as_i64().map(|at| at + 60)
    );
    stage.get_user(&tokens["AccessToken"]).await.ok();
    stage.refresh(&tokens["RefreshToken"]).await.ok();
    let again = stage.refresh(&result["RefreshToken"]).await.ok();
    let again = worth(&again["AuthenticationResult"]);
    assert_eq!(again, json!([FOUR, ["pwd", "otp", "mfa"]]));
    // A challenge is good once, and not for anything else.
    let twice = stage.next(&asked, code(&stage, &secret)).await;
    assert_eq!(twice.body["__type"], NOT_AUTHORIZED);
}

#[tokio::test]
async fn a_wrong_answer_gives_nothing() {
    let stage = stage().await;
    let tokens = stage.tokens("ada").await;
    app(&stage, &tokens).await;
    let asked = stage.choose("ada", from(&tokens, FOUR)).await.ok();
    let wrong = json!({ "SOFTWARE_TOKEN_MFA_CODE": "000000" });
    let wrong = stage.next(&asked, wrong).await;
    wrong.error("CodeMismatchException", "Invalid code received for user");
    // Another challenge than the one that was given, and none that follows.
    let session = asked["Session"].as_str();
    for (name, answer) in [
        ("SMS_MFA", json!({ "SMS_MFA_CODE": "123456" })),
        (
            "SELECT_CHALLENGE",
            json!({ "ANSWER": "PASSWORD", "PASSWORD": PASSWORD }),
        ),
        ("PASSWORD", json!({ "PASSWORD": PASSWORD })),
        ("MFA_SETUP", json!({})),
        ("SELECT_MFA_TYPE", json!({ "ANSWER": "SMS_MFA" })),
    ] {
        let answer = merged(json!({ "USERNAME": "ada" }), &answer);
        let answer = stage.respond(name, session, answer).await;
        answer.error(NOT_AUTHORIZED, FOREIGN);
    }
}

#[tokio::test]
async fn the_first_level_in_reach_is_gone_for_and_the_user_chooses_among_what_leads_there() {
    let stage = stage().await;
    verified(&stage).await;
    let tokens = stage.tokens("ada").await;
    // No authenticator app: the next one in the list. The code of a first factor follows a password.
    let levels = format!("urn:of:nobody {FOUR} {THREE} {TWO}");
    let asked = stage.choose("ada", from(&tokens, &levels)).await.ok();
    is_asked(&asked, "EMAIL_OTP");
    let sent = stage.s.code_to("ada@example.com");
    let done = stage
        .next(&asked, json!({ "EMAIL_OTP_CODE": sent }))
        .await
        .ok();
    let said = worth(&done["AuthenticationResult"]);
    assert_eq!(said, json!([THREE, ["pwd", "email_otp", "mfa"]]));
    // With several factors the user chooses, or has chosen.
    app(&stage, &tokens).await;
    enable(&stage, on("EmailMfaSettings")).await;
    let asked = stage.choose("ada", from(&tokens, THREE)).await.ok();
    is_asked(&asked, "SELECT_MFA_TYPE");
    let listed = text(&asked["ChallengeParameters"]["MFAS_CAN_CHOOSE"]);
    assert_eq!(listed, r#"["SOFTWARE_TOKEN_MFA","EMAIL_OTP"]"#);
    let asked = stage
        .choose("ada", from(&tokens, &format!("{FOUR} {THREE}")))
        .await
        .ok();
    is_asked(&asked, "SOFTWARE_TOKEN_MFA");
    let preferred = json!({ "EmailMfaSettings": { "Enabled": true, "PreferredMfa": true } });
    enable(&stage, preferred).await;
    let asked = stage.choose("ada", from(&tokens, THREE)).await.ok();
    is_asked(&asked, "EMAIL_OTP");
    // What is preferred does not lead to every level.
    let asked = stage.choose("ada", from(&tokens, FOUR)).await.ok();
    is_asked(&asked, "SOFTWARE_TOKEN_MFA");
}

#[tokio::test]
async fn a_token_that_is_good_enough_is_not_renewed() {
    let stage = stage().await;
    verified(&stage).await;
    let tokens = stage.tokens("ada").await;
    for levels in [ONE, &format!("{FOUR} {ONE}")] {
        refused(stage.choose("ada", from(&tokens, levels)).await, REACHED);
    }
    let asked = stage.choose("ada", from(&tokens, THREE)).await.ok();
    let sent = stage.s.code_to("ada@example.com");
    let done = stage
        .next(&asked, json!({ "EMAIL_OTP_CODE": sent }))
        .await
        .ok();
    for levels in [THREE, TWO, ONE, &format!("{FOUR} {TWO}")] {
        let more = from(&done["AuthenticationResult"], levels);
        refused(stage.choose("ada", more).await, REACHED);
    }
    refused(
        stage
            .choose("ada", from(&done["AuthenticationResult"], FOUR))
            .await,
        OUT_OF_REACH,
    );
}

#[tokio::test]
async fn parameters_that_make_no_sense() {
    let stage = stage().await;
    let tokens = stage.tokens("ada").await;
    for levels in ["", " ", "nonsense", "urn:cognito:loa:5 Level1"] {
        refused(stage.choose("ada", target(levels)).await, UNKNOWN);
    }
    let token = json!({ "ACCESS_TOKEN": tokens["AccessToken"] });
    refused(stage.choose("ada", token).await, NO_TARGET);
    for age in ["", "soon", "-1", "1.5", "99999999999"] {
        let more = merged(from(&tokens, FOUR), &json!({ "MAX_AGE": age }));
        refused(stage.choose("ada", more).await, NO_NUMBER);
        refused(
            stage.choose("ada", json!({ "MAX_AGE": age })).await,
            NO_NUMBER,
        );
    }
    // Without a target there is nothing for an age to be about.
    let asked = stage.choose("ada", json!({ "MAX_AGE": "0" })).await.ok();
    is_asked(&asked, "SELECT_CHALLENGE");
    refused(stage.choose("ada", target(FOUR)).await, OUT_OF_REACH);
    refused(stage.choose("ada", from(&tokens, FOUR)).await, OUT_OF_REACH);
    let nobody = stage.initiate("USER_AUTH", target(FOUR)).await;
    refused(nobody, "Missing required parameter USERNAME");
    // At the other flows these names mean nothing.
    let parameters = merged(
        json!({ "USERNAME": "ada", "PASSWORD": PASSWORD }),
        &target(FOUR),
    );
    stage.initiate("USER_PASSWORD_AUTH", parameters).await.ok();
}

#[tokio::test]
async fn lite_has_none_of_it() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let lower = json!({ "UserPoolId": stage.pool, "UserPoolTier": "LITE" });
    stage.s.api("UpdateUserPool", lower).await.ok();
    let tier = "USER_AUTH is not available in the LITE tier.";
    let answer = stage.choose("ada", target(ONE)).await;
    answer.error("FeatureUnavailableInTierException", tier);
}

#[tokio::test]
async fn the_token_must_stand_and_be_of_this_user_and_client() {
    let stage = stage().await;
    stage.user("bob").await;
    let (ada, bob) = (stage.tokens("ada").await, stage.tokens("bob").await);
    app(&stage, &ada).await;
    let denied = async |tokens: &Value, message: &str| {
        let answer = stage.choose("ada", from(tokens, FOUR)).await;
        answer.error(NOT_AUTHORIZED, message);
    };
    denied(&bob, "Access Token is not of this user").await;
    // Whoever is nobody is not told apart from somebody else.
    let nobody = stage.choose("nobody", from(&bob, FOUR)).await;
    assert_ne!(nobody.status, 200);
    for token in ["x", "x.y.z", ada["IdToken"].as_str().unwrap()] {
        denied(&json!({ "AccessToken": token }), INVALID).await;
    }
    let mut forged = text(&ada["AccessToken"]);
    let last = if forged.ends_with("AA") { "QQ" } else { "AA" };
    forged.replace_range(forged.len() - 2.., last);
    let forged = json!({ "AccessToken": forged });
    denied(&forged, "Could not verify signature for Access Token").await;
    let other = Stage {
        client: text(&stage.new_client(json!({})).await["ClientId"]),
        s: stage.s.twin().await,
        pool: stage.pool.clone(),
    };
    let foreign = other.choose("ada", from(&ada, FOUR)).await;
    foreign.error(NOT_AUTHORIZED, INVALID);
    let elsewhere = Stage::on(stage.s.twin().await, pool("OPTIONAL"), json!({})).await;
    elsewhere.user("ada").await;
    let foreign = elsewhere.choose("ada", from(&ada, ONE)).await;
    foreign.error(NOT_AUTHORIZED, INVALID);
    let request = json!({ "ClientId": stage.client, "Token": ada["RefreshToken"] });
    let fresh = stage.choose("ada", from(&ada, FOUR)).await.ok();
    is_asked(&fresh, "SOFTWARE_TOKEN_MFA");
    stage.s.api("RevokeToken", request).await.ok();
    denied(&ada, "Access Token has been revoked").await;
    stage.advance_ms(3_600_000);
    denied(&ada, "Access Token has expired").await;
}

#[tokio::test]
async fn what_a_token_is_credited_with_ends_with_its_sign_in() {
    let stage = stage().await;
    let tokens = stage.tokens("ada").await;
    let secret = app(&stage, &tokens).await;
    let asked = stage.choose("ada", from(&tokens, FOUR)).await.ok();
    let request = json!({ "ClientId": stage.client, "Token": tokens["RefreshToken"] });
    stage.s.api("RevokeToken", request).await.ok();
    let ended = stage.next(&asked, code(&stage, &secret)).await;
    ended.error(NOT_AUTHORIZED, FOREIGN);
}

#[tokio::test]
async fn an_old_sign_in_is_no_credit() {
    let stage = stage().await;
    let tokens = stage.tokens("ada").await;
    let secret = app(&stage, &tokens).await;
    let aged = |age: &str| merged(from(&tokens, FOUR), &json!({ "MAX_AGE": age }));
    // Sixty seconds ago.
    for age in ["60", "3600"] {
        is_asked(
            &stage.choose("ada", aged(age)).await.ok(),
            "SOFTWARE_TOKEN_MFA",
        );
    }
    for age in ["59", "0"] {
        let asked = stage.choose("ada", aged(age)).await.ok();
        is_asked(&asked, "SELECT_CHALLENGE");
        assert_eq!(available(&asked), ["PASSWORD_SRP", "PASSWORD"]);
        let answer = json!({ "ANSWER": "PASSWORD", "PASSWORD": PASSWORD });
        let asked = stage.next(&asked, answer).await.ok();
        is_asked(&asked, "SOFTWARE_TOKEN_MFA");
        let done = stage.next(&asked, code(&stage, &secret)).await.ok();
        let said = worth(&done["AuthenticationResult"]);
        assert_eq!(said, json!([FOUR, ["pwd", "otp", "mfa"]]));
        stage.advance_ms(30_000);
    }
    // A level that is reached already is proven anew; the token itself stays good.
    let again = merged(from(&tokens, ONE), &json!({ "MAX_AGE": "0" }));
    is_asked(&stage.choose("ada", again).await.ok(), "SELECT_CHALLENGE");
    stage.get_user(&tokens["AccessToken"]).await.ok();
}

#[tokio::test]
async fn refreshing_makes_no_sign_in_younger() {
    let stage = stage().await;
    let tokens = stage.tokens("ada").await;
    app(&stage, &tokens).await;
    let refreshed = stage.refresh(&tokens["RefreshToken"]).await.ok();
    let refreshed = &refreshed["AuthenticationResult"];
    let aged = merged(from(refreshed, FOUR), &json!({ "MAX_AGE": "59" }));
    is_asked(&stage.choose("ada", aged).await.ok(), "SELECT_CHALLENGE");
}

#[tokio::test]
async fn from_scratch_the_choice_is_among_what_leads_to_the_level() {
    let stage = stage().await;
    verified(&stage).await;
    let tokens = stage.tokens("ada").await;
    let passkey = Authenticator::es256();
    register(&stage, &tokens["AccessToken"], &passkey).await;
    let offered = async |levels: &str| {
        let asked = stage.choose("ada", target(levels)).await.ok();
        is_asked(&asked, "SELECT_CHALLENGE");
        available(&asked).join(" ")
    };
    let all = "PASSWORD_SRP PASSWORD EMAIL_OTP WEB_AUTHN";
    assert_eq!(offered(ONE).await, all);
    assert_eq!(offered(TWO).await, all);
    assert_eq!(offered(THREE).await, "PASSWORD_SRP PASSWORD WEB_AUTHN");
    assert_eq!(offered(&format!("{FOUR} {TWO}")).await, all);
    refused(stage.choose("ada", target(FOUR)).await, OUT_OF_REACH);
    // The password alone is not enough; a code follows it.
    let asked = stage.choose("ada", target(THREE)).await.ok();
    let answer = json!({ "ANSWER": "PASSWORD", "PASSWORD": PASSWORD });
    let asked = stage.next(&asked, answer).await.ok();
    is_asked(&asked, "EMAIL_OTP");
    let sent = json!({ "EMAIL_OTP_CODE": stage.s.code_to("ada@example.com") });
    let done = stage.next(&asked, sent).await.ok();
    let said = worth(&done["AuthenticationResult"]);
    assert_eq!(said, json!([THREE, ["pwd", "email_otp", "mfa"]]));
    // A code alone is.
    let asked = stage.prefer("ada", "EMAIL_OTP", target(TWO)).await.ok();
    is_asked(&asked, "EMAIL_OTP");
    let sent = json!({ "EMAIL_OTP_CODE": stage.s.code_to("ada@example.com") });
    let done = stage.next(&asked, sent).await.ok();
    assert_eq!(
        worth(&done["AuthenticationResult"]),
        json!([TWO, ["email_otp"]])
    );
    // What was not offered is no answer.
    let asked = stage.choose("ada", target(THREE)).await.ok();
    let other = stage.next(&asked, json!({ "ANSWER": "EMAIL_OTP" })).await;
    refused(other, "EMAIL_OTP is not available for this sign-in.");
}

#[tokio::test]
async fn a_passkey_leads_from_a_password_to_level_three() {
    let stage = Stage::with(
        passkeys::pool(json!({ "RelyingPartyId": "localhost" })),
        json!({}),
    )
    .await;
    stage.user("ada").await;
    let tokens = stage.tokens("ada").await;
    let passkey = Authenticator::es256();
    register(&stage, &tokens["AccessToken"], &passkey).await;
    let asked = stage
        .prefer("ada", "WEB_AUTHN", from(&tokens, THREE))
        .await
        .ok();
    is_asked(&asked, "WEB_AUTHN");
    assert_eq!(available(&asked), ["WEB_AUTHN"]);
    let options = text(&asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"]);
    let options = serde_json::from_str(&options).unwrap();
    let credential = passkey.get(&options, ORIGIN, |_| {}).to_string();
    let done = stage
        .next(&asked, json!({ "CREDENTIAL": credential }))
        .await
        .ok();
    let said = worth(&done["AuthenticationResult"]);
    assert_eq!(said, json!([THREE, ["pwd", "swk", "mfa"]]));
    // From a passkey the password leads on, and what was a passkey stays one.
    refused(
        stage
            .choose("ada", from(&done["AuthenticationResult"], FOUR))
            .await,
        OUT_OF_REACH,
    );
}

#[tokio::test]
async fn what_is_preferred_counts_where_it_leads_to_the_level() {
    let stage = stage().await;
    verified(&stage).await;
    stage.tokens("ada").await;
    let inline = merged(target(THREE), &json!({ "PASSWORD": PASSWORD }));
    let asked = stage.prefer("ada", "PASSWORD", inline).await.ok();
    is_asked(&asked, "EMAIL_OTP");
    let asked = stage.prefer("ada", "EMAIL_OTP", target(THREE)).await.ok();
    is_asked(&asked, "SELECT_CHALLENGE");
    assert_eq!(available(&asked), ["PASSWORD_SRP", "PASSWORD"]);
}

#[tokio::test]
async fn what_the_user_must_prove_is_asked_for_whatever_the_target() {
    let stage = stage().await;
    let tokens = stage.tokens("ada").await;
    let secret = app(&stage, &tokens).await;
    let asked = stage.choose("ada", target(ONE)).await.ok();
    let answer = json!({ "ANSWER": "PASSWORD", "PASSWORD": PASSWORD });
    let asked = stage.next(&asked, answer.clone()).await.ok();
    is_asked(&asked, "SOFTWARE_TOKEN_MFA");
    let done = stage.next(&asked, code(&stage, &secret)).await.ok();
    let said = worth(&done["AuthenticationResult"]);
    assert_eq!(said, json!([FOUR, ["pwd", "otp", "mfa"]]));
    // A factor that has to be set up is set up where the sign-in is the first.
    let strict = Stage::with(mfa::token_pool("ON"), json!({})).await;
    strict.user("ada").await;
    let asked = strict.choose("ada", target(ONE)).await.ok();
    is_asked(&strict.next(&asked, answer).await.ok(), "MFA_SETUP");
    refused(strict.choose("ada", target(FOUR)).await, OUT_OF_REACH);
}

#[tokio::test]
async fn a_remembered_device_is_no_factor() {
    let stage = Stage::with(tracking(always(), pool("OPTIONAL")), json!({})).await;
    stage.user("ada").await;
    let tokens = stage.tokens("ada").await;
    let device = stage.register(&tokens).await;
    let secret = app(&stage, &tokens).await;
    let named = json!({ "DEVICE_KEY": device.key });
    let inline = json!({ "PASSWORD": PASSWORD });
    // In place of the second factor, where the level does not need it.
    let lower = merged(merged(target(ONE), &named), &inline);
    let asked = stage.prefer("ada", "PASSWORD", lower).await.ok();
    is_asked(&asked, "DEVICE_SRP_AUTH");
    let done = stage.prove_device(&asked, &device).await.ok();
    let said = worth(&done["AuthenticationResult"]);
    assert_eq!(said, json!([ONE, ["pwd"]]));
    for more in [merged(target(FOUR), &inline), from(&tokens, FOUR)] {
        let asked = stage
            .prefer("ada", "PASSWORD", merged(more, &named))
            .await
            .ok();
        is_asked(&asked, "SOFTWARE_TOKEN_MFA");
        let asked = stage.next(&asked, code(&stage, &secret)).await.ok();
        is_asked(&asked, "DEVICE_SRP_AUTH");
        let done = stage.prove_device(&asked, &device).await.ok();
        let said = worth(&done["AuthenticationResult"]);
        assert_eq!(said, json!([FOUR, ["pwd", "otp", "mfa"]]));
        stage.advance_ms(30_000);
    }
}

#[tokio::test]
async fn a_level_that_is_called_otherwise_by_now_is_no_level_but_its_factors_count() {
    let stage = stage().await;
    let tokens = stage.tokens("ada").await;
    let secret = app(&stage, &tokens).await;
    let request = json!({ "UserPoolId": stage.pool });
    let described = stage.s.api("DescribeUserPool", request).await.ok();
    let rename = merged(
        json!({
            "UserPoolId": stage.pool, "MfaConfiguration": "OPTIONAL",
            "Policies": described["UserPool"]["Policies"],
            "SmsConfiguration": described["UserPool"]["SmsConfiguration"],
        }),
        &named(&[("Level1", "urn:new:1"), ("Level4", "urn:new:4")]),
    );
    stage.s.api("UpdateUserPool", rename).await.ok();
    refused(stage.choose("ada", from(&tokens, FOUR)).await, UNKNOWN);
    let asked = stage.choose("ada", from(&tokens, "urn:new:4")).await.ok();
    is_asked(&asked, "SOFTWARE_TOKEN_MFA");
    let done = stage.next(&asked, code(&stage, &secret)).await.ok();
    let said = worth(&done["AuthenticationResult"]);
    assert_eq!(said, json!(["urn:new:4", ["pwd", "otp", "mfa"]]));
    // Where nothing is missing everything is proven anew: no token is had for nothing.
    let asked = stage.choose("ada", from(&tokens, "urn:new:1")).await.ok();
    is_asked(&asked, "SELECT_CHALLENGE");
}

#[tokio::test]
async fn a_password_that_has_to_be_replaced_is_no_credit() {
    let stage = stage().await;
    let tokens = stage.tokens("ada").await;
    app(&stage, &tokens).await;
    let status = "UPDATE users SET status = 'FORCE_CHANGE_PASSWORD' WHERE username = $1";
    stage.run(status, args!["ada"]).await;
    let asked = stage.choose("ada", from(&tokens, FOUR)).await.ok();
    is_asked(&asked, "SELECT_CHALLENGE");
    let answer = json!({ "ANSWER": "PASSWORD", "PASSWORD": PASSWORD });
    let asked = stage.next(&asked, answer).await.ok();
    is_asked(&asked, "NEW_PASSWORD_REQUIRED");
    // The level is not forgotten on the way.
    let answer = json!({ "NEW_PASSWORD": "Another-Horse2!" });
    is_asked(&stage.next(&asked, answer).await.ok(), "SOFTWARE_TOKEN_MFA");
}

#[tokio::test]
async fn a_name_that_is_nobodys_is_not_told_apart() {
    let hides = json!({ "PreventUserExistenceErrors": "ENABLED" });
    let stage = Stage::with(pool("OPTIONAL"), hides).await;
    stage.user("ada").await;
    stage.user("bob").await;
    let tokens = stage.tokens("ada").await;
    app(&stage, &tokens).await;
    // Ada has an authenticator app and bob has none; of the others some have one.
    let (mut in_reach, mut out) = (0, 0);
    for n in 0..24 {
        let answer = stage.choose(&format!("nobody{n}"), target(FOUR)).await;
        if answer.status == 200 {
            in_reach += 1;
            let asked = answer.ok();
            let real = stage.choose("ada", target(FOUR)).await.ok();
            assert_eq!(available(&asked), available(&real));
            let length = |asked: &Value| asked["Session"].as_str().unwrap().len();
            assert_eq!(length(&asked), length(&real));
            let name = format!("nobody{n}");
            let answer = json!({ "USERNAME": name, "ANSWER": "PASSWORD", "PASSWORD": PASSWORD });
            let session = asked["Session"].as_str();
            let answer = stage.respond("SELECT_CHALLENGE", session, answer).await;
            answer.error(NOT_AUTHORIZED, INCORRECT);
        } else {
            out += 1;
            refused(answer, OUT_OF_REACH);
        }
    }
    assert!(in_reach > 0 && out > 0, "{in_reach} {out}");
    // With a token nobody is just somebody else.
    let (somebody, nobody) = ("bob", "nobody");
    for name in [somebody, nobody] {
        let answer = stage.choose(name, from(&tokens, FOUR)).await;
        answer.error(NOT_AUTHORIZED, "Access Token is not of this user");
    }
}

#[tokio::test]
async fn srp_leads_to_the_level_too() {
    let stage = stage().await;
    verified(&stage).await;
    let client = SrpClient::new(7);
    let inline = merged(target(THREE), &json!({ "SRP_A": client.public }));
    let asked = stage.prefer("ada", "PASSWORD_SRP", inline).await.ok();
    is_asked(&asked, "PASSWORD_VERIFIER");
    let proof = stage.proof(&client, &asked, PASSWORD);
    let asked = stage.next(&asked, proof).await.ok();
    is_asked(&asked, "EMAIL_OTP");
}

#[tokio::test]
async fn a_sign_up_goes_for_no_level() {
    let stage = Stage::with(json!({ "AutoVerifiedAttributes": ["email"] }), json!({})).await;
    let request = json!({
        "ClientId": stage.client, "Username": "ada", "Password": PASSWORD,
        "UserAttributes": [{ "Name": "email", "Value": "ada@example.com" }],
    });
    let begun = stage.s.api("SignUp", request).await.ok();
    let request = json!({
        "ClientId": stage.client, "Username": "ada", "Session": begun["Session"],
        "ConfirmationCode": stage.s.code_to("ada@example.com"),
    });
    let confirmed = stage.s.api("ConfirmSignUp", request).await.ok();
    let initiate = async |more: Value| {
        let request = json!({
            "ClientId": stage.client, "AuthFlow": "USER_AUTH", "Session": confirmed["Session"],
            "AuthParameters": merged(json!({ "USERNAME": "ada" }), &more),
        });
        stage.s.api("InitiateAuth", request).await
    };
    let both = "TARGET_ACR_VALUES cannot be used with Session.";
    refused(initiate(target(TWO)).await, both);
    let done = initiate(json!({})).await.ok();
    // The code was proven; the password was only chosen.
    assert_eq!(
        worth(&done["AuthenticationResult"]),
        json!([TWO, ["email_otp"]])
    );
}

//! Signing in with a passkey.

use poolhouse::store::users::User;
use serde_json::{Value, json};

use super::passkeys::{ORIGIN, pool, register, stage, token};
use super::stage::{INCORRECT, INVALID_PARAMETER, NOT_AUTHORIZED, Stage, claims, is, merged, text};
use crate::support::Answer;
use crate::support::authenticator::{Authenticator, BS, ED, Said, UP, UV, b64, unb64};

const USED: &str = "Invalid session for the user, session can only be used once.";
const UNAVAILABLE: &str = "WEB_AUTHN is not available for this sign-in.";
const INVALID_SESSION: &str = "Invalid session for the user.";

/// A user with a passkey.
async fn ada(stage: &Stage, authenticator: &Authenticator) -> User {
    let user = stage.user("ada").await;
    let token = token(stage, "ada").await;
    register(stage, &token, authenticator).await;
    user
}

async fn begin(stage: &Stage, preferred: bool) -> Answer {
    let mut parameters = json!({ "USERNAME": "ada" });
    if preferred {
        parameters["PREFERRED_CHALLENGE"] = json!("WEB_AUTHN");
    }
    stage.initiate("USER_AUTH", parameters).await
}

fn options(challenge: &Value) -> Value {
    let text = &challenge["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"];
    serde_json::from_str(text.as_str().unwrap()).unwrap()
}

async fn answer(stage: &Stage, challenge: &Value, credential: &Value) -> Answer {
    let responses = json!({ "USERNAME": "ada", "CREDENTIAL": credential.to_string() });
    let session = challenge["Session"].as_str();
    stage.respond("WEB_AUTHN", session, responses).await
}

#[tokio::test]
async fn a_passkey_signs_in() {
    for authenticator in [Authenticator::es256(), Authenticator::rs256()] {
        let stage = stage().await;
        let user = ada(&stage, &authenticator).await;
        let asked = begin(&stage, true).await.ok();
        assert_eq!(asked["ChallengeName"], "WEB_AUTHN");
        let available = json!(["PASSWORD_SRP", "PASSWORD", "WEB_AUTHN"]);
        assert_eq!(asked["AvailableChallenges"], available);
        let mut shown = options(&asked);
        assert_eq!(text(&shown["challenge"].take()).len(), 43);
        let expected = json!({
            "challenge": null, "timeout": 60000, "rpId": "localhost", "userVerification": "preferred",
            "allowCredentials": [{
                "type": "public-key", "id": b64(&authenticator.id), "transports": ["internal", "hybrid"],
            }],
        });
        assert_eq!(shown, expected);
        let credential = authenticator.get(&options(&asked), ORIGIN, |said| {
            said.user_handle = Some(b64(user.sub.as_str()));
        });
        let tokens = answer(&stage, &asked, &credential).await.ok();
        let result = &tokens["AuthenticationResult"];
        assert_eq!(claims(&result["AccessToken"])["sub"], user.sub.as_str());
        stage.refresh(&result["RefreshToken"]).await.ok();
        stage.get_user(&result["AccessToken"]).await.ok();
    }
}

#[tokio::test]
async fn a_passkey_is_chosen_and_may_answer_the_choice_at_once() {
    let stage = stage().await;
    let authenticator = Authenticator::es256();
    ada(&stage, &authenticator).await;
    let choice = begin(&stage, false).await.ok();
    assert_eq!(choice["ChallengeName"], "SELECT_CHALLENGE");
    let responses = json!({ "USERNAME": "ada", "ANSWER": "WEB_AUTHN" });
    let session = choice["Session"].as_str();
    let asked = stage
        .respond("SELECT_CHALLENGE", session, responses)
        .await
        .ok();
    assert_eq!(asked["ChallengeName"], "WEB_AUTHN");
    let credential = authenticator.get(&options(&asked), ORIGIN, |_| {});
    answer(&stage, &asked, &credential).await.ok();

    let choice = begin(&stage, false).await.ok();
    let credential = authenticator.get(&options(&choice), ORIGIN, |_| {});
    let responses = json!({
        "USERNAME": "ada", "ANSWER": "WEB_AUTHN", "CREDENTIAL": credential.to_string(),
    });
    let session = choice["Session"].as_str();
    let done = stage
        .respond("SELECT_CHALLENGE", session, responses)
        .await
        .ok();
    assert!(done["AuthenticationResult"]["AccessToken"].is_string());

    let parameters = json!({ "USERNAME": "ada", "PREFERRED_CHALLENGE": "WEB_AUTHN" });
    let asked = stage.admin_initiate("USER_AUTH", parameters).await.ok();
    let credential = authenticator.get(&options(&asked), ORIGIN, |_| {});
    let request = json!({
        "UserPoolId": stage.pool, "ClientId": stage.client, "ChallengeName": "WEB_AUTHN",
        "Session": asked["Session"],
        "ChallengeResponses": { "USERNAME": "ada", "CREDENTIAL": credential.to_string() },
    });
    let done = stage
        .s
        .api("AdminRespondToAuthChallenge", request)
        .await
        .ok();
    assert!(done["AuthenticationResult"]["AccessToken"].is_string());
}

/// An answer in which one thing is wrong.
type Forged = (&'static str, fn(&mut Said));

const FORGED: [Forged; 20] = [
    ("type", |s| s.client["type"] = json!("webauthn.create")),
    ("challenge", |s| s.client["challenge"] = json!(b64([7; 32]))),
    ("no challenge", |s| s.client["challenge"] = json!("")),
    ("foreign origin", |s| {
        s.client["origin"] = json!("https://evil.test")
    }),
    ("longer name", |s| {
        s.client["origin"] = json!("https://evillocalhost")
    }),
    ("name as a label", |s| {
        s.client["origin"] = json!("https://localhost.evil.test")
    }),
    ("below localhost", |s| {
        s.client["origin"] = json!("http://evil.localhost")
    }),
    ("address", |s| {
        s.client["origin"] = json!("http://127.0.0.1:3000")
    }),
    ("slash", |s| {
        s.client["origin"] = json!("http://localhost:3000/")
    }),
    ("null origin", |s| s.client["origin"] = json!("null")),
    ("frame", |s| s.client["crossOrigin"] = json!(true)),
    ("top origin", |s| {
        s.client["topOrigin"] = json!("https://evil.test")
    }),
    ("relying party", |s| s.rp_id = "evil.test".to_owned()),
    ("suffix of the relying party", |s| {
        s.rp_id = "host".to_owned()
    }),
    ("nobody there", |s| s.flags = UV),
    ("copied without leave", |s| s.flags |= BS),
    ("extensions that are none", |s| s.flags |= ED),
    ("more bytes", |s| s.rest = vec![0]),
    ("somebody else", |s| s.user_handle = Some(b64("somebody"))),
    ("handle that is no text", |s| {
        s.user_handle = Some("?".to_owned())
    }),
];

#[tokio::test]
async fn forged_answers_are_refused_and_the_right_one_stays_good() {
    let stage = stage().await;
    let authenticator = Authenticator::es256();
    ada(&stage, &authenticator).await;
    stage.user("eve").await;
    let others = Authenticator::es256();
    register(&stage, &token(&stage, "eve").await, &others).await;
    let mut taken = Vec::new();
    let mut asked = begin(&stage, true).await.ok();
    for (name, change) in FORGED {
        let credential = authenticator.get(&options(&asked), ORIGIN, change);
        let told = answer(&stage, &asked, &credential).await;
        if told.status == 200 {
            taken.push(name);
            asked = begin(&stage, true).await.ok();
            continue;
        }
        assert!(is(&told, INCORRECT), "{name}: {}", told.body);
    }
    assert!(taken.is_empty(), "taken: {taken:?}");
    let wanted = options(&asked);
    let right = authenticator.get(&wanted, ORIGIN, |_| {});
    let response = |name: &str, value: String| {
        let mut changed = right.clone();
        changed["response"][name] = json!(value);
        changed
    };
    let mut signature = unb64(&right["response"]["signature"]);
    let ours = json!({ "id": b64(&authenticator.id), "rawId": b64(&authenticator.id) });
    let stranger = Authenticator::es256();
    let mut wrong = vec![
        others.get(&wanted, ORIGIN, |_| {}),
        merged(others.get(&wanted, ORIGIN, |_| {}), &ours),
        stranger.get(&wanted, ORIGIN, |_| {}),
        merged(stranger.get(&wanted, ORIGIN, |_| {}), &ours),
        response("signature", String::new()),
        response("signature", b64(&signature[..signature.len() - 1])),
        response("signature", b64([signature.as_slice(), &[0]].concat())),
        response("authenticatorData", b64([0; 37])),
        response("authenticatorData", String::new()),
        response("clientDataJSON", b64("{}")),
        response("clientDataJSON", b64("junk")),
    ];
    *signature.last_mut().unwrap() ^= 1;
    wrong.push(response("signature", b64(&signature)));
    for (n, credential) in wrong.iter().enumerate() {
        let told = answer(&stage, &asked, credential).await;
        assert!(is(&told, INCORRECT), "{n}: {}", told.body);
    }
    let message = "Invalid WebAuthn credential response.";
    for junk in [
        json!({}),
        json!([]),
        merged(right.clone(), &json!({ "type": "x" })),
        merged(right.clone(), &json!({ "rawId": "x" })),
        response("signature", "?".to_owned()),
    ] {
        let told = answer(&stage, &asked, &junk).await;
        told.error(INVALID_PARAMETER, message);
    }
    let session = asked["Session"].as_str();
    let responses = json!({ "USERNAME": "ada", "CREDENTIAL": "junk" });
    let told = stage.respond("WEB_AUTHN", session, responses).await;
    told.error(INVALID_PARAMETER, message);
    let told = stage
        .respond("WEB_AUTHN", session, json!({ "USERNAME": "ada" }))
        .await;
    told.error(INVALID_PARAMETER, "Missing required parameter CREDENTIAL");
    let responses = json!({ "USERNAME": "eve", "CREDENTIAL": right.to_string() });
    let told = stage.respond("WEB_AUTHN", session, responses).await;
    told.error(NOT_AUTHORIZED, INVALID_SESSION);
    answer(&stage, &asked, &right).await.ok();
}

#[tokio::test]
async fn an_answer_is_to_one_challenge_of_one_client_and_pool_and_good_once() {
    let stage = stage().await;
    let authenticator = Authenticator::es256();
    ada(&stage, &authenticator).await;
    let (first, second) = (
        begin(&stage, true).await.ok(),
        begin(&stage, true).await.ok(),
    );
    let right = authenticator.get(&options(&first), ORIGIN, |_| {});
    let told = answer(&stage, &second, &right).await;
    assert!(is(&told, INCORRECT));
    let other = stage.new_client(json!({})).await;
    let request = json!({
        "ClientId": other["ClientId"], "ChallengeName": "WEB_AUTHN", "Session": first["Session"],
        "ChallengeResponses": { "USERNAME": "ada", "CREDENTIAL": right.to_string() },
    });
    let told = stage.s.api("RespondToAuthChallenge", request).await;
    told.error(NOT_AUTHORIZED, INVALID_SESSION);
    answer(&stage, &first, &right).await.ok();
    answer(&stage, &first, &right)
        .await
        .error(NOT_AUTHORIZED, USED);
    let late = authenticator.get(&options(&second), ORIGIN, |_| {});
    stage.advance_ms(3 * 60_000 + 1);
    let message = "Invalid session for the user, session is expired.";
    answer(&stage, &second, &late)
        .await
        .error(NOT_AUTHORIZED, message);

    // The same name and relying party in another pool of the server: another passkey.
    let neighbour = Stage::on(
        stage.s.twin().await,
        pool(json!({ "RelyingPartyId": "localhost" })),
        json!({}),
    )
    .await;
    ada(&neighbour, &Authenticator::es256()).await;
    let asked = begin(&neighbour, true).await.ok();
    let foreign = authenticator.get(&options(&asked), ORIGIN, |_| {});
    assert!(is(&answer(&neighbour, &asked, &foreign).await, INCORRECT));
    let asked = begin(&stage, true).await.ok();
    assert!(is(
        &answer(&neighbour, &asked, &foreign).await,
        INVALID_SESSION
    ));
}

#[tokio::test]
async fn of_many_answers_at_once_on_twins_one_wins() {
    let stage = stage().await;
    let authenticator = Authenticator::es256();
    ada(&stage, &authenticator).await;
    let twin = stage.s.twin().await;
    let asked = begin(&stage, true).await.ok();
    let asked_too = begin(&stage, true).await.ok();
    let answers = (0..32).map(|n: usize| {
        // The authenticator counts to 5 once; two challenges make no two sign-ins of it.
        let asked = if n % 4 < 2 { &asked } else { &asked_too };
        let credential = authenticator.get(&options(asked), ORIGIN, |said| said.count = 5);
        let request = json!({
            "ClientId": stage.client, "ChallengeName": "WEB_AUTHN", "Session": asked["Session"],
            "ChallengeResponses": { "USERNAME": "ada", "CREDENTIAL": credential.to_string() },
        });
        let server = if usize::is_multiple_of(n, 2) {
            &stage.s
        } else {
            &twin
        };
        server.api("RespondToAuthChallenge", request)
    });
    let answers = futures_util::future::join_all(answers).await;
    assert_eq!(answers.iter().filter(|a| a.status == 200).count(), 1);
    assert!(answers.iter().all(|answer| answer.status < 500));
}

#[tokio::test]
async fn a_counter_that_does_not_rise_tells_of_a_copy() {
    let stage = stage().await;
    let authenticator = Authenticator::es256();
    ada(&stage, &authenticator).await;
    for (count, good) in [
        (0, true),
        (0, true),
        (3, true),
        (3, false),
        (2, false),
        (0, false),
        (4, true),
        (u32::MAX, true),
        (0, false),
    ] {
        let asked = begin(&stage, true).await.ok();
        let credential = authenticator.get(&options(&asked), ORIGIN, |said| said.count = count);
        let told = answer(&stage, &asked, &credential).await;
        assert_eq!(told.status == 200, good, "{count}: {}", told.body);
        assert!(good || is(&told, INCORRECT));
    }
}

#[tokio::test]
async fn what_happens_meanwhile_ends_the_sign_in() {
    for (operation, message) in [
        ("AdminDisableUser", "User is disabled."),
        ("AdminUserGlobalSignOut", INVALID_SESSION),
        ("AdminResetUserPassword", INVALID_SESSION),
        ("AdminDeleteUser", "User does not exist."),
        ("passkey", UNAVAILABLE),
        ("pool", UNAVAILABLE),
        ("relying party", UNAVAILABLE),
    ] {
        let stage = stage().await;
        let authenticator = Authenticator::es256();
        let sub = ada(&stage, &authenticator).await.sub;
        let asked = begin(&stage, true).await.ok();
        let credential = authenticator.get(&options(&asked), ORIGIN, |_| {});
        match operation {
            "passkey" => {
                let request = json!({
                    "AccessToken": token(&stage, "ada").await, "CredentialId": b64(&authenticator.id),
                });
                stage.s.api("DeleteWebAuthnCredential", request).await.ok();
            }
            "pool" => {
                let mut request = super::choice::factors(&["PASSWORD"]);
                request["UserPoolId"] = json!(stage.pool);
                stage.s.api("UpdateUserPool", request).await.ok();
            }
            "relying party" => {
                let request = json!({
                    "UserPoolId": stage.pool,
                    "WebAuthnConfiguration": { "RelyingPartyId": "example.test" },
                });
                stage.s.api("SetUserPoolMfaConfig", request).await.ok();
            }
            "AdminResetUserPassword" => {
                let request = json!({
                    "UserPoolId": stage.pool, "Username": "ada",
                    "UserAttributes": [{ "Name": "email_verified", "Value": "true" }],
                });
                stage.s.api("AdminUpdateUserAttributes", request).await.ok();
                let request = json!({ "UserPoolId": stage.pool, "Username": "ada" });
                stage.s.api(operation, request).await.ok();
            }
            _ => {
                let request = json!({ "UserPoolId": stage.pool, "Username": "ada" });
                stage.s.api(operation, request).await.ok();
            }
        }
        let told = answer(&stage, &asked, &credential).await;
        assert_eq!(told.body["message"], message, "{operation} {sub}");
    }
}

/// What the pool's and the user's settings make of a passkey.
async fn offered(stage: &Stage) -> Vec<Value> {
    let asked = begin(stage, false).await.ok();
    asked["AvailableChallenges"].as_array().unwrap().clone()
}

async fn configure(stage: &Stage, mode: &str, factor: &str) {
    let request = json!({
        "UserPoolId": stage.pool, "MfaConfiguration": mode,
        "EmailMfaConfiguration": { "Message": "{####}", "Subject": "s" },
        "WebAuthnConfiguration": { "RelyingPartyId": "localhost", "FactorConfiguration": factor },
    });
    stage.s.api("SetUserPoolMfaConfig", request).await.ok();
}

#[tokio::test]
async fn a_passkey_counts_for_two_factors_where_pool_and_user_say_so() {
    let stage = stage().await;
    let authenticator = Authenticator::es256();
    ada(&stage, &authenticator).await;
    let passkey = json!("WEB_AUTHN");
    let prefer = |settings: Value| {
        let request = json!({ "UserPoolId": stage.pool, "Username": "ada" });
        stage
            .s
            .api("AdminSetUserMFAPreference", merged(request, &settings))
    };
    let on = json!({ "WebAuthnMfaSettings": { "Enabled": true } });
    let mail = json!({ "EmailMfaSettings": { "Enabled": true } });
    configure(&stage, "OPTIONAL", "SINGLE_FACTOR").await;
    assert!(
        offered(&stage).await.contains(&passkey),
        "nothing more is asked"
    );
    prefer(mail.clone()).await.ok();
    assert!(!offered(&stage).await.contains(&passkey));
    let single =
        "Passkey MFA requires the MULTI_FACTOR_WITH_USER_VERIFICATION factor configuration.";
    prefer(on.clone()).await.error(INVALID_PARAMETER, single);
    configure(&stage, "OPTIONAL", "MULTI_FACTOR_WITH_USER_VERIFICATION").await;
    assert!(
        !offered(&stage).await.contains(&passkey),
        "the user has not said so"
    );
    prefer(json!({ "EmailMfaSettings": { "Enabled": false } }))
        .await
        .ok();
    let alone = "Passkey MFA requires another MFA method to be enabled.";
    prefer(on.clone()).await.error(INVALID_PARAMETER, alone);
    prefer(merged(on.clone(), &mail)).await.ok();
    let off = json!({ "EmailMfaSettings": { "Enabled": false } });
    prefer(off).await.error(INVALID_PARAMETER, alone);
    for mode in ["OPTIONAL", "ON"] {
        configure(&stage, mode, "MULTI_FACTOR_WITH_USER_VERIFICATION").await;
        let asked = begin(&stage, true).await.ok();
        assert_eq!(options(&asked)["userVerification"], "required");
        let unverified = authenticator.get(&options(&asked), ORIGIN, |said| said.flags = UP);
        assert!(is(&answer(&stage, &asked, &unverified).await, INCORRECT));
        let verified = authenticator.get(&options(&asked), ORIGIN, |_| {});
        let done = answer(&stage, &asked, &verified).await.ok();
        assert!(
            done["AuthenticationResult"]["AccessToken"].is_string(),
            "{done}"
        );
    }
    // What was promised to the passkey is asked again when it answers.
    let asked = begin(&stage, true).await.ok();
    let right = authenticator.get(&options(&asked), ORIGIN, |_| {});
    configure(&stage, "ON", "SINGLE_FACTOR").await;
    assert!(is(&answer(&stage, &asked, &right).await, UNAVAILABLE));
    assert!(!offered(&stage).await.contains(&passkey));
    configure(&stage, "ON", "MULTI_FACTOR_WITH_USER_VERIFICATION").await;
    prefer(json!({ "WebAuthnMfaSettings": { "Enabled": false } }))
        .await
        .ok();
    assert!(!offered(&stage).await.contains(&passkey));
}

#[tokio::test]
async fn a_password_to_be_reset_comes_before_a_passkey() {
    let stage = stage().await;
    ada(&stage, &Authenticator::es256()).await;
    assert!(offered(&stage).await.contains(&json!("WEB_AUTHN")));
    let user = json!({ "UserPoolId": stage.pool, "Username": "ada" });
    let verified = json!({ "UserAttributes": [{ "Name": "email_verified", "Value": "true" }] });
    let request = merged(user.clone(), &verified);
    stage.s.api("AdminUpdateUserAttributes", request).await.ok();
    stage.s.api("AdminResetUserPassword", user).await.ok();
    assert_eq!(offered(&stage).await, ["PASSWORD_SRP", "PASSWORD"]);
}

/// Whoever let the passkey count for two is recognised, even where the pool asks for one factor.
#[tokio::test]
async fn a_passkey_that_counted_for_two_goes_on_recognising_its_person() {
    let stage = stage().await;
    let authenticator = Authenticator::es256();
    ada(&stage, &authenticator).await;
    configure(&stage, "OPTIONAL", "MULTI_FACTOR_WITH_USER_VERIFICATION").await;
    let request = json!({
        "UserPoolId": stage.pool, "Username": "ada", "EmailMfaSettings": { "Enabled": true },
        "WebAuthnMfaSettings": { "Enabled": true },
    });
    stage.s.api("AdminSetUserMFAPreference", request).await.ok();
    let request = json!({
        "UserPoolId": stage.pool, "MfaConfiguration": "OFF",
        "WebAuthnConfiguration": {
            "RelyingPartyId": "localhost", "FactorConfiguration": "SINGLE_FACTOR",
        },
    });
    stage.s.api("SetUserPoolMfaConfig", request).await.ok();
    let asked = begin(&stage, true).await.ok();
    assert_eq!(options(&asked)["userVerification"], "required");
    let unverified = authenticator.get(&options(&asked), ORIGIN, |said| said.flags = UP);
    assert!(is(&answer(&stage, &asked, &unverified).await, INCORRECT));
    let verified = authenticator.get(&options(&asked), ORIGIN, |_| {});
    answer(&stage, &asked, &verified).await.ok();
}

#[tokio::test]
async fn a_passkey_that_is_offered_does_not_tell_that_somebody_is_there() {
    let stage = Stage::with(
        pool(json!({ "RelyingPartyId": "localhost" })),
        json!({ "PreventUserExistenceErrors": "ENABLED" }),
    )
    .await;
    let authenticator = Authenticator::es256();
    ada(&stage, &authenticator).await;
    let real = begin(&stage, true).await.ok();
    let mut seeming = 0;
    for n in 0..40 {
        let name = format!("nobody{n}");
        let parameters = json!({ "USERNAME": name, "PREFERRED_CHALLENGE": "WEB_AUTHN" });
        let asked = stage.initiate("USER_AUTH", parameters.clone()).await.ok();
        let again = stage.initiate("USER_AUTH", parameters).await.ok();
        assert_eq!(asked["ChallengeName"], again["ChallengeName"]);
        if asked["ChallengeName"] != "WEB_AUTHN" {
            continue;
        }
        seeming += 1;
        assert_eq!(asked["AvailableChallenges"], real["AvailableChallenges"]);
        let (one, two) = (options(&asked), options(&again));
        assert_eq!(one["allowCredentials"], two["allowCredentials"]);
        let id = one["allowCredentials"][0]["id"].clone();
        let posing = merged(
            authenticator.get(&one, ORIGIN, |_| {}),
            &json!({ "id": id, "rawId": id }),
        );
        let responses = json!({ "USERNAME": name, "CREDENTIAL": posing.to_string() });
        let told = stage
            .respond("WEB_AUTHN", asked["Session"].as_str(), responses)
            .await;
        assert!(is(&told, INCORRECT), "{}", told.body);
    }
    assert!((5..35).contains(&seeming), "{seeming}");
}

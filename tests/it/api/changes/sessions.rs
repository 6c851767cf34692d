//! The sessions that a change ends.

use serde_json::{Value, json};

use super::acts::{ALL, Act};
use super::{Home, NEW_PASSWORD, NOT_AUTHORIZED, Person, STALE};
use crate::support::browser::Browser;
use crate::support::house::{CALLBACK, Client, PASSWORD, basic};

/// A sign-in in a browser, with the tokens that a client got of it.
async fn tokens(home: &Home, browser: &mut Browser, client: &Client, name: &str) -> Person {
    let url = home.house.authorize(&[("client_id", client.id.as_str())]);
    let page = browser.open(&url).await;
    let page = match page.find_form("cognitoSignInForm") {
        Some(_) => home.house.sign_in(browser, name, &url).await,
        None => page,
    };
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", &page.code()),
        ("redirect_uri", CALLBACK),
    ];
    let proof = basic(&client.id, client.secret.as_ref().unwrap());
    let told = home.house.token(&pairs, Some(&proof)).await.ok();
    Person {
        name: name.to_owned(),
        tokens: json!({ "AccessToken": told["access_token"], "RefreshToken": told["refresh_token"] }),
    }
}

/// Whether tokens of a browser still work.
async fn works(home: &Home, client: &Client, person: &Person) -> bool {
    let pairs = [
        ("grant_type", "refresh_token"),
        (
            "refresh_token",
            person.tokens["RefreshToken"].as_str().unwrap(),
        ),
    ];
    let proof = basic(&client.id, client.secret.as_ref().unwrap());
    let refreshed = home.house.token(&pairs, Some(&proof)).await;
    let got = home.call(person, "GetUser", json!({})).await;
    assert_eq!(got.status, refreshed.status, "{}", got.body);
    got.status == 200
}

/// Whether a browser is still signed in.
async fn signed_in(home: &Home, browser: &mut Browser, client: &Client) -> bool {
    let query = [("client_id", client.id.as_str()), ("prompt", "none")];
    let page = browser.get(&home.house.authorize(&query)).await;
    page.sent().contains_key("code")
}

#[tokio::test]
async fn every_change_ends_the_other_sessions_and_no_other_call_does() {
    for strict in [true, false] {
        let home = Home::either(strict).await;
        for (number, act) in ALL.into_iter().enumerate() {
            let name = format!("u{number}");
            home.user(&name, &[]).await;
            let asking = home.sign_in(&name).await;
            let ready = act.prepare(&home, &asking).await;
            let other = home.sign_in(&name).await;
            act.run(&home, &asking, &ready).await.ok();
            if matches!(act, Act::SignOut | Act::DeleteUser | Act::ForgetDevice) {
                continue;
            }
            let ends = strict && act.told().is_some();
            assert_eq!(home.stands(&other).await, !ends, "{act:?}");
            assert!(home.stands(&asking).await, "{act:?}");
        }
    }
}

#[tokio::test]
async fn the_session_that_asks_is_spared_with_its_browser() {
    let home = Home::strict().await;
    let (one, two) = (
        home.house.client(json!({ "GenerateSecret": true })).await,
        home.house.client(json!({ "GenerateSecret": true })).await,
    );
    home.user("ada", &[]).await;
    home.user("bob", &[]).await;
    let (mut mine, mut theirs) = (Browser::new(&home.house.s), Browser::new(&home.house.s));
    let asking = tokens(&home, &mut mine, &one, "ada").await;
    let sibling = tokens(&home, &mut mine, &two, "ada").await;
    let elsewhere = tokens(&home, &mut theirs, &one, "ada").await;
    let api = home.sign_in("ada").await;
    let bob = home.sign_in("bob").await;
    let change = json!({ "PreviousPassword": PASSWORD, "ProposedPassword": NEW_PASSWORD });
    home.call(&asking, "ChangePassword", change).await.ok();
    assert!(works(&home, &one, &asking).await);
    assert!(signed_in(&home, &mut mine, &one).await);
    assert!(!works(&home, &two, &sibling).await);
    assert!(!works(&home, &one, &elsewhere).await);
    assert!(!signed_in(&home, &mut theirs, &one).await);
    assert!(!home.stands(&api).await);
    assert!(home.stands(&bob).await, "another user");
}

#[tokio::test]
async fn a_sign_in_under_way_begins_again() {
    for strict in [true, false] {
        let home = Home::either(strict).await;
        home.user("ada", &[]).await;
        let ada = home.sign_in("ada").await;
        let body = json!({ "SMSMfaSettings": { "Enabled": true } });
        home.call(&ada, "SetUserMFAPreference", body).await.ok();
        let asked = home.try_sign_in("ada", PASSWORD).await.ok();
        assert_eq!(asked["ChallengeName"], "SMS_MFA");
        let body = json!({ "UserAttributes": [{ "Name": "email", "Value": "new@example.com" }] });
        home.call(&ada, "UpdateUserAttributes", body).await.ok();
        let body = json!({
            "ClientId": home.client, "ChallengeName": "SMS_MFA", "Session": asked["Session"],
            "ChallengeResponses": {
                "USERNAME": "ada", "SMS_MFA_CODE": home.house.s.code_to(super::PHONE),
            },
        });
        let answer = home.house.s.api("RespondToAuthChallenge", body).await;
        if strict {
            answer.error(NOT_AUTHORIZED, "Invalid session for the user.");
        } else {
            assert!(answer.ok()["AuthenticationResult"]["AccessToken"].is_string());
        }
    }
}

#[tokio::test]
async fn a_reset_and_administrators_spare_no_session() {
    let home = Home::strict().await;
    let mfa = json!({ "SMSMfaSettings": { "Enabled": true } });
    let sms =
        json!({ "MFAOptions": [{ "DeliveryMedium": "SMS", "AttributeName": "phone_number" }] });
    let email = json!({ "UserAttributes": [{ "Name": "email", "Value": "new@example.com" }] });
    let name = json!({ "UserAttributes": [{ "Name": "name", "Value": "Ada" }] });
    let set = |permanent: bool| json!({ "Password": NEW_PASSWORD, "Permanent": permanent });
    let cases: [(&str, Value, bool); 9] = [
        ("AdminSetUserPassword", set(true), true),
        ("AdminSetUserPassword", set(false), true),
        ("AdminUpdateUserAttributes", email, true),
        ("AdminUpdateUserAttributes", name, false),
        (
            "AdminDeleteUserAttributes",
            json!({ "UserAttributeNames": ["phone_number"] }),
            true,
        ),
        (
            "AdminDeleteUserAttributes",
            json!({ "UserAttributeNames": ["name"] }),
            false,
        ),
        ("AdminSetUserMFAPreference", mfa, true),
        ("AdminSetUserSettings", sms, true),
        ("AdminDeleteSoftwareToken", json!({}), false),
    ];
    for (number, (operation, mut body, ends)) in cases.into_iter().enumerate() {
        let name = format!("u{number}");
        home.user(&name, &[]).await;
        let person = home.sign_in(&name).await;
        body["Username"] = json!(name);
        home.admin(operation, body.clone()).await.ok();
        assert_eq!(home.stands(&person).await, !ends, "{operation} {body}");
        assert_eq!(!home.told(&name).is_empty(), ends, "{operation} {body}");
    }
    home.user("ada", &[]).await;
    let ada = home.sign_in("ada").await;
    let asked = json!({ "ClientId": home.client, "Username": "ada" });
    home.house.s.api("ForgotPassword", asked).await.ok();
    let body = json!({
        "ClientId": home.client, "Username": "ada", "Password": NEW_PASSWORD,
        "ConfirmationCode": home.house.s.code_to("ada@example.com"),
    });
    home.house.s.api("ConfirmForgotPassword", body).await.ok();
    assert!(!home.stands(&ada).await);
    // A token that is there to be taken away.
    home.user("bob", &[]).await;
    let bob = home.sign_in("bob").await;
    let act = Act::VerifyToken;
    let ready = act.prepare(&home, &bob).await;
    act.run(&home, &bob, &ready).await.ok();
    let named = json!({ "Username": "bob" });
    home.admin("AdminDeleteSoftwareToken", named).await.ok();
    assert!(!home.stands(&bob).await);
}

#[tokio::test]
async fn a_sign_in_that_changes_the_account_ends_what_was_before_and_goes_on() {
    let home = Home::strict().await;
    home.user("ada", &[]).await;
    let old = home.sign_in("ada").await;
    // As it is where an administrator's own setting spares sessions: the password alone changes.
    let store = &home.house.s.app.store;
    let mut tx = store.write(&Default::default()).await.unwrap();
    let sql = "UPDATE users SET status = 'FORCE_CHANGE_PASSWORD'";
    let sql = poolhouse::store::db::Sql {
        sqlite: sql,
        postgres: sql,
    };
    tx.execute(sql, Vec::new()).await.unwrap();
    tx.commit().await.unwrap();
    let asked = home.try_sign_in("ada", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    let body = json!({
        "ClientId": home.client, "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": asked["Session"],
        "ChallengeResponses": { "USERNAME": "ada", "NEW_PASSWORD": NEW_PASSWORD },
    });
    let answer = home.house.s.api("RespondToAuthChallenge", body).await.ok();
    let new = Person {
        name: "ada".to_owned(),
        tokens: answer["AuthenticationResult"].clone(),
    };
    assert!(home.stands(&new).await);
    assert!(!home.stands(&old).await);
    assert_eq!(home.told("ada").len(), 1);

    // Setting up a second factor because the pool has begun to ask for one.
    let before = home.try_sign_in("ada", NEW_PASSWORD).await.ok();
    let before = Person {
        name: "ada".to_owned(),
        tokens: before["AuthenticationResult"].clone(),
    };
    let request = json!({
        "MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": { "Enabled": true },
    });
    home.admin("SetUserPoolMfaConfig", request).await.ok();
    let asked = home.try_sign_in("ada", NEW_PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "MFA_SETUP");
    let body = json!({ "Session": asked["Session"] });
    let begun = home.house.s.api("AssociateSoftwareToken", body).await.ok();
    let code = home.totp(begun["SecretCode"].as_str().unwrap());
    let body = json!({ "Session": begun["Session"], "UserCode": code });
    let proven = home.house.s.api("VerifySoftwareToken", body).await.ok();
    assert!(!home.stands(&before).await);
    let body = json!({
        "ClientId": home.client, "ChallengeName": "MFA_SETUP", "Session": proven["Session"],
        "ChallengeResponses": { "USERNAME": "ada" },
    });
    let answer = home.house.s.api("RespondToAuthChallenge", body).await.ok();
    let new = Person {
        name: "ada".to_owned(),
        tokens: answer["AuthenticationResult"].clone(),
    };
    assert!(home.stands(&new).await);
}

#[tokio::test]
async fn an_address_that_becomes_a_factor_ends_what_was_before_and_is_told_to_the_old_one() {
    let home = Home::strict().await;
    home.user("ada", &[]).await;
    let old = home.sign_in("ada").await;
    let request = json!({ "MfaConfiguration": "ON", "EmailMfaConfiguration": {} });
    home.admin("SetUserPoolMfaConfig", request).await.ok();
    let respond = async |asked: &Value, answer: Value| {
        let mut responses = answer;
        responses["USERNAME"] = json!("ada");
        let body = json!({
            "ClientId": home.client, "ChallengeName": asked["ChallengeName"],
            "Session": asked["Session"], "ChallengeResponses": responses,
        });
        home.house.s.api("RespondToAuthChallenge", body).await.ok()
    };
    let asked = home.try_sign_in("ada", PASSWORD).await.ok();
    assert_eq!(asked["ChallengeName"], "MFA_SETUP");
    let asked = respond(&asked, json!({ "EMAIL": "new@example.com" })).await;
    let code = home.house.s.code_to("new@example.com");
    assert!(home.stands(&old).await && home.told("ada").is_empty());
    let answer = respond(&asked, json!({ "EMAIL_OTP_CODE": code })).await;
    let new = Person {
        name: "ada".to_owned(),
        tokens: answer["AuthenticationResult"].clone(),
    };
    assert!(home.stands(&new).await);
    assert!(!home.stands(&old).await);
    let told = home.told("ada");
    let begins = ["The second step", "The email address"];
    assert_eq!(told.len(), 2);
    for (mail, begins) in told.iter().zip(begins) {
        assert_eq!(mail.to, "ada@example.com");
        assert!(mail.text.starts_with(begins), "{}", mail.text);
    }
}

#[tokio::test]
async fn each_part_has_a_setting_of_its_own() {
    let home = Home::with(|config| {
        config.profiles.changes.usual.ends_sessions = Some(true);
    })
    .await;
    home.user("ada", &[]).await;
    let (other, asking) = (home.sign_in("ada").await, home.sign_in("ada").await);
    home.advance(3000);
    let change = json!({ "PreviousPassword": PASSWORD, "ProposedPassword": NEW_PASSWORD });
    home.call(&asking, "ChangePassword", change.clone())
        .await
        .ok();
    assert!(!home.stands(&other).await);
    assert!(home.told("ada").is_empty());

    let home = Home::with(|config| {
        config.profiles.usual = poolhouse::settings::profile::Profile::Strict;
        config.profiles.changes.usual.ends_sessions = Some(false);
    })
    .await;
    home.user("ada", &[]).await;
    let (other, asking) = (home.sign_in("ada").await, home.sign_in("ada").await);
    home.call(&asking, "ChangePassword", change.clone())
        .await
        .ok();
    assert!(home.stands(&other).await);
    assert_eq!(home.told("ada").len(), 1);
    home.advance(301);
    let refused = home.call(&asking, "ChangePassword", change).await;
    refused.error(NOT_AUTHORIZED, STALE);
}

//! How fresh a sign-in has to be to change the account.

use poolhouse::config::Config;
use poolhouse::ids::PoolId;
use poolhouse::settings::changes::Said;
use poolhouse::settings::profile::Profile;
use serde_json::json;

use super::acts::{ALL, Act, Ready};
use super::{Home, NOT_AUTHORIZED, Person, STALE, pool};
use crate::support::browser::Browser;
use crate::support::house::{CALLBACK, House, PASSWORD, basic};

/// Tries every operation at an age of the sign-in, in seconds.
async fn every(home: &Home, age: i64, refused: bool) {
    for (number, act) in ALL.into_iter().enumerate() {
        let name = format!("u{number}-{age}");
        home.user(&name, &[]).await;
        let person = home.sign_in(&name).await;
        home.advance(age.min(200));
        let ready = act.prepare(home, &person).await;
        home.advance(age - age.min(200));
        let before = home.state(&person).await;
        let answer = act.run(home, &person, &ready).await;
        if refused && act.needs_fresh() {
            assert_eq!(answer.status, 400, "{act:?} at {age}");
            answer.error(NOT_AUTHORIZED, STALE);
            assert_eq!(home.state(&person).await, before, "{act:?} at {age}");
        } else {
            assert_eq!(answer.status, 200, "{act:?} at {age}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn by_the_standards_a_change_comes_within_five_minutes_of_the_sign_in() {
    let home = Home::strict().await;
    every(&home, 0, false).await;
    every(&home, 299, false).await;
    every(&home, 302, true).await;
}

#[tokio::test]
async fn by_cognito_a_change_may_come_at_any_time() {
    let home = Home::with(|_| {}).await;
    every(&home, 302, false).await;
}

#[tokio::test]
async fn the_operator_may_say_otherwise() {
    let strict: fn(&mut Config) = |config| {
        config.profiles.usual = Profile::Strict;
        config.profiles.changes.usual.fresh = Some("0".parse().unwrap());
    };
    every(&Home::with(strict).await, 302, false).await;
    let parity: fn(&mut Config) = |config| {
        config.profiles.changes.usual.fresh = Some("4".parse().unwrap());
    };
    every(&Home::with(parity).await, 241, true).await;
}

#[tokio::test]
async fn one_pool_may_have_a_limit_of_its_own() {
    let first = Home::with(|_| {}).await;
    let second = House::on(first.house.s.twin().await, pool()).await;
    let flows =
        json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"] });
    let other = second.client(flows).await.id;
    let limited = PoolId::parse(first.house.pool.as_str()).unwrap();
    let change = |config: &mut Config| {
        let said = Said {
            fresh: Some("1".parse().unwrap()),
            ..Said::default()
        };
        config.profiles.changes.own.insert(limited.clone(), said);
    };
    let doors = [
        (first.house.pool.clone(), first.client.clone(), true),
        (second.pool.clone(), other, false),
    ];
    for (pool, client, refused) in doors {
        let house = House {
            s: first.house.s.twin_with(change).await,
            base: format!("/{pool}"),
            pool,
            client: client.clone(),
        };
        let home = Home { house, client };
        home.user("ada", &[]).await;
        let ada = home.sign_in("ada").await;
        home.advance(62);
        let answer = Act::ChangePassword
            .run(&home, &ada, &Ready::default())
            .await;
        if refused {
            answer.error(NOT_AUTHORIZED, STALE);
        } else {
            answer.ok();
        }
    }
}

#[tokio::test]
async fn refreshing_makes_no_sign_in_fresh_and_signing_in_does() {
    let home = Home::strict().await;
    home.user("ada", &[]).await;
    let ada = home.sign_in("ada").await;
    home.advance(301);
    let body = json!({
        "ClientId": home.client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {
            "REFRESH_TOKEN": ada.tokens["RefreshToken"],
            "DEVICE_KEY": ada.tokens["NewDeviceMetadata"]["DeviceKey"],
        },
    });
    let refreshed = home.house.s.api("InitiateAuth", body).await.ok();
    let refreshed = Person {
        name: "ada".to_owned(),
        tokens: refreshed["AuthenticationResult"].clone(),
    };
    let change = json!({ "PreviousPassword": PASSWORD, "ProposedPassword": "Another-Horse2" });
    for stale in [&ada, &refreshed] {
        let answer = home.call(stale, "ChangePassword", change.clone()).await;
        answer.error(NOT_AUTHORIZED, STALE);
    }
    let again = home.sign_in("ada").await;
    home.call(&again, "ChangePassword", change).await.ok();
}

#[tokio::test]
async fn tokens_of_a_browser_are_as_old_as_its_sign_in() {
    let home = Home::strict().await;
    home.user("ada", &[]).await;
    let confidential = home.house.client(json!({ "GenerateSecret": true })).await;
    let mut browser = Browser::new(&home.house.s);
    let query = [("client_id", confidential.id.as_str())];
    let url = home.house.authorize(&query);
    home.house.sign_in(&mut browser, "ada", &url).await.code();
    home.advance(301);
    // The browser is signed in and gets its code without being asked.
    let code = browser.get(&url).await.code();
    let secret = confidential.secret.unwrap();
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
    ];
    let basic = basic(&confidential.id, &secret);
    let tokens = home.house.token(&pairs, Some(&basic)).await.ok();
    let person = Person {
        name: "ada".to_owned(),
        tokens: json!({ "AccessToken": tokens["access_token"] }),
    };
    home.call(&person, "GetUser", json!({})).await.ok();
    let refused = home.call(&person, "DeleteUser", json!({})).await;
    refused.error(NOT_AUTHORIZED, STALE);
}

#[tokio::test]
async fn a_stale_token_learns_nothing_of_the_password() {
    let home = Home::strict().await;
    home.user("ada", &[]).await;
    let ada = home.sign_in("ada").await;
    home.advance(301);
    let hashed = home.house.s.app.hashing.evaluations();
    for previous in [PASSWORD, "Guess-work1"] {
        let body = json!({ "PreviousPassword": previous, "ProposedPassword": "Another-Horse2" });
        let answer = home.call(&ada, "ChangePassword", body).await;
        answer.error(NOT_AUTHORIZED, STALE);
    }
    assert_eq!(home.house.s.app.hashing.evaluations(), hashed);
}

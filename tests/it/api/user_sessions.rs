//! Sessions of users: listed, ended one by one, bounded, and reused by browsers for as long as each
//! client says.

use poolhouse::time::Span;
use serde_json::{Value, json};

use super::auth::stage::{NOT_AUTHORIZED, Stage, text};
use crate::support::browser::Browser;
use crate::support::house::House;
use crate::support::{Answer, Server};

const NOT_ENABLED: &str = "OperationNotEnabledException";
const UNTRACKED: &str = "Session tracking is not enabled for the user pool.";
const REVOKED: &str = "Refresh Token has been revoked";

fn tracking(pool: &str, most: i64) -> Value {
    json!({
        "UserPoolId": pool, "UserSessionTracking": "ENABLED", "TokenSession": { "MaxPerUser": most },
    })
}

async fn track(s: &Server, pool: &str, most: i64) {
    s.api("SetUserPoolSessionConfiguration", tracking(pool, most))
        .await
        .ok();
}

async fn tracked(most: i64) -> Stage {
    let stage = Stage::new().await;
    track(&stage.s, &stage.pool, most).await;
    stage.user("ada").await;
    stage
}

async fn list(stage: &Stage, name: &str) -> Vec<Value> {
    let request = json!({ "UserPoolId": stage.pool, "Username": name });
    let listed = stage.s.api("AdminListUserSessions", request).await.ok();
    listed["Sessions"].as_array().unwrap().clone()
}

async fn own(stage: &Stage, tokens: &Value) -> Vec<Value> {
    let request = json!({ "AccessToken": tokens["AccessToken"] });
    let listed = stage.s.api("ListUserSessions", request).await.ok();
    listed["Sessions"].as_array().unwrap().clone()
}

async fn revoke(stage: &Stage, tokens: &Value, id: &str) -> Answer {
    let request = json!({ "AccessToken": tokens["AccessToken"], "SessionId": id });
    stage.s.api("RevokeUserSession", request).await
}

#[tokio::test]
async fn configurations_have_defaults_and_are_replaced() {
    let stage = Stage::new().await;
    let pool = json!({ "UserPoolId": stage.pool });
    let found = stage
        .s
        .api("GetUserPoolSessionConfiguration", pool.clone())
        .await
        .ok();
    let mut expected = tracking(&stage.pool, 20);
    expected["UserSessionTracking"] = json!("DISABLED");
    assert_eq!(found, expected);
    let client = json!({ "UserPoolId": stage.pool, "ClientId": stage.client });
    let get = "GetUserPoolClientSessionConfiguration";
    let sso = |minutes: i64| {
        json!({
            "UserPoolId": stage.pool, "ClientId": stage.client,
            "SSOSession": { "MaxValidityMinutes": minutes },
        })
    };
    assert_eq!(stage.s.api(get, client.clone()).await.ok(), sso(60));
    let set = "SetUserPoolClientSessionConfiguration";
    stage.s.api(set, sso(5)).await.error(NOT_ENABLED, UNTRACKED);
    let answer = stage
        .s
        .api("SetUserPoolSessionConfiguration", tracking(&stage.pool, 7))
        .await;
    assert_eq!(answer.ok(), tracking(&stage.pool, 7));
    let found = stage
        .s
        .api("GetUserPoolSessionConfiguration", pool)
        .await
        .ok();
    assert_eq!(found, tracking(&stage.pool, 7));
    assert_eq!(stage.s.api(set, sso(129_600)).await.ok(), sso(129_600));
    assert_eq!(stage.s.api(get, client.clone()).await.ok(), sso(129_600));
    // UpdateUserPoolClient and UpdateUserPool replace what is theirs.
    let request = json!({ "UserPoolId": stage.pool, "ClientId": stage.client });
    stage.s.api("UpdateUserPoolClient", request).await.ok();
    stage
        .s
        .api("UpdateUserPool", json!({ "UserPoolId": stage.pool }))
        .await
        .ok();
    assert_eq!(stage.s.api(get, client).await.ok(), sso(129_600));
}

#[tokio::test]
async fn configurations_refuse_what_does_not_fit() {
    let stage = Stage::with(
        json!({ "UserPoolTier": "LITE" }),
        json!({ "ExplicitAuthFlows": null }),
    )
    .await;
    let lite = "User session tracking is not available in the LITE tier.";
    let set = "SetUserPoolSessionConfiguration";
    let answer = stage.s.api(set, tracking(&stage.pool, 7)).await;
    answer.error("FeatureUnavailableInTierException", lite);
    let sso = json!({
        "UserPoolId": stage.pool, "ClientId": stage.client, "SSOSession": { "MaxValidityMinutes": 1 },
    });
    let answer = stage
        .s
        .api("SetUserPoolClientSessionConfiguration", sso)
        .await;
    answer.error("FeatureUnavailableInTierException", lite);
    let (missing, gone) = (
        "us-east-1_AAAAAAAAA",
        "User pool us-east-1_AAAAAAAAA does not exist.",
    );
    let not_found = "ResourceNotFoundException";
    stage
        .s
        .api(set, tracking(missing, 7))
        .await
        .error(not_found, gone);
    let request = json!({ "UserPoolId": missing });
    let answer = stage
        .s
        .api("GetUserPoolSessionConfiguration", request)
        .await;
    answer.error(not_found, gone);
    for operation in ["Get", "Set"] {
        let operation = format!("{operation}UserPoolClientSessionConfiguration");
        let mut request = json!({ "UserPoolId": stage.pool, "ClientId": "nobody" });
        if operation.starts_with('S') {
            request["SSOSession"] = json!({ "MaxValidityMinutes": 1 });
        }
        let answer = stage.s.api(&operation, request).await;
        answer.error(not_found, "User pool client nobody does not exist.");
    }
    // A pool that tracks sessions cannot go down to a plan without.
    let other = tracked(20).await;
    let request = json!({ "UserPoolId": other.pool, "UserPoolTier": "LITE" });
    let answer = other.s.api("UpdateUserPool", request).await;
    let message = "The user pool has features that the requested tier does not include.";
    answer.error("TierChangeNotAllowedException", message);
}

#[tokio::test]
async fn sessions_are_listed_for_their_user_and_for_administrators() {
    let stage = tracked(20).await;
    let first = stage.tokens("ada").await;
    stage.advance_ms(1000);
    let second = stage.tokens("ada").await;
    stage.user("bob").await;
    stage.tokens("bob").await;
    let mine = own(&stage, &second).await;
    assert_eq!(mine.len(), 2);
    let current: Vec<&Value> = mine.iter().map(|s| &s["IsCurrentSession"]).collect();
    assert_eq!(current, [true, false]);
    for session in &mine {
        let id = text(&session["SessionId"]);
        assert!(id.starts_with("tkn") && id.len() == 28);
        assert_eq!(session["SessionType"], "TOKEN");
        assert_eq!(session["ClientId"], stage.client);
        assert_eq!(session["LastIPAddress"], "127.0.0.1");
        assert_eq!(session["DeviceType"], "unknown");
        assert!(session.get("OriginSessionId").is_none());
        assert_eq!(session["CreateDate"], session["LastActiveDate"]);
    }
    // The one that was used last comes first.
    stage.advance_ms(1000);
    stage.refresh(&first["RefreshToken"]).await.ok();
    let listed = list(&stage, "ada").await;
    assert_eq!(listed[0]["SessionId"], mine[1]["SessionId"]);
    assert_ne!(listed[0]["CreateDate"], listed[0]["LastActiveDate"]);
    assert!(listed.iter().all(|s| s["IsCurrentSession"] == false));
    // Ended and expired ones are not there.
    let request = json!({ "UserPoolId": stage.pool, "Username": "ada" });
    stage.s.api("AdminUserGlobalSignOut", request).await.ok();
    assert!(list(&stage, "ada").await.is_empty());
    assert_eq!(list(&stage, "bob").await.len(), 1);
    stage.advance_ms(31 * 86_400_000);
    assert!(list(&stage, "bob").await.is_empty());
}

#[tokio::test]
async fn lists_refuse_what_does_not_fit() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let tokens = stage.tokens("ada").await;
    let own = json!({ "AccessToken": tokens["AccessToken"] });
    let named = json!({ "UserPoolId": stage.pool, "Username": "ada" });
    stage
        .s
        .api("ListUserSessions", own.clone())
        .await
        .error(NOT_ENABLED, UNTRACKED);
    stage
        .s
        .api("AdminListUserSessions", named.clone())
        .await
        .error(NOT_ENABLED, UNTRACKED);
    let id = format!("tkn{:025}", 0);
    let mut revoked = own.clone();
    revoked["SessionId"] = json!(id);
    stage
        .s
        .api("RevokeUserSession", revoked)
        .await
        .error(NOT_ENABLED, UNTRACKED);
    let mut revoked = named.clone();
    revoked["SessionId"] = json!(id);
    stage
        .s
        .api("AdminRevokeUserSession", revoked)
        .await
        .error(NOT_ENABLED, UNTRACKED);
    track(&stage.s, &stage.pool, 20).await;
    for (operation, request) in [("ListUserSessions", own), ("AdminListUserSessions", named)] {
        let mut request = request;
        request["NextToken"] = json!("x");
        let answer = stage.s.api(operation, request).await;
        answer.error("InvalidParameterException", "Invalid pagination token");
    }
    let nobody = json!({ "UserPoolId": stage.pool, "Username": "nobody" });
    let answer = stage.s.api("AdminListUserSessions", nobody).await;
    answer.error("UserNotFoundException", "User does not exist.");
    let answer = stage
        .s
        .api("ListUserSessions", json!({ "AccessToken": "x" }))
        .await;
    answer.error(NOT_AUTHORIZED, "Invalid Access Token");
}

#[tokio::test]
async fn the_least_recently_used_session_makes_room() {
    let stage = tracked(2).await;
    let first = stage.tokens("ada").await;
    stage.advance_ms(1000);
    let second = stage.tokens("ada").await;
    stage.advance_ms(1000);
    stage.refresh(&first["RefreshToken"]).await.ok();
    stage.advance_ms(1000);
    let third = stage.tokens("ada").await;
    assert_eq!(list(&stage, "ada").await.len(), 2);
    stage
        .refresh(&second["RefreshToken"])
        .await
        .error(NOT_AUTHORIZED, REVOKED);
    let answer = stage.get_user(&second["AccessToken"]).await;
    answer.error(NOT_AUTHORIZED, "Access Token has been revoked");
    stage.get_user(&first["AccessToken"]).await.ok();
    // A lower limit ends nothing by itself, but the next sign-in does.
    track(&stage.s, &stage.pool, 1).await;
    assert_eq!(list(&stage, "ada").await.len(), 2);
    stage.tokens("ada").await;
    assert_eq!(list(&stage, "ada").await.len(), 1);
    stage
        .get_user(&third["AccessToken"])
        .await
        .error(NOT_AUTHORIZED, "Access Token has been revoked");
}

#[tokio::test]
async fn without_tracking_there_is_no_limit() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let first = stage.tokens("ada").await;
    for _ in 0..21 {
        stage.tokens("ada").await;
    }
    stage.get_user(&first["AccessToken"]).await.ok();
}

#[tokio::test]
async fn a_user_ends_other_sessions_and_an_administrator_any() {
    let stage = tracked(20).await;
    let first = stage.tokens("ada").await;
    stage.advance_ms(1000);
    let second = stage.tokens("ada").await;
    let listed = own(&stage, &second).await;
    let (mine, other) = (text(&listed[0]["SessionId"]), text(&listed[1]["SessionId"]));
    let message = "The session of the access token cannot be revoked.";
    revoke(&stage, &second, &mine)
        .await
        .error("InvalidParameterException", message);
    assert_eq!(revoke(&stage, &second, &other).await.ok(), json!({}));
    stage
        .refresh(&first["RefreshToken"])
        .await
        .error(NOT_AUTHORIZED, REVOKED);
    let answer = stage.get_user(&first["AccessToken"]).await;
    answer.error(NOT_AUTHORIZED, "Access Token has been revoked");
    let (not_found, gone) = ("ResourceNotFoundException", "Session does not exist.");
    revoke(&stage, &second, &other).await.error(not_found, gone);
    // Somebody else's is nobody's.
    stage.user("bob").await;
    let bob = stage.tokens("bob").await;
    revoke(&stage, &bob, &mine).await.error(not_found, gone);
    let admin =
        |name: &str| json!({ "UserPoolId": stage.pool, "Username": name, "SessionId": mine });
    let operation = "AdminRevokeUserSession";
    stage
        .s
        .api(operation, admin("bob"))
        .await
        .error(not_found, gone);
    let answer = stage.s.api(operation, admin("nobody")).await;
    answer.error("UserNotFoundException", "User does not exist.");
    assert_eq!(stage.s.api(operation, admin("ada")).await.ok(), json!({}));
    stage
        .refresh(&second["RefreshToken"])
        .await
        .error(NOT_AUTHORIZED, REVOKED);
    stage
        .s
        .api(operation, admin("ada"))
        .await
        .error(not_found, gone);
    stage.tokens("ada").await;
}

/// A house whose pool tracks sessions, with jane signed in by the page.
async fn signed_in() -> (House, Browser, Value) {
    let house = House::open().await;
    house.user("jane").await;
    track(&house.s, &house.pool, 20).await;
    let mut browser = Browser::new(&house.s);
    let page = house
        .sign_in(&mut browser, "jane", &house.authorize(&[]))
        .await;
    let tokens = house.redeem(&page.code(), &[]).await.ok();
    (house, browser, tokens)
}

async fn of(house: &House, kind: &str) -> Vec<Value> {
    let listed = house
        .admin("AdminListUserSessions", json!({ "Username": "jane" }))
        .await
        .ok();
    let mut listed = listed["Sessions"].as_array().unwrap().clone();
    listed.retain(|session| session["SessionType"] == kind);
    listed
}

async fn silently(house: &House, browser: &mut Browser, client: &str) -> bool {
    let url = house.authorize(&[("prompt", "none"), ("client_id", client)]);
    browser.get(&url).await.sent().contains_key("code")
}

#[tokio::test]
async fn sessions_of_browsers_are_linked_with_what_came_from_them() {
    for (kind, linked) in [
        ("TOKEN", false),
        ("TOKEN", true),
        ("SSO", false),
        ("SSO", true),
    ] {
        let (house, mut browser, tokens) = signed_in().await;
        let (sso, token) = (of(&house, "SSO").await, of(&house, "TOKEN").await);
        assert_eq!((sso.len(), token.len()), (1, 1));
        assert_eq!(token[0]["OriginSessionId"], sso[0]["SessionId"]);
        assert!(sso[0].get("OriginSessionId").is_none());
        let target = if kind == "SSO" { &sso[0] } else { &token[0] };
        let mut request = json!({ "Username": "jane", "SessionId": target["SessionId"] });
        if linked {
            request["RevokeAssociatedSessions"] = json!("LINKED");
        }
        house.admin("AdminRevokeUserSession", request).await.ok();
        let refreshed = house
            .token(
                &[
                    ("grant_type", "refresh_token"),
                    ("client_id", &house.client),
                    ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
                ],
                None,
            )
            .await;
        let token_stands = kind == "SSO" && !linked;
        assert_eq!(refreshed.status == 200, token_stands, "{kind} {linked}");
        let sso_stands = kind == "TOKEN" && !linked;
        let client = house.client.clone();
        assert_eq!(
            silently(&house, &mut browser, &client).await,
            sso_stands,
            "{kind} {linked}"
        );
    }
}

#[tokio::test]
async fn revoke_token_ends_the_browser_session_too_if_asked() {
    for (tracks, linked) in [(true, true), (true, false), (false, true)] {
        let (house, mut browser, tokens) = signed_in().await;
        if !tracks {
            let mut off = tracking(&house.pool, 20);
            off["UserSessionTracking"] = json!("DISABLED");
            house
                .s
                .api("SetUserPoolSessionConfiguration", off)
                .await
                .ok();
        }
        let associated = if linked { "LINKED" } else { "NONE" };
        let request = json!({
            "ClientId": house.client, "Token": tokens["refresh_token"],
            "RevokeAssociatedSessions": associated,
        });
        house.s.api("RevokeToken", request).await.ok();
        let client = house.client.clone();
        let stands = silently(&house, &mut browser, &client).await;
        assert_eq!(stands, !(tracks && linked), "{tracks} {linked}");
    }
}

#[tokio::test]
async fn each_client_says_how_long_it_takes_a_browsers_word() {
    let house = House::open().await;
    house.user("jane").await;
    track(&house.s, &house.pool, 20).await;
    let long = house.client(json!({})).await.id;
    let never = house.client(json!({})).await.id;
    for (client, minutes) in [(&long, 180), (&never, 0)] {
        let request = json!({
            "ClientId": client, "SSOSession": { "MaxValidityMinutes": minutes },
        });
        house
            .admin("SetUserPoolClientSessionConfiguration", request)
            .await
            .ok();
    }
    let usual = house.client.clone();
    let mut browser = Browser::new(&house.s);
    // The client that never reuses a session can begin one all the same.
    let url = house.authorize(&[("client_id", &never)]);
    house.sign_in(&mut browser, "jane", &url).await.code();
    let mut reuse = async |client: &str| silently(&house, &mut browser, client).await;
    assert!(reuse(&usual).await && reuse(&long).await && !reuse(&never).await);
    house.s.clock().advance(Span::minutes(61));
    assert!(!reuse(&usual).await && reuse(&long).await);
    house.s.clock().advance(Span::minutes(118));
    assert!(reuse(&long).await);
    // While sessions are not tracked, an hour holds for all; afterwards the setting is awake again.
    let mut off = tracking(&house.pool, 20);
    off["UserSessionTracking"] = json!("DISABLED");
    house
        .s
        .api("SetUserPoolSessionConfiguration", off)
        .await
        .ok();
    assert!(!reuse(&long).await);
    track(&house.s, &house.pool, 20).await;
    assert!(reuse(&long).await);
    house.s.clock().advance(Span::minutes(1));
    assert!(!reuse(&long).await);
}

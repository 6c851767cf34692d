//! GetTokensFromRefreshToken, and refresh tokens that rotate (security.md D8).

use futures_util::future::join_all;
use poolhouse::args;
use serde_json::{Value, json};

use super::stage::{INVALID_PARAMETER, NOT_AUTHORIZED, Stage, claims, text};
use crate::support::Answer;

const REUSED: &str = "Refresh Token has been used already";
const SECOND: i64 = 1_000;
const DAY: i64 = 86_400 * SECOND;

fn rotating(grace: i64) -> Value {
    json!({
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
        "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": grace },
    })
}

async fn renew(stage: &Stage, token: &Value) -> Answer {
    let request = json!({ "ClientId": stage.client, "RefreshToken": token });
    stage.s.api("GetTokensFromRefreshToken", request).await
}

async fn next(stage: &Stage, token: &Value) -> Value {
    renew(stage, token).await.ok()["AuthenticationResult"].take()
}

fn is_reuse(answer: &Answer) -> bool {
    answer.status == 400
        && answer.body == json!({ "__type": "RefreshTokenReuseException", "message": REUSED })
}

/// How many refused refreshes the audit tells of.
async fn audited(stage: &Stage) -> u64 {
    let sql = "UPDATE audit SET reason = reason WHERE act = 'RefreshTokens' AND reason = 'ReusedToken' \
               AND result = 'refused' AND pool_id = $1";
    stage.run(sql, args![stage.pool.as_str()]).await
}

#[tokio::test]
async fn without_rotation_the_refresh_token_stays_and_comes_not_again() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let first = stage.tokens("ada").await;
    for _ in 0..3 {
        stage.advance_ms(DAY);
        let body = renew(&stage, &first["RefreshToken"]).await.ok();
        let members: Vec<&String> = body.as_object().unwrap().keys().collect();
        assert_eq!(members, ["AuthenticationResult"]);
        let tokens = &body["AuthenticationResult"];
        let members: Vec<&String> = tokens.as_object().unwrap().keys().collect();
        assert_eq!(
            members,
            ["AccessToken", "ExpiresIn", "IdToken", "TokenType"]
        );
        for name in ["IdToken", "AccessToken"] {
            for kept in ["auth_time", "acr", "amr", "origin_jti", "event_id", "sub"] {
                assert_eq!(claims(&first[name])[kept], claims(&tokens[name])[kept]);
            }
        }
    }
}

#[tokio::test]
async fn a_rotated_token_keeps_the_sign_in_and_its_end() {
    let stage = Stage::with(json!({}), rotating(0)).await;
    stage.user("ada").await;
    let mut tokens = stage.tokens("ada").await;
    let first = tokens.clone();
    for _ in 0..3 {
        stage.advance_ms(7 * DAY);
        let renewed = next(&stage, &tokens["RefreshToken"]).await;
        assert_ne!(tokens["RefreshToken"], renewed["RefreshToken"]);
        for kept in ["auth_time", "acr", "amr", "origin_jti", "event_id", "sub"] {
            assert_eq!(
                claims(&first["AccessToken"])[kept],
                claims(&renewed["AccessToken"])[kept]
            );
        }
        stage.get_user(&renewed["AccessToken"]).await.ok();
        tokens = renewed;
    }
    stage.advance_ms(9 * DAY - 1);
    tokens = next(&stage, &tokens["RefreshToken"]).await;
    stage.advance_ms(1);
    renew(&stage, &tokens["RefreshToken"])
        .await
        .error(NOT_AUTHORIZED, "Refresh Token has expired");
}

#[tokio::test]
async fn at_grace_0_a_token_is_good_once() {
    let stage = Stage::with(json!({}), rotating(0)).await;
    stage.user("ada").await;
    let first = stage.tokens("ada").await["RefreshToken"].clone();
    let second = next(&stage, &first).await["RefreshToken"].clone();
    for _ in 0..2 {
        assert!(is_reuse(&renew(&stage, &first).await));
    }
    assert_eq!(audited(&stage).await, 2);
    // Cognito does not promise that a reuse ends the sign-in.
    next(&stage, &second).await;
}

#[tokio::test]
async fn the_old_token_works_for_the_grace_period_after_its_first_use() {
    for grace in [1, 30, 60] {
        let stage = Stage::with(json!({}), rotating(grace)).await;
        stage.user("ada").await;
        let first = stage.tokens("ada").await["RefreshToken"].clone();
        stage.advance_ms(DAY);
        let mut all = vec![first.clone()];
        all.push(next(&stage, &first).await["RefreshToken"].clone());
        stage.advance_ms((grace - 1) * SECOND);
        all.push(next(&stage, &first).await["RefreshToken"].clone());
        // The second use does not begin the period again.
        stage.advance_ms(SECOND - 1);
        all.push(next(&stage, &first).await["RefreshToken"].clone());
        stage.advance_ms(1);
        assert!(is_reuse(&renew(&stage, &first).await), "{grace}");
        stage.advance_ms(SECOND);
        assert!(is_reuse(&renew(&stage, &first).await), "{grace}");
        all.sort_by_key(text);
        all.dedup();
        assert_eq!(all.len(), 4);
        for token in all.iter().filter(|token| **token != first) {
            next(&stage, token).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_uses_at_once_on_two_nodes_one_wins() {
    let stage = Stage::with(json!({}), rotating(0)).await;
    let twin = Stage {
        s: stage.s.twin().await,
        pool: stage.pool.clone(),
        client: stage.client.clone(),
    };
    stage.user("ada").await;
    let mut token = stage.tokens("ada").await["RefreshToken"].clone();
    for round in 0..10 {
        let uses = (0..32).map(|at| renew([&stage, &twin][at % 2], &token));
        let answers = join_all(uses).await;
        let mut winners: Vec<&Answer> = answers.iter().filter(|a| a.status == 200).collect();
        assert!(
            answers.iter().all(|a| a.status == 200 || is_reuse(a)),
            "round {round}"
        );
        let winner = winners.pop().unwrap();
        assert!(winners.is_empty(), "round {round}");
        token = winner.body["AuthenticationResult"]["RefreshToken"].clone();
    }
}

#[tokio::test]
async fn refused_refreshes_use_nothing_up() {
    let stage = Stage::with(json!({}), rotating(0)).await;
    let user = stage.user("ada").await;
    let token = stage.tokens("ada").await["RefreshToken"].clone();
    let set = async |sql: &'static str| stage.run(sql, args![&user.sub]).await;
    set("UPDATE users SET enabled = FALSE WHERE sub = $1").await;
    renew(&stage, &token)
        .await
        .error(NOT_AUTHORIZED, "User is disabled.");
    set("UPDATE users SET enabled = TRUE WHERE sub = $1").await;
    next(&stage, &token).await;
}

#[tokio::test]
async fn what_ends_a_sign_in_ends_every_token_of_it() {
    for operation in ["RevokeToken", "GlobalSignOut", "AdminUserGlobalSignOut"] {
        let stage = Stage::with(json!({}), rotating(60)).await;
        stage.user("ada").await;
        let first = stage.tokens("ada").await;
        let second = next(&stage, &first["RefreshToken"]).await;
        // Revoking with the rotated token ends what came of it.
        let request = match operation {
            "RevokeToken" => json!({ "ClientId": stage.client, "Token": first["RefreshToken"] }),
            "GlobalSignOut" => json!({ "AccessToken": second["AccessToken"] }),
            _ => json!({ "UserPoolId": stage.pool, "Username": "ada" }),
        };
        stage.s.api(operation, request).await.ok();
        for token in [&first, &second] {
            renew(&stage, &token["RefreshToken"])
                .await
                .error(NOT_AUTHORIZED, "Refresh Token has been revoked");
        }
        stage
            .get_user(&second["AccessToken"])
            .await
            .error(NOT_AUTHORIZED, "Access Token has been revoked");
    }
}

#[tokio::test]
async fn the_sign_in_flow_takes_no_rotating_token() {
    let stage = Stage::with(json!({}), rotating(60)).await;
    stage.user("ada").await;
    let token = stage.tokens("ada").await["RefreshToken"].clone();
    for flow in ["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"] {
        let parameters = json!({ "REFRESH_TOKEN": token });
        let message = format!("{flow} flow not enabled for this client");
        let answer = stage.initiate(flow, parameters.clone()).await;
        answer.error(INVALID_PARAMETER, &message);
        let answer = stage.admin_initiate(flow, parameters).await;
        answer.error(INVALID_PARAMETER, "Auth flow not enabled for this client");
    }
    next(&stage, &token).await;
}

#[tokio::test]
async fn a_used_token_stays_used_when_tokens_rotate_no_more() {
    let stage = Stage::with(json!({}), rotating(60)).await;
    stage.user("ada").await;
    let first = stage.tokens("ada").await["RefreshToken"].clone();
    let second = next(&stage, &first).await["RefreshToken"].clone();
    let plain = json!({
        "UserPoolId": stage.pool, "ClientId": stage.client,
        "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"],
    });
    stage.s.api("UpdateUserPoolClient", plain).await.ok();
    assert!(is_reuse(&renew(&stage, &first).await));
    let flow = stage.refresh(&first).await;
    flow.error(NOT_AUTHORIZED, "Refresh Token has been revoked");
    for _ in 0..2 {
        assert!(next(&stage, &second).await.get("RefreshToken").is_none());
        stage.refresh(&second).await.ok();
    }
}

#[tokio::test]
async fn tokens_that_are_not_this_clients_are_refused() {
    let stage = Stage::with(json!({}), rotating(0)).await;
    stage.user("ada").await;
    let tokens = stage.tokens("ada").await;
    let invalid = "Invalid Refresh Token";
    for bad in [json!("x"), tokens["AccessToken"].clone()] {
        renew(&stage, &bad).await.error(NOT_AUTHORIZED, invalid);
    }
    let other = stage.new_client(json!({})).await["ClientId"].clone();
    let request = json!({ "ClientId": other, "RefreshToken": tokens["RefreshToken"] });
    let answer = stage.s.api("GetTokensFromRefreshToken", request).await;
    answer.error(NOT_AUTHORIZED, invalid);
    let request = json!({ "ClientId": "nobody", "RefreshToken": tokens["RefreshToken"] });
    let answer = stage.s.api("GetTokensFromRefreshToken", request).await;
    let message = "User pool client nobody does not exist.";
    answer.error("ResourceNotFoundException", message);
    next(&stage, &tokens["RefreshToken"]).await;
}

#[tokio::test]
async fn the_client_secret_is_sent_in_clear() {
    let mut settings = rotating(0);
    settings["GenerateSecret"] = json!(true);
    let stage = Stage::with(json!({}), settings).await;
    let client = json!({ "UserPoolId": stage.pool, "ClientId": stage.client });
    let client = stage.s.api("DescribeUserPoolClient", client).await.ok();
    let secret = text(&client["UserPoolClient"]["ClientSecret"]);
    stage.user("ada").await;
    let hash = super::stage::secret_hash(&secret, "ada", &stage.client);
    let parameters =
        json!({ "USERNAME": "ada", "PASSWORD": super::stage::PASSWORD, "SECRET_HASH": hash });
    let body = stage.initiate("USER_PASSWORD_AUTH", parameters).await.ok();
    let token = &body["AuthenticationResult"]["RefreshToken"];
    let with = |secret: Option<&str>| {
        let mut request = json!({ "ClientId": stage.client, "RefreshToken": token });
        if let Some(secret) = secret {
            request["ClientSecret"] = json!(secret);
        }
        stage.s.api("GetTokensFromRefreshToken", request)
    };
    let wrong = format!("{}x", &secret[1..]);
    for bad in [None, Some(wrong.as_str())] {
        let message = "Invalid client secret provided";
        with(bad).await.error(NOT_AUTHORIZED, message);
    }
    with(Some(&secret)).await.ok();
}

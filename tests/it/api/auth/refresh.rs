//! REFRESH_TOKEN_AUTH.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poolhouse::args;
use serde_json::{Value, json};

use super::stage::{INVALID_PARAMETER, NOT_AUTHORIZED, Stage, claims, secret_hash, text};

const INVALID: &str = "Invalid Refresh Token";
const DAY: i64 = 24 * 3_600_000;

#[tokio::test]
async fn a_refresh_keeps_the_sign_in_and_reads_the_user_again() {
    let stage = Stage::new().await;
    let user = stage.user("ada").await;
    let first = stage.tokens("ada").await;
    stage.advance_ms(2 * DAY);
    let attributes = r#"{"email":"new@example.com"}"#;
    let args = args![&user.sub, attributes];
    stage
        .run("UPDATE users SET attributes = $2 WHERE sub = $1", args)
        .await;
    for flow in ["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"] {
        let parameters = json!({ "REFRESH_TOKEN": first["RefreshToken"] });
        let body = stage.initiate(flow, parameters).await.ok();
        assert_eq!(body["ChallengeParameters"], json!({}));
        let second = &body["AuthenticationResult"];
        assert!(second.get("RefreshToken").is_none());
        for name in ["IdToken", "AccessToken"] {
            let (before, after) = (claims(&first[name]), claims(&second[name]));
            for kept in [
                "auth_time",
                "acr",
                "amr",
                "origin_jti",
                "event_id",
                "iss",
                "sub",
            ] {
                assert_eq!(before[kept], after[kept], "{name} {kept}");
            }
            assert_ne!(before["jti"], after["jti"]);
            assert_eq!(
                after["iat"],
                before["iat"].as_i64().unwrap() + 2 * DAY / 1000
            );
        }
        assert_eq!(claims(&second["IdToken"])["email"], "new@example.com");
        let scope = "aws.cognito.signin.user.admin";
        assert_eq!(claims(&second["AccessToken"])["scope"], scope);
        stage.get_user(&second["AccessToken"]).await.ok();
    }
    let parameters = json!({ "REFRESH_TOKEN": first["RefreshToken"] });
    stage
        .admin_initiate("REFRESH_TOKEN_AUTH", parameters)
        .await
        .ok();
}

#[tokio::test]
async fn a_refresh_token_looks_like_cognitos() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let token = text(&stage.tokens("ada").await["RefreshToken"]);
    let parts: Vec<&str> = token.split('.').collect();
    let header = URL_SAFE_NO_PAD.decode(parts[0]).unwrap();
    assert_eq!(header, br#"{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}"#);
    assert_eq!(parts.len(), 5);
    assert!((1_700..1_800).contains(&token.len()), "{}", token.len());
}

#[tokio::test]
async fn tokens_that_are_not_whole_live_and_the_clients_are_refused() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let tokens = stage.tokens("ada").await;
    let token = text(&tokens["RefreshToken"]);
    let mut bad = vec![json!("garbage"), tokens["AccessToken"].clone()];
    bad.extend(
        (1..token.len())
            .step_by(101)
            .map(|end| json!(&token[..end])),
    );
    bad.push(json!(format!("{token}A")));
    for at in (0..token.len()).step_by(97) {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        bad.push(json!(String::from_utf8(bytes).unwrap()));
    }
    for token in &bad {
        stage.refresh(token).await.error(NOT_AUTHORIZED, INVALID);
    }
    let other = stage.new_client(json!({})).await;
    let other = Stage {
        client: text(&other["ClientId"]),
        ..stage
    };
    other
        .refresh(&json!(token))
        .await
        .error(NOT_AUTHORIZED, INVALID);
}

#[tokio::test]
async fn refresh_tokens_expire() {
    let hour = json!({
        "RefreshTokenValidity": 60, "TokenValidityUnits": { "RefreshToken": "minutes" },
    });
    for (settings, lifetime) in [(json!({}), 30 * DAY), (hour, 3_600_000)] {
        let stage = Stage::with(json!({}), settings).await;
        stage.user("ada").await;
        let token = stage.tokens("ada").await["RefreshToken"].clone();
        stage.advance_ms(lifetime - 1);
        stage.refresh(&token).await.ok();
        stage.advance_ms(1);
        stage
            .refresh(&token)
            .await
            .error(NOT_AUTHORIZED, "Refresh Token has expired");
    }
}

#[tokio::test]
async fn the_state_of_the_user_counts() {
    let stage = Stage::new().await;
    let user = stage.user("ada").await;
    let token = stage.tokens("ada").await["RefreshToken"].clone();
    let set = async |sql: &'static str| stage.run(sql, args![&user.sub]).await;
    set("UPDATE users SET enabled = FALSE WHERE sub = $1").await;
    stage
        .refresh(&token)
        .await
        .error(NOT_AUTHORIZED, "User is disabled.");
    set("UPDATE users SET enabled = TRUE, status = 'RESET_REQUIRED' WHERE sub = $1").await;
    let reset = stage.refresh(&token).await;
    reset.error(
        "PasswordResetRequiredException",
        "Password reset required for the user",
    );
    set("UPDATE users SET status = 'CONFIRMED' WHERE sub = $1").await;
    stage.refresh(&token).await.ok();
    // With the user goes all that hangs off it; whoever holds a token is told why.
    set("DELETE FROM users WHERE sub = $1").await;
    let gone = ("UserNotFoundException", "User does not exist.");
    stage.refresh(&token).await.error(gone.0, gone.1);
    // A text that is like it is nobody's.
    let mut other = token.as_str().unwrap().to_owned();
    let middle = other.len() / 2;
    other.replace_range(
        middle..=middle,
        if &other[middle..=middle] == "A" {
            "B"
        } else {
            "A"
        },
    );
    let answer = stage.refresh(&json!(other)).await;
    answer.error(NOT_AUTHORIZED, INVALID);
}

/// Disabling revokes what there is, and whoever refreshes is told of the cause first.
#[tokio::test]
async fn who_was_disabled_is_told_so_and_not_that_tokens_were_revoked() {
    let stage = Stage::with(json!({}), json!({})).await;
    stage.user("ada").await;
    let token = stage.tokens("ada").await["RefreshToken"].clone();
    let request = json!({ "UserPoolId": stage.pool, "Username": "ada" });
    let admin = |operation| stage.s.api(operation, request.clone());
    admin("AdminDisableUser").await.ok();
    let disabled = (NOT_AUTHORIZED, "User is disabled.");
    stage.refresh(&token).await.error(disabled.0, disabled.1);
    let body = json!({ "ClientId": stage.client, "RefreshToken": token });
    let answer = stage.s.api("GetTokensFromRefreshToken", body.clone()).await;
    answer.error(disabled.0, disabled.1);
    admin("AdminEnableUser").await.ok();
    let revoked = (NOT_AUTHORIZED, "Refresh Token has been revoked");
    stage.refresh(&token).await.error(revoked.0, revoked.1);
    let answer = stage.s.api("GetTokensFromRefreshToken", body).await;
    answer.error(revoked.0, revoked.1);
}

#[tokio::test]
async fn the_flow_must_be_allowed_and_tokens_must_not_rotate() {
    let without = json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"] });
    let stage = Stage::with(json!({}), without).await;
    stage.user("ada").await;
    let token = stage.tokens("ada").await["RefreshToken"].clone();
    let message = "REFRESH_TOKEN_AUTH flow not enabled for this client";
    stage
        .refresh(&token)
        .await
        .error(INVALID_PARAMETER, message);
    let rotates = json!({
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
        "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": 0 },
    });
    let stage = Stage::with(json!({}), rotates).await;
    stage.user("ada").await;
    let token = stage.tokens("ada").await["RefreshToken"].clone();
    stage
        .refresh(&token)
        .await
        .error(INVALID_PARAMETER, message);
}

#[tokio::test]
async fn secret_hash_is_of_the_stored_user_name() {
    let stage = Stage::with(json!({}), json!({ "GenerateSecret": true })).await;
    let client = json!({ "UserPoolId": stage.pool, "ClientId": stage.client });
    let client = stage.s.api("DescribeUserPoolClient", client).await.ok();
    let secret = text(&client["UserPoolClient"]["ClientSecret"]);
    stage.user("ada").await;
    let hash = secret_hash(&secret, "ada", &stage.client);
    let parameters =
        json!({ "USERNAME": "ada", "PASSWORD": super::stage::PASSWORD, "SECRET_HASH": hash });
    let body = stage.initiate("USER_PASSWORD_AUTH", parameters).await.ok();
    let token = &body["AuthenticationResult"]["RefreshToken"];
    let with = |more: Value| {
        let mut parameters = json!({ "REFRESH_TOKEN": token });
        parameters["SECRET_HASH"] = more;
        stage.initiate("REFRESH_TOKEN_AUTH", parameters)
    };
    with(json!(hash)).await.ok();
    let wrong = format!("Unable to verify secret hash for client {}", stage.client);
    let of_other = secret_hash(&secret, "eve", &stage.client);
    with(json!(of_other)).await.error(NOT_AUTHORIZED, &wrong);
    let missing = format!(
        "Client {} is configured with secret but SECRET_HASH was not received",
        stage.client
    );
    stage.refresh(token).await.error(NOT_AUTHORIZED, &missing);
}

#[tokio::test]
async fn nothing_of_a_refresh_token_is_stored_in_clear() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let token = text(&stage.tokens("ada").await["RefreshToken"]);
    let args = args![format!("%{}%", &token[200..240])];
    let sql = "UPDATE refresh_tokens SET issued_ms = issued_ms WHERE token_hash LIKE $1";
    assert_eq!(stage.run(sql, args).await, 0);
}

#[tokio::test]
async fn parallel_refreshes_all_succeed_without_rotation() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let token = stage.tokens("ada").await["RefreshToken"].clone();
    let all = (0..64).map(|_| stage.refresh(&token));
    for answer in futures_util::future::join_all(all).await {
        answer.ok();
    }
}

//! GlobalSignOut, AdminUserGlobalSignOut, RevokeToken.

use serde_json::{Value, json};

use super::stage::{NOT_AUTHORIZED, PASSWORD, Stage, text};

const REVOKED: &str = "Access Token has been revoked";
const REFRESH_REVOKED: &str = "Refresh Token has been revoked";

async fn revoke(stage: &Stage, token: &Value, more: Value) -> crate::support::Answer {
    let request = json!({ "ClientId": stage.client, "Token": token });
    let request = super::stage::merged(request, &more);
    stage.s.api("RevokeToken", request).await
}

#[tokio::test]
async fn a_global_sign_out_ends_every_sign_in_and_none_that_follows() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    stage.user("eve").await;
    let (one, two) = (stage.tokens("ada").await, stage.tokens("ada").await);
    let other = stage.tokens("eve").await;
    let request = json!({ "AccessToken": one["AccessToken"] });
    assert_eq!(
        stage.s.api("GlobalSignOut", request.clone()).await.ok(),
        json!({})
    );
    stage
        .s
        .api("GlobalSignOut", request)
        .await
        .error(NOT_AUTHORIZED, REVOKED);
    for tokens in [&one, &two] {
        stage
            .get_user(&tokens["AccessToken"])
            .await
            .error(NOT_AUTHORIZED, REVOKED);
        stage
            .refresh(&tokens["RefreshToken"])
            .await
            .error(NOT_AUTHORIZED, REFRESH_REVOKED);
    }
    stage.get_user(&other["AccessToken"]).await.ok();
    // In the same millisecond, even.
    let after = stage.tokens("ada").await;
    stage.get_user(&after["AccessToken"]).await.ok();
    stage.refresh(&after["RefreshToken"]).await.ok();
}

#[tokio::test]
async fn an_administrator_signs_a_user_out() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let tokens = stage.tokens("ada").await;
    let request = |name: &str| json!({ "UserPoolId": stage.pool, "Username": name });
    let answer = stage.s.api("AdminUserGlobalSignOut", request("ada")).await;
    assert_eq!(answer.ok(), json!({}));
    stage
        .get_user(&tokens["AccessToken"])
        .await
        .error(NOT_AUTHORIZED, REVOKED);
    stage
        .refresh(&tokens["RefreshToken"])
        .await
        .error(NOT_AUTHORIZED, REFRESH_REVOKED);
    let answer = stage
        .s
        .api("AdminUserGlobalSignOut", request("nobody"))
        .await;
    answer.error("UserNotFoundException", "User does not exist.");
}

#[tokio::test]
async fn a_sign_out_also_ends_tokens_without_origin_jti() {
    let stage = Stage::with(json!({}), json!({ "EnableTokenRevocation": false })).await;
    stage.user("ada").await;
    let tokens = stage.tokens("ada").await;
    let request = json!({ "AccessToken": tokens["AccessToken"] });
    stage.s.api("GlobalSignOut", request).await.ok();
    stage
        .get_user(&tokens["AccessToken"])
        .await
        .error(NOT_AUTHORIZED, REVOKED);
    let after = stage.tokens("ada").await;
    stage.get_user(&after["AccessToken"]).await.ok();
}

#[tokio::test]
async fn a_revoked_refresh_token_takes_its_access_tokens_along() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let (one, two) = (stage.tokens("ada").await, stage.tokens("ada").await);
    let body = stage.refresh(&one["RefreshToken"]).await.ok();
    let refreshed = &body["AuthenticationResult"]["AccessToken"];
    for _ in 0..2 {
        assert_eq!(
            revoke(&stage, &one["RefreshToken"], json!({})).await.ok(),
            json!({})
        );
    }
    for token in [&one["AccessToken"], refreshed] {
        stage.get_user(token).await.error(NOT_AUTHORIZED, REVOKED);
    }
    stage
        .refresh(&one["RefreshToken"])
        .await
        .error(NOT_AUTHORIZED, REFRESH_REVOKED);
    stage.get_user(&two["AccessToken"]).await.ok();
    stage.refresh(&two["RefreshToken"]).await.ok();
}

#[tokio::test]
async fn what_is_no_refresh_token_of_this_client_changes_nothing() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let tokens = stage.tokens("ada").await;
    revoke(&stage, &json!("garbage"), json!({})).await.ok();
    for name in ["AccessToken", "IdToken"] {
        let answer = revoke(&stage, &tokens[name], json!({})).await;
        answer.error("UnsupportedTokenTypeException", "Unsupported token type");
    }
    let other = stage.new_client(json!({})).await;
    let other = json!({ "ClientId": other["ClientId"] });
    revoke(&stage, &tokens["RefreshToken"], other).await.ok();
    stage.refresh(&tokens["RefreshToken"]).await.ok();
    stage.get_user(&tokens["AccessToken"]).await.ok();
}

#[tokio::test]
async fn revocation_needs_the_secret_and_the_setting() {
    let stage = Stage::with(json!({}), json!({ "GenerateSecret": true })).await;
    let client = json!({ "UserPoolId": stage.pool, "ClientId": stage.client });
    let client = stage.s.api("DescribeUserPoolClient", client).await.ok();
    let secret = text(&client["UserPoolClient"]["ClientSecret"]);
    let token = json!("garbage");
    revoke(&stage, &token, json!({ "ClientSecret": secret }))
        .await
        .ok();
    let wrong = json!({ "ClientSecret": secret.replace(|_| true, "x") });
    for more in [json!({}), wrong] {
        let answer = revoke(&stage, &token, more).await;
        answer.error("UnauthorizedException", "Invalid client secret provided");
    }
    let off = Stage::with(json!({}), json!({ "EnableTokenRevocation": false })).await;
    let answer = revoke(&off, &token, json!({})).await;
    let message = "Token revocation is not enabled for this client.";
    answer.error("UnsupportedOperationException", message);
}

#[tokio::test]
async fn revocation_holds_on_another_node_and_after_a_restart() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let tokens = stage.tokens("ada").await;
    revoke(&stage, &tokens["RefreshToken"], json!({}))
        .await
        .ok();
    let twin = Stage {
        s: stage.s.twin().await,
        pool: stage.pool.clone(),
        client: stage.client.clone(),
    };
    twin.refresh(&tokens["RefreshToken"])
        .await
        .error(NOT_AUTHORIZED, REFRESH_REVOKED);
}

/// Between a sign-in's reading of the user and its writing of the session lies a hash, and an
/// administrator may be quicker (security.md H8).
#[tokio::test]
async fn a_sign_in_does_not_slip_past_what_ends_it_meanwhile() {
    let stage = Stage::new().await;
    let incomplete = "Invalid session for the user.";
    for (name, operation, refusal) in [
        ("ada", "AdminUserGlobalSignOut", incomplete),
        ("ben", "AdminDisableUser", "User is disabled."),
    ] {
        stage.user(name).await;
        let held = stage.s.hold_hashes().await;
        let meanwhile = async {
            stage.s.guesses(1).await;
            let request = json!({ "UserPoolId": stage.pool, "Username": name });
            stage.s.api(operation, request).await.ok();
            held.release().await;
        };
        let (answer, ()) = tokio::join!(stage.sign_in(name, PASSWORD), meanwhile);
        answer.error(NOT_AUTHORIZED, refusal);
    }
}

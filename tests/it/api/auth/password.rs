//! Sign-in with the password itself.

use std::collections::BTreeSet;

use poolhouse::config::Config;
use poolhouse::domain::password::Kind;
use poolhouse::hashing::HashProfile;
use poolhouse::store::users::Status;
use serde_json::json;

use super::stage::{
    INCORRECT, INVALID_PARAMETER, NOT_AUTHORIZED, PASSWORD, Stage, secret_hash, text,
};

#[tokio::test]
async fn the_right_password_gives_tokens_and_nothing_else() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let body = stage.sign_in("ada", PASSWORD).await.ok();
    let members: BTreeSet<&str> = body
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        members,
        ["AuthenticationResult", "ChallengeParameters"].into()
    );
    assert_eq!(body["ChallengeParameters"], json!({}));
    let result = body["AuthenticationResult"].as_object().unwrap();
    let members: BTreeSet<&str> = result.keys().map(String::as_str).collect();
    let expected = [
        "AccessToken",
        "ExpiresIn",
        "IdToken",
        "RefreshToken",
        "TokenType",
    ];
    assert_eq!(members, expected.into());
    assert_eq!(result["ExpiresIn"], 3600);
    assert_eq!(result["TokenType"], "Bearer");
}

#[tokio::test]
async fn wrong_passwords_and_unknown_users() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let wrong = stage.sign_in("ada", "wrong").await;
    wrong.error(NOT_AUTHORIZED, INCORRECT);
    let unknown = stage.sign_in("nobody", "wrong").await;
    unknown.error("UserNotFoundException", "User does not exist.");
    let parameters = json!({ "USERNAME": "nobody", "PASSWORD": "wrong" });
    let unknown = stage.admin_initiate("ADMIN_USER_PASSWORD_AUTH", parameters);
    unknown
        .await
        .error("UserNotFoundException", "User does not exist.");
}

#[tokio::test]
async fn a_hidden_unknown_user_is_refused_like_a_wrong_password_at_the_same_cost() {
    let hides = json!({ "PreventUserExistenceErrors": "ENABLED" });
    let stage = Stage::with(json!({}), hides).await;
    stage.user("ada").await;
    let cost = async |name: &str| {
        let before = stage.s.app.hashing.evaluations();
        let answer = stage.sign_in(name, "wrong").await;
        let mut headers = answer.headers.clone();
        for own in ["x-amzn-requestid", "date"] {
            headers.remove(own);
        }
        let evaluated = stage.s.app.hashing.evaluations() - before;
        answer.error(NOT_AUTHORIZED, INCORRECT);
        (evaluated, format!("{headers:?}"))
    };
    let strange = ["nobody", &"x".repeat(3000), " ", "ada@example.com"];
    for unknown in strange {
        assert_eq!(cost(unknown).await, cost("ada").await, "{unknown:.20}");
        stage.advance_ms(3_600_000);
    }
}

#[tokio::test]
async fn what_stands_against_a_sign_in_is_told_in_order() {
    let stage = Stage::new().await;
    let permanent = Some((PASSWORD, Kind::Permanent));
    stage
        .user_with("new", |u| u.status = Status::Unconfirmed, permanent)
        .await;
    let off = |user: &mut poolhouse::store::users::User| {
        user.enabled = false;
        user.status = Status::Unconfirmed;
    };
    stage.user_with("off", off, permanent).await;
    stage
        .user_with("reset", |u| u.status = Status::ResetRequired, permanent)
        .await;
    stage
        .user_with("imported", |u| u.status = Status::ResetRequired, None)
        .await;
    stage.user_with("bare", |_| {}, None).await;
    for password in [PASSWORD, "wrong"] {
        let answer = stage.sign_in("new", password).await;
        answer.error("UserNotConfirmedException", "User is not confirmed.");
        let answer = stage.sign_in("off", password).await;
        answer.error(NOT_AUTHORIZED, "User is disabled.");
        let answer = stage.sign_in("bare", password).await;
        answer.error(NOT_AUTHORIZED, INCORRECT);
        let answer = stage.sign_in("imported", password).await;
        answer.error(
            "PasswordResetRequiredException",
            "Password reset required for the user",
        );
    }
    let answer = stage.sign_in("reset", "wrong").await;
    answer.error(NOT_AUTHORIZED, INCORRECT);
    let answer = stage.sign_in("reset", PASSWORD).await;
    answer.error(
        "PasswordResetRequiredException",
        "Password reset required for the user",
    );
}

#[tokio::test]
async fn an_imported_user_is_hidden_until_the_password_is_right() {
    let hides = json!({ "PreventUserExistenceErrors": "ENABLED" });
    let stage = Stage::with(json!({}), hides).await;
    stage
        .user_with("imported", |u| u.status = Status::ResetRequired, None)
        .await;
    let answer = stage.sign_in("imported", PASSWORD).await;
    answer.error(NOT_AUTHORIZED, INCORRECT);
}

#[tokio::test]
async fn a_temporary_password_expires() {
    let stage = Stage::new().await;
    let force = |user: &mut poolhouse::store::users::User| {
        user.status = Status::ForceChangePassword;
    };
    stage
        .user_with("ada", force, Some((PASSWORD, Kind::Temporary)))
        .await;
    let week = 7 * 24 * 3_600_000;
    stage.advance_ms(week - 1);
    let body = stage.sign_in("ada", PASSWORD).await.ok();
    assert_eq!(body["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    stage.advance_ms(1);
    let message = "Temporary password has expired and must be reset by an administrator.";
    stage
        .sign_in("ada", "wrong")
        .await
        .error(NOT_AUTHORIZED, INCORRECT);
    stage
        .sign_in("ada", PASSWORD)
        .await
        .error(NOT_AUTHORIZED, message);
}

#[tokio::test]
async fn secret_hash_is_checked_against_the_name_that_was_sent() {
    let pool = json!({ "AliasAttributes": ["email"] });
    let stage = Stage::with(pool, json!({ "GenerateSecret": true })).await;
    let client = json!({ "UserPoolId": stage.pool, "ClientId": stage.client });
    let client = stage.s.api("DescribeUserPoolClient", client).await.ok();
    let secret = text(&client["UserPoolClient"]["ClientSecret"]);
    let verified = |user: &mut poolhouse::store::users::User| {
        let flag = ("email_verified".to_owned(), "true".to_owned());
        user.attributes.extend([flag]);
    };
    stage
        .user_with("ada", verified, Some((PASSWORD, Kind::Permanent)))
        .await;
    let with = |name: &str, hash: &str| {
        let parameters = json!({ "USERNAME": name, "PASSWORD": PASSWORD, "SECRET_HASH": hash });
        stage.initiate("USER_PASSWORD_AUTH", parameters)
    };
    let wrong = format!("Unable to verify secret hash for client {}", stage.client);
    for name in ["ada", "ada@example.com"] {
        let right = secret_hash(&secret, name, &stage.client);
        with(name, &right).await.ok();
    }
    let of_other = secret_hash(&secret, "ada", &stage.client);
    with("ada@example.com", &of_other)
        .await
        .error(NOT_AUTHORIZED, &wrong);
    with("ada", "x").await.error(NOT_AUTHORIZED, &wrong);
    let missing = format!(
        "Client {} is configured with secret but SECRET_HASH was not received",
        stage.client
    );
    stage
        .sign_in("ada", PASSWORD)
        .await
        .error(NOT_AUTHORIZED, &missing);
    stage
        .sign_in("nobody", PASSWORD)
        .await
        .error(NOT_AUTHORIZED, &missing);
    let bad = json!({ "REFRESH_TOKEN": "x" });
    stage
        .initiate("REFRESH_TOKEN_AUTH", bad)
        .await
        .error(NOT_AUTHORIZED, &missing);
}

#[tokio::test]
async fn missing_parameters_are_named() {
    let stage = Stage::new().await;
    for (flow, parameters, missing) in [
        ("USER_PASSWORD_AUTH", json!({}), "USERNAME"),
        (
            "USER_PASSWORD_AUTH",
            json!({ "USERNAME": "ada" }),
            "PASSWORD",
        ),
        ("USER_SRP_AUTH", json!({ "USERNAME": "ada" }), "SRP_A"),
        ("REFRESH_TOKEN_AUTH", json!({}), "REFRESH_TOKEN"),
    ] {
        let message = format!("Missing required parameter {missing}");
        let answer = stage.initiate(flow, parameters).await;
        answer.error(INVALID_PARAMETER, &message);
    }
}

#[tokio::test]
async fn unknown_clients_and_pools() {
    let stage = Stage::new().await;
    let parameters = json!({ "USERNAME": "ada", "PASSWORD": PASSWORD });
    let request = json!({
        "ClientId": "nosuchclient", "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters,
    });
    let missing = "User pool client nosuchclient does not exist.";
    let answer = stage.s.api("InitiateAuth", request).await;
    answer.error("ResourceNotFoundException", missing);
    let other = stage
        .s
        .api("CreateUserPool", json!({ "PoolName": "other" }));
    let other = text(&other.await.ok()["UserPool"]["Id"]);
    let request = json!({
        "UserPoolId": other, "ClientId": stage.client, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
        "AuthParameters": parameters,
    });
    let missing = format!("User pool client {} does not exist.", stage.client);
    let answer = stage.s.api("AdminInitiateAuth", request).await;
    answer.error("ResourceNotFoundException", &missing);
}

#[tokio::test]
async fn a_hash_with_other_costs_is_made_anew_at_the_next_sign_in() {
    let costly = |config: &mut Config| config.hash = HashProfile::Owasp;
    let s = crate::support::Server::with(costly).await;
    let stage = Stage::on(s, json!({}), json!({})).await;
    let user = stage.user("ada").await;
    let phc = async |stage: &Stage| {
        let mut db = stage.s.app.store.read().await.unwrap();
        let found = poolhouse::store::passwords::find(&mut db, &user.pool, &user.sub);
        found.await.unwrap().unwrap().phc
    };
    let before = phc(&stage).await;
    assert!(before.contains("m=19456"), "{before}");
    let cheap = Stage {
        s: stage.s.twin().await,
        pool: stage.pool.clone(),
        client: stage.client.clone(),
    };
    cheap
        .sign_in("ada", "wrong")
        .await
        .error(NOT_AUTHORIZED, INCORRECT);
    assert_eq!(phc(&stage).await, before);
    cheap.sign_in("ada", PASSWORD).await.ok();
    assert!(phc(&stage).await.contains("m=8"));
    stage.sign_in("ada", PASSWORD).await.ok();
    assert!(phc(&stage).await.contains("m=19456"));
    cheap.srp_sign_in("ada", PASSWORD).await.ok();
}

//! What tokens say, that an independent implementation verifies them, and that nothing else passes.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use poolhouse::args;
use poolhouse::domain::keys;
use poolhouse::domain::password::Kind;
use poolhouse::store::users::User;
use serde_json::{Value, json};

use super::stage::{NOT_AUTHORIZED, PASSWORD, Stage, claims, part, text};
use crate::support::forgeries;
use crate::support::jwk::verifies;
use crate::support::server::START_MS;

const INVALID: &str = "Invalid Access Token";
const SIGNATURE: &str = "Could not verify signature for Access Token";

async fn jwks(stage: &Stage) -> Vec<Value> {
    let published = keys::jwks(&stage.s.app, &stage.pool_id()).await.unwrap();
    let document: Value = serde_json::from_slice(&published.bytes).unwrap();
    document["keys"].as_array().unwrap().clone()
}

fn names(value: &Value) -> BTreeSet<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[tokio::test]
async fn an_independent_implementation_verifies_both_tokens_with_two_keys() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let tokens = stage.tokens("ada").await;
    let keys = jwks(&stage).await;
    assert_eq!(keys.len(), 2);
    assert_ne!(keys[0]["n"], keys[1]["n"]);
    for key in &keys {
        assert_eq!(names(key), ["alg", "e", "kid", "kty", "n", "use"].into());
        assert_eq!((&key["alg"], &key["kty"]), (&json!("RS256"), &json!("RSA")));
        assert_eq!((&key["e"], &key["use"]), (&json!("AQAB"), &json!("sig")));
        let kid = STANDARD.decode(key["kid"].as_str().unwrap()).unwrap();
        assert_eq!(kid.len(), 32);
    }
    let mut used = BTreeSet::new();
    for name in ["IdToken", "AccessToken"] {
        let header = part(&tokens[name], 0);
        assert_eq!(
            header.to_string().len(),
            json!({"kid": header["kid"], "alg": "RS256"})
                .to_string()
                .len()
        );
        let key = keys.iter().find(|key| key["kid"] == header["kid"]).unwrap();
        assert!(verifies(key, tokens[name].as_str().unwrap()), "{name}");
        used.insert(text(&key["kid"]));
    }
    assert_eq!(used.len(), 2);
}

#[tokio::test]
async fn claims_of_the_access_token() {
    let stage = Stage::new().await;
    let user = stage.user("ada").await;
    let tokens = stage.tokens("ada").await;
    let access = claims(&tokens["AccessToken"]);
    let expected = [
        "acr",
        "amr",
        "auth_time",
        "client_id",
        "event_id",
        "exp",
        "iat",
        "iss",
        "jti",
        "origin_jti",
        "scope",
        "sub",
        "token_use",
        "username",
    ];
    assert_eq!(names(&access), expected.into());
    let now = START_MS / 1000;
    let facts = json!({
        "auth_time": now, "client_id": stage.client, "exp": now + 3600, "iat": now,
        "iss": stage.issuer(), "scope": "aws.cognito.signin.user.admin", "sub": user.sub.as_str(),
        "token_use": "access", "username": "ada", "acr": "urn:cognito:loa:1", "amr": ["pwd"],
    });
    for (name, value) in facts.as_object().unwrap() {
        assert_eq!(&access[name], value, "{name}");
    }
    let id = claims(&tokens["IdToken"]);
    assert_eq!(id["origin_jti"], access["origin_jti"]);
    assert_eq!(id["event_id"], access["event_id"]);
    assert_ne!(id["jti"], access["jti"]);
}

#[tokio::test]
async fn claims_of_the_id_token() {
    let schema = json!([{ "Name": "level", "AttributeDataType": "Number", "Mutable": true }]);
    let stage = Stage::with(json!({ "Schema": schema }), json!({})).await;
    let filled = |user: &mut User| {
        for (name, value) in [
            ("address", "1 Main St"),
            ("custom:level", "7"),
            ("dev:custom:secret", "hidden"),
            ("email_verified", "true"),
            ("name", "Ada L"),
            ("phone_number", "+15550001111"),
            ("phone_number_verified", "false"),
            ("updated_at", "1700000000"),
        ] {
            user.attributes.insert(name.to_owned(), value.to_owned());
        }
    };
    let permanent = Some((PASSWORD, Kind::Permanent));
    let user = stage.user_with("ada", filled, permanent).await;
    let id = claims(&stage.tokens("ada").await["IdToken"]);
    let now = START_MS / 1000;
    let mut expected = json!({
        "sub": user.sub.as_str(), "aud": stage.client, "iss": stage.issuer(), "token_use": "id",
        "auth_time": now, "iat": now, "exp": now + 3600, "cognito:username": "ada",
        "address": { "formatted": "1 Main St" }, "custom:level": "7", "name": "Ada L",
        "email": "ada@example.com", "email_verified": true, "phone_number": "+15550001111",
        "phone_number_verified": false, "updated_at": 1_700_000_000,
        "acr": "urn:cognito:loa:1", "amr": ["pwd"],
    });
    for own in ["event_id", "jti", "origin_jti"] {
        expected[own] = id[own].clone();
        assert_eq!(id[own].as_str().unwrap().len(), 36);
    }
    assert_eq!(id, expected);
    let client = stage.new_client(json!({ "ReadAttributes": ["email", "custom:level"] }));
    let narrow = Stage {
        client: text(&client.await["ClientId"]),
        ..stage
    };
    let tokens = narrow.tokens("ada").await;
    let id = claims(&tokens["IdToken"]);
    assert_eq!(
        (&id["email"], &id["custom:level"]),
        (&json!("ada@example.com"), &json!("7"))
    );
    assert!(id.get("name").is_none() && id.get("email_verified").is_none());
    let shown = narrow.get_user(&tokens["AccessToken"]).await.ok();
    let expected = json!({
        "Username": "ada",
        "UserAttributes": [
            { "Name": "sub", "Value": user.sub.as_str() },
            { "Name": "custom:level", "Value": "7" },
            { "Name": "email", "Value": "ada@example.com" },
        ],
    });
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn groups_roles_and_the_preferred_role() {
    let stage = Stage::new().await;
    let user = stage.user("ada").await;
    for (name, precedence, role) in [("low", None, "arn:low"), ("top", Some(1_i64), "arn:top")] {
        let args = args![stage.pool.as_str(), name, role, precedence];
        let group = "INSERT INTO user_groups (pool_id, name, role_arn, precedence, created_ms, modified_ms, version) \
                     VALUES ($1, $2, $3, $4, 1, 1, 1)";
        stage.run(group, args).await;
        let member =
            "INSERT INTO group_members (pool_id, sub, name, created_ms) VALUES ($1, $2, $3, 1)";
        let args = args![stage.pool.as_str(), &user.sub, name];
        stage.run(member, args).await;
    }
    let tokens = stage.tokens("ada").await;
    let (id, access) = (claims(&tokens["IdToken"]), claims(&tokens["AccessToken"]));
    assert_eq!(id["cognito:groups"], json!(["top", "low"]));
    assert_eq!(id["cognito:roles"], json!(["arn:top", "arn:low"]));
    assert_eq!(id["cognito:preferred_role"], "arn:top");
    assert_eq!(access["cognito:groups"], json!(["top", "low"]));
    assert!(access.get("cognito:roles").is_none());
}

#[tokio::test]
async fn validity_and_revocation_follow_the_client() {
    let settings = json!({
        "AccessTokenValidity": 10, "IdTokenValidity": 2, "EnableTokenRevocation": false,
        "TokenValidityUnits": { "AccessToken": "minutes", "IdToken": "hours" },
    });
    let stage = Stage::with(json!({}), settings).await;
    stage.user("ada").await;
    let tokens = stage.tokens("ada").await;
    assert_eq!(tokens["ExpiresIn"], 600);
    let (id, access) = (claims(&tokens["IdToken"]), claims(&tokens["AccessToken"]));
    let lifetime = |token: &Value| token["exp"].as_i64().unwrap() - token["iat"].as_i64().unwrap();
    assert_eq!((lifetime(&id), lifetime(&access)), (7200, 600));
    for token in [&id, &access] {
        assert!(token.get("jti").is_none() && token.get("origin_jti").is_none());
    }
    stage.get_user(&tokens["AccessToken"]).await.ok();
    stage.advance_ms(599_000);
    stage.get_user(&tokens["AccessToken"]).await.ok();
    stage.advance_ms(1_000);
    let expired = stage.get_user(&tokens["AccessToken"]).await;
    expired.error(NOT_AUTHORIZED, "Access Token has expired");
}

#[tokio::test]
async fn a_pool_that_is_gone_takes_its_tokens_along() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let tokens = stage.tokens("ada").await;
    let client = json!({ "UserPoolId": stage.pool, "ClientId": stage.client });
    stage.s.api("DeleteUserPoolClient", client).await.ok();
    stage
        .get_user(&tokens["AccessToken"])
        .await
        .error(NOT_AUTHORIZED, INVALID);
    stage
        .s
        .api("DeleteUserPool", json!({ "UserPoolId": stage.pool }))
        .await;
    stage
        .get_user(&tokens["AccessToken"])
        .await
        .error(NOT_AUTHORIZED, INVALID);
}

#[tokio::test]
async fn the_state_of_the_user_counts_at_every_use() {
    let stage = Stage::new().await;
    let user = stage.user("ada").await;
    let token = stage.tokens("ada").await["AccessToken"].clone();
    let set = async |column: &'static str| {
        let sql = column;
        stage.run(sql, args![&user.sub]).await;
    };
    set("UPDATE users SET enabled = FALSE WHERE sub = $1").await;
    stage
        .get_user(&token)
        .await
        .error(NOT_AUTHORIZED, "User is disabled.");
    set("UPDATE users SET enabled = TRUE, status = 'RESET_REQUIRED' WHERE sub = $1").await;
    let reset = stage.get_user(&token).await;
    reset.error(
        "PasswordResetRequiredException",
        "Password reset required for the user",
    );
    set("UPDATE users SET status = 'CONFIRMED' WHERE sub = $1").await;
    stage.get_user(&token).await.ok();
    set("DELETE FROM users WHERE sub = $1").await;
    let gone = stage.get_user(&token).await;
    gone.error("UserNotFoundException", "User does not exist.");
}

#[tokio::test]
async fn forged_tokens_are_refused_everywhere() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let tokens = stage.tokens("ada").await;
    let good = text(&tokens["AccessToken"]);
    let keys = jwks(&stage).await;
    let corpus = forgeries::of(&good, &keys);
    assert!(corpus.len() >= 300, "{}", corpus.len());
    for operation in ["GetUser", "GlobalSignOut"] {
        for forgery in &corpus {
            let body = json!({ "AccessToken": forgery });
            let answer = stage.s.api(operation, body).await;
            let message = answer.body["message"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            let refused = [INVALID, SIGNATURE].contains(&message.as_str())
                || message.contains("validation error");
            assert!(
                answer.status == 400 && refused,
                "{forgery:.80} {}",
                answer.body
            );
        }
    }
    stage.get_user(&json!(good)).await.ok();
    let changed = json!(format!("{}A", &good[..good.len() - 1]));
    let tampered = if good.ends_with('A') {
        json!(format!("{}Q", &good[..good.len() - 1]))
    } else {
        changed
    };
    stage
        .get_user(&tampered)
        .await
        .error(NOT_AUTHORIZED, SIGNATURE);
    stage
        .get_user(&tokens["IdToken"])
        .await
        .error(NOT_AUTHORIZED, INVALID);
    stage
        .get_user(&tokens["RefreshToken"])
        .await
        .error(NOT_AUTHORIZED, INVALID);
}

#[tokio::test]
async fn a_pool_made_on_one_node_signs_alike_on_both() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let twin = Stage {
        s: stage.s.twin().await,
        pool: stage.pool.clone(),
        client: stage.client.clone(),
    };
    let (here, there) = tokio::join!(jwks(&stage), jwks(&twin));
    assert_eq!(here, there);
    let token = twin.tokens("ada").await["AccessToken"].clone();
    let key = here.iter().find(|key| key["kid"] == part(&token, 0)["kid"]);
    assert!(verifies(key.unwrap(), token.as_str().unwrap()));
}

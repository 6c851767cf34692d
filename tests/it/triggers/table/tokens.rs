//! Tokens after a sign-in, and a client's own.

use serde_json::{Value, json};

use super::accounts::{nothing, signed_in};
use super::cases;
use super::run::{Ending, Refused, Run};

cases! {
    "InitiateAuth with REFRESH_TOKEN_AUTH": signed_in, refresh;
    "AdminInitiateAuth with REFRESH_TOKEN_AUTH": signed_in, refresh;
    "GetTokensFromRefreshToken": signed_in, get_tokens;
    "/oauth2/token with refresh_token": signed_in, refresh_grant;
    "/oauth2/token with client_credentials": nothing, machine;
    "GetClientToken": nothing, client_token;
    "GetDerivedToken": signed_in, exchange;
}

async fn refresh(run: &Run<'_>, tokens: Value) -> Ending {
    let parameters = json!({ "REFRESH_TOKEN": tokens["RefreshToken"] });
    run.initiate("REFRESH_TOKEN_AUTH", parameters).await
}

async fn get_tokens(run: &Run<'_>, tokens: Value) -> Ending {
    let request = json!({
        "RefreshToken": tokens["RefreshToken"], "ClientMetadata": { "said": "refreshing" },
    });
    run.public("GetTokensFromRefreshToken", request).await
}

async fn refresh_grant(run: &Run<'_>, tokens: Value) -> Ending {
    run.token(&[
        ("grant_type", "refresh_token"),
        ("client_id", &run.ground.client),
        ("refresh_token", tokens["RefreshToken"].as_str().unwrap()),
    ])
    .await
}

async fn machine(run: &Run<'_>, _: Value) -> Ending {
    let machine = &run.ground.machine;
    run.token(&[
        ("grant_type", "client_credentials"),
        ("client_id", &machine.id),
        ("client_secret", machine.secret.as_deref().unwrap()),
        ("aws_client_metadata", r#"{"said":"by a machine"}"#),
    ])
    .await
}

/// The operation's model has no exception for triggers.
async fn client_token(run: &Run<'_>, _: Value) -> Ending {
    let machine = &run.ground.machine;
    let request = json!({
        "ClientId": machine.id, "Secret": machine.secret,
        "ClientMetadata": { "said": "by a machine" },
    });
    run.open("GetClientToken", request).await.map_err(|told| {
        assert_eq!(told.code.as_deref(), Some("NotAuthorizedException"));
        Refused { code: None, ..told }
    })
}

async fn exchange(run: &Run<'_>, tokens: Value) -> Ending {
    let request = json!({
        "SubjectToken": tokens["AccessToken"], "SubjectTokenType": "ACCESS_TOKEN",
    });
    run.public("GetDerivedToken", request).await
}

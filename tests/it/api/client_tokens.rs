//! GetClientToken: a machine's token without a domain.

use serde_json::{Value, json};

use super::auth::stage::secret_hash;
use super::{client, pool};
use crate::support::Server;
use crate::support::house::claims;

const API: &str = "https://notes.example.com";

struct Machine {
    s: Server,
    pool: String,
    client: Value,
}

impl Machine {
    /// A client that may ask for two scopes of the three there are.
    async fn open() -> Self {
        let s = Server::start().await;
        let pool = pool(&s, json!({})).await;
        let scopes = ["read", "write", "delete"]
            .map(|name| json!({ "ScopeName": name, "ScopeDescription": name }));
        let server =
            json!({ "UserPoolId": pool, "Identifier": API, "Name": "n", "Scopes": scopes });
        s.api("CreateResourceServer", server).await.ok();
        let client = client(&s, &pool, settings()).await;
        Self { s, pool, client }
    }

    async fn ask(&self, change: Value) -> crate::support::Answer {
        let mut request = json!({
            "ClientId": self.client["ClientId"], "Secret": self.client["ClientSecret"],
        });
        super::merge(&mut request, &change);
        self.s.api("GetClientToken", request).await
    }
}

fn settings() -> Value {
    json!({
        "GenerateSecret": true,
        "ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"],
        "AllowedOAuthScopes": ["openid", format!("{API}/read"), format!("{API}/write")],
        "AccessTokenValidity": 10, "TokenValidityUnits": { "AccessToken": "minutes" },
    })
}

#[tokio::test]
async fn a_client_gets_a_token_of_its_own() {
    let machine = Machine::open().await;
    let told = machine.ask(json!({})).await.ok();
    let result = &told["ClientAuthenticationResult"];
    assert_eq!(
        (&result["ExpiresIn"], &result["TokenType"]),
        (&json!(600), &json!("Bearer"))
    );
    let token = claims(result["AccessToken"].as_str().unwrap());
    let id = &machine.client["ClientId"];
    assert_eq!((&token["sub"], &token["client_id"]), (id, id));
    assert_eq!(token["scope"], format!("{API}/read {API}/write"));
    assert_eq!(token["token_use"], "access");
    assert_eq!(
        token["exp"].as_i64().unwrap() - token["iat"].as_i64().unwrap(),
        600
    );
    assert_eq!(token.get("username"), None);
    let one = machine
        .ask(json!({ "Scopes": [format!("{API}/write")] }))
        .await
        .ok();
    let token = claims(
        one["ClientAuthenticationResult"]["AccessToken"]
            .as_str()
            .unwrap(),
    );
    assert_eq!(token["scope"], format!("{API}/write"));
    // Either of two secrets.
    let at = json!({ "UserPoolId": machine.pool, "ClientId": id });
    let second = machine.s.api("AddUserPoolClientSecret", at).await.ok();
    let secret = &second["ClientSecretDescriptor"]["ClientSecretValue"];
    machine.ask(json!({ "Secret": secret })).await.ok();
}

#[tokio::test]
async fn secret_flow_and_scopes_are_asked_for() {
    let machine = Machine::open().await;
    let secret = "x".repeat(51);
    let invalid = "InvalidParameterException";
    let text = "Invalid client secret provided";
    machine
        .ask(json!({ "Secret": secret }))
        .await
        .error("NotAuthorizedException", text);
    let unknown = "1example23456789abcdefgh";
    machine.ask(json!({ "ClientId": unknown })).await.error(
        "ResourceNotFoundException",
        &format!("User pool client {unknown} does not exist."),
    );
    let text = "The requested scopes are not allowed for this client.";
    for scope in ["openid", "https://notes.example.com/delete", "none/read"] {
        machine
            .ask(json!({ "Scopes": [scope] }))
            .await
            .error(invalid, text);
    }
    // A client without a secret proves nothing.
    let public = client(&machine.s, &machine.pool, json!({})).await;
    let change = json!({ "ClientId": public["ClientId"], "Secret": secret });
    machine
        .ask(change)
        .await
        .error("NotAuthorizedException", "Invalid client secret provided");
    // One with a secret and other flows.
    let other = json!({ "GenerateSecret": true, "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"] });
    let other = client(&machine.s, &machine.pool, other).await;
    let change = json!({ "ClientId": other["ClientId"], "Secret": other["ClientSecret"] });
    let text = "ALLOW_CLIENT_TOKEN_AUTH flow not enabled for this client";
    machine.ask(change).await.error(invalid, text);
    // Scopes that are gone.
    let gone = json!({ "UserPoolId": machine.pool, "Identifier": API });
    machine.s.api("DeleteResourceServer", gone).await.ok();
    let text = "The requested scopes are not allowed for this client.";
    machine.ask(json!({})).await.error(invalid, text);
}

#[tokio::test]
async fn the_flow_stands_alone_and_needs_a_secret() {
    let machine = Machine::open().await;
    let make = async |change: Value| {
        let mut request = settings();
        super::merge(
            &mut request,
            &json!({ "UserPoolId": machine.pool, "ClientName": "c" }),
        );
        super::merge(&mut request, &change);
        machine.s.api("CreateUserPoolClient", request).await
    };
    let invalid = "InvalidParameterException";
    let both = ["ALLOW_CLIENT_TOKEN_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
    let text = "ALLOW_CLIENT_TOKEN_AUTH can not be selected along with other authentication flows.";
    make(json!({ "ExplicitAuthFlows": both }))
        .await
        .error(invalid, text);
    let text =
        "ALLOW_CLIENT_TOKEN_AUTH can not be selected if client does not have a client secret.";
    make(json!({ "GenerateSecret": false }))
        .await
        .error(invalid, text);
    let made = make(json!({})).await.ok();
    let flows = &made["UserPoolClient"]["ExplicitAuthFlows"];
    assert_eq!(*flows, json!(["ALLOW_CLIENT_TOKEN_AUTH"]));
}

/// Such a client signs nobody in.
#[tokio::test]
async fn no_user_signs_in_to_such_a_client() {
    let machine = Machine::open().await;
    let id = machine.client["ClientId"].as_str().unwrap();
    let hash = secret_hash(machine.client["ClientSecret"].as_str().unwrap(), "ada", id);
    let request = json!({
        "ClientId": id, "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": "ada", "PASSWORD": "x", "SECRET_HASH": hash },
    });
    let text = "USER_PASSWORD_AUTH flow not enabled for this client";
    machine
        .s
        .api("InitiateAuth", request)
        .await
        .error("InvalidParameterException", text);
}

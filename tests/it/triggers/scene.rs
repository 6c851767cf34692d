//! A pool whose triggers are answered by a host of the test.

use serde_json::{Value, json};

use super::host::{Host, arn};
use crate::api::auth::stage::{PASSWORD, Stage};
use crate::support::Answer;

/// Every slot of `LambdaConfig` that is called outside custom challenges and custom senders.
pub const SLOTS: [&str; 6] = [
    "PreSignUp",
    "PostConfirmation",
    "PreAuthentication",
    "PostAuthentication",
    "UserMigration",
    "CustomMessage",
];

pub struct Scene {
    pub host: Host,
    pub stage: Stage,
}

impl Scene {
    /// A pool with these triggers.
    pub async fn with(slots: &[&str]) -> Self {
        Self::of(slots, json!({}), json!({})).await
    }

    /// A pool with every trigger that asks and version 2 of the token event.
    pub async fn all() -> Self {
        Self::of(
            &SLOTS,
            json!({ "LambdaConfig": { "PreTokenGenerationConfig": {
            "LambdaVersion": "V2_0", "LambdaArn": arn("PreTokenGeneration"),
        } } }),
            json!({}),
        )
        .await
    }

    /// A pool with these triggers, more settings, and client settings.
    pub async fn of(slots: &[&str], mut pool: Value, client: Value) -> Self {
        for slot in slots {
            pool["LambdaConfig"][slot] = json!(arn(slot));
        }
        if pool.get("AutoVerifiedAttributes").is_none() {
            pool["AutoVerifiedAttributes"] = json!(["email"]);
        }
        let host = Host::start().await;
        let server = host.server().await;
        let stage = Stage::on(server, pool, client).await;
        Self { host, stage }
    }

    pub async fn public(&self, operation: &str, mut body: Value) -> Answer {
        body["ClientId"] = json!(self.stage.client);
        self.stage.s.api(operation, body).await
    }

    pub async fn admin(&self, operation: &str, mut body: Value) -> Answer {
        body["UserPoolId"] = json!(self.stage.pool);
        self.stage.s.api(operation, body).await
    }

    pub async fn sign_up(&self, name: &str, more: Value) -> Answer {
        let mut body = json!({
            "Username": name, "Password": PASSWORD,
            "UserAttributes": [{ "Name": "email", "Value": format!("{name}@example.com") }],
        });
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.public("SignUp", body).await
    }

    pub async fn sign_in(&self, name: &str, metadata: Value) -> Answer {
        let parameters = json!({ "USERNAME": name, "PASSWORD": PASSWORD });
        let body = json!({
            "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters,
            "ClientMetadata": metadata,
        });
        self.public("InitiateAuth", body).await
    }

    pub async fn status(&self, name: &str) -> Option<String> {
        let answer = self
            .admin("AdminGetUser", json!({ "Username": name }))
            .await;
        answer.body["UserStatus"].as_str().map(str::to_owned)
    }

    pub fn code(&self, to: &str) -> String {
        self.stage.s.code_to(to)
    }

    /// The events that came; `sub` and ids that differ from test to test have fixed texts.
    pub fn events(&self) -> Vec<Value> {
        let events = self.host.events();
        events.iter().map(|event| self.steady(event)).collect()
    }

    fn steady(&self, event: &Value) -> Value {
        let sub = event["request"]["userAttributes"]["sub"].as_str();
        let mut text = event.to_string();
        if let Some(sub) = sub {
            text = text.replace(sub, "SUB");
        }
        let text = text.replace(&self.stage.pool, "POOL");
        let text = text.replace(&self.stage.client, "CLIENT");
        serde_json::from_str(&text).unwrap()
    }
}

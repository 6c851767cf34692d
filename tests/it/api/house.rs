//! A server with one pool and one client: where tests about users live.

use poolhouse::ports::mailbox::{Message, Wanted};
use serde_json::{Value, json};

use super::{client, merge, pool};
use crate::support::{Answer, Server};

pub const PASSWORD: &str = "Correct-Horse1!";
pub const EMAIL: &str = "alice@example.com";
pub const PHONE: &str = "+15551239934";

pub struct House {
    pub s: Server,
    pub pool: String,
    pub client: String,
}

impl House {
    /// A pool that verifies e-mail addresses, and a client without a secret.
    pub async fn plain() -> Self {
        Self::new(json!({ "AutoVerifiedAttributes": ["email"] }), json!({})).await
    }

    /// A pool that verifies e-mail addresses, and a client that hides which users exist.
    pub async fn hiding() -> Self {
        let pool = json!({ "AutoVerifiedAttributes": ["email"] });
        Self::new(pool, json!({ "PreventUserExistenceErrors": "ENABLED" })).await
    }

    pub async fn new(pool_settings: Value, client_settings: Value) -> Self {
        let s = Server::start().await;
        let pool = pool(&s, pool_settings).await;
        let made = client(&s, &pool, client_settings).await;
        let client = made["ClientId"].as_str().unwrap().to_owned();
        Self { s, pool, client }
    }

    /// An unsigned call: `ClientId` is added.
    pub async fn public(&self, operation: &str, body: Value) -> Answer {
        let mut full = json!({ "ClientId": self.client });
        merge(&mut full, &body);
        self.s.api(operation, full).await
    }

    /// An administrator's call: `UserPoolId` is added.
    pub async fn admin(&self, operation: &str, body: Value) -> Answer {
        let mut full = json!({ "UserPoolId": self.pool });
        merge(&mut full, &body);
        self.s.api(operation, full).await
    }

    pub async fn try_sign_up(&self, username: &str, attributes: &[(&str, &str)]) -> Answer {
        let body = json!({
            "Username": username, "Password": PASSWORD, "UserAttributes": given(attributes),
        });
        self.public("SignUp", body).await
    }

    pub async fn sign_up(&self, username: &str, attributes: &[(&str, &str)]) -> Value {
        self.try_sign_up(username, attributes).await.ok()
    }

    /// Signs up and confirms by the code in the mailbox.
    pub async fn confirmed(&self, username: &str, email: &str) -> Value {
        let made = self.sign_up(username, &[("email", email)]).await;
        self.confirm(username, &self.s.code_to(email)).await.ok();
        made
    }

    pub async fn confirm(&self, username: &str, code: &str) -> Answer {
        let body = json!({ "Username": username, "ConfirmationCode": code });
        self.public("ConfirmSignUp", body).await
    }

    pub async fn forgot(&self, username: &str) -> Answer {
        let body = json!({ "Username": username });
        self.public("ForgotPassword", body).await
    }

    pub async fn reset(&self, username: &str, code: &str, password: &str) -> Answer {
        let body = json!({
            "Username": username, "ConfirmationCode": code, "Password": password,
        });
        self.public("ConfirmForgotPassword", body).await
    }

    pub async fn create(&self, username: &str, settings: Value) -> Answer {
        let mut body = json!({ "Username": username });
        merge(&mut body, &settings);
        self.admin("AdminCreateUser", body).await
    }

    /// What AdminGetUser shows.
    pub async fn user(&self, username: &str) -> Value {
        let body = json!({ "Username": username });
        self.admin("AdminGetUser", body).await.ok()
    }

    pub async fn status(&self, username: &str) -> String {
        let user = self.user(username).await;
        user["UserStatus"].as_str().unwrap().to_owned()
    }

    /// An attribute as AdminGetUser shows it; null when absent.
    pub async fn attribute(&self, username: &str, name: &str) -> Value {
        attribute(&self.user(username).await["UserAttributes"], name)
    }

    pub async fn update(&self, username: &str, attributes: &[(&str, &str)]) -> Answer {
        let body = json!({ "Username": username, "UserAttributes": given(attributes) });
        self.admin("AdminUpdateUserAttributes", body).await
    }

    /// All messages, newest first.
    pub fn messages(&self) -> Vec<Message> {
        self.s
            .app
            .mailbox
            .as_ref()
            .unwrap()
            .list(&Wanted::default())
    }
}

pub fn given(attributes: &[(&str, &str)]) -> Value {
    let one = |(name, value): &(&str, &str)| json!({ "Name": name, "Value": value });
    attributes.iter().map(one).collect()
}

pub fn attribute(list: &Value, name: &str) -> Value {
    let mut list = list.as_array().unwrap().iter();
    let found = list.find(|attribute| attribute["Name"] == name);
    found.map_or(Value::Null, |found| found["Value"].clone())
}

/// A code that is not `code`.
pub fn wrong(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

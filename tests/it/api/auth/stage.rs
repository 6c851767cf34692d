//! A pool, a client and users for the sign-in tests, and what every one of them does.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poolhouse::domain::{password, pools, records};
use poolhouse::ids::PoolId;
use poolhouse::secret::Secret;
use poolhouse::store::audit::Actor;
use poolhouse::store::passwords;
use poolhouse::store::users::{Mfa, Status, User};
use poolhouse::time::Timestamp;
use serde_json::{Value, json};

use crate::api::merge;
use crate::support::srp_client::{Given, SrpClient};
use crate::support::{Answer, Server};

pub const PASSWORD: &str = "Correct-Horse1!";
pub const INCORRECT: &str = "Incorrect username or password.";
pub const NOT_AUTHORIZED: &str = "NotAuthorizedException";
pub const INVALID_PARAMETER: &str = "InvalidParameterException";

pub struct Stage {
    pub s: Server,
    pub pool: String,
    pub client: String,
}

impl Stage {
    /// A pool with defaults and a public client that allows every flow there is.
    pub async fn new() -> Self {
        Self::with(json!({}), json!({})).await
    }

    /// The same with more members for the pool and the client.
    pub async fn with(pool: Value, client: Value) -> Self {
        Self::on(Server::start().await, pool, client).await
    }

    pub async fn on(s: Server, pool: Value, client: Value) -> Self {
        let mut request = merged(json!({ "PoolName": "p" }), &pool);
        // What SetUserPoolMfaConfig sets comes second.
        let then = request.as_object_mut().unwrap().remove("then");
        let made = s.api("CreateUserPool", request).await.ok();
        let pool = text(&made["UserPool"]["Id"]);
        if let Some(then) = then {
            let request = merged(json!({ "UserPoolId": pool }), &then);
            s.api("SetUserPoolMfaConfig", request).await.ok();
        }
        let mut stage = Self {
            s,
            pool,
            client: String::new(),
        };
        stage.client = text(&stage.new_client(client).await["ClientId"]);
        stage
    }

    pub async fn new_client(&self, more: Value) -> Value {
        let flows = json!([
            "ALLOW_USER_PASSWORD_AUTH",
            "ALLOW_ADMIN_USER_PASSWORD_AUTH",
            "ALLOW_USER_SRP_AUTH",
            "ALLOW_REFRESH_TOKEN_AUTH",
            "ALLOW_CUSTOM_AUTH",
            "ALLOW_USER_AUTH",
        ]);
        let request = json!({
            "UserPoolId": self.pool, "ClientName": "c", "ExplicitAuthFlows": flows,
        });
        let made = self.s.api("CreateUserPoolClient", merged(request, &more));
        made.await.ok()["UserPoolClient"].take()
    }

    /// A confirmed user with [`PASSWORD`].
    pub async fn user(&self, name: &str) -> User {
        self.user_with(name, |_| {}, Some((PASSWORD, password::Kind::Permanent)))
            .await
    }

    /// A user of any kind.
    pub async fn user_with(
        &self,
        name: &str,
        change: impl FnOnce(&mut User),
        plain: Option<(&str, password::Kind)>,
    ) -> User {
        let app = &self.s.app;
        let pool = pools::get(app, &self.pool_id()).await.unwrap();
        let now = app.clock.now(&pool.id);
        let mut user = User {
            pool: pool.id.clone(),
            sub: app.rng.sub().unwrap(),
            username: name.to_owned(),
            username_key: poolhouse::domain::usernames::key(&pool, name),
            status: Status::Confirmed,
            enabled: true,
            attributes: [("email".to_owned(), format!("{name}@example.com"))].into(),
            created: now,
            modified: now,
            auth_epoch: 1,
            tokens_valid_from: Timestamp::from_ms(0),
            mfa: Mfa::default(),
            version: 1,
        };
        change(&mut user);
        let mut tx = app.store.write(&Actor::default()).await.unwrap();
        records::insert(&mut tx, &pool, &user)
            .await
            .map_err(|_| "taken")
            .unwrap();
        if let Some((plain, kind)) = plain {
            let plain = Secret::new(plain.to_owned());
            let prepared = password::prepare(app, &pool, &user.sub, &user.username, &plain);
            let row = prepared.await.unwrap().into_row(&pool, None, kind, now);
            passwords::set(&mut tx, &pool.id, &user.sub, &row)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        user
    }

    pub fn pool_id(&self) -> PoolId {
        PoolId::parse(self.pool.as_str()).unwrap()
    }

    pub fn issuer(&self) -> String {
        format!("{}/{}", self.s.url, self.pool)
    }

    pub async fn initiate(&self, flow: &str, parameters: Value) -> Answer {
        let request = json!({
            "ClientId": self.client, "AuthFlow": flow, "AuthParameters": parameters,
        });
        self.s.api("InitiateAuth", request).await
    }

    pub async fn admin_initiate(&self, flow: &str, parameters: Value) -> Answer {
        let request = json!({
            "UserPoolId": self.pool, "ClientId": self.client, "AuthFlow": flow,
            "AuthParameters": parameters,
        });
        self.s.api("AdminInitiateAuth", request).await
    }

    pub async fn respond(&self, name: &str, session: Option<&str>, responses: Value) -> Answer {
        let mut request = json!({
            "ClientId": self.client, "ChallengeName": name, "ChallengeResponses": responses,
        });
        if let Some(session) = session {
            request["Session"] = json!(session);
        }
        self.s.api("RespondToAuthChallenge", request).await
    }

    /// USER_PASSWORD_AUTH.
    pub async fn sign_in(&self, name: &str, password: &str) -> Answer {
        self.initiate(
            "USER_PASSWORD_AUTH",
            json!({ "USERNAME": name, "PASSWORD": password }),
        )
        .await
    }

    /// The tokens of a user with [`PASSWORD`].
    pub async fn tokens(&self, name: &str) -> Value {
        self.sign_in(name, PASSWORD).await.ok()["AuthenticationResult"].take()
    }

    pub async fn get_user(&self, access_token: &Value) -> Answer {
        let request = json!({ "AccessToken": access_token });
        self.s.api("GetUser", request).await
    }

    pub async fn refresh(&self, token: &Value) -> Answer {
        let parameters = json!({ "REFRESH_TOKEN": token });
        self.initiate("REFRESH_TOKEN_AUTH", parameters).await
    }

    /// The first half of an SRP sign-in.
    pub async fn srp(&self, name: &str, client: &SrpClient) -> Answer {
        let parameters = json!({ "USERNAME": name, "SRP_A": client.public });
        self.initiate("USER_SRP_AUTH", parameters).await
    }

    /// The answer of a client to PASSWORD_VERIFIER.
    pub fn proof(&self, client: &SrpClient, challenge: &Value, password: &str) -> Value {
        let now = self.s.clock().server_now().seconds();
        self.proof_at(client, challenge, password, now)
    }

    /// The same, at another time.
    pub fn proof_at(
        &self,
        client: &SrpClient,
        challenge: &Value,
        password: &str,
        seconds: i64,
    ) -> Value {
        let timestamp = timestamp(seconds);
        let given = &challenge["ChallengeParameters"];
        let signature = client.signature(&Given {
            pool: &self.pool,
            user_id: given["USER_ID_FOR_SRP"].as_str().unwrap(),
            password,
            salt: given["SALT"].as_str().unwrap(),
            b: given["SRP_B"].as_str().unwrap(),
            block: given["SECRET_BLOCK"].as_str().unwrap(),
            timestamp: &timestamp,
        });
        json!({
            "USERNAME": given["USER_ID_FOR_SRP"],
            "PASSWORD_CLAIM_SECRET_BLOCK": given["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": signature,
            "TIMESTAMP": timestamp,
        })
    }

    /// A whole SRP sign-in.
    pub async fn srp_sign_in(&self, name: &str, password: &str) -> Answer {
        let client = SrpClient::new(7);
        let challenge = self.srp(name, &client).await.ok();
        let proof = self.proof(&client, &challenge, password);
        self.respond("PASSWORD_VERIFIER", None, proof).await
    }

    pub fn advance_ms(&self, ms: i64) {
        self.s.clock().advance(poolhouse::time::Span::ms(ms));
    }

    pub async fn run(&self, sql: &'static str, args: Vec<poolhouse::store::db::Arg>) -> u64 {
        let mut tx = self.s.app.store.write(&Actor::default()).await.unwrap();
        let sql = poolhouse::store::db::Sql {
            sqlite: sql,
            postgres: sql,
        };
        let changed = tx.execute(sql, args).await.unwrap();
        tx.commit().await.unwrap();
        changed
    }
}

/// Whether the answer is this refusal.
pub fn is(answer: &Answer, message: &str) -> bool {
    answer.status == 400 && answer.body["message"] == message
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

pub fn merged(mut into: Value, from: &Value) -> Value {
    merge(&mut into, from);
    into
}

/// The claims of a token, unverified.
pub fn claims(token: &Value) -> Value {
    part(token, 1)
}

/// A part of a token.
pub fn part(token: &Value, at: usize) -> Value {
    let part = token.as_str().unwrap().split('.').nth(at).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// `EEE MMM d HH:mm:ss UTC yyyy`.
pub fn timestamp(seconds: i64) -> String {
    let at = time::OffsetDateTime::from_unix_timestamp(seconds).unwrap();
    let form = time::macros::format_description!(
        "[weekday repr:short] [month repr:short] [day padding:none] [hour]:[minute]:[second] UTC [year]"
    );
    at.format(&form).unwrap()
}

pub fn secret_hash(secret: &str, username: &str, client: &str) -> String {
    use aws_lc_rs::hmac;
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, format!("{username}{client}").as_bytes());
    base64::engine::general_purpose::STANDARD.encode(tag.as_ref())
}

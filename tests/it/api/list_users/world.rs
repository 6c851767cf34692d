//! A pool with users, made through the store's own functions.

use poolhouse::domain::{pools, records, usernames};
use poolhouse::ids::{PoolId, Sub};
use poolhouse::store::audit::Actor;
use poolhouse::store::pools::Pool;
use poolhouse::store::users::{self, Status, User};
use poolhouse::time::Timestamp;
use serde_json::{Value, json};

use crate::api;
use crate::support::server::START_MS;
use crate::support::{Answer, Server};

/// A pool on a server and whom it has.
pub struct World {
    pub s: Server,
    pub pool: Pool,
    numbers: u32,
}

impl World {
    pub async fn new(settings: Value) -> Self {
        let s = Server::start().await;
        let pool = new_pool(&s, settings).await;
        Self {
            s,
            pool,
            numbers: 0,
        }
    }

    /// A user who is not in the pool yet. Subs are far apart and do not ascend.
    pub fn user(&mut self, username: &str, attributes: &[(&str, &str)]) -> User {
        self.numbers += 1;
        let scattered = self.numbers.wrapping_mul(0x9e37_79b1);
        let sub = format!("{scattered:08x}-0000-7000-8000-{:012x}", self.numbers);
        let now = Timestamp::from_ms(START_MS);
        User {
            pool: self.pool.id.clone(),
            sub: Sub::parse(sub).unwrap(),
            username: username.to_owned(),
            username_key: usernames::key(&self.pool, username),
            status: Status::Confirmed,
            enabled: true,
            attributes: attributes
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            created: now,
            modified: now,
            auth_epoch: 1,
            tokens_valid_from: now,
            mfa: Default::default(),
            version: 1,
        }
    }

    pub async fn add(&self, users: &[User]) {
        let mut tx = self.s.app.store.write(&Actor::default()).await.unwrap();
        for user in users {
            records::insert(&mut tx, &self.pool, user).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    pub async fn remove(&self, user: &User) {
        let mut tx = self.s.app.store.write(&Actor::default()).await.unwrap();
        assert!(users::delete(&mut tx, &user.pool, &user.sub).await.unwrap());
        tx.commit().await.unwrap();
    }

    pub async fn change(&self, sub: &Sub, apply: impl FnOnce(&mut User)) {
        let mut tx = self.s.app.store.write(&Actor::default()).await.unwrap();
        let before = records::lock(&mut tx, &self.pool, sub).await.unwrap();
        let mut after = before.clone();
        apply(&mut after);
        let saved = records::save(&mut tx, &self.pool, &before, &after).await;
        saved.unwrap();
        tx.commit().await.unwrap();
    }

    async fn ask(&self, mut request: Value) -> Answer {
        request["UserPoolId"] = json!(self.pool.id.as_str());
        self.s.api("ListUsers", request).await
    }

    pub async fn list(&self, request: Value) -> Value {
        self.ask(request).await.ok()
    }

    pub async fn refused(&self, request: Value, message: &str) {
        let answer = self.ask(request).await;
        answer.error("InvalidParameterException", message);
    }

    /// The user names that a filter finds, in the order they come, from one page.
    pub async fn found(&self, filter: &str) -> Vec<String> {
        let answer = self.list(json!({ "Filter": filter })).await;
        assert_eq!(answer.get("PaginationToken"), None, "{filter}");
        names(&answer)
    }
}

pub async fn new_pool(s: &Server, settings: Value) -> Pool {
    let id = api::pool(s, settings).await;
    pools::get(&s.app, &PoolId::parse(id).unwrap())
        .await
        .unwrap()
}

pub fn names(answer: &Value) -> Vec<String> {
    let users = answer["Users"].as_array().unwrap();
    let name = |user: &Value| user["Username"].as_str().unwrap().to_owned();
    users.iter().map(name).collect()
}

//! The user pools API, operation by operation.

mod account_races;
mod admin_create_user;
mod admin_users;
pub mod auth;
pub mod branding;
mod cascade;
mod catalogue;
mod changes;
mod client_secrets;
mod client_tokens;
mod clients;
mod confusables;
mod custom_attributes;
mod derived_tokens;
mod domains;
mod existence;
mod fixed_ids;
mod flood;
mod golden;
mod golden_parts;
mod groups;
mod house;
mod lifetimes;
mod list_users;
mod mfa_config;
mod names;
mod pool_refusals;
mod pool_updates;
mod pools;
mod profile;
mod races;
mod recovery;
mod recovery_rules;
mod resource_servers;
mod sign_up;
mod sign_up_codes;
mod tags;
mod terms;
mod threats;
mod user_sessions;

use poolhouse::args;
use poolhouse::domain::usernames;
use poolhouse::ids::PoolId;
use poolhouse::store::audit::Actor;
use poolhouse::store::db::Sql;
use poolhouse::store::users::{self, Attributes, Status, User};
use poolhouse::time::{EpochSeconds, Timestamp};
use serde_json::{Value, json};

use crate::support::Server;

/// The id of a new pool.
pub async fn pool(s: &Server, settings: Value) -> String {
    let mut body = json!({ "PoolName": "p" });
    merge(&mut body, &settings);
    let made = s.api("CreateUserPool", body).await.ok();
    made["UserPool"]["Id"].as_str().unwrap().to_owned()
}

/// A new client of a pool, as CreateUserPoolClient shows it.
pub async fn client(s: &Server, pool: &str, settings: Value) -> Value {
    let mut body = json!({ "UserPoolId": pool, "ClientName": "c" });
    merge(&mut body, &settings);
    s.api("CreateUserPoolClient", body).await.ok()["UserPoolClient"].take()
}

/// Puts a confirmed user without attributes or password into a pool; gives the sub.
pub async fn user(s: &Server, pool: &str, username: &str) -> String {
    let id = PoolId::parse(pool).unwrap();
    let pool = poolhouse::domain::pools::get(&s.app, &id).await.unwrap();
    let now = s.clock().now(&id);
    let user = User {
        sub: s.app.rng.sub().unwrap(),
        username: username.to_owned(),
        username_key: usernames::key(&pool, username),
        pool: id,
        status: Status::Confirmed,
        enabled: true,
        attributes: Attributes::new(),
        created: now,
        modified: now,
        auth_epoch: 0,
        tokens_valid_from: now,
        mfa: Default::default(),
        version: 1,
    };
    let mut tx = s.app.store.write(&Actor::default()).await.unwrap();
    users::insert(&mut tx, &user).await.unwrap();
    tx.commit().await.unwrap();
    user.sub.to_string()
}

/// A point of time as answers write it.
pub fn seconds(ms: i64) -> Value {
    json!(EpochSeconds(Timestamp::from_ms(ms)))
}

/// How many rows of a table belong to a pool.
pub async fn count(s: &Server, table: &str, pool: &str) -> i64 {
    let text = format!("SELECT COUNT(*) FROM {table} WHERE pool_id = $1");
    let text: &'static str = text.leak();
    let sql = Sql {
        sqlite: text,
        postgres: text,
    };
    let mut db = s.app.store.read().await.unwrap();
    let (count,): (i64,) = db.one(sql, args![pool]).await.unwrap();
    count
}

/// Sets members of an object.
pub fn merge(into: &mut Value, from: &Value) {
    for (name, value) in from.as_object().unwrap() {
        into[name] = value.clone();
    }
}

/// Reads a list to its end in pages of `size` (`by` names the member that says so); gives the
/// items of all pages.
pub async fn pages(s: &Server, operation: &str, body: Value, by: &str, size: i64) -> Vec<Value> {
    let (mut items, mut token) = (Vec::new(), Value::Null);
    loop {
        let mut body = body.clone();
        body[by] = json!(size);
        if !token.is_null() {
            body["NextToken"] = token;
        }
        let mut page = s.api(operation, body).await.ok();
        token = page["NextToken"].take();
        let list = page.as_object().unwrap().values().find(|v| v.is_array());
        let list = list.unwrap().as_array().unwrap();
        assert!(i64::try_from(list.len()).unwrap() <= size);
        items.extend(list.iter().cloned());
        if token.is_null() {
            return items;
        }
    }
}

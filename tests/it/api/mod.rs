//! The user pools API, operation by operation.

mod auth;
mod clients;
mod domains;
mod mfa_config;
mod pools;
mod resource_servers;

use serde_json::{Value, json};

use crate::support::Server;

/// The id of a new pool.
pub async fn pool(s: &Server, settings: Value) -> String {
    let mut body = json!({ "PoolName": "p" });
    merge(&mut body, settings);
    let made = s.api("CreateUserPool", body).await.ok();
    made["UserPool"]["Id"].as_str().unwrap().to_owned()
}

/// A new client of a pool, as CreateUserPoolClient shows it.
pub async fn client(s: &Server, pool: &str, settings: Value) -> Value {
    let mut body = json!({ "UserPoolId": pool, "ClientName": "c" });
    merge(&mut body, settings);
    s.api("CreateUserPoolClient", body).await.ok()["UserPoolClient"].take()
}

/// Sets members of an object.
pub fn merge(into: &mut Value, from: Value) {
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

//! The five resource server operations.

use serde_json::{Value, json};

use super::{pages, pool};
use crate::support::Server;

const INVALID: &str = "InvalidParameterException";

fn scope(name: &str) -> Value {
    json!({ "ScopeName": name, "ScopeDescription": "d" })
}

#[tokio::test]
async fn a_resource_server_lives_and_dies() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    let this = json!({ "UserPoolId": pool, "Identifier": "https://api.example.com" });
    let mut body = this.clone();
    body["Name"] = json!("API");
    let made = s.api("CreateResourceServer", body.clone()).await.ok();
    let mut expected = body.clone();
    expected["Scopes"] = json!([]);
    assert_eq!(made, json!({ "ResourceServer": expected }));
    let text = format!("https://api.example.com already exists in user pool {pool}.");
    s.api("CreateResourceServer", body.clone())
        .await
        .error(INVALID, &text);

    body["Name"] = json!("API 2");
    body["Scopes"] = json!([scope("b"), scope("a")]);
    let updated = s.api("UpdateResourceServer", body.clone()).await.ok();
    assert_eq!(updated, json!({ "ResourceServer": body }));
    let described = s.api("DescribeResourceServer", this.clone()).await.ok();
    assert_eq!(described, updated);
    body.as_object_mut().unwrap().remove("Scopes");
    let emptied = s.api("UpdateResourceServer", body.clone()).await.ok();
    assert_eq!(emptied["ResourceServer"]["Scopes"], json!([]));

    assert_eq!(
        s.api("DeleteResourceServer", this.clone()).await.ok(),
        Value::Null
    );
    let text = "Resource server https://api.example.com does not exist.";
    for (operation, body) in [
        ("DescribeResourceServer", &this),
        ("DeleteResourceServer", &this),
        ("UpdateResourceServer", &body),
    ] {
        s.api(operation, body.clone())
            .await
            .error("ResourceNotFoundException", text);
    }
}

#[tokio::test]
async fn lists_page_by_identifier() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    for n in 0..5 {
        let body = json!({ "UserPoolId": pool, "Identifier": format!("r{n}"), "Name": "n" });
        s.api("CreateResourceServer", body).await.ok();
    }
    let body = json!({ "UserPoolId": pool });
    let seen = pages(&s, "ListResourceServers", body, "MaxResults", 2).await;
    let seen: Vec<_> = seen
        .iter()
        .map(|r| r["Identifier"].as_str().unwrap())
        .collect();
    assert_eq!(seen, ["r0", "r1", "r2", "r3", "r4"]);
}

#[tokio::test]
async fn limits_and_errors() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    let body = |identifier: &str, scopes: Value| json!({ "UserPoolId": pool, "Identifier": identifier, "Name": "n", "Scopes": scopes });
    let text = "The scopes of a resource server must have different names.";
    let twice = body("x", json!([scope("a"), scope("a")]));
    s.api("CreateResourceServer", twice)
        .await
        .error(INVALID, text);
    for n in 0..25 {
        s.api("CreateResourceServer", body(&format!("r{n}"), json!([])))
            .await
            .ok();
    }
    s.api("CreateResourceServer", body("one-more", json!([])))
        .await
        .error("LimitExceededException", "Resource server limit exceeded.");
    for operation in [
        "ListResourceServers",
        "DescribeResourceServer",
        "DeleteResourceServer",
        "CreateResourceServer",
        "UpdateResourceServer",
    ] {
        let body = json!({ "UserPoolId": "us-east-1_none", "Identifier": "x", "Name": "n" });
        let text = "User pool us-east-1_none does not exist.";
        s.api(operation, body)
            .await
            .error("ResourceNotFoundException", text);
    }
}

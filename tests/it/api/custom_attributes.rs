//! AddCustomAttributes.

use serde_json::{Value, json};

use super::pool;
use super::races::{all_at_once, won};
use crate::support::{Answer, Server};

async fn add(s: &Server, pool: &str, attributes: Value) -> Answer {
    let request = json!({ "UserPoolId": pool, "CustomAttributes": attributes });
    s.api("AddCustomAttributes", request).await
}

async fn custom(s: &Server, pool: &str) -> Vec<Value> {
    let shown = s
        .api("DescribeUserPool", json!({ "UserPoolId": pool }))
        .await
        .ok();
    let schema = shown["UserPool"]["SchemaAttributes"].as_array().unwrap();
    schema[20..].to_vec()
}

#[tokio::test]
async fn names_gain_their_prefix_and_defaults_are_filled_in() {
    let s = Server::start().await;
    let schema = json!([{ "Name": "first", "AttributeDataType": "String" }]);
    let pool = pool(&s, json!({ "Schema": schema })).await;
    let given = json!([
        { "Name": "text", "AttributeDataType": "String", "Mutable": false,
          "StringAttributeConstraints": { "MinLength": "1", "MaxLength": "9" } },
        { "Name": "count", "AttributeDataType": "Number",
          "NumberAttributeConstraints": { "MinValue": "-1" } },
        { "Name": "since", "AttributeDataType": "DateTime" },
        { "Name": "email", "AttributeDataType": "Boolean", "Required": false },
        { "Name": "inner", "AttributeDataType": "String", "DeveloperOnlyAttribute": true },
    ]);
    assert_eq!(add(&s, &pool, given).await.ok(), json!({}));
    let entry = |name: &str, kind: &str, developer: bool, mutable: bool| {
        json!({ "Name": name, "AttributeDataType": kind, "DeveloperOnlyAttribute": developer,
            "Mutable": mutable, "Required": false })
    };
    let mut expected = [
        entry("custom:first", "String", false, true),
        entry("custom:text", "String", false, false),
        entry("custom:count", "Number", false, true),
        entry("custom:since", "DateTime", false, true),
        entry("custom:email", "Boolean", false, true),
        entry("dev:custom:inner", "String", true, true),
    ];
    expected[0]["StringAttributeConstraints"] = json!({});
    expected[1]["StringAttributeConstraints"] = json!({ "MinLength": "1", "MaxLength": "9" });
    expected[2]["NumberAttributeConstraints"] = json!({ "MinValue": "-1" });
    expected[5]["StringAttributeConstraints"] = json!({});
    assert_eq!(custom(&s, &pool).await, expected);
}

#[tokio::test]
async fn users_have_them_at_once_and_within_their_bounds() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    let user = json!({ "UserPoolId": pool, "Username": "ann" });
    s.api("AdminCreateUser", user).await.ok();
    let write = |value: &str| {
        let attributes = json!([{ "Name": "custom:team", "Value": value }]);
        let request =
            json!({ "UserPoolId": pool, "Username": "ann", "UserAttributes": attributes });
        s.api("AdminUpdateUserAttributes", request)
    };
    assert_eq!(write("red").await.status, 400);
    let bounded = json!([{ "Name": "team", "AttributeDataType": "String",
        "StringAttributeConstraints": { "MaxLength": "3" } }]);
    add(&s, &pool, bounded).await.ok();
    write("red").await.ok();
    assert_eq!(write("blue").await.status, 400);
}

#[tokio::test]
async fn what_cannot_be_added_adds_nothing() {
    let s = Server::start().await;
    let schema = json!([{ "Name": "taken", "AttributeDataType": "String" }]);
    let pool = pool(&s, json!({ "Schema": schema })).await;
    let good = json!({ "Name": "good", "AttributeDataType": "String" });
    for (bad, text) in [
        (
            json!({ "Name": "taken", "AttributeDataType": "Number" }),
            "custom:taken: Existing attribute already has name custom:taken.",
        ),
        (
            good.clone(),
            "custom:good: Existing attribute already has name custom:good.",
        ),
        (
            json!({ "Name": "x", "AttributeDataType": "String", "Required": true }),
            "Required custom attributes are not supported currently.",
        ),
        (
            json!({ "Name": "x" }),
            "Invalid AttributeDataType input, consider using the provided AttributeDataType enum.",
        ),
        (
            json!({ "AttributeDataType": "String" }),
            "A schema attribute requires Name.",
        ),
        (
            json!({ "Name": "x", "AttributeDataType": "String",
            "StringAttributeConstraints": { "MaxLength": "2049" } }),
            "user.custom:x: String attributes cannot have a length of more than 2048",
        ),
        (
            json!({ "Name": "x", "AttributeDataType": "String",
            "StringAttributeConstraints": { "MinLength": "2", "MaxLength": "1" } }),
            "user.custom:x: Max length cannot be less than min length.",
        ),
        (
            json!({ "Name": "x", "AttributeDataType": "Number",
            "NumberAttributeConstraints": { "MinValue": "2", "MaxValue": "1" } }),
            "user.custom:x: Max value cannot be less than min value.",
        ),
        (
            json!({ "Name": "x", "AttributeDataType": "String",
            "StringAttributeConstraints": { "MinLength": "a" } }),
            "Invalid StringAttributeConstraints for schema attribute custom:x",
        ),
    ] {
        let answer = add(&s, &pool, json!([good, bad])).await;
        answer.error("InvalidParameterException", text);
    }
    assert_eq!(custom(&s, &pool).await.len(), 1);
    let missing = add(&s, "us-east-1_none", json!([good])).await;
    let text = "User pool us-east-1_none does not exist.";
    missing.error("ResourceNotFoundException", text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_at_most_also_under_load() {
    let s = Server::start().await;
    let twin = s.twin().await;
    let pool = pool(&s, json!({})).await;
    let some = |n: i32| {
        let list: Vec<Value> = (0..5)
            .map(|i| json!({ "Name": format!("a{n}x{i}"), "AttributeDataType": "String" }))
            .collect();
        json!({ "UserPoolId": pool, "CustomAttributes": list })
    };
    let all = (0..16).map(some).collect();
    let outcomes = all_at_once([&s, &twin], "AddCustomAttributes", all).await;
    assert_eq!(won(&outcomes), 10);
    assert_eq!(custom(&s, &pool).await.len(), 50);
    let over = s.api("AddCustomAttributes", some(99)).await;
    let text = "A user pool can have at most 50 custom attributes.";
    over.error("InvalidParameterException", text);
}

//! TagResource, UntagResource, ListTagsForResource.

use serde_json::{Value, json};

use super::pool;
use super::races::{all_at_once, won};
use crate::support::Server;

async fn arn(s: &Server, pool: &str) -> String {
    let shown = s
        .api("DescribeUserPool", json!({ "UserPoolId": pool }))
        .await
        .ok();
    shown["UserPool"]["Arn"].as_str().unwrap().to_owned()
}

async fn tags(s: &Server, arn: &str) -> Value {
    let listed = s
        .api("ListTagsForResource", json!({ "ResourceArn": arn }))
        .await;
    listed.ok()["Tags"].take()
}

#[tokio::test]
async fn tags_are_added_replaced_and_taken_away() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    let arn = arn(&s, &pool).await;
    let listed = s
        .api("ListTagsForResource", json!({ "ResourceArn": arn }))
        .await;
    assert_eq!(listed.ok(), json!({ "Tags": {} }));
    let tag = json!({ "ResourceArn": arn, "Tags": { "team": "a", "stage": "dev", "empty": "" } });
    assert_eq!(s.api("TagResource", tag).await.ok(), json!({}));
    let tag = json!({ "ResourceArn": arn, "Tags": { "team": "b" } });
    s.api("TagResource", tag).await.ok();
    let all = json!({ "team": "b", "stage": "dev", "empty": "" });
    assert_eq!(tags(&s, &arn).await, all);
    let shown = s
        .api("DescribeUserPool", json!({ "UserPoolId": pool }))
        .await
        .ok();
    assert_eq!(shown["UserPool"]["UserPoolTags"], all);
    let untag = json!({ "ResourceArn": arn, "TagKeys": ["team", "no such tag"] });
    assert_eq!(s.api("UntagResource", untag).await.ok(), json!({}));
    assert_eq!(tags(&s, &arn).await, json!({ "stage": "dev", "empty": "" }));
    // The tag that fixes the id of a new pool is a tag like others here.
    let tag = json!({ "ResourceArn": arn, "Tags": { "_custom_id_": "us-east-1_other" } });
    s.api("TagResource", tag).await.ok();
    s.api("DescribeUserPool", json!({ "UserPoolId": pool }))
        .await
        .ok();
}

#[tokio::test]
async fn a_pool_has_fifty_tags_at_most() {
    let s = Server::start().await;
    let arn = arn(&s, &pool(&s, json!({})).await).await;
    let some = |range: std::ops::Range<i32>| {
        let tags: serde_json::Map<String, Value> =
            range.map(|n| (format!("k{n}"), json!("v"))).collect();
        json!({ "ResourceArn": arn, "Tags": tags })
    };
    s.api("TagResource", some(0..49)).await.ok();
    let over = s.api("TagResource", some(49..51)).await;
    let text = "A user pool can have at most 50 tags.";
    over.error("InvalidParameterException", text);
    assert_eq!(tags(&s, &arn).await.as_object().unwrap().len(), 49);
    s.api("TagResource", some(0..50)).await.ok();
    let reserved = json!({ "ResourceArn": arn, "Tags": { "AWS:x": "v" } });
    let text = "Tag keys cannot begin with aws:.";
    let refused = s.api("TagResource", reserved).await;
    refused.error("InvalidParameterException", text);
}

#[tokio::test]
async fn an_arn_must_be_a_pools_own() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    let good = arn(&s, &pool).await;
    let shapeless = [
        good.replace("cognito-idp", "cognito-identity"),
        good.replace("userpool/", "identitypool/"),
        good.replace("userpool/", ""),
    ];
    let foreign = [
        good.replace(&pool, "us-east-1_none"),
        good.replace("cognito-idp:us-east-1", "cognito-idp:eu-west-1"),
        good.replace(":000000000000:", ":111111111111:"),
        good.replace("arn:aws:", "arn:aws-cn:"),
    ];
    for operation in ["TagResource", "UntagResource", "ListTagsForResource"] {
        let ask = |arn: &str| {
            let mut request = json!({ "ResourceArn": arn });
            match operation {
                "TagResource" => request["Tags"] = json!({ "a": "b" }),
                "UntagResource" => request["TagKeys"] = json!(["a"]),
                _ => {}
            }
            s.api(operation, request)
        };
        for arn in &shapeless {
            let text = "ResourceArn must be the ARN of a user pool.";
            ask(arn).await.error("InvalidParameterException", text);
        }
        for arn in &foreign {
            let text = format!("Resource {arn} does not exist.");
            ask(arn).await.error("ResourceNotFoundException", &text);
        }
    }
    assert_eq!(tags(&s, &good).await, json!({}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_tag_is_lost_under_load() {
    let s = Server::start().await;
    let twin = s.twin().await;
    let arn = arn(&s, &pool(&s, json!({})).await).await;
    let tag = |n: i32| json!({ "ResourceArn": arn, "Tags": { format!("k{n}"): "v" } });
    let outcomes = all_at_once([&s, &twin], "TagResource", (0..64).map(tag).collect()).await;
    assert_eq!(won(&outcomes), 50);
    assert_eq!(tags(&s, &arn).await.as_object().unwrap().len(), 50);
}

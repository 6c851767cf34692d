//! Many writers at once, through two servers on one database: one winner, no server error.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{client, count, pool, user};
use crate::support::Server;

/// Sends the bodies all at once, by turns to each server; gives the error types, empty for success.
pub async fn all_at_once(
    servers: [&Server; 2],
    operation: &str,
    bodies: Vec<Value>,
) -> Vec<String> {
    let calls = bodies.into_iter().enumerate().map(|(at, body)| async move {
        let answer = servers[at % 2].api(operation, body).await;
        assert!(answer.status < 500, "{}", answer.body);
        answer.body["__type"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    });
    join_all(calls).await
}

/// How many succeeded.
pub fn won(outcomes: &[String]) -> usize {
    outcomes.iter().filter(|outcome| outcome.is_empty()).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_group_of_a_name() {
    let s = Server::start().await;
    let twin = s.twin().await;
    let pool = pool(&s, json!({})).await;
    let bodies = vec![json!({ "UserPoolId": pool, "GroupName": "g" }); 32];
    let outcomes = all_at_once([&s, &twin], "CreateGroup", bodies).await;
    assert_eq!(won(&outcomes), 1);
    let lost = outcomes
        .iter()
        .filter(|o| *o == "GroupExistsException")
        .count();
    assert_eq!(lost, 31);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_pool_has_a_domain_name_and_each_pool_one_prefix() {
    let s = Server::start().await;
    let twin = s.twin().await;
    let (a, b) = (pool(&s, json!({})).await, pool(&s, json!({})).await);
    let same = |n: usize| json!({ "UserPoolId": ([&a, &b][n / 2 % 2]), "Domain": "same" });
    let same = (0..16).map(same).collect();
    let outcomes = all_at_once([&s, &twin], "CreateUserPoolDomain", same).await;
    assert_eq!(won(&outcomes), 1);
    let c = pool(&s, json!({})).await;
    let many = (0..16).map(|n| json!({ "UserPoolId": c, "Domain": format!("d{n}") }));
    let outcomes = all_at_once([&s, &twin], "CreateUserPoolDomain", many.collect()).await;
    assert_eq!((won(&outcomes), count(&s, "domains", &c).await), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn quotas_hold_under_load() {
    let s = Server::start().await;
    let twin = s.twin().await;
    let pool = pool(&s, json!({})).await;
    let body = |n| json!({ "UserPoolId": pool, "Identifier": format!("r{n}"), "Name": "n" });
    let bodies = (0..40).map(body).collect();
    let outcomes = all_at_once([&s, &twin], "CreateResourceServer", bodies).await;
    assert_eq!(won(&outcomes), 25);
    assert_eq!(count(&s, "resource_servers", &pool).await, 25);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn updates_are_whole() {
    let s = Server::start().await;
    let twin = s.twin().await;
    let pool = pool(&s, json!({})).await;
    let made = client(&s, &pool, json!({})).await;
    let body = |n: i64| json!({ "UserPoolId": pool, "PoolName": format!("n{n}"), "UserPoolTags": { "n": n.to_string() } });
    let bodies = (0..16).map(body).collect();
    let outcomes = all_at_once([&s, &twin], "UpdateUserPool", bodies).await;
    assert!(won(&outcomes) >= 1);
    let shown = s
        .api("DescribeUserPool", json!({ "UserPoolId": pool }))
        .await
        .ok();
    let tag = shown["UserPool"]["UserPoolTags"]["n"].as_str().unwrap();
    assert_eq!(shown["UserPool"]["Name"], format!("n{tag}"));

    let body = |n: i64| {
        json!({ "UserPoolId": pool, "ClientId": made["ClientId"], "ClientName": format!("n{n}"),
            "AccessTokenValidity": n + 1 })
    };
    let bodies = (0..16).map(body).collect();
    let outcomes = all_at_once([&s, &twin], "UpdateUserPoolClient", bodies).await;
    assert_eq!(won(&outcomes), 16);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_added_to_a_dying_pool_or_group_is_not_found() {
    let s = Server::start().await;
    let twin = s.twin().await;
    let pool = pool(&s, json!({})).await;
    user(&s, &pool, "ann").await;
    for n in 0..8 {
        let group = json!({ "UserPoolId": pool, "GroupName": format!("g{n}"), "Username": "ann" });
        s.api("CreateGroup", group.clone()).await.ok();
        let (added, deleted) = tokio::join!(
            s.api("AdminAddUserToGroup", group.clone()),
            twin.api("DeleteGroup", group.clone()),
        );
        assert!(added.status < 500 && deleted.status == 200);
        let members = count(&s, "group_members", &pool).await;
        assert_eq!(members, 0, "{}", added.body);
    }
    let this = json!({ "UserPoolId": pool });
    let add =
        |n: i64| json!({ "UserPoolId": pool, "GroupName": format!("x{n}"), "ClientName": "c" });
    let groups = all_at_once([&s, &twin], "CreateGroup", (0..8).map(add).collect());
    let clients = all_at_once(
        [&s, &twin],
        "CreateUserPoolClient",
        (0..8).map(add).collect(),
    );
    let (_, _, deleted) = tokio::join!(groups, clients, twin.api("DeleteUserPool", this));
    deleted.ok();
    for table in ["clients", "user_groups"] {
        assert_eq!(count(&s, table, &pool).await, 0);
    }
}

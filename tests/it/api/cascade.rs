//! DeleteUserPool leaves nothing behind.

use poolhouse::store::POOL_TABLES;
use serde_json::json;

use super::{client, count, pool, user};
use crate::support::Server;

#[tokio::test]
async fn deleting_a_pool_empties_every_table_of_it_and_of_no_other() {
    let s = Server::start().await;
    let (mine, other) = (filled(&s).await, filled(&s).await);
    for table in [
        "pools",
        "clients",
        "client_secrets",
        "signing_keys",
        "resource_servers",
        "users",
        "user_groups",
        "group_members",
    ] {
        assert_ne!(count(&s, table, &mine).await, 0, "{table}");
    }
    s.api("DeleteUserPool", json!({ "UserPoolId": mine }))
        .await
        .ok();
    for table in POOL_TABLES {
        assert_eq!(count(&s, table, &mine).await, 0, "{table}");
    }
    assert_eq!(count(&s, "users", &other).await, 1);
    assert_eq!(count(&s, "signing_keys", &other).await, 2);
    assert_ne!(
        count(&s, "audit", &mine).await,
        0,
        "what was done stays on record"
    );
}

async fn filled(s: &Server) -> String {
    let pool = pool(s, json!({})).await;
    client(s, &pool, json!({ "GenerateSecret": true })).await;
    let server = json!({ "UserPoolId": pool, "Identifier": "api", "Name": "n" });
    s.api("CreateResourceServer", server).await.ok();
    s.api(
        "CreateGroup",
        json!({ "UserPoolId": pool, "GroupName": "g" }),
    )
    .await
    .ok();
    user(s, &pool, "ann").await;
    let body = json!({ "UserPoolId": pool, "GroupName": "g", "Username": "ann" });
    s.api("AdminAddUserToGroup", body).await.ok();
    pool
}

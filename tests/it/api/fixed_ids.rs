//! Ids that the caller fixes: the `_custom_id_` tag of a pool, and a client's name `_custom_id_:ID`.

use serde_json::{Value, json};

use super::{client, pool};
use crate::support::Server;

const INVALID: &str = "InvalidParameterException";

async fn fixed(s: &Server) -> String {
    let tags = json!({ "_custom_id_": "us-east-1_fixed" });
    pool(s, json!({ "UserPoolTags": tags })).await
}

async fn keys(s: &Server, pool: &str) -> Value {
    let url = format!("{}/{pool}/.well-known/jwks.json", s.url);
    let answer = s.http.get(url).send().await.unwrap();
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

#[tokio::test]
async fn a_pool_that_comes_back_under_its_id_has_nothing_of_the_old_one() {
    let s = Server::start().await;
    assert_eq!(fixed(&s).await, "us-east-1_fixed");
    let at = json!({ "UserPoolId": "us-east-1_fixed" });
    let with = |more: Value| {
        let mut request = at.clone();
        super::merge(&mut request, &more);
        request
    };
    let request = with(json!({ "ClientName": "_custom_id_:fixedclient" }));
    s.api("CreateUserPoolClient", request.clone()).await.ok();
    s.api(
        "AdminCreateUser",
        with(json!({ "Username": "ada", "MessageAction": "SUPPRESS" })),
    )
    .await
    .ok();
    s.api("CreateGroup", with(json!({ "GroupName": "g" })))
        .await
        .ok();
    let before = keys(&s, "us-east-1_fixed").await;
    s.api("DeleteUserPool", at.clone()).await.ok();
    fixed(&s).await;
    assert_ne!(keys(&s, "us-east-1_fixed").await, before);
    for (operation, list) in [
        ("ListUsers", "Users"),
        ("ListGroups", "Groups"),
        ("ListUserPoolClients", "UserPoolClients"),
    ] {
        assert_eq!(
            s.api(operation, at.clone()).await.ok()[list],
            json!([]),
            "{operation}"
        );
    }
    // The client's id is free again as well.
    let made = s.api("CreateUserPoolClient", request).await.ok();
    assert_eq!(made["UserPoolClient"]["ClientId"], "fixedclient");
}

#[tokio::test]
async fn the_tag_is_shown_and_changes_nothing_afterwards() {
    let s = Server::start().await;
    let id = fixed(&s).await;
    let shown = s
        .api("DescribeUserPool", json!({ "UserPoolId": id }))
        .await
        .ok();
    let arn = shown["UserPool"]["Arn"].clone();
    assert_eq!(
        shown["UserPool"]["UserPoolTags"]["_custom_id_"],
        "us-east-1_fixed"
    );
    let tags = json!({ "_custom_id_": "us-east-1_another" });
    let update = json!({ "UserPoolId": id, "UserPoolTags": tags });
    s.api("UpdateUserPool", update).await.ok();
    let untag = json!({ "ResourceArn": arn, "TagKeys": ["_custom_id_"] });
    s.api("UntagResource", untag).await.ok();
    let shown = s
        .api("DescribeUserPool", json!({ "UserPoolId": id }))
        .await
        .ok();
    assert_eq!(shown["UserPool"]["Id"], "us-east-1_fixed");
    let other = json!({ "UserPoolId": "us-east-1_another" });
    s.api("DescribeUserPool", other).await.error(
        "ResourceNotFoundException",
        "User pool us-east-1_another does not exist.",
    );
}

#[tokio::test]
async fn a_client_keeps_the_id_that_its_first_name_fixed() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    let made = client(&s, &pool, json!({ "ClientName": "_custom_id_:mine" })).await;
    assert_eq!(made["ClientId"], "mine");
    let at = json!({ "UserPoolId": pool, "ClientId": "mine" });
    let mut rename = at.clone();
    rename["ClientName"] = json!("_custom_id_:other");
    let renamed = s.api("UpdateUserPoolClient", rename).await.ok();
    assert_eq!(renamed["UserPoolClient"]["ClientId"], "mine");
    assert_eq!(renamed["UserPoolClient"]["ClientName"], "_custom_id_:other");
    for bad in [
        "_custom_id_:",
        "_custom_id_:has space",
        "_custom_id_:has-dash",
    ] {
        let request = json!({ "UserPoolId": pool, "ClientName": bad });
        let answer = s.api("CreateUserPoolClient", request).await;
        assert_eq!(answer.status, 400, "{bad}: {}", answer.body);
        assert_eq!(answer.body["__type"], INVALID, "{bad}");
    }
    s.api("DeleteUserPoolClient", at).await.ok();
    let again = client(&s, &pool, json!({ "ClientName": "_custom_id_:mine" })).await;
    assert_eq!(again["ClientId"], "mine");
}

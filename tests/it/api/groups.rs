//! The nine group operations.

use poolhouse::ids::{PoolId, Sub};
use serde_json::{Value, json};

use super::{pages, pool, seconds, user};
use crate::support::Server;
use crate::support::server::START_MS;

const MISSING: &str = "ResourceNotFoundException";
const NO_GROUP: &str = "Group not found.";
const ROLE: &str = "arn:aws:iam::123456789012:role/r";

async fn group(s: &Server, pool: &str, name: &str, precedence: Option<i64>) {
    let mut body = json!({ "UserPoolId": pool, "GroupName": name });
    if let Some(precedence) = precedence {
        body["Precedence"] = json!(precedence);
    }
    s.api("CreateGroup", body).await.ok();
}

fn names(groups: &[Value]) -> Vec<&str> {
    groups
        .iter()
        .map(|g| g["GroupName"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_group_lives_and_dies() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    let this = json!({ "UserPoolId": pool, "GroupName": "g" });
    let at = seconds(START_MS);
    let bare =
        json!({ "GroupName": "g", "UserPoolId": pool, "LastModifiedDate": at, "CreationDate": at });
    let made = s.api("CreateGroup", this.clone()).await.ok();
    assert_eq!(made, json!({ "Group": bare }));
    s.api("CreateGroup", this.clone()).await.error(
        "GroupExistsException",
        "A group with the name already exists.",
    );

    s.clock().advance(poolhouse::time::Span::seconds(1));
    let mut update = this.clone();
    update["Precedence"] = json!(0);
    update["RoleArn"] = json!(ROLE);
    s.api("UpdateGroup", update).await.ok();
    let mut update = this.clone();
    update["Description"] = json!("d");
    let updated = s.api("UpdateGroup", update).await.ok();
    let expected = json!({ "Group": {
        "GroupName": "g", "UserPoolId": pool, "Description": "d", "RoleArn": ROLE, "Precedence": 0,
        "LastModifiedDate": seconds(START_MS + 1000), "CreationDate": at,
    } });
    assert_eq!(updated, expected, "what is not given stays");
    assert_eq!(s.api("GetGroup", this.clone()).await.ok(), expected);

    assert_eq!(s.api("DeleteGroup", this.clone()).await.ok(), Value::Null);
    for operation in ["GetGroup", "UpdateGroup", "DeleteGroup", "ListUsersInGroup"] {
        s.api(operation, this.clone())
            .await
            .error(MISSING, NO_GROUP);
    }
}

#[tokio::test]
async fn groups_list_by_name() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    assert_eq!(
        s.api("ListGroups", json!({ "UserPoolId": pool }))
            .await
            .ok(),
        json!({ "Groups": [] })
    );
    for name in ["c", "a", "e", "b", "d"] {
        group(&s, &pool, name, None).await;
    }
    let seen = pages(&s, "ListGroups", json!({ "UserPoolId": pool }), "Limit", 2).await;
    assert_eq!(names(&seen), ["a", "b", "c", "d", "e"]);
    let all = s
        .api("ListGroups", json!({ "UserPoolId": pool, "Limit": 0 }))
        .await
        .ok();
    assert_eq!(all["Groups"].as_array().unwrap().len(), 5);
    assert_eq!(all.get("NextToken"), None);
}

#[tokio::test]
async fn users_join_and_leave_and_doing_it_twice_is_no_error() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    group(&s, &pool, "g", None).await;
    let sub = user(&s, &pool, "ann").await;
    let by_name = json!({ "UserPoolId": pool, "GroupName": "g", "Username": "ann" });
    let by_sub = json!({ "UserPoolId": pool, "GroupName": "g", "Username": sub });
    for body in [&by_name, &by_sub, &by_name] {
        let answer = s.api("AdminAddUserToGroup", body.clone()).await;
        assert_eq!(answer.ok(), Value::Null);
    }
    let members = s
        .api(
            "ListUsersInGroup",
            json!({ "UserPoolId": pool, "GroupName": "g" }),
        )
        .await
        .ok();
    let at = seconds(START_MS);
    assert_eq!(
        members,
        json!({ "Users": [{
            "Username": "ann", "Attributes": [{ "Name": "sub", "Value": sub }],
            "UserCreateDate": at, "UserLastModifiedDate": at, "Enabled": true,
            "UserStatus": "CONFIRMED",
        }] })
    );
    for body in [&by_name, &by_sub] {
        let answer = s.api("AdminRemoveUserFromGroup", body.clone()).await;
        assert_eq!(answer.ok(), Value::Null);
    }
    let members = s
        .api(
            "ListUsersInGroup",
            json!({ "UserPoolId": pool, "GroupName": "g" }),
        )
        .await
        .ok();
    assert_eq!(members, json!({ "Users": [] }));
}

#[tokio::test]
async fn a_users_groups_come_by_precedence_none_last_then_name() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    let ann = Sub::parse(user(&s, &pool, "ann").await).unwrap();
    let groups = [
        ("z", None),
        ("b", Some(5)),
        ("a", Some(5)),
        ("y", None),
        ("x", Some(0)),
        ("w", Some(2_147_483_647)),
    ];
    for (name, precedence) in groups {
        group(&s, &pool, name, precedence).await;
        let body = json!({ "UserPoolId": pool, "GroupName": name, "Username": "ann" });
        s.api("AdminAddUserToGroup", body).await.ok();
    }
    let body = json!({ "UserPoolId": pool, "Username": "ann" });
    for size in [1, 2, 4, 60] {
        let seen = pages(&s, "AdminListGroupsForUser", body.clone(), "Limit", size).await;
        assert_eq!(names(&seen), ["x", "a", "b", "w", "y", "z"]);
    }
    let mut db = s.app.store.read().await.unwrap();
    let id = PoolId::parse(pool.as_str()).unwrap();
    let claimed = poolhouse::domain::groups::of_user(&mut db, &id, &ann)
        .await
        .unwrap();
    let claimed: Vec<_> = claimed.iter().map(|g| g.name.as_str()).collect();
    assert_eq!(
        claimed,
        ["x", "a", "b", "w", "y", "z"],
        "the order of the tokens' claim"
    );
}

#[tokio::test]
async fn members_page_by_sub_and_tokens_are_bound_to_the_group() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    let mut expected = Vec::new();
    for name in ["g", "h"] {
        group(&s, &pool, name, None).await;
    }
    for n in 0..5 {
        let name = format!("u{n}");
        expected.push(user(&s, &pool, &name).await);
        for group in ["g", "h"] {
            let body = json!({ "UserPoolId": pool, "GroupName": group, "Username": name });
            s.api("AdminAddUserToGroup", body).await.ok();
        }
    }
    expected.sort();
    let body = json!({ "UserPoolId": pool, "GroupName": "g" });
    let seen = pages(&s, "ListUsersInGroup", body.clone(), "Limit", 2).await;
    let mut seen: Vec<_> = seen
        .iter()
        .map(|u| u["Attributes"][0]["Value"].as_str().unwrap())
        .collect();
    seen.sort_unstable();
    assert_eq!(seen, expected);

    let mut two = body;
    two["Limit"] = json!(2);
    two["NextToken"] = s.api("ListUsersInGroup", two.clone()).await.ok()["NextToken"].take();
    s.api("ListUsersInGroup", two.clone()).await.ok();
    two["GroupName"] = json!("h");
    s.api("ListUsersInGroup", two)
        .await
        .error("InvalidParameterException", "Invalid pagination token");
}

#[tokio::test]
async fn a_user_is_in_at_most_100_groups() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    user(&s, &pool, "ann").await;
    let add = |name: String| json!({ "UserPoolId": pool, "GroupName": name, "Username": "ann" });
    for n in 0..101 {
        group(&s, &pool, &format!("g{n}"), None).await;
    }
    for n in 0..100 {
        s.api("AdminAddUserToGroup", add(format!("g{n}")))
            .await
            .ok();
    }
    s.api("AdminAddUserToGroup", add("g100".to_owned()))
        .await
        .error(
            "InvalidParameterException",
            "A user can be in at most 100 groups.",
        );
    s.api("AdminAddUserToGroup", add("g7".to_owned()))
        .await
        .ok();
}

#[tokio::test]
async fn unknown_pools_groups_and_users() {
    let s = Server::start().await;
    let pool = pool(&s, json!({})).await;
    group(&s, &pool, "g", None).await;
    for operation in [
        "CreateGroup",
        "GetGroup",
        "UpdateGroup",
        "DeleteGroup",
        "ListGroups",
        "ListUsersInGroup",
        "AdminAddUserToGroup",
        "AdminRemoveUserFromGroup",
        "AdminListGroupsForUser",
    ] {
        let body = json!({ "UserPoolId": "us-east-1_none", "GroupName": "g", "Username": "u" });
        let text = "User pool us-east-1_none does not exist.";
        s.api(operation, body).await.error(MISSING, text);
    }
    for operation in ["AdminAddUserToGroup", "AdminRemoveUserFromGroup"] {
        let mut body = json!({ "UserPoolId": pool, "GroupName": "none", "Username": "u" });
        s.api(operation, body.clone())
            .await
            .error(MISSING, NO_GROUP);
        body["GroupName"] = json!("g");
        let (code, text) = ("UserNotFoundException", "User does not exist.");
        s.api(operation, body).await.error(code, text);
    }
    s.api(
        "AdminListGroupsForUser",
        json!({ "UserPoolId": pool, "Username": "u" }),
    )
    .await
    .error("UserNotFoundException", "User does not exist.");
}

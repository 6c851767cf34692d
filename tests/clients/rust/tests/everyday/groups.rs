//! Groups and who is in them.

use std::collections::BTreeSet;

use aws_sdk_cognitoidentityprovider::operation::create_group::CreateGroupError;
use poolhouse_client_rust::Pool;

#[tokio::test]
async fn groups_and_who_is_in_them() {
    let pool = Pool::new().await;
    let (idp, id) = (&pool.idp, pool.id.as_str());
    for (name, precedence) in [("admins", 1), ("members", 2), ("guests", 3)] {
        idp.create_group()
            .user_pool_id(id)
            .group_name(name)
            .precedence(precedence)
            .send()
            .await
            .unwrap();
    }
    let twice = idp
        .create_group()
        .user_pool_id(id)
        .group_name("admins")
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    let CreateGroupError::GroupExistsException(twice) = twice else {
        panic!("{twice:?}")
    };
    assert_eq!(
        twice.message(),
        Some("A group with the name already exists.")
    );
    let changed = idp
        .update_group()
        .user_pool_id(id)
        .group_name("guests")
        .description("Come in")
        .send()
        .await
        .unwrap();
    let seen = idp
        .get_group()
        .user_pool_id(id)
        .group_name("guests")
        .send()
        .await
        .unwrap();
    assert_eq!(seen.group(), changed.group());
    let group = seen.group.unwrap();
    assert_eq!(
        (group.description(), group.precedence()),
        (Some("Come in"), Some(3))
    );
    let listed: Result<Vec<_>, _> = idp
        .list_groups()
        .user_pool_id(id)
        .limit(2)
        .into_paginator()
        .items()
        .send()
        .collect()
        .await;
    assert_eq!(listed.unwrap().len(), 3);

    let mut people = BTreeSet::new();
    for _ in 0..3 {
        let (username, _) = pool.person().await;
        for group in ["admins", "members"] {
            let added = idp
                .admin_add_user_to_group()
                .user_pool_id(id)
                .username(&username)
                .group_name(group);
            added.send().await.unwrap();
        }
        people.insert(username);
    }
    let inside = idp
        .list_users_in_group()
        .user_pool_id(id)
        .group_name("members")
        .limit(2);
    let inside: Result<Vec<_>, _> = inside.into_paginator().items().send().collect().await;
    assert_eq!(
        inside
            .unwrap()
            .into_iter()
            .map(|user| user.username.unwrap())
            .collect::<BTreeSet<_>>(),
        people
    );
    let somebody = people.first().unwrap();
    let theirs = idp
        .admin_list_groups_for_user()
        .user_pool_id(id)
        .username(somebody)
        .limit(1);
    let theirs: Result<Vec<_>, _> = theirs.into_paginator().items().send().collect().await;
    let theirs: Vec<_> = theirs
        .unwrap()
        .into_iter()
        .map(|group| group.group_name.unwrap())
        .collect();
    assert_eq!(theirs, ["admins", "members"]);

    idp.admin_remove_user_from_group()
        .user_pool_id(id)
        .username(somebody)
        .group_name("admins")
        .send()
        .await
        .unwrap();
    idp.delete_group()
        .user_pool_id(id)
        .group_name("members")
        .send()
        .await
        .unwrap();
    let none = idp
        .admin_list_groups_for_user()
        .user_pool_id(id)
        .username(somebody)
        .send()
        .await
        .unwrap();
    assert_eq!(none.groups(), []);
    let gone = idp
        .get_group()
        .user_pool_id(id)
        .group_name("members")
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(gone.is_resource_not_found_exception(), "{gone:?}");
}

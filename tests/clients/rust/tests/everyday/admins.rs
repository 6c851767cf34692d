//! What an administrator does with users.

use std::collections::BTreeSet;

use aws_sdk_cognitoidentityprovider::error::ProvideErrorMetadata;
use aws_sdk_cognitoidentityprovider::operation::RequestId;
use aws_sdk_cognitoidentityprovider::operation::admin_create_user::AdminCreateUserError;
use aws_sdk_cognitoidentityprovider::operation::admin_get_user::AdminGetUserError;
use aws_sdk_cognitoidentityprovider::operation::admin_initiate_auth::AdminInitiateAuthError;
use aws_sdk_cognitoidentityprovider::types::{AuthFlowType, MessageActionType, UserStatusType};
use poolhouse_client_rust::{PASSWORD, Pool, attribute, code, fresh, new_email, value};

#[tokio::test]
async fn users_are_made_read_changed_and_deleted() {
    let pool = Pool::new().await;
    let (idp, id) = (&pool.idp, pool.id.as_str());
    let (username, email) = (fresh("user"), new_email());
    let make = || {
        idp.admin_create_user()
            .user_pool_id(id)
            .username(&username)
            .message_action(MessageActionType::Suppress)
    };
    let made = make()
        .user_attributes(attribute("email", &email))
        .send()
        .await
        .unwrap()
        .user
        .unwrap();
    assert_eq!(
        (made.enabled(), made.user_status()),
        (true, Some(&UserStatusType::ForceChangePassword))
    );
    let twice = make().send().await.unwrap_err().into_service_error();
    let AdminCreateUserError::UsernameExistsException(twice) = twice else {
        panic!("{twice:?}")
    };
    assert_eq!(twice.message(), Some("User account already exists"));

    let read = || {
        idp.admin_get_user()
            .user_pool_id(id)
            .username(&username)
            .send()
    };
    let seen = read().await.unwrap();
    assert_eq!(seen.username(), username);
    assert_eq!(
        value(seen.user_attributes(), "sub"),
        value(made.attributes(), "sub")
    );
    assert_eq!(seen.user_create_date(), made.user_create_date());
    let changed = idp
        .admin_update_user_attributes()
        .user_pool_id(id)
        .username(&username);
    changed
        .user_attributes(attribute("name", "Ada"))
        .send()
        .await
        .unwrap();
    assert_eq!(
        value(read().await.unwrap().user_attributes(), "name"),
        Some("Ada")
    );
    let deleted = idp
        .admin_delete_user_attributes()
        .user_pool_id(id)
        .username(&username);
    deleted.user_attribute_names("name").send().await.unwrap();
    assert_eq!(value(read().await.unwrap().user_attributes(), "name"), None);
    let password = idp
        .admin_set_user_password()
        .user_pool_id(id)
        .username(&username)
        .permanent(true);
    password.password(PASSWORD).send().await.unwrap();
    assert_eq!(
        read().await.unwrap().user_status(),
        Some(&UserStatusType::Confirmed)
    );

    idp.admin_delete_user()
        .user_pool_id(id)
        .username(&username)
        .send()
        .await
        .unwrap();
    let gone = read().await.unwrap_err();
    assert_eq!(gone.code(), Some("UserNotFoundException"));
    assert!(gone.request_id().is_some());
    let AdminGetUserError::UserNotFoundException(gone) = gone.into_service_error() else {
        panic!("not typed")
    };
    assert_eq!(gone.message(), Some("User does not exist."));
}

#[tokio::test]
async fn sign_in_for_users_and_shut_them_out() {
    let pool = Pool::new().await;
    let client = pool.client(false).await;
    let (idp, id) = (&pool.idp, pool.id.as_str());
    let (username, email) = pool.person().await;
    let sign_in = || {
        let asked = idp
            .admin_initiate_auth()
            .user_pool_id(id)
            .client_id(client.client_id().unwrap());
        let asked = asked
            .auth_flow(AuthFlowType::AdminUserPasswordAuth)
            .auth_parameters("USERNAME", &username);
        asked.auth_parameters("PASSWORD", PASSWORD).send()
    };
    let tokens = sign_in().await.unwrap().authentication_result.unwrap();
    idp.get_user()
        .access_token(tokens.access_token().unwrap())
        .send()
        .await
        .unwrap();
    idp.admin_user_global_sign_out()
        .user_pool_id(id)
        .username(&username)
        .send()
        .await
        .unwrap();
    let out = idp
        .get_user()
        .access_token(tokens.access_token().unwrap())
        .send()
        .await
        .unwrap_err();
    assert!(out.into_service_error().is_not_authorized_exception());

    idp.admin_disable_user()
        .user_pool_id(id)
        .username(&username)
        .send()
        .await
        .unwrap();
    let disabled = sign_in().await.unwrap_err().into_service_error();
    let AdminInitiateAuthError::NotAuthorizedException(disabled) = disabled else {
        panic!("{disabled:?}")
    };
    assert_eq!(disabled.message(), Some("User is disabled."));
    idp.admin_enable_user()
        .user_pool_id(id)
        .username(&username)
        .send()
        .await
        .unwrap();

    idp.admin_reset_user_password()
        .user_pool_id(id)
        .username(&username)
        .send()
        .await
        .unwrap();
    let reset = sign_in().await.unwrap_err().into_service_error();
    assert!(reset.is_password_reset_required_exception(), "{reset:?}");
    let chosen = idp
        .confirm_forgot_password()
        .client_id(client.client_id().unwrap())
        .username(&username);
    chosen
        .confirmation_code(code(&email).await)
        .password(PASSWORD)
        .send()
        .await
        .unwrap();
    sign_in().await.unwrap();
}

#[tokio::test]
async fn users_are_listed_page_by_page_and_filtered() {
    let pool = Pool::new().await;
    let (idp, id) = (&pool.idp, pool.id.as_str());
    let mut people = BTreeSet::new();
    for turn in 0..7 {
        let username = format!("person-{turn}");
        let made = idp.admin_create_user().user_pool_id(id).username(&username);
        let made = made.user_attributes(attribute("name", if turn < 3 { "Ada" } else { "Grace" }));
        made.message_action(MessageActionType::Suppress)
            .send()
            .await
            .unwrap();
        people.insert(username);
    }
    let all: Result<Vec<_>, _> = idp
        .list_users()
        .user_pool_id(id)
        .limit(3)
        .into_paginator()
        .items()
        .send()
        .collect()
        .await;
    assert_eq!(
        all.unwrap()
            .into_iter()
            .map(|user| user.username.unwrap())
            .collect::<BTreeSet<_>>(),
        people
    );
    let some = idp
        .list_users()
        .user_pool_id(id)
        .filter("name = \"Ada\"")
        .attributes_to_get("name")
        .limit(2);
    let some: Result<Vec<_>, _> = some.into_paginator().items().send().collect().await;
    let some = some.unwrap();
    assert_eq!(some.len(), 3);
    assert!(
        some.iter()
            .all(|user| user.attributes() == [attribute("name", "Ada")])
    );
    let wrong = idp
        .list_users()
        .user_pool_id(id)
        .filter("nonsense")
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(wrong.is_invalid_parameter_exception(), "{wrong:?}");
}

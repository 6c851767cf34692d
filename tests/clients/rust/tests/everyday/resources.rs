//! Pools, app clients, domains and resource servers.

use std::collections::BTreeSet;

use aws_sdk_cognitoidentityprovider::operation::create_user_pool_client::CreateUserPoolClientError;
use aws_sdk_cognitoidentityprovider::operation::delete_user_pool::DeleteUserPoolError;
use aws_sdk_cognitoidentityprovider::operation::describe_user_pool::DescribeUserPoolError;
use aws_sdk_cognitoidentityprovider::types::{
    AttributeDataType, DeletionProtectionType, DomainStatusType, OAuthFlowType, PasswordPolicyType,
    PreventUserExistenceErrorTypes, ResourceServerScopeType, SchemaAttributeType, UserPoolMfaType,
    UserPoolPolicyType, UserPoolTierType,
};
use poolhouse_client_rust::{Pool, connect, fresh};

#[tokio::test]
async fn a_pool_is_made_described_changed_listed_and_deleted() {
    let idp = connect().await;
    let name = fresh("pool");
    let policy = PasswordPolicyType::builder()
        .minimum_length(12)
        .require_symbols(true)
        .build();
    let plan = SchemaAttributeType::builder()
        .name("plan")
        .attribute_data_type(AttributeDataType::String)
        .build();
    let made = idp
        .create_user_pool()
        .pool_name(&name)
        .policies(
            UserPoolPolicyType::builder()
                .password_policy(policy)
                .build(),
        )
        .schema(plan)
        .user_pool_tags("team", "identity")
        .deletion_protection(DeletionProtectionType::Active)
        .send()
        .await
        .unwrap()
        .user_pool
        .unwrap();
    let id = made.id().unwrap();

    let seen = idp
        .describe_user_pool()
        .user_pool_id(id)
        .send()
        .await
        .unwrap()
        .user_pool
        .unwrap();
    assert_eq!(seen, made);
    assert_eq!(seen.name(), Some(name.as_str()));
    assert_eq!(seen.mfa_configuration(), Some(&UserPoolMfaType::Off));
    assert_eq!(seen.user_pool_tier(), Some(&UserPoolTierType::Essentials));
    assert_eq!(seen.user_pool_tags().unwrap()["team"], "identity");
    let policy = seen.policies().unwrap().password_policy().unwrap();
    assert_eq!(
        (
            policy.minimum_length(),
            policy.require_symbols(),
            policy.require_numbers()
        ),
        (Some(12), true, false)
    );
    assert!(
        seen.schema_attributes()
            .iter()
            .any(|attribute| attribute.name() == Some("custom:plan"))
    );
    assert!(seen.creation_date().unwrap().as_secs_f64() > 1.7e9);

    let kept = idp
        .delete_user_pool()
        .user_pool_id(id)
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    let DeleteUserPoolError::InvalidParameterException(kept) = kept else {
        panic!("{kept:?}")
    };
    assert_eq!(
        kept.message(),
        Some(
            "The user pool cannot be deleted because deletion protection is activated. \
             Deletion protection must be inactivated first."
        )
    );
    idp.update_user_pool()
        .user_pool_id(id)
        .pool_name("renamed")
        .send()
        .await
        .unwrap();
    let seen = idp
        .describe_user_pool()
        .user_pool_id(id)
        .send()
        .await
        .unwrap()
        .user_pool
        .unwrap();
    assert_eq!(
        (seen.name(), seen.deletion_protection()),
        (Some("renamed"), Some(&DeletionProtectionType::Inactive))
    );

    let mut found = false;
    let mut pages = idp.list_user_pools().max_results(1).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        assert!(page.user_pools().len() <= 1);
        found |= page.user_pools().iter().any(|pool| pool.id() == Some(id));
        if found {
            break;
        }
    }
    assert!(found);

    idp.delete_user_pool()
        .user_pool_id(id)
        .send()
        .await
        .unwrap();
    let gone = idp
        .describe_user_pool()
        .user_pool_id(id)
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    let DescribeUserPoolError::ResourceNotFoundException(gone) = gone else {
        panic!("{gone:?}")
    };
    assert_eq!(
        gone.message(),
        Some(format!("User pool {id} does not exist.").as_str())
    );
}

#[tokio::test]
async fn app_clients_are_made_changed_paged_through_and_deleted() {
    let pool = Pool::new().await;
    let (idp, id) = (&pool.idp, pool.id.as_str());
    let mut made = BTreeSet::new();
    for turn in 0..5 {
        made.insert(pool.client(turn % 2 == 0).await.client_id.unwrap());
    }
    let listed: Result<Vec<_>, _> = idp
        .list_user_pool_clients()
        .user_pool_id(id)
        .max_results(2)
        .into_paginator()
        .items()
        .send()
        .collect()
        .await;
    let listed: BTreeSet<_> = listed
        .unwrap()
        .into_iter()
        .map(|client| client.client_id.unwrap())
        .collect();
    assert_eq!(listed, made);

    let client = made.first().unwrap();
    let changed = idp
        .update_user_pool_client()
        .user_pool_id(id)
        .client_id(client)
        .client_name("renamed")
        .prevent_user_existence_errors(PreventUserExistenceErrorTypes::Enabled)
        .refresh_token_validity(7)
        .send()
        .await
        .unwrap()
        .user_pool_client
        .unwrap();
    let seen = idp
        .describe_user_pool_client()
        .user_pool_id(id)
        .client_id(client)
        .send()
        .await
        .unwrap();
    assert_eq!(seen.user_pool_client(), Some(&changed));
    assert_eq!(
        (changed.client_name(), changed.refresh_token_validity()),
        (Some("renamed"), 7)
    );
    assert_eq!(changed.explicit_auth_flows(), []);

    let refused = idp
        .create_user_pool_client()
        .user_pool_id(id)
        .client_name("no")
        .allowed_o_auth_flows_user_pool_client(true)
        .allowed_o_auth_flows(OAuthFlowType::Code)
        .allowed_o_auth_flows(OAuthFlowType::ClientCredentials)
        .allowed_o_auth_scopes("openid")
        .callback_urls("https://app.example.com/")
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(
        matches!(
            refused,
            CreateUserPoolClientError::InvalidOAuthFlowException(_)
        ),
        "{refused:?}"
    );

    for client in &made {
        idp.delete_user_pool_client()
            .user_pool_id(id)
            .client_id(client)
            .send()
            .await
            .unwrap();
    }
    assert_eq!(
        idp.list_user_pool_clients()
            .user_pool_id(id)
            .send()
            .await
            .unwrap()
            .user_pool_clients(),
        []
    );
}

#[tokio::test]
async fn domains_and_resource_servers() {
    let pool = Pool::new().await;
    let (idp, id) = (&pool.idp, pool.id.as_str());
    let domain = fresh("door");
    idp.create_user_pool_domain()
        .user_pool_id(id)
        .domain(&domain)
        .send()
        .await
        .unwrap();
    let seen = idp
        .describe_user_pool_domain()
        .domain(&domain)
        .send()
        .await
        .unwrap()
        .domain_description
        .unwrap();
    assert_eq!(
        (seen.user_pool_id(), seen.status()),
        (Some(id), Some(&DomainStatusType::Active))
    );
    idp.delete_user_pool_domain()
        .user_pool_id(id)
        .domain(&domain)
        .send()
        .await
        .unwrap();
    let nothing = idp
        .describe_user_pool_domain()
        .domain(&domain)
        .send()
        .await
        .unwrap()
        .domain_description
        .unwrap();
    assert_eq!(nothing.user_pool_id(), None);

    let scope = |name: &str| {
        let scope = ResourceServerScopeType::builder()
            .scope_name(name)
            .scope_description("what it is for");
        scope.build().unwrap()
    };
    for turn in 0..3 {
        let server = idp
            .create_resource_server()
            .user_pool_id(id)
            .identifier(format!("api-{turn}"))
            .name("API");
        server.scopes(scope("read")).send().await.unwrap();
    }
    let listed: Result<Vec<_>, _> = idp
        .list_resource_servers()
        .user_pool_id(id)
        .max_results(2)
        .into_paginator()
        .items()
        .send()
        .collect()
        .await;
    assert_eq!(listed.unwrap().len(), 3);
    let changed = idp
        .update_resource_server()
        .user_pool_id(id)
        .identifier("api-1")
        .name("Other API");
    let changed = changed
        .scopes(scope("write"))
        .send()
        .await
        .unwrap()
        .resource_server
        .unwrap();
    assert_eq!(changed.scopes(), [scope("write")]);
    let seen = idp
        .describe_resource_server()
        .user_pool_id(id)
        .identifier("api-1")
        .send()
        .await
        .unwrap();
    assert_eq!(seen.resource_server(), Some(&changed));
    idp.delete_resource_server()
        .user_pool_id(id)
        .identifier("api-1")
        .send()
        .await
        .unwrap();
    let gone = idp
        .describe_resource_server()
        .user_pool_id(id)
        .identifier("api-1")
        .send()
        .await
        .unwrap_err();
    assert!(gone.into_service_error().is_resource_not_found_exception());
}

//! `ExplicitAuthFlows`, and which API takes which flow.

use serde_json::{Value, json};

use super::stage::{INVALID_PARAMETER, PASSWORD, Stage};

fn credentials() -> Value {
    json!({ "USERNAME": "ada", "PASSWORD": PASSWORD })
}

#[tokio::test]
async fn each_api_has_its_own_password_flows() {
    let stage = Stage::new().await;
    stage.user("ada").await;
    let unsupported = "Initiate Auth method not supported.";
    for flow in ["ADMIN_NO_SRP_AUTH", "ADMIN_USER_PASSWORD_AUTH"] {
        let answer = stage.initiate(flow, credentials()).await;
        answer.error(INVALID_PARAMETER, unsupported);
        stage.admin_initiate(flow, credentials()).await.ok();
    }
    let answer = stage.admin_initiate("USER_PASSWORD_AUTH", credentials());
    answer.await.error(INVALID_PARAMETER, unsupported);
}

#[tokio::test]
async fn flows_that_the_client_does_not_allow_are_refused_by_name() {
    let stage = Stage::with(json!({}), json!({ "ExplicitAuthFlows": [] })).await;
    stage.user("ada").await;
    let answer = stage.initiate("USER_PASSWORD_AUTH", credentials()).await;
    let message = "USER_PASSWORD_AUTH flow not enabled for this client";
    answer.error(INVALID_PARAMETER, message);
    let answer = stage.admin_initiate("ADMIN_USER_PASSWORD_AUTH", credentials());
    let message = "Auth flow not enabled for this client";
    answer.await.error(INVALID_PARAMETER, message);
    stage.srp_sign_in("ada", PASSWORD).await.ok();
}

#[tokio::test]
async fn unknown_flow_names_list_the_known_ones() {
    let stage = Stage::new().await;
    let answer = stage.initiate("NONSENSE", credentials()).await;
    let message = "1 validation error detected: Value 'NONSENSE' at 'authFlow' failed to satisfy \
                   constraint: Member must satisfy enum value set: [USER_SRP_AUTH, REFRESH_TOKEN_AUTH, \
                   REFRESH_TOKEN, CUSTOM_AUTH, ADMIN_NO_SRP_AUTH, USER_PASSWORD_AUTH, \
                   ADMIN_USER_PASSWORD_AUTH, USER_AUTH]";
    answer.error(INVALID_PARAMETER, message);
}

#[tokio::test]
async fn legacy_names_allow_srp_and_what_they_name() {
    let legacy = json!({ "ExplicitAuthFlows": ["ADMIN_NO_SRP_AUTH"] });
    let stage = Stage::with(json!({}), legacy).await;
    stage.user("ada").await;
    stage
        .admin_initiate("ADMIN_NO_SRP_AUTH", credentials())
        .await
        .ok();
    stage.srp_sign_in("ada", PASSWORD).await.ok();
    let answer = stage.initiate("USER_PASSWORD_AUTH", credentials()).await;
    let message = "USER_PASSWORD_AUTH flow not enabled for this client";
    answer.error(INVALID_PARAMETER, message);
}

//! UserMigration: users from elsewhere, at sign-in and when the password was forgotten.

use serde_json::{Value, json};

use super::host::Act;
use super::scene::Scene;
use crate::api::auth::stage::{INCORRECT, NOT_AUTHORIZED, PASSWORD};

const HIDES: &str = r#"{"PreventUserExistenceErrors":"ENABLED"}"#;

async fn hiding() -> Scene {
    Scene::of(
        &["UserMigration"],
        json!({}),
        serde_json::from_str(HIDES).unwrap(),
    )
    .await
}

fn confirmed(more: Value) -> Value {
    let mut response = json!({
        "userAttributes": { "email": "ada@example.com", "email_verified": "true" },
        "finalUserStatus": "CONFIRMED", "messageAction": "SUPPRESS",
    });
    for (name, value) in more.as_object().unwrap() {
        response[name] = value.clone();
    }
    response
}

fn failed(scene: &Scene) -> String {
    format!(
        "Exception migrating user in app client {}",
        scene.stage.client
    )
}

#[tokio::test]
async fn a_migrated_user_signs_in_at_once_and_then_by_srp() {
    let scene = hiding().await;
    scene.host.responds(confirmed(json!({})));
    let metadata = json!({ "from": "old" });
    scene.sign_in("ada", metadata.clone()).await.ok();
    let events = scene.host.events();
    let request = json!({ "password": PASSWORD, "validationData": metadata });
    assert_eq!(
        (&events[0]["userName"], &events[0]["request"]),
        (&json!("ada"), &request)
    );
    assert_eq!(events[0]["triggerSource"], "UserMigration_Authentication");
    assert_eq!(scene.status("ada").await.as_deref(), Some("CONFIRMED"));
    // The user is known now: nobody is asked again.
    scene.sign_in("ada", json!({})).await.ok();
    scene.stage.srp_sign_in("ada", PASSWORD).await.ok();
    assert_eq!(scene.host.take().len(), 0);
    let user = scene
        .admin("AdminGetUser", json!({ "Username": "ada" }))
        .await
        .ok();
    let verified = json!({ "Name": "email_verified", "Value": "true" });
    assert!(
        user["UserAttributes"]
            .as_array()
            .unwrap()
            .contains(&verified)
    );
}

#[tokio::test]
async fn srp_and_unknown_names_of_others_ask_nobody() {
    let scene = hiding().await;
    scene.host.responds(confirmed(json!({})));
    let a = json!({ "USERNAME": "ada", "SRP_A": "a1".repeat(300) });
    scene.stage.initiate("USER_SRP_AUTH", a).await.ok();
    assert_eq!(scene.host.take().len(), 0);
    let admin = json!({ "USERNAME": "ada", "PASSWORD": PASSWORD });
    scene
        .stage
        .admin_initiate("ADMIN_USER_PASSWORD_AUTH", admin)
        .await
        .ok();
    assert_eq!(scene.host.sources(), ["UserMigration_Authentication"]);
}

#[tokio::test]
async fn the_policy_is_not_asked_for_a_password_that_works_elsewhere() {
    let scene = hiding().await;
    scene.host.responds(confirmed(json!({})));
    let weak = json!({ "USERNAME": "ada", "PASSWORD": "old" });
    scene
        .stage
        .initiate("USER_PASSWORD_AUTH", weak.clone())
        .await
        .ok();
    scene.stage.initiate("USER_PASSWORD_AUTH", weak).await.ok();
}

#[tokio::test]
async fn another_status_means_that_the_password_is_reset() {
    for status in [json!("RESET_REQUIRED"), json!("ARCHIVED"), Value::Null] {
        let scene = hiding().await;
        scene
            .host
            .responds(confirmed(json!({ "finalUserStatus": status })));
        // Also where users are hidden: the function has seen the right password.
        let refused = scene.sign_in("ada", json!({})).await;
        let text = "Password reset required for the user";
        refused.error("PasswordResetRequiredException", text);
        assert_eq!(scene.status("ada").await.as_deref(), Some("RESET_REQUIRED"));
        scene
            .public("ForgotPassword", json!({ "Username": "ada" }))
            .await
            .ok();
        let confirm = json!({
            "Username": "ada", "ConfirmationCode": scene.code("ada@example.com"), "Password": PASSWORD,
        });
        scene.public("ConfirmForgotPassword", confirm).await.ok();
        scene.sign_in("ada", json!({})).await.ok();
    }
}

#[tokio::test]
async fn an_empty_answer_is_nobody() {
    let scene = hiding().await;
    scene
        .sign_in("ada", json!({}))
        .await
        .error(NOT_AUTHORIZED, INCORRECT);
    scene.host.responds(json!({ "userAttributes": {} }));
    scene
        .sign_in("ada", json!({}))
        .await
        .error(NOT_AUTHORIZED, INCORRECT);
    let telling = json!({ "PreventUserExistenceErrors": "LEGACY" });
    let scene = Scene::of(&["UserMigration"], json!({}), telling).await;
    let refused = scene.sign_in("ada", json!({})).await;
    refused.error("UserNotFoundException", "User does not exist.");
}

#[tokio::test]
async fn a_failure_is_told_even_where_users_are_hidden() {
    let scene = hiding().await;
    let code = "UserNotFoundException";
    scene.host.does(|_| Act::Throws("no such user"));
    scene
        .sign_in("ada", json!({}))
        .await
        .error(code, &failed(&scene));
    let forgot = scene
        .public("ForgotPassword", json!({ "Username": "ada" }))
        .await;
    forgot.error(code, &failed(&scene));
    scene.host.does(|_| Act::Says(200, None, "what".into()));
    scene
        .sign_in("ada", json!({}))
        .await
        .error(code, &failed(&scene));
    for attributes in [
        json!({ "email": "ada@example.com", "email_verified": true }),
        json!({ "sub": "forged" }),
        json!({ "identities": "[]" }),
        json!({ "cognito:user_status": "CONFIRMED" }),
        json!({ "unknown": "x" }),
        json!({ "email_verified": "true" }),
        json!({ "email": "no address" }),
        json!({ "username": "other", "email": "ada@example.com" }),
    ] {
        scene
            .host
            .responds(confirmed(json!({ "userAttributes": attributes })));
        scene
            .sign_in("ada", json!({}))
            .await
            .error(code, &failed(&scene));
        assert_eq!(scene.status("ada").await, None, "{attributes}");
    }
    scene
        .host
        .responds(confirmed(json!({ "enableSMSMFA": true })));
    scene
        .sign_in("ada", json!({}))
        .await
        .error(code, &failed(&scene));
}

#[tokio::test]
async fn a_forgotten_password_brings_the_user_and_a_code() {
    let scene = hiding().await;
    scene
        .host
        .responds(confirmed(json!({ "finalUserStatus": "RESET_REQUIRED" })));
    let forgot = json!({ "Username": "ada", "ClientMetadata": { "a": "b" } });
    scene.public("ForgotPassword", forgot).await.ok();
    let events = scene.host.events();
    let request = json!({ "validationData": null, "clientMetadata": { "a": "b" } });
    assert_eq!(events[0]["triggerSource"], "UserMigration_ForgotPassword");
    assert_eq!(events[0]["request"], request);
    let confirm = json!({
        "Username": "ada", "ConfirmationCode": scene.code("ada@example.com"), "Password": PASSWORD,
    });
    scene.public("ConfirmForgotPassword", confirm).await.ok();
    scene.stage.srp_sign_in("ada", PASSWORD).await.ok();
}

#[tokio::test]
async fn aliases_are_taken_only_where_the_function_says_so() {
    let pool = json!({ "AliasAttributes": ["email"] });
    let scene = Scene::of(
        &["UserMigration"],
        pool,
        serde_json::from_str(HIDES).unwrap(),
    )
    .await;
    let holder = json!({
        "Username": "holder", "MessageAction": "SUPPRESS", "UserAttributes": [
            { "Name": "email", "Value": "ada@example.com" }, { "Name": "email_verified", "Value": "true" },
        ],
    });
    scene.admin("AdminCreateUser", holder).await.ok();
    scene.host.responds(confirmed(json!({})));
    scene
        .sign_in("ada", json!({}))
        .await
        .error("UserNotFoundException", &failed(&scene));
    scene
        .host
        .responds(confirmed(json!({ "forceAliasCreation": true })));
    scene.sign_in("ada", json!({})).await.ok();
    scene.sign_in("ada@example.com", json!({})).await.ok();
    // A typed alias needs a name from the function.
    let bob = json!({ "userAttributes": {
        "username": "bob", "email": "bob@example.com", "email_verified": "true",
    } });
    scene.host.responds(confirmed(bob));
    scene.sign_in("bob@example.com", json!({})).await.ok();
    scene.sign_in("bob", json!({})).await.ok();
}

#[tokio::test]
async fn many_first_sign_ins_at_once_make_one_user() {
    let scene = hiding().await;
    scene.host.responds(confirmed(json!({})));
    let all = futures_util::future::join_all((0..8).map(|_| scene.sign_in("ada", json!({})))).await;
    for answer in all {
        answer.ok();
    }
    let users = scene.admin("ListUsers", json!({})).await.ok();
    assert_eq!(users["Users"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_welcome_is_sent_without_the_password_unless_suppressed() {
    let scene = hiding().await;
    scene.host.responds(confirmed(json!({
        "messageAction": null, "desiredDeliveryMediums": ["EMAIL"],
    })));
    scene.sign_in("ada", json!({})).await.ok();
    let welcome = scene.stage.s.message_to("ada@example.com");
    assert!(
        welcome.text.contains("ada") && !welcome.text.contains(PASSWORD),
        "{}",
        welcome.text
    );
}

#[tokio::test]
async fn the_record_has_no_password() {
    let scene = hiding().await;
    scene.host.responds(confirmed(json!({})));
    scene.sign_in("ada", json!({})).await.ok();
    let url = format!("{}/_poolhouse/triggers", scene.stage.s.url);
    let told = scene
        .stage
        .s
        .http
        .get(url)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(
        told.contains("UserMigration_Authentication") && !told.contains(PASSWORD),
        "{told}"
    );
}

//! PreSignUp and PostConfirmation: what they decide and what they cannot undo.

use serde_json::json;

use super::host::{Act, with_response};
use super::scene::Scene;
use crate::api::auth::stage::PASSWORD;

#[tokio::test]
async fn a_refusal_before_leaves_nothing_behind() {
    let scene = Scene::with(&["PreSignUp"]).await;
    scene.host.does(|_| Act::Throws("Not you."));
    let refused = scene.sign_up("ada", json!({})).await;
    refused.error(
        "UserLambdaValidationException",
        "PreSignUp failed with error Not you..",
    );
    assert_eq!(scene.status("ada").await, None);
    let new = json!({ "Username": "ada", "MessageAction": "SUPPRESS" });
    let refused = scene.admin("AdminCreateUser", new).await;
    refused.error(
        "UserLambdaValidationException",
        "PreSignUp failed with error Not you..",
    );
    assert_eq!(scene.status("ada").await, None);
}

#[tokio::test]
async fn a_refusal_after_undoes_nothing() {
    let scene = Scene::with(&["PostConfirmation"]).await;
    scene.sign_up("ada", json!({})).await.ok();
    scene.host.does(|_| Act::Throws("no"));
    let text = "PostConfirmation failed with error no.";
    let confirm = json!({ "Username": "ada", "ConfirmationCode": scene.code("ada@example.com") });
    let refused = scene.public("ConfirmSignUp", confirm).await;
    refused.error("UserLambdaValidationException", text);
    assert_eq!(scene.status("ada").await.as_deref(), Some("CONFIRMED"));
    scene.sign_in("ada", json!({})).await.ok();
    scene
        .public("ForgotPassword", json!({ "Username": "ada" }))
        .await
        .ok();
    let confirm = json!({
        "Username": "ada", "ConfirmationCode": scene.code("ada@example.com"),
        "Password": "Another-Horse1!",
    });
    let refused = scene.public("ConfirmForgotPassword", confirm).await;
    refused.error("UserLambdaValidationException", text);
    let old = scene.sign_in("ada", json!({})).await;
    old.error("NotAuthorizedException", "Incorrect username or password.");
    scene.sign_up("bob", json!({})).await.ok();
    let refused = scene
        .admin("AdminConfirmSignUp", json!({ "Username": "bob" }))
        .await;
    refused.error("UserLambdaValidationException", text);
    assert_eq!(scene.status("bob").await.as_deref(), Some("CONFIRMED"));
}

#[tokio::test]
async fn a_function_may_confirm_and_verify() {
    let scene = Scene::with(&["PreSignUp", "PostConfirmation", "CustomMessage"]).await;
    scene
        .host
        .responds(json!({ "autoConfirmUser": true, "autoVerifyEmail": true }));
    let made = scene.sign_up("ada", json!({})).await.ok();
    assert_eq!(
        (&made["UserConfirmed"], made.get("CodeDeliveryDetails")),
        (&json!(true), None)
    );
    let expected = ["PreSignUp_SignUp", "PostConfirmation_ConfirmSignUp"];
    assert_eq!(scene.host.sources(), expected);
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

    scene.host.responds(json!({ "autoVerifyPhone": true }));
    let refused = scene.sign_up("bob", json!({})).await;
    assert_eq!(refused.status, 400);
    assert_eq!(scene.status("bob").await, None);
}

#[tokio::test]
async fn for_an_administrator_the_answer_means_nothing() {
    let scene = Scene::with(&["PreSignUp"]).await;
    scene
        .host
        .responds(json!({ "autoConfirmUser": true, "autoVerifyEmail": true }));
    let new = json!({
        "Username": "ada", "MessageAction": "SUPPRESS",
        "UserAttributes": [{ "Name": "email", "Value": "ada@example.com" }],
    });
    let made = scene.admin("AdminCreateUser", new).await.ok();
    assert_eq!(made["User"]["UserStatus"], "FORCE_CHANGE_PASSWORD");
    let verified = json!({ "Name": "email_verified", "Value": "true" });
    assert!(
        !made["User"]["Attributes"]
            .as_array()
            .unwrap()
            .contains(&verified)
    );
}

#[tokio::test]
async fn what_a_function_vouches_for_moves_to_the_new_user() {
    let pool = json!({ "AliasAttributes": ["email"] });
    let scene = Scene::of(&["PreSignUp"], pool, json!({})).await;
    scene
        .host
        .responds(json!({ "autoConfirmUser": true, "autoVerifyEmail": true }));
    let email = json!({ "UserAttributes": [{ "Name": "email", "Value": "shared@example.com" }] });
    scene.sign_up("ada", email.clone()).await.ok();
    scene.sign_in("shared@example.com", json!({})).await.ok();
    scene.sign_up("bob", email).await.ok();
    let user = scene
        .admin("AdminGetUser", json!({ "Username": "shared@example.com" }))
        .await
        .ok();
    assert_eq!(user["Username"], "bob");
    let user = scene
        .admin("AdminGetUser", json!({ "Username": "ada" }))
        .await
        .ok();
    let unverified = json!({ "Name": "email_verified", "Value": "false" });
    assert!(
        user["UserAttributes"]
            .as_array()
            .unwrap()
            .contains(&unverified)
    );
}

/// A function calls back: the user is not there before and is there after.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn functions_see_the_user_after_and_not_before() {
    let scene = Scene::with(&["PreSignUp", "PostConfirmation"]).await;
    let url = scene.stage.s.url.clone();
    let pool = scene.stage.pool.clone();
    let found = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = found.clone();
    scene.host.does(move |event| {
        let (url, pool) = (url.clone(), pool.clone());
        let status = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(async move {
                let request = reqwest::Client::builder()
                    .no_proxy()
                    .build()
                    .unwrap()
                    .post(url);
                let request = request
                    .header("content-type", "application/x-amz-json-1.1")
                    .header(
                        "x-amz-target",
                        "AWSCognitoIdentityProviderService.AdminGetUser",
                    )
                    .body(json!({ "UserPoolId": pool, "Username": "ada" }).to_string());
                request.send().await.unwrap().status().as_u16()
            })
        });
        let status = tokio::task::block_in_place(|| status.join().unwrap());
        seen.lock().unwrap().push(status);
        Act::Returns(with_response(event, &json!({ "autoConfirmUser": true })))
    });
    scene.sign_up("ada", json!({})).await.ok();
    assert_eq!(*found.lock().unwrap(), [400, 200]);
}

#[tokio::test]
async fn a_refusal_before_a_sign_in_keeps_the_right_password_out() {
    let scene = Scene::with(&["PreAuthentication"]).await;
    scene.stage.user("ada").await;
    scene.host.does(|_| Act::Throws("closed"));
    let text = "PreAuthentication failed with error closed.";
    let refused = scene.sign_in("ada", json!({})).await;
    refused.error("UserLambdaValidationException", text);
    let a = json!({ "USERNAME": "ada", "SRP_A": "a1".repeat(300) });
    let refused = scene.stage.initiate("USER_SRP_AUTH", a).await;
    refused.error("UserLambdaValidationException", text);
    let admin = json!({ "USERNAME": "ada", "PASSWORD": PASSWORD });
    let refused = scene
        .stage
        .admin_initiate("ADMIN_USER_PASSWORD_AUTH", admin)
        .await;
    refused.error("UserLambdaValidationException", text);
}

#[tokio::test]
async fn a_refusal_after_a_sign_in_keeps_the_tokens_and_not_the_new_password() {
    let scene = Scene::with(&["PostAuthentication"]).await;
    let new = json!({
        "Username": "ada", "TemporaryPassword": PASSWORD, "MessageAction": "SUPPRESS",
    });
    scene.admin("AdminCreateUser", new).await.ok();
    let asked = scene.sign_in("ada", json!({})).await.ok();
    scene.host.does(|_| Act::Throws("later"));
    let answer = json!({
        "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": asked["Session"],
        "ChallengeResponses": { "USERNAME": "ada", "NEW_PASSWORD": "Another-Horse1!" },
    });
    let refused = scene.public("RespondToAuthChallenge", answer.clone()).await;
    refused.error(
        "UserLambdaValidationException",
        "PostAuthentication failed with error later.",
    );
    assert_eq!(scene.status("ada").await.as_deref(), Some("CONFIRMED"));
    // The session is used up all the same.
    let again = scene.public("RespondToAuthChallenge", answer).await;
    assert_eq!(again.status, 400);
    scene.host.does(|event| Act::Returns(event.clone()));
    let parameters = json!({ "USERNAME": "ada", "PASSWORD": "Another-Horse1!" });
    scene
        .stage
        .initiate("USER_PASSWORD_AUTH", parameters)
        .await
        .ok();
}

//! CustomMessage, CustomEmailSender and CustomSMSSender.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use poolhouse::config::Config;
use poolhouse::domain::password;
use poolhouse::store::users::User;
use serde_json::{Value, json};

use super::host::{Act, Host, arn};
use super::scene::Scene;
use crate::api::auth::stage::{PASSWORD, Stage};
use crate::kms::sealed::opened;
use crate::support::envelope::Message;

const EMAIL: &str = "ada@example.com";

#[tokio::test]
async fn texts_are_replaced_and_filled_in() {
    let scene = Scene::with(&["CustomMessage"]).await;
    scene.host.responds(json!({
        "emailSubject": "Welcome", "emailMessage": "Code {####}, once more {####}.",
    }));
    scene.sign_up("ada", json!({})).await.ok();
    let message = scene.stage.s.message_to(EMAIL);
    let code = message.code.clone().unwrap();
    assert_eq!(message.subject.as_deref(), Some("Welcome"));
    assert_eq!(message.text, format!("Code {code}, once more {code}."));

    // Without the place for the code the pool's own body is sent, under the function's subject.
    scene
        .host
        .responds(json!({ "emailSubject": "Hello", "emailMessage": "No code here." }));
    scene
        .public("ResendConfirmationCode", json!({ "Username": "ada" }))
        .await
        .ok();
    let message = scene.stage.s.message_to(EMAIL);
    assert_eq!(message.subject.as_deref(), Some("Hello"));
    assert!(message.text.contains(message.code.as_deref().unwrap()));
    assert!(!message.text.contains("No code here"));
}

#[tokio::test]
async fn invitations_need_both_places() {
    let scene = Scene::with(&["CustomMessage"]).await;
    let new = |name: &str| {
        json!({
            "Username": name, "TemporaryPassword": PASSWORD, "DesiredDeliveryMediums": ["EMAIL"],
            "UserAttributes": [{ "Name": "email", "Value": EMAIL }],
        })
    };
    scene
        .host
        .responds(json!({ "emailMessage": "Hi {username}: {####}" }));
    scene.admin("AdminCreateUser", new("ada")).await.ok();
    assert_eq!(
        scene.stage.s.message_to(EMAIL).text,
        format!("Hi ada: {PASSWORD}")
    );
    scene.host.responds(json!({ "emailMessage": "Hi: {####}" }));
    scene.admin("AdminCreateUser", new("bob")).await.ok();
    let text = scene.stage.s.message_to(EMAIL).text;
    assert!(text.contains("bob") && text.contains(PASSWORD), "{text}");
}

#[tokio::test]
async fn texts_that_are_too_long_and_refusals_leave_nothing_behind() {
    let scene = Scene::with(&["CustomMessage"]).await;
    for response in [
        json!({ "emailMessage": format!("{{####}}{}", "x".repeat(20_000)) }),
        json!({ "smsMessage": format!("{{####}}{}", "x".repeat(140)) }),
        json!({ "emailMessage": 7 }),
    ] {
        scene.host.responds(response);
        let refused = scene.sign_up("ada", json!({})).await;
        refused.error(
            "InvalidLambdaResponseException",
            "Unrecognizable lambda output",
        );
    }
    scene.host.does(|_| Act::Throws("no"));
    let refused = scene.sign_up("ada", json!({})).await;
    refused.error(
        "UserLambdaValidationException",
        "CustomMessage failed with error no.",
    );
    assert_eq!(scene.status("ada").await, None);
}

fn senders() -> Value {
    let sender = |name: &str| json!({ "LambdaVersion": "V1_0", "LambdaArn": arn(name) });
    json!({ "AutoVerifiedAttributes": ["email", "phone_number"], "LambdaConfig": {
        "CustomMessage": arn("texts"),
        "CustomEmailSender": sender("mail"), "CustomSMSSender": sender("sms"),
        "KMSKeyID": "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-4333-8444-555555555555",
    } })
}

/// What a handler reads in `code`.
async fn unsealed(scene: &Scene, event: &Value) -> String {
    let code = event["request"]["code"].as_str().unwrap();
    let message = Message::read(&STANDARD.decode(code).unwrap()).unwrap();
    assert_eq!(message.context["userpool-id"], scene.stage.pool);
    opened(&scene.stage.s, &message).await.unwrap()
}

#[tokio::test]
async fn custom_senders_deliver_in_place_of_the_pool() {
    let scene = Scene::of(&[], senders(), json!({})).await;
    scene
        .sign_up("ada", json!({ "ClientMetadata": { "a": "b" } }))
        .await
        .ok();
    scene.stage.s.app.jobs.finish().await;
    let events = scene.host.events();
    assert_eq!(events.len(), 1, "CustomMessage is not asked");
    let event = &events[0];
    assert_eq!(event["triggerSource"], "CustomEmailSender_SignUp");
    assert_eq!(event["version"], "1");
    let request = &event["request"];
    assert_eq!(
        (&request["type"], &request["clientMetadata"]),
        (&json!("customEmailSenderRequestV1"), &json!({ "a": "b" }))
    );
    assert_eq!(request["userAttributes"]["email"], EMAIL);
    let code = scene.code(EMAIL);
    assert_eq!(unsealed(&scene, event).await, code);
    assert!(
        scene.stage.s.mailer.sent().is_empty(),
        "the pool sends nothing itself"
    );
    scene
        .public(
            "ConfirmSignUp",
            json!({ "Username": "ada", "ConfirmationCode": code }),
        )
        .await
        .ok();

    let phone = json!({ "UserAttributes": [{ "Name": "phone_number", "Value": "+15551239934" }] });
    scene.sign_up("bob", phone).await.ok();
    scene
        .public("ForgotPassword", json!({ "Username": "ada" }))
        .await
        .ok();
    scene.stage.s.app.jobs.finish().await;
    let mut sources = scene.host.sources();
    sources.sort();
    assert_eq!(
        sources,
        ["CustomEmailSender_ForgotPassword", "CustomSMSSender_SignUp"]
    );
}

#[tokio::test]
async fn nothing_of_a_custom_sender_reaches_the_caller() {
    let scene = Scene::of(&[], senders(), json!({})).await;
    scene.host.does(|_| Act::Throws("the mail house is closed"));
    scene.sign_up("ada", json!({})).await.ok();
    scene.stage.s.app.jobs.finish().await;
    assert_eq!(scene.host.sources(), ["CustomEmailSender_SignUp"]);
    assert_eq!(scene.status("ada").await.as_deref(), Some("UNCONFIRMED"));
}

#[tokio::test]
async fn a_temporary_password_is_escaped_before_it_is_sealed() {
    let scene = Scene::of(&[], senders(), json!({})).await;
    let password = r#"Aa1<b>&"c'"#;
    let new = json!({
        "Username": "ada", "TemporaryPassword": password, "DesiredDeliveryMediums": ["EMAIL"],
        "UserAttributes": [{ "Name": "email", "Value": EMAIL }],
    });
    scene.admin("AdminCreateUser", new).await.ok();
    scene.stage.s.app.jobs.finish().await;
    let events = scene.host.events();
    assert_eq!(events.len(), 1);
    assert_eq!(
        events[0]["triggerSource"],
        "CustomEmailSender_AdminCreateUser"
    );
    let expected = "Aa1&lt;b&gt;&amp;&quot;c'";
    assert_eq!(unsealed(&scene, &events[0]).await, expected);
}

#[tokio::test]
async fn news_of_a_change_asks_no_function() {
    let host = Host::start().await;
    let told: fn(&mut Config) = |config| config.profiles.changes.usual.notices = Some(true);
    let stage = Stage::on(host.server_with(told).await, senders(), json!({})).await;
    let verified = |user: &mut User| {
        let flag = ("email_verified".to_owned(), "true".to_owned());
        user.attributes.extend([flag]);
    };
    let password = (PASSWORD, password::Kind::Permanent);
    stage.user_with("ada", verified, Some(password)).await;
    let tokens = stage.tokens("ada").await;
    let request = json!({
        "AccessToken": tokens["AccessToken"],
        "PreviousPassword": PASSWORD, "ProposedPassword": "Another-Horse2!",
    });
    stage.s.api("ChangePassword", request).await.ok();
    stage.s.app.jobs.finish().await;
    assert!(host.sources().is_empty());
    let sent = stage.s.mailer.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].to, "ada@example.com");
}

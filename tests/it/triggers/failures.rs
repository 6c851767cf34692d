//! Functions that throw, hang, lie or are not there: the error's type and text, and nothing
//! half-written (triggers.md 5; security.md I8, I9).

use std::time::Duration;

use poolhouse::ports::lambda::rules::{InvokePlace, Rule};
use serde_json::{Value, json};

use super::host::{Act, Host, arn};
use super::scene::Scene;
use crate::api::auth::stage::{PASSWORD, Stage};
use crate::support::{Server, house};

const VALIDATION: &str = "UserLambdaValidationException";
const UNEXPECTED: &str = "UnexpectedLambdaException";
const INVALID: &str = "InvalidLambdaResponseException";

fn says(status: u16, body: &str) -> Act {
    Act::Says(status, None, body.to_owned())
}

#[tokio::test]
async fn every_way_to_fail_has_its_error() {
    let scene = Scene::with(&["PreSignUp"]).await;
    let not_json = "Invalid lambda function output : Invalid JSON";
    let strange = "Unrecognizable lambda output";
    let due_to = |name: &str| format!("PreSignUp invocation failed due to error {name}.");
    let cases: Vec<(Act, &str, String)> = vec![
        (
            Act::Throws("no"),
            VALIDATION,
            "PreSignUp failed with error no.".into(),
        ),
        (
            says(500, r#"{"message":"m"}"#),
            VALIDATION,
            "PreSignUp failed with error m.".into(),
        ),
        (says(500, "crash"), UNEXPECTED, due_to("ServiceException")),
        (says(302, ""), UNEXPECTED, due_to("ServiceException")),
        (says(404, ""), UNEXPECTED, due_to("AccessDeniedException")),
        (
            says(429, ""),
            UNEXPECTED,
            due_to("TooManyRequestsException"),
        ),
        (says(200, ""), INVALID, not_json.into()),
        (says(200, "null"), INVALID, not_json.into()),
        (says(200, "{\"response\":"), INVALID, not_json.into()),
        (says(200, &"x".repeat(7 << 20)), INVALID, not_json.into()),
        (says(200, "{}"), INVALID, strange.into()),
        (says(200, "[]"), INVALID, strange.into()),
        (says(200, "\"ok\""), INVALID, strange.into()),
        (says(200, r#"{"response":null}"#), INVALID, strange.into()),
        (says(200, r#"{"response":[]}"#), INVALID, strange.into()),
        (
            says(200, r#"{"response":{"autoConfirmUser":"true"}}"#),
            INVALID,
            strange.into(),
        ),
        (
            says(200, r#"{"response":{"autoVerifyEmail":1}}"#),
            INVALID,
            strange.into(),
        ),
    ];
    for (act, code, text) in cases {
        let act = std::sync::Mutex::new(Some(act));
        scene
            .host
            .does(move |_| act.lock().unwrap().take().unwrap());
        scene.sign_up("ada", json!({})).await.error(code, &text);
        assert_eq!(scene.status("ada").await, None, "{text}");
    }
    // Unknown members are nobody's business, null is none.
    scene.host.does(|_| {
        says(
            200,
            r#"{"response":{"autoConfirmUser":null,"new":1},"x":2}"#,
        )
    });
    let made = scene.sign_up("ada", json!({})).await.ok();
    assert_eq!(made["UserConfirmed"], false);
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused() {
    let pool =
        json!({ "LambdaConfig": { "PreAuthentication": arn("gate"), "PreSignUp": arn("gate") } });
    let stage = Stage::with(pool.clone(), json!({})).await;
    stage.user("ada").await;
    let refused = stage.sign_in("ada", PASSWORD).await;
    let text = "PreAuthentication invocation failed due to error AccessDeniedException.";
    refused.error(UNEXPECTED, text);
    let calls = stage
        .s
        .app
        .lambda
        .journal
        .as_ref()
        .unwrap()
        .list(&Default::default());
    assert_eq!((calls.len(), calls[0].transport), (1, "none"));

    // Nobody listens there.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let rule = format!("*=http://{}/", free.local_addr().unwrap());
    drop(free);
    let server = Server::with(|c| c.triggers.rules = vec![Rule::parse(&rule).unwrap()]).await;
    let stage = Stage::on(server, pool, json!({})).await;
    let body =
        json!({ "ClientId": stage.client, "Username": "ada", "Password": "Correct-Horse1!" });
    let refused = stage.s.api("SignUp", body).await;
    let text = "PreSignUp invocation failed due to error ServiceUnavailableException.";
    refused.error(UNEXPECTED, text);
}

#[tokio::test]
async fn the_invoke_api_tells_errors_by_header_body_or_status() {
    let host = Host::start().await;
    let endpoint = InvokePlace::endpoint(&host.url).unwrap();
    let server = Server::with(|c| c.triggers.endpoint = Some(endpoint)).await;
    let pool = json!({ "LambdaConfig": { "PreSignUp": format!("{}:live", arn("gate")) } });
    let stage = Stage::on(server, pool, json!({})).await;
    let body =
        json!({ "ClientId": stage.client, "Username": "ada", "Password": "Correct-Horse1!" });
    let late = "Task timed out after 3.00 seconds";
    let cases: Vec<(Act, &str, String)> = vec![
        (
            Act::Throws("no"),
            VALIDATION,
            "PreSignUp failed with error no.".into(),
        ),
        // RIE: no header.
        (
            says(200, r#"{"errorMessage":"no","errorType":"E"}"#),
            VALIDATION,
            "PreSignUp failed with error no.".into(),
        ),
        (
            says(200, late),
            VALIDATION,
            format!("PreSignUp failed with error {late}."),
        ),
        (
            says(502, ""),
            UNEXPECTED,
            "PreSignUp invocation failed due to error ServiceException.".into(),
        ),
        (
            Act::Says(
                404,
                Some(("x-amzn-errortype", "ResourceNotFoundException")),
                "{}".into(),
            ),
            UNEXPECTED,
            "PreSignUp invocation failed due to error AccessDeniedException.".into(),
        ),
        (
            Act::Says(
                409,
                Some(("x-amzn-errortype", "ResourceConflictException")),
                "{}".into(),
            ),
            UNEXPECTED,
            "PreSignUp invocation failed due to error ResourceConflictException.".into(),
        ),
    ];
    for (act, code, text) in cases {
        let act = std::sync::Mutex::new(Some(act));
        host.does(move |_| act.lock().unwrap().take().unwrap());
        stage.s.api("SignUp", body.clone()).await.error(code, &text);
    }
    host.does(|event| Act::Returns(event.clone()));
    host.take();
    stage.s.api("SignUp", body).await.ok();
    let seen = &host.take()[0];
    assert_eq!(
        seen.path,
        "/2015-03-31/functions/gate/invocations?Qualifier=live"
    );
    let header = |name: &str| seen.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header("x-amz-invocation-type"), "RequestResponse");
    let authorization = header("authorization");
    assert!(
        authorization.starts_with("AWS4-HMAC-SHA256 Credential=test/"),
        "{authorization}"
    );
    assert!(
        authorization.contains("/us-east-1/lambda/aws4_request"),
        "{authorization}"
    );
}

#[tokio::test]
async fn a_call_is_tried_again_only_where_that_may_help() {
    let host = Host::start().await;
    let server = host.server_with(|c| {
        c.triggers.attempts = 3;
        c.triggers.timeout = Duration::from_millis(200);
    });
    let pool = json!({ "LambdaConfig": { "PreSignUp": arn("gate") } });
    let stage = Stage::on(server.await, pool, json!({})).await;
    let body =
        json!({ "ClientId": stage.client, "Username": "ada", "Password": "Correct-Horse1!" });
    for (act, tries) in [
        (|_: &Value| Act::Throws("no"), 1),
        (|_: &Value| says(500, ""), 1),
        (|_: &Value| says(429, ""), 3),
        (|_: &Value| Act::Hangs, 3),
    ] as [(fn(&Value) -> Act, usize); 4]
    {
        host.does(act);
        assert_eq!(stage.s.api("SignUp", body.clone()).await.status, 400);
        assert_eq!(host.take().len(), tries);
    }
}

/// security.md I8: nothing but memory is held while functions hang. A hundred hang until this test lets
/// them go, a hundred more are refused at once, and all that time others are served, reading and
/// writing: whatever a hung call held that they need, they would wait for it here for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_hung_calls_hold_nobody_up() {
    let host = Host::start().await;
    let (go, held) = tokio::sync::watch::channel(false);
    host.does(move |_| Act::Holds(held.clone()));
    let server = host.server_with(|c| {
        c.triggers.timeout = Duration::from_secs(600);
        c.triggers.concurrency = 100;
    });
    let pool = json!({ "LambdaConfig": { "PreSignUp": arn("gate") } });
    let stage = Stage::on(server.await, pool, json!({})).await;
    let free = Stage::other_pool(&stage).await;
    let hung = |number: usize| {
        let body = json!({
            "ClientId": stage.client, "Username": format!("u{number}"), "Password": "Correct-Horse1!",
        });
        let request = stage
            .s
            .http
            .post(&stage.s.url)
            .timeout(Duration::from_secs(600))
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", "AWSCognitoIdentityProviderService.SignUp")
            .body(body.to_string());
        async move {
            let answer: Value = request.send().await.unwrap().json().await.unwrap();
            answer["message"].as_str().unwrap_or("made").to_owned()
        }
    };
    let all = futures_util::future::join_all((0..200).map(hung));
    let (told, ()) = tokio::join!(all, async {
        while host.count() < 100 {
            tokio::task::yield_now().await;
        }
        let (s, client) = (&stage.s, &free.1);
        for number in 0..40 {
            let describe = json!({ "UserPoolId": free.0 });
            s.api("DescribeUserPool", describe).await.ok();
            let group = json!({ "UserPoolId": free.0, "GroupName": format!("g{number}") });
            s.api("CreateGroup", group).await.ok();
            let start = json!({
                "ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH",
                "AuthParameters": { "USERNAME": "ada", "PASSWORD": PASSWORD },
            });
            let signed_in = s.api("InitiateAuth", start).await.ok();
            assert!(signed_in["AuthenticationResult"].is_object());
        }
        assert_eq!(crate::api::count(s, "users", &stage.pool).await, 0);
        go.send(true).unwrap();
    });
    let made = told.iter().filter(|text| *text == "made").count();
    let throttled = told
        .iter()
        .filter(|text| text.contains("TooManyRequestsException"))
        .count();
    assert_eq!((made, throttled), (100, 100), "{told:?}");
    assert_eq!(crate::api::count(&stage.s, "users", &stage.pool).await, 100);
}

impl Stage {
    /// A pool without functions beside this one, with ada: its id and its client.
    async fn other_pool(&self) -> (String, String) {
        let pool = house::pool(&self.s, json!({})).await;
        let flows = json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"] });
        let client = house::client(&self.s, &pool, flows).await.id;
        let new = json!({ "UserPoolId": pool, "Username": "ada", "MessageAction": "SUPPRESS" });
        self.s.api("AdminCreateUser", new).await.ok();
        let set = json!({
            "UserPoolId": pool, "Username": "ada", "Password": PASSWORD, "Permanent": true,
        });
        self.s.api("AdminSetUserPassword", set).await.ok();
        (pool, client)
    }
}

#[tokio::test]
async fn a_slow_function_is_not_waited_for() {
    let host = Host::start().await;
    host.does(|_| Act::Hangs);
    let server = host.server_with(|c| c.triggers.timeout = Duration::from_millis(100));
    let pool = json!({ "LambdaConfig": { "PreSignUp": arn("gate") } });
    let stage = Stage::on(server.await, pool, json!({})).await;
    let body =
        json!({ "ClientId": stage.client, "Username": "ada", "Password": "Correct-Horse1!" });
    let refused = stage.s.api("SignUp", body).await;
    let text =
        "PreSignUp invocation failed due to error Socket timeout while invoking Lambda function.";
    refused.error(UNEXPECTED, text);
    assert_eq!(
        poolhouse::ports::lambda::rules::Settings::default().timeout,
        Duration::from_secs(5)
    );
}

//! The protocol: what every operation has in common.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::Request;
use poolhouse::api;
use poolhouse::error::{Error, Reason, Result};
use poolhouse::store::audit::Actor;
use poolhouse::wire::call::{CallerKind, Incoming};
use poolhouse::wire::dispatch;
use poolhouse::wire::operation::{Handler, Operation, Service};
use serde_json::{Value, json};

use crate::support::Server;

#[tokio::test]
async fn an_unknown_target_and_an_unbuilt_operation_say_so() {
    let s = Server::start().await;
    let answer = s.api("Nonsense", json!({})).await;
    assert_eq!(
        (answer.status, answer.body),
        (400, json!({"__type": "UnknownOperationException"}))
    );
    let answer = s
        .call(
            "cognito-identity",
            "ListIdentityPools",
            json!({"MaxResults": 1}),
        )
        .await;
    let message = "ListIdentityPools is not implemented by Poolhouse yet";
    let expected = json!({"__type": "NotImplementedException", "message": message});
    assert_eq!((answer.status, answer.body), (501, expected));
    assert_eq!(
        answer.headers["x-amzn-errortype"],
        "NotImplementedException:"
    );
    assert_eq!(answer.headers["x-amzn-requestid"].len(), 36);
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
}

#[tokio::test]
async fn a_foreign_page_cannot_drive_admin_operations() {
    let s = Server::start().await;
    for (target, kind, status) in [
        ("CreateUserPool", "application/x-amz-json-1.1", 403),
        ("CreateUserPool", "text/plain", 403),
        ("SignUp", "text/plain", 403),
    ] {
        let request = s
            .http
            .post(&s.url)
            .header("origin", "http://evil.test")
            .header("content-type", kind)
            .header(
                "x-amz-target",
                format!("AWSCognitoIdentityProviderService.{target}"),
            )
            .body(r#"{"PoolName":"p"}"#);
        assert_eq!(
            request.send().await.unwrap().status(),
            status,
            "{target} {kind}"
        );
    }
    let preflight = s
        .http
        .request(reqwest::Method::OPTIONS, &s.url)
        .header("origin", "http://evil.test")
        .header(
            "access-control-request-headers",
            "x-amz-target,authorization,cache-control",
        )
        .send()
        .await
        .unwrap();
    assert_eq!(
        preflight.headers()["access-control-allow-headers"],
        "x-amz-target,cache-control"
    );
}

static RUNS: AtomicUsize = AtomicUsize::new(0);

/// Loses two conflicts, then succeeds; when asked to, it commits something before the first.
async fn unlucky(incoming: Incoming) -> Result<Vec<u8>> {
    let run = RUNS.fetch_add(1, Ordering::SeqCst);
    assert_eq!(incoming.body["PoolName"], "p");
    if incoming.body.get("MfaConfiguration").is_some() && run == 0 {
        let tx = incoming.app.store.write(&incoming.actor).await?;
        tx.commit().await?;
    }
    if run < 2 {
        return Err(Error::concurrent_modification().because(Reason::Conflict));
    }
    Ok(json!({}).to_string().into_bytes())
}

static UNLUCKY: &[&Service] = &[&Service {
    target_prefix: "Test",
    operations: &[Operation {
        name: "CreateUserPool",
        caller: CallerKind::Iam,
        body_limit: 1024,
        handler: Some(Handler {
            run: |incoming| Box::pin(unlucky(incoming)),
            ignored: |_| Ok(Vec::new()),
        }),
    }],
    model: api::SERVICE.model,
    invalid: api::SERVICE.invalid,
    internal: api::SERVICE.internal,
}];

#[tokio::test]
async fn a_request_that_lost_a_conflict_is_repeated_unless_something_of_it_lasts() {
    let s = Server::start().await;
    let ask = async |body: Value| {
        RUNS.store(0, Ordering::SeqCst);
        let request = Request::post("/")
            .header("x-amz-target", "Test.CreateUserPool")
            .body(Body::from(body.to_string()))
            .unwrap();
        let response = dispatch::post(Arc::clone(&s.app), UNLUCKY, request).await;
        (response.status().as_u16(), RUNS.load(Ordering::SeqCst))
    };
    assert_eq!(ask(json!({"PoolName": "p"})).await, (200, 3));
    let lasting = json!({"PoolName": "p", "MfaConfiguration": "OFF"});
    assert_eq!(ask(lasting).await, (400, 1));
    let actor = Actor::default();
    assert!(!actor.wrote.any());
    let tx = s.app.store.write(&actor).await.unwrap();
    drop(tx);
    assert!(!actor.wrote.any());
    s.app
        .store
        .write(&actor)
        .await
        .unwrap()
        .commit()
        .await
        .unwrap();
    assert!(actor.wrote.any());
}

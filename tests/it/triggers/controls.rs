//! The record and the map under `/_poolhouse/triggers` (docs/test-controls.md).

use reqwest::Method;
use serde_json::{Value, json};

use super::host::{Act, Host, arn};
use super::scene::Scene;
use crate::api::auth::stage::Stage;
use crate::support::Server;

async fn ask(s: &Server, method: Method, path: &str, body: &str) -> (u16, Value) {
    let url = format!("{}/_poolhouse/{path}", s.url);
    let request = s.http.request(method, url).body(body.to_owned());
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn calls_are_recorded() {
    let scene = Scene::with(&["PreSignUp", "CustomMessage"]).await;
    let s = &scene.stage.s;
    scene.sign_up("ada", json!({})).await.ok();
    scene.host.does(|_| Act::Throws("no"));
    assert_eq!(scene.sign_up("bob", json!({})).await.status, 400);
    let (status, told) = ask(s, Method::GET, "triggers", "").await;
    assert_eq!(status, 200);
    let calls = told["calls"].as_array().unwrap();
    let sources: Vec<&str> = calls
        .iter()
        .map(|c| c["source"].as_str().unwrap())
        .collect();
    assert_eq!(
        sources,
        [
            "PreSignUp_SignUp",
            "CustomMessage_SignUp",
            "PreSignUp_SignUp"
        ]
    );
    assert_eq!(calls[0]["error"], "function error: no");
    assert_eq!(
        (&calls[0]["username"], &calls[0]["answer"]),
        (&json!("bob"), &Value::Null)
    );
    let first = &calls[2];
    assert_eq!(
        (&first["id"], &first["attempts"], &first["error"]),
        (&json!(1), &json!(1), &Value::Null)
    );
    assert_eq!(
        (&first["transport"], &first["arn"]),
        (&json!("webhook"), &json!(arn("PreSignUp")))
    );
    assert_eq!(first["target"], format!("{}/hook", scene.host.url));
    assert_eq!(first["event"], first["answer"]);
    assert_eq!(first["pool"], scene.stage.pool);
    let (_, told) = ask(
        s,
        Method::GET,
        "triggers?trigger=CustomMessage&username=ada&after=0",
        "",
    )
    .await;
    assert_eq!(told["calls"].as_array().unwrap().len(), 1);
    let (status, _) = ask(s, Method::GET, "triggers?who=ada", "").await;
    assert_eq!(status, 400);
    let (_, told) = ask(
        s,
        Method::GET,
        "triggers/wait?source=CustomMessage_SignUp",
        "",
    )
    .await;
    assert_eq!(told["call"]["id"], 2);
    let (status, _) = ask(s, Method::GET, "triggers/wait?after=3&timeout=0", "").await;
    assert_eq!(status, 404);
    let (_, told) = ask(s, Method::DELETE, "triggers", "").await;
    assert_eq!(told, json!({ "deleted": 3 }));
}

#[tokio::test]
async fn functions_are_mapped_by_a_call() {
    let host = Host::start().await;
    let pool = json!({ "LambdaConfig": { "PreSignUp": arn("gate") } });
    let stage = Stage::with(pool, json!({})).await;
    let s = &stage.s;
    let sign_up = |name: &str| {
        let body =
            json!({ "ClientId": stage.client, "Username": name, "Password": "Correct-Horse1!" });
        s.api("SignUp", body)
    };
    assert_eq!(sign_up("ada").await.status, 400);
    let url = format!("{}/hook", host.url);
    let rule = json!({ "arn": "*:function:gate", "url": url, "secret": "hush" });
    let (status, told) = ask(s, Method::POST, "triggers/map", &rule.to_string()).await;
    let shown = json!({ "arn": "*:function:gate", "transport": "webhook", "target": url });
    assert_eq!((status, &told), (200, &json!({ "map": [shown] })));
    sign_up("ada").await.ok();
    assert!(host.take()[0].headers.contains_key("x-poolhouse-signature"));
    let (_, told) = ask(s, Method::GET, "triggers/map", "").await;
    assert!(!told.to_string().contains("hush"));
    let endpoint = json!({ "map": [{ "arn": "*:function:gate", "endpoint": host.url }] });
    let (_, told) = ask(s, Method::POST, "triggers/map", &endpoint.to_string()).await;
    assert_eq!(told["map"].as_array().unwrap().len(), 1);
    sign_up("bob").await.ok();
    assert_eq!(
        host.take()[0].path,
        "/2015-03-31/functions/gate/invocations"
    );
    let (_, told) = ask(s, Method::DELETE, "triggers/map", "").await;
    assert_eq!(told, json!({ "deleted": 1 }));
    assert_eq!(sign_up("cyd").await.status, 400);
}

/// security.md I1: a call is no door to the network, and runs nothing.
#[tokio::test]
async fn a_call_maps_to_this_machine_only() {
    let server = Server::with(|c| c.triggers.hosts = vec!["handlers".to_owned()]).await;
    for refused in [
        json!({ "arn": "*", "url": "http://169.254.169.254/latest/meta-data/" }),
        json!({ "arn": "*", "url": "http://10.0.0.1/" }),
        json!({ "arn": "*", "url": "http://[::ffff:169.254.169.254]/" }),
        json!({ "arn": "*", "endpoint": "https://lambda.us-east-1.amazonaws.com" }),
        json!({ "arn": "*", "url": "file:///etc/passwd" }),
        json!({ "arn": "*", "url": "http://user:password@localhost/" }),
        json!({ "arn": "*", "command": ["id"] }),
        json!({ "map": [{ "arn": "*", "url": "http://localhost/" }, { "arn": "*", "url": "http://10.0.0.1/" }] }),
        json!({ "arn": "" , "url": "http://localhost/" }),
        json!([]),
    ] {
        let (status, told) = ask(&server, Method::POST, "triggers/map", &refused.to_string()).await;
        assert_eq!(status, 400, "{refused}: {told}");
    }
    let (_, told) = ask(&server, Method::GET, "triggers/map", "").await;
    assert_eq!(told, json!({ "map": [] }));
    for taken in [
        "http://127.0.0.1:1/",
        "http://[::1]:1/",
        "http://localhost:1/",
        "http://handlers/",
    ] {
        let rule = json!({ "arn": "*", "url": taken });
        let (status, told) = ask(&server, Method::POST, "triggers/map", &rule.to_string()).await;
        assert_eq!(status, 200, "{told}");
    }
}

//! The test controls under `/_poolhouse/` (docs/test-controls.md).

use poolhouse::ids::PoolId;
use poolhouse::ports::mailbox::Draft;
use poolhouse::time::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Server;
use crate::support::server::START_MS;

async fn ask(s: &Server, method: Method, path: &str, body: &str) -> (u16, Value) {
    let url = format!("{}/_poolhouse/{path}", s.url);
    let answer = s
        .http
        .request(method, url)
        .body(body.to_owned())
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

fn post(s: &Server, to: &str, code: &str) {
    let pool = PoolId::parse("us-east-1_aaaaaaaaa").unwrap();
    s.app.mailbox.as_ref().unwrap().post(&Draft {
        pool: &pool,
        username: "ann",
        to,
        kind: "sign_up",
        channel: "EMAIL",
        subject: Some("Your verification code"),
        text: "Your verification code is 123456. ",
        html: None,
        code: Some(code),
        link: None,
        sent: Timestamp::from_ms(START_MS),
    });
}

#[tokio::test]
async fn messages_are_listed_waited_for_and_deleted() {
    let s = Server::start().await;
    post(&s, "ann@example.com", "111111");
    post(&s, "bob@example.com", "222222");
    let (status, body) = ask(&s, Method::GET, "messages?to=ann@example.com", "").await;
    assert_eq!(
        (status, body["messages"].as_array().unwrap().len()),
        (200, 1)
    );
    assert_eq!(
        body["messages"][0],
        json!({
            "id": 1, "pool": "us-east-1_aaaaaaaaa", "username": "ann", "to": "ann@example.com",
            "kind": "sign_up", "channel": "EMAIL", "subject": "Your verification code",
            "text": "Your verification code is 123456. ", "html": null, "code": "111111",
            "link": null, "sent_ms": START_MS
        })
    );
    let waiting = ask(
        &s,
        Method::GET,
        "messages/wait?username=ann&after=2&timeout=20",
        "",
    );
    let (answer, ()) = tokio::join!(waiting, async { post(&s, "ann@example.com", "333333") });
    assert_eq!(answer.1["message"]["code"], "333333");
    let late = ask(&s, Method::GET, "messages/wait?after=3&timeout=0", "").await;
    assert_eq!(late, (404, json!({"error": "no such message in time"})));
    assert_eq!(
        ask(&s, Method::GET, "messages/2", "").await.1["message"]["code"],
        "222222"
    );
    assert_eq!(
        ask(&s, Method::DELETE, "messages/2", "").await,
        (200, json!({"deleted": 1}))
    );
    assert_eq!(ask(&s, Method::GET, "messages/2", "").await.0, 404);
    assert_eq!(
        ask(&s, Method::DELETE, "messages", "").await,
        (200, json!({"deleted": 2}))
    );
    assert_eq!(ask(&s, Method::GET, "messages?tp=x", "").await.0, 400);
}

#[tokio::test]
async fn the_clock_stands_jumps_and_runs_again() {
    let s = Server::start().await;
    let (_, now) = ask(&s, Method::GET, "clock", "").await;
    assert_eq!(now, json!({"now_ms": START_MS, "frozen": false}));
    let (_, now) = ask(&s, Method::POST, "clock", r#"{"advance_ms": 60000}"#).await;
    assert_eq!(now["now_ms"], START_MS + 60_000);
    let (_, now) = ask(&s, Method::POST, "clock", r#"{"freeze": true}"#).await;
    assert_eq!(now["frozen"], true);
    let (_, now) = ask(&s, Method::POST, "clock", r#"{"set_ms": 5}"#).await;
    assert_eq!(now, json!({"now_ms": 5, "frozen": true}));
    let (_, now) = ask(&s, Method::POST, "clock", r#"{"reset": true}"#).await;
    assert_eq!(now, json!({"now_ms": START_MS, "frozen": false}));
    for bad in ["", "{}", "[]", r#"{"set": 1}"#, r#"{"set_ms": "x"}"#] {
        assert_eq!(ask(&s, Method::POST, "clock", bad).await.0, 400, "{bad}");
    }
}

#[tokio::test]
async fn signing_keys_take_turns_when_told_to() {
    let s = Server::start().await;
    let pool = crate::support::house::pool(&s, json!({})).await;
    let path = format!("keys?pool={pool}");
    let body = json!({ "pool": pool }).to_string();
    let told = |keys: &Value| -> Vec<(String, String, bool)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let keys = keys["keys"].as_array().unwrap().iter();
        let told = keys.map(|k| (text(&k["state"]), text(&k["use"]), k["until_ms"].is_null()));
        let mut told: Vec<_> = told.collect();
        told.sort();
        told
    };
    let of = |state: &str, stays: bool| {
        ["access", "id"].map(|usage| (state.to_owned(), usage.to_owned(), stays))
    };
    let (status, keys) = ask(&s, Method::GET, &path, "").await;
    assert_eq!((status, told(&keys)), (200, of("signing", true).to_vec()));
    assert_eq!(keys["keys"][0]["since_ms"], START_MS);
    // Asking twice begins once.
    for _ in 0..2 {
        let (status, keys) = ask(&s, Method::POST, "keys", &body).await;
        let expected = [of("announced", false), of("signing", true)].concat();
        assert_eq!((status, told(&keys)), (200, expected));
    }
    ask(&s, Method::POST, "clock", r#"{"advance_ms": 90000000}"#).await;
    let (_, keys) = ask(&s, Method::POST, "keys", &body).await;
    let expected = [
        of("announced", false),
        of("retired", false),
        of("signing", true),
    ];
    assert_eq!(told(&keys), expected.concat());
    for bad in [
        "",
        "{}",
        r#"{"pool": "x"}"#,
        r#"{"pool": "us-east-1_aaaaaaaaa", "now": true}"#,
    ] {
        assert_eq!(ask(&s, Method::POST, "keys", bad).await.0, 400, "{bad}");
    }
    for bad in ["keys", "keys?pool=x", "keys?pool=us-east-1_aaaaaaaaa&now=1"] {
        assert_eq!(ask(&s, Method::GET, bad, "").await.0, 400, "{bad}");
    }
    let unknown = r#"{"pool": "us-east-1_aaaaaaaaa"}"#;
    assert_eq!(ask(&s, Method::POST, "keys", unknown).await.0, 404);
    let unknown = "keys?pool=us-east-1_aaaaaaaaa";
    assert_eq!(ask(&s, Method::GET, unknown, "").await.0, 404);
}

#[tokio::test]
async fn a_page_of_another_origin_can_use_none_of_them() {
    let s = Server::start().await;
    post(&s, "ann@example.com", "111111");
    for (method, path) in [
        (Method::GET, "messages"),
        (Method::DELETE, "messages"),
        (Method::POST, "clock"),
        (Method::POST, "reset"),
        (Method::GET, "keys"),
        (Method::POST, "keys"),
    ] {
        let url = format!("{}/_poolhouse/{path}", s.url);
        let request = s
            .http
            .request(method, url)
            .header("origin", "http://evil.test");
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 403, "{path}");
        assert!(
            answer
                .headers()
                .get("access-control-allow-origin")
                .is_none()
        );
    }
    assert_eq!(
        s.app
            .mailbox
            .as_ref()
            .unwrap()
            .list(&Default::default())
            .len(),
        1
    );
}

#[tokio::test]
async fn reset_empties_the_mailbox_and_straightens_the_clock() {
    let s = Server::start().await;
    post(&s, "ann@example.com", "111111");
    ask(&s, Method::POST, "clock", r#"{"advance_ms": 60000}"#).await;
    assert_eq!(ask(&s, Method::POST, "reset", "").await, (200, json!({})));
    assert!(
        s.app
            .mailbox
            .as_ref()
            .unwrap()
            .list(&Default::default())
            .is_empty()
    );
    assert_eq!(s.clock().server_now().ms(), START_MS);
    let unknown = ask(
        &s,
        Method::POST,
        "reset",
        r#"{"pool": "us-east-1_zzzzzzzzz"}"#,
    )
    .await;
    let text = "User pool us-east-1_zzzzzzzzz does not exist.";
    assert_eq!(unknown, (404, json!({"error": text})));
    assert_eq!(
        ask(&s, Method::POST, "reset", r#"{"pool": "nonsense"}"#)
            .await
            .0,
        400
    );
}

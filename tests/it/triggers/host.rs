//! A host of functions: takes events as a webhook or as the Invoke API does, keeps them, and answers
//! as the test says.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use poolhouse::config::Config;
use poolhouse::ports::lambda::rules::Rule;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::support::Server;

/// What a function does with an event.
pub enum Act {
    /// Returns this.
    Returns(Value),
    /// Throws an error with this message.
    Throws(&'static str),
    /// Answers with this status, header and body.
    Says(u16, Option<(&'static str, &'static str)>, String),
    /// Never answers.
    Hangs,
    /// Returns its event once this says so.
    Holds(tokio::sync::watch::Receiver<bool>),
}

type Play = Box<dyn Fn(&Value) -> Act + Send>;

/// One request that came.
#[derive(Clone, Debug)]
pub struct Seen {
    pub path: String,
    pub headers: axum::http::HeaderMap,
    pub body: String,
    pub event: Value,
}

#[derive(Clone)]
struct Shared {
    seen: Arc<Mutex<Vec<Seen>>>,
    play: Arc<Mutex<Play>>,
}

pub struct Host {
    pub url: String,
    shared: Shared,
    task: JoinHandle<()>,
}

impl Host {
    /// A host whose functions return their events as they are.
    pub async fn start() -> Self {
        let shared = Shared {
            seen: Arc::default(),
            play: Arc::new(Mutex::new(Box::new(|event| Act::Returns(event.clone())))),
        };
        let routes = Router::new().fallback(take).with_state(shared.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { url, shared, task }
    }

    /// From now on functions do this.
    pub fn does(&self, play: impl Fn(&Value) -> Act + Send + 'static) {
        *self.shared.play.lock().unwrap() = Box::new(play);
    }

    /// From now on functions return their events with these members of `response`.
    pub fn responds(&self, response: Value) {
        self.does(move |event| Act::Returns(with_response(event, &response)));
    }

    /// What came, and forgets it.
    pub fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.shared.seen.lock().unwrap())
    }

    /// How many came.
    pub fn count(&self) -> usize {
        self.shared.seen.lock().unwrap().len()
    }

    /// The events that came, and forgets them.
    pub fn events(&self) -> Vec<Value> {
        self.take().into_iter().map(|seen| seen.event).collect()
    }

    /// The sources of the events that came, and forgets them.
    pub fn sources(&self) -> Vec<String> {
        let events = self.events().into_iter();
        let source = |event: Value| event["triggerSource"].as_str().unwrap().to_owned();
        events.map(source).collect()
    }

    /// A server whose functions are all here, as webhooks.
    pub async fn server(&self) -> Server {
        self.server_with(|_| {}).await
    }

    pub async fn server_with(&self, change: impl FnOnce(&mut Config)) -> Server {
        let rule = format!("*={}/hook", self.url);
        Server::with(|config| {
            config.triggers.rules = vec![Rule::parse(&rule).unwrap()];
            change(config);
        })
        .await
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An event with members of `response` replaced.
pub fn with_response(event: &Value, response: &Value) -> Value {
    let mut event = event.clone();
    for (name, value) in response.as_object().unwrap() {
        event["response"][name] = value.clone();
    }
    event
}

async fn take(State(shared): State<Shared>, request: Request) -> Response {
    let path = request.uri().to_string();
    let headers = request.headers().clone();
    let bytes: Bytes = axum::body::to_bytes(request.into_body(), 8 << 20)
        .await
        .unwrap();
    let body = String::from_utf8(bytes.to_vec()).unwrap();
    let event: Value = serde_json::from_str(&body).unwrap();
    let invoked = path.contains("/invocations");
    let play = Arc::clone(&shared.play);
    let given = event.clone();
    // A function may call the server and wait for it.
    let act = tokio::task::spawn_blocking(move || (play.lock().unwrap())(&given));
    let act = act.await.unwrap();
    let given_back = event.clone();
    shared.seen.lock().unwrap().push(Seen {
        path,
        headers,
        body,
        event,
    });
    match act {
        Act::Returns(answer) => axum::Json(answer).into_response(),
        Act::Throws(text) if invoked => {
            let header = [("x-amz-function-error", "Unhandled")];
            let thrown = json!({ "errorMessage": text, "errorType": "Error" });
            (header, axum::Json(thrown)).into_response()
        }
        Act::Throws(text) => {
            let status = axum::http::StatusCode::BAD_REQUEST;
            (status, axum::Json(json!({ "errorMessage": text }))).into_response()
        }
        Act::Says(status, header, body) => {
            let status = axum::http::StatusCode::from_u16(status).unwrap();
            let mut response = (status, body).into_response();
            if let Some((name, value)) = header {
                response.headers_mut().insert(name, value.parse().unwrap());
            }
            response
        }
        Act::Holds(mut until) => {
            until.wait_for(|go| *go).await.unwrap();
            axum::Json(given_back).into_response()
        }
        Act::Hangs => {
            tokio::time::sleep(Duration::from_secs(600)).await;
            unreachable!("nobody waits so long")
        }
    }
}

/// The ARN of a function.
pub fn arn(name: &str) -> String {
    format!("arn:aws:lambda:us-east-1:123456789012:function:{name}")
}

//! The real router in this process, on a port of its own, with a virtual clock, fixed signing keys,
//! cheap hashes and a memory mailer.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use poolhouse::app::App;
use poolhouse::boot::{self, Ports};
use poolhouse::config::Config;
use poolhouse::entrance::{self, Limits};
use poolhouse::ports::clock::{Clock, FixedTime};
use poolhouse::ports::http::HttpClient;
use poolhouse::ports::keys::FixedKeys;
use poolhouse::ports::mailbox::{Message, Wanted};
use poolhouse::ports::mailer::MemoryMailer;
use poolhouse::ports::rng::Rng;
use poolhouse::ports::sms::LogSms;
use poolhouse::server;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::database::Place;

/// Where the virtual clock stands at the start: 2026-01-06 07:08:09.123 UTC.
pub const START_MS: i64 = 1_767_683_289_123;

/// A running server. Everything it kept goes when it is dropped.
pub struct Server {
    pub app: Arc<App>,
    pub url: String,
    pub mailer: Arc<MemoryMailer>,
    pub http: reqwest::Client,
    /// The source of the virtual clock; what a node remembers ages by it.
    pub time: Arc<FixedTime>,
    task: JoinHandle<()>,
    place: Arc<Place>,
}

/// What an API call answered.
#[derive(Debug)]
pub struct Answer {
    pub operation: String,
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Server {
    /// A server with the defaults of dev mode on an empty database.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// A server with some configuration changed.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let place = Arc::new(Place::new().await);
        Self::at(place, change).await
    }

    /// Another server on the same database: its twin.
    pub async fn twin(&self) -> Self {
        Self::at(Arc::clone(&self.place), |_| {}).await
    }

    /// A twin with some configuration changed.
    pub async fn twin_with(&self, change: impl FnOnce(&mut Config)) -> Self {
        Self::at(Arc::clone(&self.place), change).await
    }

    async fn at(place: Arc<Place>, change: impl FnOnce(&mut Config)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let mut config = Config {
            database: place.postgres.as_ref().map(|database| database.url.clone()),
            data_dir: place.folder.path().to_owned(),
            ephemeral: true,
            no_demo: true,
            ..Config::default()
        };
        change(&mut config);
        let public_url = config.public_url.clone().unwrap_or_else(|| url.clone());
        let mailer = Arc::new(MemoryMailer::default());
        let time = Arc::new(FixedTime::at(START_MS));
        let ports = Ports {
            clock: Clock::new(time.clone()),
            rng: Rng::system(),
            mailer: mailer.clone(),
            sms: Arc::new(LogSms),
            http: Arc::new(HttpClient::default()),
            keys: Arc::new(FixedKeys::new(fixed_keys())),
        };
        let app = boot::app(config, ports, place.folder.path(), public_url)
            .await
            .unwrap();
        let app = Arc::new(app);
        let serving = entrance::serve(
            listener,
            server::router(Arc::clone(&app)),
            Limits::default(),
            std::future::pending::<()>(),
        );
        let task = tokio::spawn(serving);
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(60))
            .no_proxy()
            .build()
            .unwrap();
        Self {
            app,
            url,
            mailer,
            http,
            time,
            task,
            place,
        }
    }

    /// The virtual clock.
    pub fn clock(&self) -> &Clock {
        &self.app.clock
    }

    /// Calls an operation of `cognito-idp`; the answer is checked against the model.
    pub async fn api(&self, operation: &str, body: Value) -> Answer {
        self.call("cognito-idp", operation, body).await
    }

    /// Calls an operation of a service; the answer is checked against the model.
    pub async fn call(&self, service: &str, operation: &str, body: Value) -> Answer {
        let prefix = match service {
            "cognito-idp" => "AWSCognitoIdentityProviderService",
            "cognito-identity" => "AWSCognitoIdentityService",
            "kms" => "TrentService",
            other => panic!("no service {other}"),
        };
        let request = self
            .http
            .post(&self.url)
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", format!("{prefix}.{operation}"))
            .body(body.to_string());
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let bytes = response.bytes().await.unwrap();
        super::model::check_output(service, operation, status, &bytes);
        assert_ne!(
            status,
            500,
            "{operation}: {}",
            String::from_utf8_lossy(&bytes)
        );
        let body = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).unwrap()
        };
        Answer {
            operation: operation.to_owned(),
            status,
            headers,
            body,
        }
    }

    /// The newest message to an address; fails when there is none.
    pub fn message_to(&self, to: &str) -> Message {
        let wanted = Wanted {
            to: Some(to.to_owned()),
            ..Wanted::default()
        };
        let found = self
            .app
            .mailbox
            .as_ref()
            .unwrap()
            .list(&wanted)
            .into_iter()
            .next();
        found.unwrap_or_else(|| panic!("no message to {to}"))
    }

    /// The code in the newest message to an address.
    pub fn code_to(&self, to: &str) -> String {
        self.message_to(to).code.unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
        if !std::thread::panicking() {
            assert_eq!(self.app.panics.load(Ordering::Relaxed), 0);
        }
    }
}

impl Answer {
    /// The body of a success; fails on anything else.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}: {}", self.operation, self.body);
        self.body
    }

    /// Fails unless the answer is this error, to the letter.
    #[track_caller]
    pub fn error(self, code: &str, message: &str) {
        let expected = serde_json::json!({ "__type": code, "message": message });
        assert_eq!(
            (self.status, self.body),
            (400, expected),
            "{}",
            self.operation
        );
    }
}

fn fixed_keys() -> Vec<Vec<u8>> {
    vec![
        include_bytes!("keys/0.pk8").to_vec(),
        include_bytes!("keys/1.pk8").to_vec(),
        include_bytes!("keys/2.pk8").to_vec(),
        include_bytes!("keys/3.pk8").to_vec(),
    ]
}

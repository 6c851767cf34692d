//! HTTP to functions: one POST, no redirects, no proxy, bounded answers (security.md I1, I9).

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::HeaderMap;

use super::{FAILED, Failure, LARGEST, UNREACHABLE};

/// Posts events. The client is built at the first one: reading the system's certificates would take
/// most of a start.
#[derive(Default)]
pub struct Poster(OnceLock<reqwest::Client>);

/// What a host answered.
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The body, within [`LARGEST`].
    pub body: Vec<u8>,
}

impl Reply {
    /// A header's text; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.and_then(|v| v.to_str().ok()).unwrap_or_default()
    }
}

impl Poster {
    fn client(&self) -> Result<&reqwest::Client, reqwest::Error> {
        if let Some(client) = self.0.get() {
            return Ok(client);
        }
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .pool_idle_timeout(Duration::from_secs(20))
            .no_proxy()
            .build()?;
        Ok(self.0.get_or_init(|| client))
    }

    /// Posts a body.
    pub async fn post(
        &self,
        url: &url::Url,
        headers: HeaderMap,
        body: String,
        limit: Duration,
    ) -> Result<Reply, Failure> {
        let client = self.client().map_err(|error| failure(&error))?;
        let request = client.post(url.clone()).headers(headers).timeout(limit);
        let sent = request.body(body).send().await;
        let mut answer = sent.map_err(|error| failure(&error))?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| failure(&error))? {
            if body.len() + chunk.len() > LARGEST {
                tracing::warn!(%url, "the answer of a function is larger than {LARGEST} bytes");
                return Err(Failure::NotJson);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply {
            status,
            headers,
            body,
        })
    }
}

fn failure(error: &reqwest::Error) -> Failure {
    if error.is_timeout() {
        return Failure::Timeout;
    }
    tracing::warn!(?error, "a function's host cannot be talked to");
    let name = if error.is_connect() {
        UNREACHABLE
    } else {
        FAILED
    };
    Failure::Service(name.to_owned())
}

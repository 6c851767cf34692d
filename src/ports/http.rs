//! HTTP requests on their way out.

use std::sync::OnceLock;
use std::time::Duration;

use futures_util::future::BoxFuture;

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The whole body, within the port's limit.
    pub body: Vec<u8>,
}

/// Makes outbound requests.
pub trait Http: Send + Sync {
    /// A GET of one URL; redirects are not followed.
    fn get<'a>(&'a self, url: &'a str) -> BoxFuture<'a, anyhow::Result<Answer>>;
}

/// The real one: 5 s, 1 MiB, no redirects (security.md I1). The client is built at the first
/// request: reading the system's certificates would take most of a start.
#[derive(Default)]
pub struct HttpClient(OnceLock<reqwest::Client>);

const LIMIT: usize = 1 << 20;

impl HttpClient {
    fn client(&self) -> anyhow::Result<&reqwest::Client> {
        if let Some(client) = self.0.get() {
            return Ok(client);
        }
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(self.0.get_or_init(|| client))
    }
}

impl Http for HttpClient {
    fn get<'a>(&'a self, url: &'a str) -> BoxFuture<'a, anyhow::Result<Answer>> {
        Box::pin(async move {
            let mut answer = self.client()?.get(url).send().await?;
            let status = answer.status().as_u16();
            let mut body = Vec::new();
            while let Some(chunk) = answer.chunk().await? {
                anyhow::ensure!(body.len() + chunk.len() <= LIMIT, "answer over 1 MiB");
                body.extend_from_slice(&chunk);
            }
            Ok(Answer { status, body })
        })
    }
}

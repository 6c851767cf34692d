//! HTTP requests on their way out.

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

/// The real one: 5 s, 1 MiB, no redirects (security.md I1).
pub struct HttpClient(reqwest::Client);

const LIMIT: usize = 1 << 20;

impl HttpClient {
    /// Builds the client once per process.
    pub fn new() -> anyhow::Result<Self> {
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self(client))
    }
}

impl Http for HttpClient {
    fn get<'a>(&'a self, url: &'a str) -> BoxFuture<'a, anyhow::Result<Answer>> {
        Box::pin(async move {
            let mut answer = self.0.get(url).send().await?;
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

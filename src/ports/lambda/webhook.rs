//! A function as an HTTP address of its own: the event is posted, and the answer is the event, or
//! just its `response`.
//!
//! `X-Poolhouse-Signature: t=<seconds>,v1=<hex of HMAC-SHA256(secret, "<seconds>.<body>")>` proves
//! where an event comes from (docs/triggers.md).

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use futures_util::future::BoxFuture;
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::Value;

use super::http::Poster;
use super::sigv4::hex;
use super::transport::{Request, Transport};
use super::{DENIED, FAILED, Failure, THROTTLED};
use crate::ports::clock::{OsTime, TimeSource};
use crate::secret::Secret;

/// Posts events to an address.
pub struct Webhook<'a> {
    /// Where.
    pub url: &'a url::Url,
    /// What events are signed with; none signs nothing.
    pub secret: Option<&'a Secret<String>>,
    /// How.
    pub http: &'a Poster,
}

impl Transport for Webhook<'_> {
    fn call<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Vec<u8>, Failure>> {
        Box::pin(async move {
            let mut headers = HeaderMap::new();
            let json = HeaderValue::from_static("application/json");
            headers.insert("content-type", json);
            let trigger = HeaderValue::from_static(request.trigger);
            headers.insert("x-poolhouse-trigger", trigger);
            if let Ok(arn) = HeaderValue::try_from(request.arn) {
                headers.insert("x-poolhouse-function", arn);
            }
            if let Some(secret) = self.secret {
                let seconds = OsTime.now_ms().div_euclid(1000);
                let signature = signature(secret, seconds, &request.body);
                if let Ok(value) = HeaderValue::try_from(signature) {
                    headers.insert("x-poolhouse-signature", value);
                }
            }
            let posted = self
                .http
                .post(self.url, headers, request.body, request.limit);
            let reply = posted.await?;
            if (200..300).contains(&reply.status) {
                return Ok(reply.body);
            }
            Err(refused(reply.status, &reply.body))
        })
    }
}

fn signature(secret: &Secret<String>, seconds: i64, body: &str) -> String {
    let key = Key::new(HMAC_SHA256, secret.expose().as_bytes());
    let signed = format!("{seconds}.{body}");
    let tag = sign(&key, signed.as_bytes());
    format!("t={seconds},v1={}", hex(tag.as_ref()))
}

/// A refusal in the function's own words, or what the status says.
fn refused(status: u16, body: &[u8]) -> Failure {
    let body: Option<Value> = serde_json::from_slice(body).ok();
    let text = |name: &str| body.as_ref()?.get(name)?.as_str().map(str::to_owned);
    if let Some(told) = text("errorMessage").or_else(|| text("message")) {
        return Failure::Function(told);
    }
    let name = match status {
        401 | 403 | 404 => DENIED,
        429 => THROTTLED,
        _ => FAILED,
    };
    Failure::Service(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of docs/triggers.md, made with Python's `hmac`.
    #[test]
    fn signatures_are_as_documented() {
        let secret = Secret::new("wonderland".to_owned());
        let made = signature(&secret, 1_767_683_289, r#"{"version":"1"}"#);
        assert_eq!(
            made,
            "t=1767683289,v1=4f28c56c9d66c5d2eb994220af295556a6fbdd5917b787defbb5f3b874386c9e"
        );
    }

    #[test]
    fn refusals_are_in_the_functions_words() {
        let told = |status, body: &str| refused(status, body.as_bytes());
        let function = |text: &str| Failure::Function(text.to_owned());
        assert_eq!(told(400, r#"{"errorMessage":"no"}"#), function("no"));
        assert_eq!(told(500, r#"{"message":"no"}"#), function("no"));
        assert_eq!(told(404, "x"), Failure::Service(DENIED.to_owned()));
        assert_eq!(told(429, ""), Failure::Service(THROTTLED.to_owned()));
        assert_eq!(told(302, ""), Failure::Service(FAILED.to_owned()));
    }
}

//! The Lambda Invoke API, as AWS, LocalStack, SAM, serverless-offline and the runtime interface
//! emulator (RIE) speak it.
//!
//! Source: AWS Lambda API reference, "Invoke". RIE never sets `X-Amz-Function-Error`, so an error is
//! told by the header or by the body.

use futures_util::future::BoxFuture;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::Value;

use super::http::{Poster, Reply};
use super::rules::{InvokePlace, Keys};
use super::sigv4;
use super::transport::{Request, Transport};
use super::{DENIED, FAILED, Failure, THROTTLED};
use crate::ports::clock::{OsTime, TimeSource};

/// What stays as it is in a path segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Calls functions by the Invoke API.
pub struct Invoke<'a> {
    /// Where.
    pub place: &'a InvokePlace,
    /// What requests are signed with.
    pub keys: &'a Keys,
    /// How.
    pub http: &'a Poster,
}

impl Transport for Invoke<'_> {
    fn call<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Vec<u8>, Failure>> {
        Box::pin(async move {
            let url = self.url(request.arn)?;
            let mut headers = HeaderMap::new();
            let json = HeaderValue::from_static("application/json");
            headers.insert("content-type", json);
            let kind = HeaderValue::from_static("RequestResponse");
            headers.insert("x-amz-invocation-type", kind);
            let signing = sigv4::Signing {
                keys: self.keys,
                region: region(request.arn),
                service: "lambda",
                // What AWS checks is the time, not the server's bent clock.
                at_ms: OsTime.now_ms(),
            };
            signing.sign(&url, &mut headers, request.body.as_bytes());
            let reply = self.http.post(&url, headers, request.body, request.limit);
            read(reply.await?)
        })
    }
}

impl Invoke<'_> {
    fn url(&self, arn: &str) -> Result<url::Url, Failure> {
        if !self.place.is_shared() {
            return Ok(self.place.url.clone());
        }
        let (function, qualifier) = self.function(arn);
        let function = utf8_percent_encode(&function, SEGMENT);
        let base = self.place.url.as_str().trim_end_matches('/');
        let text = format!("{base}/2015-03-31/functions/{function}/invocations");
        let mut url = url::Url::parse(&text).map_err(|error| {
            tracing::error!(%error, arn, "no address for this function");
            Failure::Service(DENIED.to_owned())
        })?;
        if let Some(qualifier) = qualifier {
            url.query_pairs_mut().append_pair("Qualifier", &qualifier);
        }
        Ok(url)
    }

    /// AWS takes the ARN, which may be of another account; the local hosts know names.
    fn function(&self, arn: &str) -> (String, Option<String>) {
        if let Some(name) = &self.place.function {
            return (name.clone(), None);
        }
        let host = self.place.url.host_str().unwrap_or_default();
        if host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn") {
            return (arn.to_owned(), None);
        }
        let mut parts = arn.splitn(8, ':').skip(6);
        let name = parts.next().unwrap_or(arn);
        (name.to_owned(), parts.next().map(str::to_owned))
    }
}

fn region(arn: &str) -> &str {
    let region = arn.split(':').nth(3).unwrap_or_default();
    if region.is_empty() {
        "us-east-1"
    } else {
        region
    }
}

/// Tells answers from errors.
fn read(reply: Reply) -> Result<Vec<u8>, Failure> {
    let body: Option<Value> = serde_json::from_slice(&reply.body).ok();
    if !(200..300).contains(&reply.status) {
        return Err(refused(&reply, body.as_ref()));
    }
    let text = |name: &str| body.as_ref()?.get(name)?.as_str().map(str::to_owned);
    if !reply.header("x-amz-function-error").is_empty() {
        let told = text("errorMessage").or_else(|| text("errorType"));
        let told = told.unwrap_or_else(|| "Unhandled".to_owned());
        return Err(Failure::Function(told));
    }
    if let (Some(told), None) = (text("errorMessage"), text("triggerSource")) {
        return Err(Failure::Function(told));
    }
    if body.is_none() {
        let told = String::from_utf8_lossy(&reply.body);
        let told = told.trim().trim_matches('"');
        if told.starts_with("Task timed out after ") {
            return Err(Failure::Function(told.trim_end_matches('.').to_owned()));
        }
    }
    Ok(reply.body)
}

/// The name of an error of the API itself.
fn refused(reply: &Reply, body: Option<&Value>) -> Failure {
    let text = |name: &str| body?.get(name)?.as_str();
    let header = reply.header("x-amzn-errortype");
    let named = [Some(header), text("__type"), text("Type")].into_iter();
    let named = named.flatten().find(|name| !name.is_empty());
    let named = named.map(|name| name.split(':').next().unwrap_or(name));
    let named = named.map(|name| name.rsplit('#').next().unwrap_or(name));
    let name = match (named, reply.status) {
        // Functions that are gone look like functions that may not be called.
        (Some("ResourceNotFoundException"), _) | (None, 403 | 404) => DENIED,
        (Some(name), _) => name,
        (None, 429) => THROTTLED,
        (None, _) => FAILED,
    };
    tracing::warn!(status = reply.status, name, "a Lambda host refused");
    Failure::Service(name.chars().filter(|c| !c.is_control()).take(100).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:lambda:eu-west-1:123456789012:function:pre-sign-up";

    fn url(base: &str, function: Option<&str>, arn: &str) -> String {
        let place = InvokePlace {
            url: url::Url::parse(base).unwrap(),
            function: function.map(str::to_owned),
        };
        let (keys, http) = (Keys::default(), Poster::default());
        let invoke = Invoke {
            place: &place,
            keys: &keys,
            http: &http,
        };
        invoke.url(arn).unwrap().to_string()
    }

    fn reply(status: u16, header: Option<(&'static str, &'static str)>, body: &str) -> Reply {
        let mut headers = HeaderMap::new();
        if let Some((name, value)) = header {
            headers.insert(name, HeaderValue::from_static(value));
        }
        Reply {
            status,
            headers,
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn addresses() {
        let path = "2015-03-31/functions";
        let local = "http://127.0.0.1:3001";
        for (made, expected) in [
            (
                url(local, None, ARN),
                format!("{local}/{path}/pre-sign-up/invocations"),
            ),
            (
                url(local, None, &format!("{ARN}:live")),
                format!("{local}/{path}/pre-sign-up/invocations?Qualifier=live"),
            ),
            (
                url(local, Some("F"), ARN),
                format!("{local}/{path}/F/invocations"),
            ),
            (
                url("https://lambda.eu-west-1.amazonaws.com", None, ARN),
                format!(
                    "https://lambda.eu-west-1.amazonaws.com/{path}/{}/invocations",
                    ARN.replace(':', "%3A")
                ),
            ),
            (
                url(&format!("{local}/{path}/function/invocations"), None, ARN),
                format!("{local}/{path}/function/invocations"),
            ),
        ] {
            assert_eq!(made, expected);
        }
        assert_eq!(region(ARN), "eu-west-1");
    }

    #[test]
    fn errors_are_told_by_header_or_body() {
        let told = |reply| read(reply).err();
        let function = |text: &str| Some(Failure::Function(text.to_owned()));
        let service = |name: &str| Some(Failure::Service(name.to_owned()));
        let unhandled = Some(("x-amz-function-error", "Unhandled"));
        let thrown = r#"{"errorMessage":"No.","errorType":"Error"}"#;
        assert_eq!(told(reply(200, unhandled, thrown)), function("No."));
        assert_eq!(told(reply(200, None, thrown)), function("No."));
        assert_eq!(told(reply(200, unhandled, "")), function("Unhandled"));
        let event = r#"{"errorMessage":"x","triggerSource":"y","response":{}}"#;
        assert_eq!(told(reply(200, None, event)), None);
        let late = "Task timed out after 3.00 seconds";
        assert_eq!(told(reply(200, None, late)), function(late));
        assert_eq!(told(reply(200, None, "")), None);
        let kind = Some(("x-amzn-errortype", "ResourceConflictException:http://x"));
        assert_eq!(
            told(reply(409, kind, "{}")),
            service("ResourceConflictException")
        );
        let gone = r#"{"__type":"com.amazonaws#ResourceNotFoundException"}"#;
        assert_eq!(told(reply(404, None, gone)), service(DENIED));
        assert_eq!(told(reply(403, None, "")), service(DENIED));
        assert_eq!(told(reply(429, None, "")), service(THROTTLED));
        assert_eq!(told(reply(502, None, "crash")), service(FAILED));
    }
}

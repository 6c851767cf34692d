//! Signature Version 4 of one request, body included.
//!
//! Source: AWS General Reference, "Create a signed AWS API request"; checked against the vectors of
//! the test suite that AWS publishes for it.

use std::fmt::Write;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::rules::Keys;
use crate::time::Timestamp;

/// What stays as it is in a canonical path: each segment is encoded once more.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'/');

/// What a signature is made with.
pub struct Signing<'a> {
    /// The keys.
    pub keys: &'a Keys,
    /// The region of the credential scope.
    pub region: &'a str,
    /// The service of the credential scope.
    pub service: &'a str,
    /// When, in milliseconds since the epoch.
    pub at_ms: i64,
}

impl Signing<'_> {
    /// Adds `X-Amz-Date`, the session token, if there is one, and `Authorization`.
    pub fn sign(&self, url: &Url, headers: &mut HeaderMap, body: &[u8]) {
        let (date, day) = self.date();
        put(headers, "x-amz-date", &date);
        if let Some(token) = &self.keys.token {
            put(headers, "x-amz-security-token", token.expose());
        }
        let (canonical, signed) = canonical(url, headers, body);
        let scope = format!("{day}/{}/{}/aws4_request", self.region, self.service);
        let hash = hex(digest(&SHA256, canonical.as_bytes()).as_ref());
        let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{hash}");
        let secret = format!("AWS4{}", self.keys.secret.expose());
        let mut key = hmac(secret.as_bytes(), &day);
        for part in [self.region, self.service, "aws4_request"] {
            key = hmac(&key, part);
        }
        let signature = hex(&hmac(&key, &text));
        let credential = format!("{}/{scope}", self.keys.id);
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={signed}, Signature={signature}"
        );
        put(headers, "authorization", &authorization);
    }

    /// `20150830T123600Z` and `20150830`.
    fn date(&self) -> (String, String) {
        let compact = Timestamp::from_ms(self.at_ms).compact();
        let (day, time) = compact.split_at_checked(8).unwrap_or_default();
        (format!("{day}T{time}Z"), day.to_owned())
    }
}

/// The canonical request and the names of its headers.
fn canonical(url: &Url, headers: &HeaderMap, body: &[u8]) -> (String, String) {
    let host = url.host_str().unwrap_or_default();
    let host = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    let mut lines: Vec<(String, String)> = headers
        .iter()
        .map(|(name, value)| {
            let value = value.to_str().unwrap_or_default().trim();
            (name.as_str().to_owned(), value.to_owned())
        })
        .chain([("host".to_owned(), host)])
        .collect();
    lines.sort();
    let names: Vec<&str> = lines.iter().map(|(name, _)| name.as_str()).collect();
    let signed = names.join(";");
    let mut query: Vec<String> = url
        .query_pairs()
        .map(|(name, value)| format!("{}={}", encode(&name), encode(&value)))
        .collect();
    query.sort();
    let mut text = format!(
        "POST\n{}\n{}\n",
        utf8_percent_encode(url.path(), PATH),
        query.join("&")
    );
    for (name, value) in &lines {
        let _ = writeln!(text, "{name}:{value}");
    }
    let hash = hex(digest(&SHA256, body).as_ref());
    let _ = write!(text, "\n{signed}\n{hash}");
    (text, signed)
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, PATH)
        .to_string()
        .replace('/', "%2F")
}

fn put(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let key = Key::new(HMAC_SHA256, key);
    sign(&key, text.as_bytes()).as_ref().to_vec()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    /// `post-vanilla` and `post-vanilla-query` of AWS's SigV4 test suite.
    #[test]
    fn published_vectors() {
        let keys = Keys {
            id: "AKIDEXAMPLE".to_owned(),
            secret: Secret::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned()),
            token: None,
        };
        let signing = Signing {
            keys: &keys,
            region: "us-east-1",
            service: "service",
            at_ms: 1_440_938_160_000,
        };
        for (url, signature) in [
            (
                "https://example.amazonaws.com/",
                "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
            ),
            (
                "https://example.amazonaws.com/?Param1=value1",
                "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
            ),
        ] {
            let mut headers = HeaderMap::new();
            signing.sign(&Url::parse(url).unwrap(), &mut headers, b"");
            let made = headers["authorization"].to_str().unwrap();
            let expected = format!(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                 SignedHeaders=host;x-amz-date, Signature={signature}"
            );
            assert_eq!(made, expected, "{url}");
        }
    }
}

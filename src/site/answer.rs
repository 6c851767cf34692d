//! Answers of a pool's domain: redirects, JSON, pages, and the headers they all carry (oauth.md 3,
//! security.md C10).

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use url::{Host, Url};

use super::visit::Visit;
use crate::error::Error;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-cognito-request-id");

/// Headers of everything that a domain answers and nobody may keep.
const PRIVATE: &[(&str, &str)] = &[
    (
        "cache-control",
        "no-cache, no-store, max-age=0, must-revalidate",
    ),
    ("pragma", "no-cache"),
    ("expires", "0"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("x-xss-protection", "0"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
];

/// Sends the browser on. 303 after a form, so that the form is not sent along (RFC 9700 4.12).
pub fn redirect(visit: &Visit, status: StatusCode, location: &str) -> Response {
    let Ok(location) = HeaderValue::from_bytes(location.as_bytes()) else {
        return failed(&Error::internal(anyhow::anyhow!(
            "a redirect is not a header"
        )));
    };
    let mut response = status.into_response();
    response.headers_mut().insert(header::LOCATION, location);
    private(visit, &mut response);
    response
}

/// A JSON body.
pub fn json(visit: &Visit, status: u16, body: &impl Serialize) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = match serde_json::to_vec(body) {
        Ok(body) => body,
        Err(error) => return failed(&Error::internal(error)),
    };
    let mut response = (status, body).into_response();
    let kind = HeaderValue::from_static("application/json;charset=UTF-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    private(visit, &mut response);
    response
}

/// An empty success. `Content-Length: 0` says that there is no JSON to read.
pub fn empty(visit: &Visit) -> Response {
    let mut response = StatusCode::OK.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
    private(visit, &mut response);
    response
}

/// A page with its content security policy.
pub fn page(visit: &Visit, status: StatusCode, html: String, policy: &str) -> Response {
    let mut response = (status, html).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("text/html;charset=UTF-8");
    headers.insert(header::CONTENT_TYPE, kind);
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    private(visit, &mut response);
    response
}

/// Our fault: logged with its cause, told without it.
pub fn failed(error: &Error) -> Response {
    if let Some(cause) = error.cause() {
        tracing::error!(code = error.code.name(), ?cause, "request failed");
    } else {
        tracing::warn!(code = error.code.name(), "request failed");
    }
    let status = StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let body = json!({ "error": "server_error", "error_description": error.message });
    let mut response = (status, body.to_string()).into_response();
    let kind = HeaderValue::from_static("application/json;charset=UTF-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    add_private(response.headers_mut());
    response
}

fn private(visit: &Visit, response: &mut Response) {
    let headers = response.headers_mut();
    add_private(headers);
    if promises_https(&visit.app.public_url) {
        let forever = HeaderValue::from_static("max-age=31536000 ; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, forever);
    }
    let id = visit.actor.request_id.as_deref().map(HeaderValue::try_from);
    if let Some(Ok(id)) = id {
        headers.insert(REQUEST_ID, id);
    }
}

/// Whether browsers shall use nothing but https for this host. Not for this machine's names, whose
/// other ports are other people's (RFC 6797 8.2 knows no ports), nor for addresses, which browsers
/// leave out (8.1.1).
fn promises_https(public_url: &str) -> bool {
    let Ok(url) = Url::parse(public_url) else {
        return false;
    };
    let Some(Host::Domain(name)) = url.host() else {
        return false;
    };
    url.scheme() == "https" && name != "localhost" && !name.ends_with(".localhost")
}

fn add_private(headers: &mut HeaderMap) {
    for (name, value) in PRIVATE {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::promises_https;

    #[test]
    fn only_hosts_with_a_name_of_their_own_are_kept_to_https() {
        assert!(promises_https("https://auth.example.com"));
        for other in [
            "http://auth.example.com",
            "https://localhost:9443",
            "https://auth.localhost",
            "https://127.0.0.1:9443",
            "https://[::1]",
        ] {
            assert!(!promises_https(other), "{other}");
        }
    }
}

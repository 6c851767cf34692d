//! Cross-origin rules of the API root (api.md 1.4; security.md A5).
//!
//! Anybody's page may call the unsigned operations; a page may not drive admin operations, unless
//! its origin is configured.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::config::Config;

const EXPOSED: &str = "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date";

/// Whether the request comes from a page whose origin is not configured.
pub fn foreign_page(headers: &HeaderMap, config: &Config) -> bool {
    headers.get(header::ORIGIN).is_some_and(|origin| {
        !config
            .allow_origins
            .iter()
            .any(|allowed| allowed.as_bytes() == origin.as_bytes())
    })
}

/// The answer to `OPTIONS /`.
pub fn preflight(headers: &HeaderMap, config: &Config) -> Response {
    let foreign = foreign_page(headers, config);
    let asked = headers
        .get(header::ACCESS_CONTROL_REQUEST_HEADERS)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let names = asked.split(',').map(str::trim).filter(|name| {
        HeaderName::try_from(*name).is_ok_and(|name| !foreign || name != header::AUTHORIZATION)
    });
    let allowed = names.collect::<Vec<_>>().join(",");
    let mut response = StatusCode::OK.into_response();
    let answer = response.headers_mut();
    allow_all(answer);
    answer.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("POST"),
    );
    answer.insert(
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from_static("172800"),
    );
    if let Ok(allowed) = HeaderValue::try_from(allowed) {
        answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    }
    response
}

/// What every answer of the API root carries.
pub fn allow_all(headers: &mut HeaderMap) {
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static(EXPOSED),
    );
}

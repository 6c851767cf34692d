//! Bearer tokens in a header, and how they are refused (RFC 6750 2.1, 3).

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use serde_json::json;

use crate::secret::Secret;
use crate::site::answer;
use crate::site::visit::Visit;

/// The token of the one `Authorization: Bearer` header.
pub(super) fn bearer(headers: &HeaderMap) -> Option<Secret<String>> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let only = given.next().filter(|_| given.next().is_none())?;
    let (scheme, token) = only.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty())
        .then(|| Secret::new(token.to_owned()))
}

/// A refusal, told in the body and in `WWW-Authenticate`.
pub(super) fn refuse(visit: &Visit, status: u16, code: &str, text: &str) -> Response {
    let body = json!({ "error": code, "error_description": text });
    let mut response = answer::json(visit, status, &body);
    let challenge = format!(r#"Bearer error="{code}", error_description="{text}""#);
    challenged(&mut response, &challenge);
    response
}

/// Adds a challenge to an answer.
pub(super) fn challenged(response: &mut Response, challenge: &str) {
    if let Ok(challenge) = HeaderValue::try_from(challenge) {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
    }
}

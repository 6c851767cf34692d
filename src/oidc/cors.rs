//! Cross-origin rules of the endpoints that apps in a browser call (oauth.md 0.8; security.md A6):
//! anybody's page, never with the browser's cookies. Authorize, logout and pages are not among
//! them.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The answer to `OPTIONS`. Amplify sends `x-amz-user-agent` with its token request.
pub(super) async fn preflight() -> Response {
    let fixed = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET,POST,OPTIONS"),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization,content-type,x-amz-user-agent",
        ),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ];
    (StatusCode::NO_CONTENT, fixed).into_response()
}

/// Lets every page read the answer.
pub(super) async fn open(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    response
}

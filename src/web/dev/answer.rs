//! JSON answers of the test controls.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

use crate::error::{Code, Error};

/// A refusal: a status and `{"error": text}`.
pub struct Failure(StatusCode, String);

impl Failure {
    /// The request makes no sense.
    pub fn bad_request(text: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, text.into())
    }

    /// There is no such thing, or it did not come in time.
    pub fn not_found(text: impl Into<String>) -> Self {
        Self(StatusCode::NOT_FOUND, text.into())
    }

    /// A page of another origin asked.
    pub fn forbidden() -> Self {
        Self(
            StatusCode::FORBIDDEN,
            "requests from this origin are not allowed".to_owned(),
        )
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let status = match error.code {
            Code::ResourceNotFound => StatusCode::NOT_FOUND,
            Code::Internal => {
                tracing::error!(cause = ?error.cause(), "test control failed");
                StatusCode::INTERNAL_SERVER_ERROR
            }
            _ => StatusCode::BAD_REQUEST,
        };
        Self(status, error.message.into_owned())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        no_store((self.0, Json(json!({ "error": self.1 }))).into_response())
    }
}

impl From<Failure> for Response {
    fn from(failure: Failure) -> Self {
        failure.into_response()
    }
}

/// A success.
pub fn ok(body: impl Serialize) -> Response {
    no_store(Json(body).into_response())
}

fn no_store(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

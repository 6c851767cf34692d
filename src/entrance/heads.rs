//! How large the parts of a request's head may be.

use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The longest target of a request: path and query.
pub(super) const LONGEST_URL: usize = 16 * 1024;
/// Header fields of a request.
pub(super) const MOST_HEADERS: usize = 100;
/// All header fields of a request together, with their `: ` and line ends.
pub(super) const LONGEST_HEADERS: usize = 32 * 1024;

/// What a head may take before it is judged: more than what is allowed, so that the limits above
/// are met exactly and with the status that names them.
pub(super) const ROOM: usize = 2 * (LONGEST_URL + LONGEST_HEADERS);

/// The refusal of a request whose head is too large. The connection ends with it.
pub(super) fn refuse<B>(request: &Request<B>) -> Option<Response> {
    let target = request.uri().path_and_query();
    let status = if target.map_or(0, |target| target.as_str().len()) > LONGEST_URL {
        StatusCode::URI_TOO_LONG
    } else if request.headers().len() > MOST_HEADERS || length(request.headers()) > LONGEST_HEADERS
    {
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
    } else {
        return None;
    };
    Some((status, [(header::CONNECTION, "close")]).into_response())
}

fn length(headers: &HeaderMap) -> usize {
    let each = headers.iter();
    each.map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum()
}

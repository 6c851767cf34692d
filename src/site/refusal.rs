//! What a browser is told that asked for something it cannot have: back to the client, or on a
//! plain page of our own.
//!
//! The faces do not know each other, so an endpoint answers with a [`Plain`] in the response's
//! extensions, and the pages turn it into HTML on its way out.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use form_urlencoded::Serializer;

use super::answer;
use super::query::Malformed;
use super::visit::Visit;
use crate::domain::oauth::authorize::Refusal;
use crate::error::{Code, Error};

/// A plain page to be shown.
#[derive(Clone)]
pub struct Plain {
    /// The request it answers.
    pub visit: Visit,
    /// What it says.
    pub what: What,
}

/// What a plain page says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The browser session has ended, and there is nowhere to go.
    SignedOut,
    /// A required parameter is missing.
    Missing(&'static str),
    /// A form that did not come from our own page, or too late (security.md C6).
    ForeignForm,
    /// A form that cannot be read.
    BadForm,
    /// The client or its redirect URI cannot be trusted; the code of `/error`.
    Mistrusted(String),
    /// The pool does not let people sign up themselves.
    NoSignUp,
    /// The account waits for an administrator.
    AwaitsAdministrator,
    /// The identity provider that was asked for is not there.
    NoSuchProvider,
    /// Managed login has no pages for the client.
    Unavailable,
    /// Too much at once.
    TooMany,
    /// Something that is not built yet, in its own words.
    NotBuilt(String),
    /// Our fault.
    Internal,
}

impl What {
    /// HTTP status of the page.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::SignedOut | Self::AwaitsAdministrator => StatusCode::OK,
            Self::Missing(_) | Self::BadForm | Self::Mistrusted(_) => StatusCode::BAD_REQUEST,
            Self::NoSuchProvider => StatusCode::UNAUTHORIZED,
            Self::ForeignForm | Self::NoSignUp | Self::Unavailable => StatusCode::FORBIDDEN,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::NotBuilt(_) => StatusCode::NOT_IMPLEMENTED,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// Answers with a plain page.
pub fn plain(visit: &Visit, what: What) -> Response {
    let mut response = what.status().into_response();
    let visit = visit.clone();
    response.extensions_mut().insert(Plain { visit, what });
    response
}

/// Answers a refused authorization or logout request; `redirect` is 302, or 303 after a form.
pub fn answer(visit: &Visit, refusal: &Refusal, redirect: StatusCode) -> Response {
    match refusal {
        Refusal::Missing(name) => plain(visit, What::Missing(name)),
        Refusal::Local { code, client_id } => local(visit, code, Some(client_id), redirect),
        Refusal::Back(back) => {
            tracing::info!(error = back.code.as_str(), "authorization refused");
            answer::redirect(visit, redirect, &back.location())
        }
        Refusal::Failed(error) => failed(visit, error),
    }
}

/// Answers a query that cannot be read.
pub fn malformed(visit: &Visit, malformed: Malformed, redirect: StatusCode) -> Response {
    tracing::info!(?malformed, "query refused");
    local(visit, "invalid_request", None, redirect)
}

/// Answers an error of the domain that no page can show better.
pub fn failed(visit: &Visit, error: &Error) -> Response {
    match error.code {
        Code::NotImplemented => plain(visit, What::NotBuilt(error.message.to_string())),
        Code::TooManyRequests | Code::ConcurrentModification => plain(visit, What::TooMany),
        code => {
            tracing::error!(code = code.name(), cause = ?error.cause(), "request failed");
            plain(visit, What::Internal)
        }
    }
}

/// To the error page, which answers 400 (oauth.md 2.3).
fn local(visit: &Visit, code: &str, client_id: Option<&str>, redirect: StatusCode) -> Response {
    tracing::info!(error = code, "request refused on our own page");
    let mut query = Serializer::new(String::new());
    query.append_pair("error", code);
    if let Some(id) = client_id {
        query.append_pair("client_id", id);
    }
    let location = format!("{}/error?{}", visit.base, query.finish());
    answer::redirect(visit, redirect, &location)
}

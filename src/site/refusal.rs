//! How a refused request of a browser is told: back to the client, or on our own error page.
//!
//! The faces do not know each other, so an endpoint answers with a [`Trouble`] in the response's
//! extensions, and the pages turn it into HTML on its way out.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use url::form_urlencoded::Serializer;

use super::answer;
use super::query::Malformed;
use super::visit::Visit;
use crate::domain::oauth::authorize::Refusal;
use crate::error::{Code, Error};

/// What the error page shall say.
#[derive(Clone)]
pub struct Trouble {
    /// The request it answers.
    pub visit: Visit,
    /// What is wrong.
    pub what: What,
}

/// What is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A required parameter is missing.
    Missing(&'static str),
    /// Something that is not built yet, by its own words.
    NotBuilt(String),
    /// Our fault.
    Internal,
}

impl What {
    const fn status(&self) -> StatusCode {
        match self {
            Self::Missing(_) => StatusCode::BAD_REQUEST,
            Self::NotBuilt(_) => StatusCode::NOT_IMPLEMENTED,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// Answers a refused authorization or logout request; `redirect` is 302, or 303 after a form.
pub fn answer(visit: &Visit, refusal: &Refusal, redirect: StatusCode) -> Response {
    match refusal {
        Refusal::Missing(name) => trouble(visit, What::Missing(name)),
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
    match (error.code, error.cause()) {
        (Code::NotImplemented, _) => trouble(visit, What::NotBuilt(error.message.to_string())),
        (_, cause) => {
            tracing::error!(code = error.code.name(), ?cause, "request failed");
            trouble(visit, What::Internal)
        }
    }
}

fn trouble(visit: &Visit, what: What) -> Response {
    let mut response = what.status().into_response();
    let visit = visit.clone();
    response.extensions_mut().insert(Trouble { visit, what });
    response
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

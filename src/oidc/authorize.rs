//! `/oauth2/authorize`: from a client's request to the sign-in page, or, with a browser session,
//! straight back with a code or tokens.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::form;
use crate::domain::challenge::Need;
use crate::domain::oauth::answers;
use crate::domain::oauth::authorize::{self, Prompt, Request};
use crate::domain::oauth::refusal::OAuthCode;
use crate::error::{Code, Result};
use crate::site::query::{self, Malformed, Pairs};
use crate::site::visit::Visit;
use crate::site::{answer, browser, refusal};

const REDIRECT: StatusCode = StatusCode::FOUND;

pub(super) async fn get(visit: Visit) -> Response {
    authorize(visit).await
}

/// The same request as a form (OpenID Connect Core 3.1.2.1).
pub(super) async fn post(mut visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    match form::text(&headers, &body) {
        // What is not plain text could not be carried on in a query.
        Some(text) if text.bytes().all(|b| b.is_ascii_graphic()) => {
            text.clone_into(&mut visit.query);
            authorize(visit).await
        }
        _ => refusal::malformed(&visit, Malformed::Encoding, REDIRECT),
    }
}

async fn authorize(visit: Visit) -> Response {
    let params = Pairs::parse(&visit.query).and_then(|pairs| query::params(&pairs));
    let params = match params {
        Ok(params) => params,
        Err(error) => return refusal::malformed(&visit, error, REDIRECT),
    };
    let request = match authorize::check(&visit.app, visit.pool.as_ref(), &params).await {
        Ok(request) => request,
        Err(refused) => return refusal::answer(&visit, &refused, REDIRECT),
    };
    match location(&visit, &request).await {
        Ok(location) => answer::redirect(&visit, REDIRECT, &location),
        // What only we can be blamed for is the client's to tell, too (oauth.md 2.3, B8).
        Err(error) if error.code == Code::Internal => {
            tracing::error!(cause = ?error.cause(), "authorization failed");
            let back = request.back(OAuthCode::ServerError);
            answer::redirect(&visit, REDIRECT, &back.location())
        }
        Err(error) => refusal::failed(&visit, &error),
    }
}

/// Where a good request goes: back with its answer, back with an error, or to the sign-in page with
/// its query untouched.
async fn location(visit: &Visit, request: &Request) -> Result<String> {
    if request.prompt != Prompt::Always
        && let Some(proven) = browser::session(visit, &request.pool).await?
        && request.takes(&visit.app, &proven)
    {
        let more = request.need(&visit.app, &proven).await? == Need::More;
        if more && request.prompt == Prompt::Never {
            return Ok(request.back(OAuthCode::LoginRequired).location());
        }
        if more || request.prompt == Prompt::Choose {
            return Ok(format!("{}/login/account?{}", visit.base, visit.query));
        }
        return answers::location(&visit.app, &visit.actor, request, &proven).await;
    }
    if request.prompt == Prompt::Never {
        return Ok(request.back(OAuthCode::LoginRequired).location());
    }
    Ok(format!("{}/login?{}", visit.base, visit.query))
}

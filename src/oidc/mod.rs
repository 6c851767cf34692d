//! OAuth2 and `OpenID` Connect endpoints: a face that translates and holds no rule.

mod authorize;
mod bearer;
mod cors;
mod discovery;
mod form;
mod published;
mod register;
mod revoke;
mod token;
mod userinfo;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Serialize;

use crate::app::App;
use crate::domain::oauth::refusal::{OAuthCode, Refused};
use crate::error::Error;
use crate::site::visit::Visit;
use crate::site::{answer, query};

/// The endpoints of a pool's domain, at their paths on it. An unknown method answers 405.
pub fn routes() -> Router<Arc<App>> {
    let open = Router::new()
        .route("/oauth2/token", post(token::post).options(cors::preflight))
        .route(
            "/oauth2/revoke",
            post(revoke::post).options(cors::preflight),
        )
        .route(
            "/oauth2/register",
            post(register::post).options(cors::preflight),
        )
        .route(
            "/oauth2/userInfo",
            get(userinfo::get)
                .post(userinfo::post)
                .options(cors::preflight),
        )
        .merge(published::routes())
        .layer(middleware::map_response(cors::open));
    Router::new()
        .route(
            "/oauth2/authorize",
            get(authorize::get).post(authorize::post),
        )
        .route("/authorize", get(authorize::get).post(authorize::post))
        .merge(open)
        .layer(DefaultBodyLimit::max(query::LONGEST))
}

/// A refusal of an endpoint where clients authenticate. Who tried the Authorization header is told
/// what may stand there (RFC 6749 5.2).
fn refuse_client(visit: &Visit, headers: &HeaderMap, refused: &Refused, status: u16) -> Response {
    let profile = visit.app.profile(visit.pool.as_ref());
    let mut response = refuse(visit, refused, status);
    let by_header = headers.contains_key(header::AUTHORIZATION);
    if profile.is_strict() && refused.code == OAuthCode::InvalidClient && by_header {
        let scheme = HeaderValue::from_static(r#"Basic realm="client", charset="UTF-8""#);
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, scheme);
    }
    response
}

/// A refusal of a machine endpoint.
fn refuse(visit: &Visit, refused: &Refused, status: u16) -> Response {
    #[derive(Serialize)]
    struct Body<'a> {
        error: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        error_description: Option<&'a str>,
    }
    let code = refused.code.as_str();
    let cause = refused.cause.as_ref();
    if let Some(cause) = cause.and_then(Error::cause) {
        tracing::error!(error = code, ?cause, "request failed");
    } else {
        let reason = cause.and_then(|cause| cause.reason);
        tracing::info!(error = code, ?reason, "request refused");
    }
    let body = Body {
        error: code,
        error_description: refused.description.as_deref(),
    };
    answer::json(visit, status, &body)
}

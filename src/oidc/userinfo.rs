//! `/oauth2/userInfo`: the token comes as a bearer header, or, by POST, in the form (RFC 6750 2).

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::response::Response;

use super::bearer::{bearer, refuse};
use super::form;
use crate::domain::oauth::userinfo;
use crate::error::Error;
use crate::secret::Secret;
use crate::site::answer;
use crate::site::visit::Visit;

const BAD_REQUEST: &str = "Bad OAuth2 request at UserInfo Endpoint";
const BAD_TOKEN: &str =
    "Access token is expired, disabled, or deleted, or the user has globally signed out.";

pub(super) async fn get(visit: Visit, headers: HeaderMap) -> Response {
    person(&visit, bearer(&headers)).await
}

pub(super) async fn post(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let in_form = match form::text(&headers, &body) {
        None | Some("") => None,
        Some(_) => match form::pairs(&headers, &body)
            .and_then(|form| form.one("access_token").map_err(form::refused))
        {
            Ok(token) => token.map(Secret::new),
            Err(_) => return refuse(&visit, 400, "invalid_request", BAD_REQUEST),
        },
    };
    let token = match (bearer(&headers), in_form) {
        (Some(_), Some(_)) => None,
        (header, form) => header.or(form),
    };
    person(&visit, token).await
}

async fn person(visit: &Visit, token: Option<Secret<String>>) -> Response {
    let Some(token) = token else {
        return refuse(visit, 400, "invalid_request", BAD_REQUEST);
    };
    match userinfo::claims(&visit.app, visit.pool.as_ref(), &token).await {
        Ok(claims) => answer::json(visit, 200, &claims),
        Err(error) if error.code.status() >= 500 => answer::failed(&error),
        Err(error) => {
            tracing::info!(reason = ?error.reason, "access token refused");
            if error.message == Error::access_token_scopes().message {
                let text = "The access token lacks the scope openid.";
                return refuse(visit, 403, "insufficient_scope", text);
            }
            refuse(visit, 401, "invalid_token", BAD_TOKEN)
        }
    }
}

//! `/oauth2/userInfo`: the token comes as a bearer header, or, by POST, in the form (RFC 6750 2).

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::json;

use super::bearer::{bearer, challenged, refuse};
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
        // One way at a time (RFC 6750 2).
        (Some(_), Some(_)) => return refuse(&visit, 400, "invalid_request", BAD_REQUEST),
        (header, form) => header.or(form),
    };
    person(&visit, token).await
}

async fn person(visit: &Visit, token: Option<Secret<String>>) -> Response {
    let Some(token) = token else {
        if visit.app.profile(visit.pool.as_ref()).is_strict() {
            return unauthorized(visit);
        }
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

/// Who brings no token is told how to bring one, and nothing else (RFC 6750 3.1).
fn unauthorized(visit: &Visit) -> Response {
    let mut response = answer::json(visit, 401, &json!({}));
    challenged(&mut response, r#"Bearer realm="userinfo""#);
    response
}

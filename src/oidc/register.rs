//! `POST /oauth2/register`: dynamic client registration (RFC 7591 3).

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::bearer::{bearer, challenged, refuse};
use crate::domain::oauth::refusal::{OAuthCode, Refused};
use crate::domain::oauth::registration::{self, Denied, Method, Registered, Wish};
use crate::error::Code;
use crate::settings::client::OAuthFlow;
use crate::site::answer;
use crate::site::visit::Visit;

/// The metadata that means something here. Others, and those in other languages, are left alone (RFC
/// 7591 2).
#[derive(Deserialize)]
struct Body {
    redirect_uris: Option<Vec<String>>,
    post_logout_redirect_uris: Option<Vec<String>>,
    token_endpoint_auth_method: Option<String>,
    grant_types: Option<Vec<String>>,
    response_types: Option<Vec<String>>,
    client_name: Option<String>,
    scope: Option<String>,
    subject_type: Option<String>,
    id_token_signed_response_alg: Option<String>,
}

/// What the client is (RFC 7591 3.2.1).
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the standard's members")]
struct Client<'a> {
    client_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
    client_id_issued_at: i64,
    /// 0: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret_expires_at: Option<i64>,
    client_name: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    redirect_uris: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    post_logout_redirect_uris: &'a [String],
    grant_types: &'static [&'static str],
    response_types: &'static [&'static str],
    token_endpoint_auth_method: Method,
    scope: String,
}

/// # Errors: `invalid_redirect_uri`, `invalid_client_metadata`, `temporarily_unavailable`; those of
/// RFC 6750 about the token
pub(super) async fn post(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    match run(&visit, &headers, &body).await {
        Ok(registered) => answer::json(&visit, 201, &shown(&registered)),
        Err(denied) => denial(&visit, &denied),
    }
}

async fn run(visit: &Visit, headers: &HeaderMap, body: &[u8]) -> Result<Registered, Denied> {
    let token = bearer(headers);
    // A header that is no bearer token is not as good as none.
    if token.is_none() && headers.contains_key(header::AUTHORIZATION) {
        return Err(Denied::BadToken);
    }
    let wish = wish(headers, body)?;
    let at = (visit.pool.as_ref(), token.as_ref());
    registration::register(&visit.app, &visit.actor, at, wish).await
}

fn wish(headers: &HeaderMap, body: &[u8]) -> Result<Wish, Refused> {
    let invalid = || {
        Refused::new(OAuthCode::InvalidClientMetadata)
            .saying("The body must be client metadata as application/json")
    };
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(invalid());
    }
    let body: Body = serde_json::from_slice(body).map_err(|_| invalid())?;
    Ok(Wish {
        redirect_uris: body.redirect_uris.unwrap_or_default(),
        post_logout_redirect_uris: body.post_logout_redirect_uris.unwrap_or_default(),
        token_endpoint_auth_method: body.token_endpoint_auth_method,
        grant_types: body.grant_types,
        response_types: body.response_types,
        client_name: body.client_name,
        scope: body.scope,
        subject_type: body.subject_type,
        id_token_signed_response_alg: body.id_token_signed_response_alg,
    })
}

fn shown(registered: &Registered) -> Client<'_> {
    let (client, settings) = (
        &registered.described.client,
        &registered.described.client.settings,
    );
    let secret = registered.described.secret.as_ref();
    let (grant_types, response_types): (&[_], &[_]) = if settings.allows_oauth(OAuthFlow::Code) {
        (&["authorization_code", "refresh_token"], &["code"])
    } else {
        (&["client_credentials"], &[])
    };
    let scopes = settings.allowed_oauth_scopes.as_deref().unwrap_or_default();
    Client {
        client_id: client.id.as_str(),
        client_secret: secret.map(|secret| secret.expose().as_str()),
        client_id_issued_at: client.created.seconds(),
        client_secret_expires_at: secret.map(|_| 0),
        client_name: &client.name,
        redirect_uris: settings.callback_urls.as_deref().unwrap_or_default(),
        post_logout_redirect_uris: settings.logout_urls.as_deref().unwrap_or_default(),
        grant_types,
        response_types,
        token_endpoint_auth_method: registered.method,
        scope: scopes.join(" "),
    }
}

fn denial(visit: &Visit, denied: &Denied) -> Response {
    match denied {
        Denied::Off => (StatusCode::NOT_FOUND, "Not found\n").into_response(),
        // Who sent no token is told no more than that there are some (RFC 6750 3.1).
        Denied::NoToken => {
            let text = "Registration needs an access token";
            let body = json!({ "error": "invalid_token", "error_description": text });
            let mut response = answer::json(visit, 401, &body);
            challenged(&mut response, "Bearer");
            response
        }
        Denied::BadToken => {
            let text = "The access token is invalid or has expired";
            refuse(visit, 401, "invalid_token", text)
        }
        Denied::NoScope => {
            let text = "The access token does not let its client register others";
            refuse(visit, 403, "insufficient_scope", text)
        }
        Denied::Refused(refused) => {
            let cause = refused.cause.as_ref().map(|cause| cause.code);
            let status = match cause {
                Some(Code::TooManyRequests) => 429,
                _ => refused.status(visit.app.profile(visit.pool.as_ref())),
            };
            super::refuse(visit, refused, status)
        }
    }
}

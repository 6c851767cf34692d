//! `POST /oauth2/token`.

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;

use super::form;
use crate::domain::oauth::grants::{self, TokenRequest};
use crate::domain::oauth::refusal::Refused;
use crate::domain::tokens::Issued;
use crate::secret::Secret;
use crate::site::answer;
use crate::site::visit::Visit;

/// The answer, its members in Cognito's order; those that are not given are not there.
#[derive(Serialize)]
struct Tokens {
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    expires_in: i64,
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
}

/// # Errors: `invalid_request`, `invalid_client`, `invalid_grant`, `unauthorized_client`,
/// `unsupported_grant_type`, `invalid_scope`
pub(super) async fn post(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    match tokens(&visit, &headers, &body).await {
        Ok(issued) => {
            let strict = visit.app.profile(visit.pool.as_ref()).is_strict();
            answer::json(&visit, 200, &body_of(issued, strict))
        }
        Err(refused) => {
            let status = refused.status(visit.app.profile(visit.pool.as_ref()));
            super::refuse_client(&visit, &headers, &refused, status)
        }
    }
}

async fn tokens(visit: &Visit, headers: &HeaderMap, body: &[u8]) -> Result<Issued, Refused> {
    let form = form::pairs(headers, body)?;
    let one = |name| form.one(name).map_err(form::refused);
    let request = TokenRequest {
        grant_type: one("grant_type")?,
        credentials: form::credentials(headers, &form)?,
        code: one("code")?,
        redirect_uri: one("redirect_uri")?,
        code_verifier: one("code_verifier")?,
        refresh_token: one("refresh_token")?.map(Secret::new),
        scope: one("scope")?,
        aws_client_metadata: one("aws_client_metadata")?,
    };
    grants::tokens(&visit.app, &visit.actor, visit.pool.as_ref(), &request).await
}

/// Cognito does not tell the scopes; the standard wants them told wherever they are not those that
/// were asked for (RFC 6749 5.1).
fn body_of(issued: Issued, strict: bool) -> Tokens {
    Tokens {
        id_token: issued.id_token,
        access_token: issued.access_token,
        refresh_token: issued.refresh_token,
        expires_in: issued.lifetime.as_seconds(),
        token_type: "Bearer",
        scope: strict.then_some(issued.scope),
    }
}

//! `POST /oauth2/revoke`.

use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::response::Response;

use super::form;
use crate::domain::oauth::refusal::{OAuthCode, Refused};
use crate::domain::oauth::revoke;
use crate::secret::Secret;
use crate::site::answer;
use crate::site::visit::Visit;

/// Success has an empty body, also for a token that nobody knows (RFC 7009 2.2).
pub(super) async fn post(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    match run(&visit, &headers, &body).await {
        Ok(()) => answer::empty(&visit),
        // 401 on Cognito too, unlike at the token endpoint (oauth.md 5.2).
        Err(refused) if refused.code == OAuthCode::InvalidClient => {
            super::refuse_client(&visit, &headers, &refused, 401)
        }
        Err(refused) => {
            let status = refused.status(visit.app.profile(visit.pool.as_ref()));
            super::refuse_client(&visit, &headers, &refused, status)
        }
    }
}

async fn run(visit: &Visit, headers: &HeaderMap, body: &[u8]) -> Result<(), Refused> {
    let form = form::pairs(headers, body)?;
    let credentials = form::credentials(headers, &form)?;
    // The kind of token is told from the token itself; a wrong hint changes nothing (RFC 7009 2.1).
    form.one("token_type_hint").map_err(form::refused)?;
    let token = form.one("token").map_err(form::refused)?.map(Secret::new);
    let (app, actor, pool) = (&visit.app, &visit.actor, visit.pool.as_ref());
    revoke::revoke(app, actor, pool, &credentials, token.as_ref()).await
}

//! What a pool publishes under its issuer: keys and discovery. Both answer for every pool, with or
//! without a domain, and go on answering while the database is away (security.md E8).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use serde_json::json;

use super::{cors, discovery};
use crate::app::App;
use crate::domain::keys::{self, Published};
use crate::domain::rotation::JWKS_LIFETIME;
use crate::error::{Code, Error};
use crate::ids::PoolId;
use crate::site::{Site, answer};

/// Discovery documents as they were last, for when the database is away. Holds no more pools than
/// have existed.
type Known = Arc<Mutex<HashMap<PoolId, Published>>>;

/// Routes that answer on every pool's domain.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/.well-known/jwks.json", get(jwks).options(cors::preflight))
        .route(
            "/.well-known/openid-configuration",
            get(configuration).options(cors::preflight),
        )
        .layer(Extension(Known::default()))
}

async fn jwks(State(app): State<Arc<App>>, site: Extension<Site>, headers: HeaderMap) -> Response {
    let Site::Domain { pool, .. } = site.0 else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match keys::jwks(&app, &pool).await {
        Ok(document) => ready(&headers, &document),
        Err(error) => refused(&error),
    }
}

async fn configuration(
    State(app): State<Arc<App>>,
    site: Extension<Site>,
    known: Extension<Known>,
    headers: HeaderMap,
) -> Response {
    let Site::Domain { pool, .. } = site.0 else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let known = |change: Option<&Published>| {
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        match change {
            Some(document) => known.insert(pool.clone(), document.clone()),
            None => known.get(&pool).cloned(),
        }
    };
    match discovery::document(&app, &pool).await {
        Ok(document) => {
            let document = Published::new(document);
            known(Some(&document));
            ready(&headers, &document)
        }
        Err(error) if error.code == Code::Internal => match known(None) {
            Some(document) => ready(&headers, &document),
            None => refused(&error),
        },
        Err(error) => refused(&error),
    }
}

/// The document, or 304 to whoever has it already.
fn ready(asked: &HeaderMap, document: &Published) -> Response {
    let tag = format!("\"{}\"", document.digest);
    let has = asked.get_all(header::IF_NONE_MATCH).iter().any(|value| {
        let tags = value.to_str().unwrap_or_default().split(',');
        tags.map(str::trim)
            .any(|t| t == tag || t == "*" || t.strip_prefix("W/") == Some(&tag))
    });
    let mut response = if has {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        document.bytes.to_vec().into_response()
    };
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json;charset=UTF-8"),
    );
    // The rotation of keys counts on it.
    let kept = JWKS_LIFETIME.as_seconds();
    if let Ok(cache) = HeaderValue::try_from(format!("public, max-age={kept}")) {
        headers.insert(header::CACHE_CONTROL, cache);
    }
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// An unknown pool answers as the API does (api-auth.md 9.4).
fn refused(error: &Error) -> Response {
    if error.code == Code::Internal {
        return answer::failed(error);
    }
    let body = json!({ "__type": error.code.name(), "message": error.message });
    let kind = [(header::CONTENT_TYPE, "application/json;charset=UTF-8")];
    (StatusCode::BAD_REQUEST, kind, body.to_string()).into_response()
}

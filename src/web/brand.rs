//! The files of a customer's look, from our own origin. Their path carries a hash of their content,
//! so they may be cached for ever.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::{assets, csp};
use crate::app::App;
use crate::domain::branding;
use crate::settings::branding::Extension;
use crate::site::answer;
use crate::site::visit::Visit;

/// `GET /_brand/{name}`, on the domain of a pool.
pub fn routes() -> Router<Arc<App>> {
    Router::new().route("/_brand/{name}", get(serve))
}

/// Where a picture is, on the site that `base` leads to.
pub(in crate::web) fn picture_path(base: &str, file: &str) -> String {
    format!("{base}/_brand/{file}")
}

/// Where our stylesheet with a brand's rules after it is: one file for both, named by both hashes.
pub(in crate::web) fn styles_path(base: &str, digest: &str) -> String {
    let (ours, _) = assets::styles();
    format!("{base}/_brand/{ours}-{digest}.css")
}

async fn serve(visit: Visit, Path(name): Path<String>) -> Response {
    let Some(pool) = &visit.pool else {
        return missing();
    };
    let Some((stem, suffix)) = name.split_once('.') else {
        return missing();
    };
    if suffix == "css" {
        let (ours, styles) = assets::styles();
        let digest = stem
            .strip_prefix(ours)
            .and_then(|rest| rest.strip_prefix('-'));
        let Some(digest) = digest.filter(|digest| is_hash(digest)) else {
            return missing();
        };
        return match branding::stylesheet(&visit.app, pool, digest).await {
            Ok(Some(rules)) => file("text/css; charset=utf-8", format!("{styles}\n{rules}")),
            Ok(None) => missing(),
            Err(error) => answer::failed(&error),
        };
    }
    let Some(extension) = Extension::from_suffix(suffix).filter(|_| is_hash(stem)) else {
        return missing();
    };
    match branding::picture(&visit.app, pool, stem).await {
        Ok(Some(picture)) if picture.extension == extension => {
            file(extension.content_type(), picture.bytes)
        }
        Ok(_) => missing(),
        Err(error) => answer::failed(&error),
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == 32
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// Opened by itself, a picture is a document of nobody: nothing in it runs or loads.
fn file(kind: &'static str, body: impl IntoResponse) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, csp::PICTURE),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    let mut response = body.into_response();
    for (name, value) in headers {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, "Not found\n").into_response()
}

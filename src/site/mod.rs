//! Which site a request is for: the API, one pool's domain, or the bare host. One middleware
//! decides; handlers never read `Host`.
//!
//! What the endpoints and pages of a domain share also lives here, for both faces: the verbatim
//! query, cookies, the browser's sign-in session, and the headers of answers.

pub mod answer;
pub mod browser;
pub mod cookies;
mod host;
pub mod query;
pub mod refusal;
pub mod visit;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower::ServiceExt;

use crate::app::App;
use crate::ids::PoolId;

/// The site of a request (oauth.md 7.2), put into its extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Site {
    /// The AWS JSON API, and everything that belongs to no pool.
    Api,
    /// One pool's domain.
    Domain {
        /// The pool.
        pool: PoolId,
        /// What stands before the paths of its pages and cookies: `/{poolId}`, or empty.
        base: String,
        /// The domain's name, where the request's host names it.
        name: Option<String>,
    },
    /// No pool in host or path: the client id of the request decides.
    Bare,
}

/// Put into the extensions of requests that came over TLS to this server.
#[derive(Clone, Copy, Debug)]
pub struct OverTls;

/// What [`enter`] needs: the parts of the server, and the routes of a pool's domain.
#[derive(Clone)]
pub struct Sites {
    /// The server.
    pub app: Arc<App>,
    /// Endpoints and pages, at the paths they have on a domain of their own.
    pub domain: Router,
}

/// Decides the site, once, before routing. A name that is not ours is misdirected (security.md
/// A4); the path of a path-style domain loses its first segment; a domain's requests go to its own
/// routes and never reach the API.
pub async fn enter(State(sites): State<Sites>, mut request: Request, next: Next) -> Response {
    let pool = match host::judge(&sites.app, host::asked(&request)).await {
        Ok(host::Name::Ours) => None,
        Ok(host::Name::Pool(pool, name)) => Some((pool, name)),
        Err(refused) => return refused.into_response(),
    };
    let in_path = path_style(request.uri());
    let (site, uri) = match (pool, in_path) {
        (Some((pool, name)), _) => (domain(pool, String::new(), Some(name)), None),
        (None, Some((pool, uri))) => {
            let base = format!("/{pool}");
            (domain(pool, base, None), Some(uri))
        }
        (None, None) => (outside(request.uri().path()), None),
    };
    if let Some(uri) = uri {
        *request.uri_mut() = uri;
    }
    let on_domain = matches!(site, Site::Domain { .. });
    request.extensions_mut().insert(site);
    if on_domain {
        return match sites.domain.oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
    }
    next.run(request).await
}

const fn domain(pool: PoolId, base: String, name: Option<String>) -> Site {
    Site::Domain { pool, base, name }
}

fn outside(path: &str) -> Site {
    let api = path == "/" || path.starts_with("/_poolhouse") || path.starts_with("/health/");
    if api { Site::Api } else { Site::Bare }
}

/// The pool in a path's first segment, and the URI without it. The segment is compared as it is
/// written: an encoded or doubled one is not a pool's (security.md F3).
fn path_style(uri: &Uri) -> Option<(PoolId, Uri)> {
    let (first, rest) = uri.path().strip_prefix('/')?.split_once('/')?;
    let pool = PoolId::parse(first).ok()?;
    let inner = match uri.query() {
        Some(query) => format!("/{rest}?{query}"),
        None => format!("/{rest}"),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(inner).ok()?);
    Some((pool, Uri::from_parts(parts).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_id_in_the_path_is_taken_off() {
        let split = |text: &str| {
            path_style(&Uri::try_from(text).unwrap())
                .map(|(p, uri)| (p.to_string(), uri.to_string()))
        };
        let pool = "us-east-1_abc123".to_owned();
        assert_eq!(
            split("/us-east-1_abc123/login?a=%20b"),
            Some((pool.clone(), "/login?a=%20b".into()))
        );
        assert_eq!(split("/us-east-1_abc123//x"), Some((pool, "//x".into())));
        for other in [
            "/",
            "/login",
            "/us-east-1_abc123",
            "//us-east-1_abc123/login",
            "/us-east-1%5Fabc123/login",
            "/us-east-1_abc123;x/login",
            "/./us-east-1_abc123/login",
            "/_poolhouse/messages",
            "/oauth2/token",
        ] {
            assert_eq!(split(other), None, "{other}");
        }
    }
}

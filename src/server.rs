//! The HTTP surface: routes, and what wraps every one of them.

use std::any::Any;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use tower::Layer;
use tower::util::MapRequestLayer;
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::App;
use crate::site::{self, Sites};
use crate::tls::listener::Peer;
use crate::web::{assets, brand, dev, hosted};
use crate::wire::operation::Service;
use crate::wire::{cors, dispatch};
use crate::{api, identity, kms, oidc};

/// The largest body outside of domains, but for operations whose row says otherwise; the forms of
/// domains have smaller limits of their own (security.md F4).
const LARGEST_BODY: usize = 1 << 20;

static SERVICES: &[&Service] = &[&api::SERVICE, &identity::SERVICE, &kms::SERVICE];

/// All routes of a server.
pub fn router(app: Arc<App>) -> Router {
    let domain = domain(&app);
    let outside = Router::new()
        .route("/", get(front).post(aws_json).options(preflight))
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        // Dev mode's alias of ready (security.md K16).
        .route("/_poolhouse/health", get(ready))
        .merge(dev::router(&app))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(Arc::clone(&app))
        .fallback_service(domain.clone());
    // The site is decided before routing: it takes the pool off the path.
    let panics = Arc::clone(&app.panics);
    let entrance = middleware::from_fn_with_state(Sites { app, domain }, site::enter);
    let routes = Router::new().fallback_service(entrance.layer(outside));
    guarded(routes, panics)
}

/// A panic costs its own request only, and is counted (security.md F8).
fn guarded(routes: Router, panics: Arc<AtomicU64>) -> Router {
    routes.layer(CatchPanicLayer::custom(
        move |_: Box<dyn Any + Send + 'static>| {
            panics.fetch_add(1, Ordering::Relaxed);
            panicked()
        },
    ))
}

/// The same routes behind TLS: requests are marked as secure, and their peer is where all others
/// have it.
pub fn over_tls(router: Router) -> Router {
    router.layer(MapRequestLayer::new(|mut request: Request| {
        let extensions = request.extensions_mut();
        if let Some(ConnectInfo(Peer(address))) = extensions.remove() {
            extensions.insert(ConnectInfo::<SocketAddr>(address));
        }
        extensions.insert(site::OverTls);
        request
    }))
}

/// The routes of a pool's domain; on the bare host they are what is left.
fn domain(app: &Arc<App>) -> Router {
    let routes = Router::new()
        .merge(oidc::routes())
        .merge(hosted::routes())
        .merge(assets::routes())
        .merge(brand::routes())
        .fallback(not_found);
    hosted::plain_pages(routes).with_state(Arc::clone(app))
}

async fn aws_json(State(app): State<Arc<App>>, request: Request) -> Response {
    dispatch::post(app, SERVICES, request).await
}

async fn preflight(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    cors::preflight(&headers, &app.config)
}

/// Who opens the address that the server prints finds what a browser can use there.
async fn front(State(app): State<Arc<App>>) -> Response {
    if app.mailbox.is_some() {
        return Redirect::to("/_poolhouse/").into_response();
    }
    not_found().await
}

/// The process answers; the store is not asked (security.md K16).
async fn live() -> &'static str {
    "ok\n"
}

/// The store answers within a second.
async fn ready(State(app): State<Arc<App>>) -> Response {
    let check = tokio::time::timeout(std::time::Duration::from_secs(1), app.store.read()).await;
    match check {
        Ok(Ok(_)) => "ok\n".into_response(),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response(),
    }
}

async fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "Not found\n").into_response()
}

fn panicked() -> Response {
    tracing::error!("a request panicked");
    let body = r#"{"__type":"InternalErrorException","message":"Something went wrong"}"#;
    (StatusCode::INTERNAL_SERVER_ERROR, body).into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use tower::ServiceExt;

    use super::*;

    async fn ask(router: &Router, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), 1024).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_panic_costs_its_own_request_and_is_counted() {
        let panics = Arc::new(AtomicU64::new(0));
        let routes = Router::new()
            .route("/", get(async || "hello"))
            .route("/panic", get(async || -> &'static str { panic!("secret") }));
        let guarded = guarded(routes, Arc::clone(&panics));
        for count in 1..=3 {
            let (status, body) = ask(&guarded, "/panic").await;
            assert_eq!(status, 500);
            assert!(body.contains("InternalErrorException") && !body.contains("secret"));
            assert_eq!(panics.load(Ordering::Relaxed), count);
            assert_eq!(ask(&guarded, "/").await, (StatusCode::OK, "hello".into()));
        }
    }
}

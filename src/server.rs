//! The HTTP surface: routes, and what wraps every one of them.

use std::any::Any;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower::Layer;
use tower::util::MapRequestLayer;
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::App;
use crate::site::{self, Sites};
use crate::tls::listener::Peer;
use crate::web::{assets, dev, hosted};
use crate::wire::operation::Service;
use crate::wire::{cors, dispatch};
use crate::{api, identity, oidc};

static SERVICES: &[&Service] = &[&api::SERVICE, &identity::SERVICE];

/// All routes of a server.
pub fn router(app: Arc<App>) -> Router {
    let domain = domain(&app);
    let outside = Router::new()
        .route("/", get(not_found).post(aws_json).options(preflight))
        .route("/health/live", get(live))
        .route("/health/ready", get(ready))
        // Dev mode's alias of ready (security.md K16).
        .route("/_poolhouse/health", get(ready))
        .merge(dev::router(&app))
        .with_state(Arc::clone(&app))
        .fallback_service(domain.clone());
    // The site is decided before routing: it takes the pool off the path.
    let entrance = middleware::from_fn_with_state(Sites { app, domain }, site::enter);
    Router::new()
        .fallback_service(entrance.layer(outside))
        .layer(CatchPanicLayer::custom(panicked))
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
        .fallback(not_found);
    hosted::plain_pages(routes).with_state(Arc::clone(app))
}

async fn aws_json(State(app): State<Arc<App>>, request: Request) -> Response {
    dispatch::post(app, SERVICES, request).await
}

async fn preflight(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    cors::preflight(&headers, &app.config)
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

/// A panic costs its own request only (security.md F8).
fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a request panicked");
    let body = r#"{"__type":"InternalErrorException","message":"Something went wrong"}"#;
    (StatusCode::INTERNAL_SERVER_ERROR, body).into_response()
}

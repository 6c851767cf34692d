//! Dev mode's own pages and calls under `/_poolhouse/`: the mailbox and the test controls
//! (docs/test-controls.md). In production these routes do not exist.

mod answer;
mod clock;
mod keys;
mod messages;
mod reset;
mod triggers;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};

use crate::app::App;
use crate::web::{mailbox, preview};
use answer::Failure;

/// The routes, each behind the origin guard.
pub fn router(app: &Arc<App>) -> Router<Arc<App>> {
    Router::new()
        .route(
            "/_poolhouse/messages",
            get(messages::list).delete(messages::delete_all),
        )
        .route("/_poolhouse/messages/wait", get(messages::wait))
        .route(
            "/_poolhouse/messages/{id}",
            get(messages::get).delete(messages::delete),
        )
        .route("/_poolhouse/clock", get(clock::show).post(clock::change))
        .route("/_poolhouse/keys", get(keys::list).post(keys::rotate))
        .route("/_poolhouse/reset", post(reset::reset))
        .route(
            "/_poolhouse/triggers",
            get(triggers::list).delete(triggers::forget),
        )
        .route("/_poolhouse/triggers/wait", get(triggers::wait))
        .route(
            "/_poolhouse/triggers/map",
            get(triggers::mapped)
                .post(triggers::map)
                .delete(triggers::unmap),
        )
        .merge(mailbox::routes())
        .merge(preview::routes())
        .layer(middleware::from_fn_with_state(Arc::clone(app), same_origin))
}

/// A page of another origin may neither read codes nor turn the clock (security.md A5): browsers
/// send `Origin` with every cross-origin write, and no answer here carries CORS headers.
async fn same_origin(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let foreign = request.headers().get(header::ORIGIN).is_some_and(|origin| {
        let ours = url::Url::parse(&app.public_url).map(|url| url.origin().ascii_serialization());
        let listed = app
            .config
            .allow_origins
            .iter()
            .any(|allowed| allowed.as_bytes() == origin);
        !listed && ours.is_ok_and(|ours| ours.as_bytes() != origin.as_bytes())
    });
    if foreign {
        return Failure::forbidden().into();
    }
    next.run(request).await
}

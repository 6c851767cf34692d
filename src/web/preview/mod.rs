//! The look of a client's pages beside each other, for the developer, at
//! `/_poolhouse/branding/{client}`. The pages are the real templates with made-up content; whatever
//! is set shows within two seconds.

mod pages;
pub mod views;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::app::App;

/// The pages; in production they do not exist.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/_poolhouse/branding/{client}", get(pages::overview))
        .route("/_poolhouse/branding/{client}/state", get(pages::state))
        .route(
            "/_poolhouse/branding/{client}/pages/{page}",
            get(pages::page),
        )
}

/// The preview of a client.
pub(in crate::web) fn path(client: &str) -> String {
    format!("/_poolhouse/branding/{client}")
}

//! The mailbox of the development server, at `/_poolhouse/`.

mod pages;
pub mod views;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::app::App;

/// The list of messages.
pub(in crate::web) const HOME: &str = "/_poolhouse/";

/// The pages; without a mailbox they answer 404.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route(HOME, get(pages::list))
        .route("/_poolhouse/mail/{id}", get(pages::message))
        .route("/_poolhouse/mail/{id}/html", get(pages::html))
}

/// The page of one message.
fn message_path(id: u64) -> String {
    format!("/_poolhouse/mail/{id}")
}

/// The HTML of one message, bare, for the frame on its page.
fn html_path(id: u64) -> String {
    format!("/_poolhouse/mail/{id}/html")
}

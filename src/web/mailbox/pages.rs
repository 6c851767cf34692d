//! The pages of the mailbox, answered.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::app::App;
use crate::domain::oauth::links;
use crate::error::{Error, Result};
use crate::ports::mailbox::{Mailbox, Message, Wanted};
use crate::text::Locale;
use crate::web::chrome::Chrome;
use crate::web::{csp, preview};

use super::views::{AppLink, MailboxPage, MessagePage, PoolLinks};

/// So many messages are on the page; the test controls list all.
const SHOWN: usize = 100;

/// `GET /_poolhouse/`
pub async fn list(State(app): State<Arc<App>>) -> Response {
    let Some(mailbox) = &app.mailbox else {
        return missing();
    };
    page(filled(&app, mailbox).await.and_then(|page| render(&page)))
}

async fn filled(app: &App, mailbox: &Mailbox) -> Result<MailboxPage> {
    let mut messages = mailbox.list(&Wanted::default());
    messages.truncate(SHOWN);
    let pools = links::newest_pools(app).await?.into_iter();
    Ok(MailboxPage {
        chrome: Chrome::new(Locale::default()),
        messages,
        pools: pools.map(shown).collect(),
    })
}

fn shown(pool: links::PoolLinks) -> PoolLinks {
    let apps = pool.apps.into_iter();
    PoolLinks {
        name: pool.name,
        id: pool.id,
        apps: apps
            .map(|(name, href, client)| AppLink {
                name,
                href,
                look_href: preview::path(client.as_str()),
            })
            .collect(),
    }
}

/// `GET /_poolhouse/mail/{id}`
pub async fn message(State(app): State<Arc<App>>, Path(id): Path<u64>) -> Response {
    let Some(message) = find(&app, id) else {
        return missing();
    };
    page(render(&MessagePage {
        chrome: Chrome::new(Locale::default()),
        message,
    }))
}

/// `GET /_poolhouse/mail/{id}/html`: the mail as its recipient would see it.
pub async fn html(State(app): State<Arc<App>>, Path(id): Path<u64>) -> Response {
    match find(&app, id).and_then(|message| message.html) {
        Some(html) => answer(StatusCode::OK, csp::MAIL, html),
        None => missing(),
    }
}

fn find(app: &App, id: u64) -> Option<Message> {
    app.mailbox.as_ref()?.get(id)
}

fn render(page: &impl Template) -> Result<String> {
    page.render().map_err(Error::internal)
}

fn page(html: Result<String>) -> Response {
    match html {
        Ok(html) => answer(StatusCode::OK, csp::MAILBOX, html),
        Err(error) => {
            tracing::error!(cause = ?error.cause(), "the mailbox page failed");
            (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong\n").into_response()
        }
    }
}

fn answer(status: StatusCode, policy: &'static str, html: String) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    (status, headers, Html(html)).into_response()
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, "Not found\n").into_response()
}

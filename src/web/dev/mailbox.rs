//! The mailbox: every message of the server, for people.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use form_urlencoded::Serializer;

use super::answer::Failure;
use super::messages::mailbox;
use crate::app::App;
use crate::domain::clients;
use crate::error::Error;
use crate::ports::mailbox::Wanted;
use crate::store::clients::WithPages;
use crate::text::Locale;
use crate::web::chrome::Chrome;
use crate::web::csp;
use crate::web::mailbox::HOME;
use crate::web::mailbox::views::{AppLink, MailboxPage, MessagePage, PoolLinks};

/// The most messages on the page.
const SHOWN: usize = 100;

/// `GET /_poolhouse`
pub async fn moved() -> Redirect {
    Redirect::permanent(HOME)
}

/// `GET /_poolhouse/`: all messages, newest first.
pub async fn list(State(app): State<Arc<App>>) -> Result<Response, Failure> {
    let mut messages = mailbox(&app)?.list(&Wanted::default());
    messages.truncate(SHOWN);
    let page = MailboxPage {
        chrome: Chrome::new(Locale::En),
        messages,
        pools: pools(&app, clients::with_pages(&app).await?),
    };
    html_page(&page, csp::MAILBOX)
}

/// `GET /_poolhouse/mail/{id}`: one message.
pub async fn show(State(app): State<Arc<App>>, Path(id): Path<u64>) -> Result<Response, Failure> {
    let message = mailbox(&app)?.get(id);
    let page = MessagePage {
        chrome: Chrome::new(Locale::En),
        message: message.ok_or_else(|| Failure::not_found("no such message"))?,
    };
    html_page(&page, csp::MAILBOX)
}

/// `GET /_poolhouse/mail/{id}/html`: a message's own HTML, for a frame without rights.
pub async fn html(State(app): State<Arc<App>>, Path(id): Path<u64>) -> Result<Response, Failure> {
    let message = mailbox(&app)?.get(id).and_then(|message| message.html);
    let html = message.ok_or_else(|| Failure::not_found("no such message"))?;
    Ok(page(html, csp::MAIL))
}

fn pools(app: &App, clients: Vec<WithPages>) -> Vec<PoolLinks> {
    let mut pools: Vec<PoolLinks> = Vec::new();
    for client in clients {
        let Some(href) = sign_in(app, &client) else {
            continue;
        };
        let link = AppLink {
            name: client.name,
            href,
        };
        match pools.iter_mut().find(|pool| pool.id == client.pool) {
            Some(pool) => pool.apps.push(link),
            None => {
                pools.push(PoolLinks {
                    name: client.pool_name,
                    id: client.pool,
                    apps: vec![link],
                });
            }
        }
    }
    pools
}

/// The client's sign-in page, with the first of its callbacks.
fn sign_in(app: &App, client: &WithPages) -> Option<String> {
    let callback = client.settings.callback_urls.as_ref()?.first()?;
    let query = Serializer::new(String::new())
        .append_pair("client_id", &client.id)
        .append_pair("response_type", "code")
        .append_pair("redirect_uri", callback)
        .finish();
    Some(format!("{}/{}/login?{query}", app.public_url, client.pool))
}

fn html_page(template: &impl Template, policy: &'static str) -> Result<Response, Failure> {
    let html = template.render().map_err(Error::internal)?;
    Ok(page(html, policy))
}

fn page(html: String, policy: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (StatusCode::OK, headers, html).into_response()
}

//! The preview, answered.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::views::{PageLink, PreviewPage};
use crate::app::App;
use crate::domain::branding::Version;
use crate::domain::{clients, terms};
use crate::error::{Code, Error, Result};
use crate::ids::ClientId;
use crate::store::clients::Client;
use crate::text::Locale;
use crate::web::chrome::Chrome;
use crate::web::csp;
use crate::web::hosted::look;
use crate::web::hosted::views::TermsLinks;
use crate::web::samples::{self, Sample, Words};

/// The page that is shown first.
const FIRST: &str = "sign_in";

/// Which page, in which language.
#[derive(Deserialize)]
pub struct Asked {
    page: Option<String>,
    lang: Option<String>,
}

impl Asked {
    fn locale(&self) -> Locale {
        let tag = self.lang.as_deref().and_then(Locale::from_tag);
        tag.unwrap_or_default()
    }
}

/// A client with what its pages draw.
struct Dressed {
    client: Client,
    version: Version,
    chrome: Option<Chrome>,
}

/// `GET /_poolhouse/branding/{client}`
pub async fn overview(
    State(app): State<Arc<App>>,
    Path(client): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    answer(filled(&app, &client, &asked).await, csp::MAILBOX)
}

async fn filled(app: &App, client: &str, asked: &Asked) -> Result<String> {
    let dressed = dressed(app, client, asked.locale()).await?;
    let wanted = asked.page.as_deref().unwrap_or(FIRST);
    let home = super::path(dressed.client.id.as_str());
    let chrome = Chrome::new(Locale::default());
    let tag = asked.locale().tag();
    let all = all(app, &dressed).await?;
    let pages = all.iter().map(|sample| PageLink {
        title: sample.name.replace('_', " "),
        href: format!("{home}?page={}&lang={tag}", sample.name),
        current: sample.name == wanted,
    });
    let shown = all.iter().find(|sample| sample.name == wanted);
    let page = PreviewPage {
        pages: pages.collect(),
        shown: shown.map(|sample| format!("{home}/pages/{}?lang={tag}", sample.name)),
        state: (mark(&dressed), format!("{home}/state")),
        client: dressed.client.name,
        chrome,
    };
    page.render().map_err(Error::internal)
}

/// `GET /_poolhouse/branding/{client}/state`: a text that changes when the look does.
pub async fn state(State(app): State<Arc<App>>, Path(client): Path<String>) -> Response {
    match dressed(&app, &client, Locale::default()).await {
        Ok(dressed) => ([(header::CACHE_CONTROL, "no-store")], mark(&dressed)).into_response(),
        Err(error) => failed(&error),
    }
}

/// Everything that is drawn is named by its hash.
fn mark(dressed: &Dressed) -> String {
    format!("{:?} {:?}", dressed.version, dressed.chrome)
}

/// `GET /_poolhouse/branding/{client}/pages/{page}`: for a frame of the overview.
pub async fn page(
    State(app): State<Arc<App>>,
    Path((client, page)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    answer(sample(&app, &client, &page, &asked).await, csp::PREVIEW)
}

async fn sample(app: &App, client: &str, page: &str, asked: &Asked) -> Result<String> {
    let dressed = dressed(app, client, asked.locale()).await?;
    let all = all(app, &dressed).await?;
    let found = all.iter().find(|sample| sample.name == page);
    let found = found.ok_or_else(|| Error::client_not_found(page))?;
    found.render().map_err(Error::internal)
}

/// All pages in the look of the client; none where managed login has no pages for it.
async fn all(app: &App, dressed: &Dressed) -> Result<Vec<Sample>> {
    let Some(chrome) = &dressed.chrome else {
        return Ok(Vec::new());
    };
    let language = chrome.locale.terms_key();
    let terms = terms::shown(app, &dressed.client.pool, &dressed.client.id, language).await?;
    let terms = terms.filter(|_| dressed.version == Version::Managed);
    let terms = terms.map(|(terms, privacy)| TermsLinks { terms, privacy });
    let words = Words::plain(chrome.clone()).with_terms(terms);
    let mut all = samples::hosted(&words);
    all.extend(samples::desk(&Words::plain(Chrome::new(Locale::default()))));
    Ok(all)
}

async fn dressed(app: &App, client: &str, locale: Locale) -> Result<Dressed> {
    let missing = || Error::client_not_found(client);
    if app.mailbox.is_none() {
        return Err(missing());
    }
    let id = ClientId::parse(client).map_err(|_| missing())?;
    let (_, client) = clients::public(app, &id).await?;
    let (version, chrome) = look::of_preview(app, &client, locale).await?;
    Ok(Dressed {
        client,
        version,
        chrome,
    })
}

fn answer(html: Result<String>, policy: &'static str) -> Response {
    match html {
        Ok(html) => {
            let headers = [
                (header::CONTENT_SECURITY_POLICY, policy),
                (header::CACHE_CONTROL, "no-store"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (header::REFERRER_POLICY, "no-referrer"),
            ];
            (headers, Html(html)).into_response()
        }
        Err(error) => failed(&error),
    }
}

fn failed(error: &Error) -> Response {
    if error.code == Code::ResourceNotFound {
        return (StatusCode::NOT_FOUND, "Not found\n").into_response();
    }
    tracing::error!(cause = ?error.cause(), "the preview failed");
    (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong\n").into_response()
}

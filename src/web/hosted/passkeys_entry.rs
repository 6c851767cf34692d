//! `/passkeys/add`: an app sends its signed-in user here to make a passkey, and gets the user back
//! with `result=success` or `result=invalid_session` (managed login only).

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::add_passkey::{complete, owner};
use super::page::{self, Page};
use super::views::{AddPasskeyPage, NoticePage, PasskeyField};
use crate::domain::branding::Version;
use crate::domain::changes;
use crate::domain::passkeys;
use crate::domain::sessions::Proven;
use crate::error::{Error, Result};
use crate::site::visit::Visit;
use crate::site::{browser, refusal};
use crate::text::{Text, translated};
use crate::web::form::Form;

const SUCCESS: &[(&str, &str)] = &[("result", "success")];
const INVALID_SESSION: &[(&str, &str)] = &[("result", "invalid_session")];

pub(super) async fn show(visit: Visit) -> Response {
    let page = match Page::open_entry(visit).await {
        Ok(page) => page,
        Err(response) => return response,
    };
    if page.version == Version::Classic {
        return missing();
    }
    match proven(&page).await {
        Ok(Some(proven)) => render(page, StatusCode::OK, Form::default(), &proven).await,
        Ok(None) => page.tell_app(StatusCode::FOUND, INVALID_SESSION),
        Err(error) => refusal::failed(&page.visit, &error),
    }
}

pub(super) async fn submit(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let submitted = Page::submitted_entry::<PasskeyField>(visit, &headers, &body).await;
    let (page, form) = match submitted {
        Ok(submitted) => submitted,
        Err(response) => return response,
    };
    if page.version == Version::Classic {
        return missing();
    }
    let proven = match proven(&page).await {
        Ok(Some(proven)) => proven,
        Ok(None) => return page.tell_app(StatusCode::SEE_OTHER, INVALID_SESSION),
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let credential = form.value(&PasskeyField::Credential);
    if credential.is_empty() {
        return page.tell_app(StatusCode::SEE_OTHER, &[]);
    }
    match complete(&page, &proven, credential).await {
        Ok(()) => page.tell_app(StatusCode::SEE_OTHER, SUCCESS),
        Err(error) if page::is_for_people(&error) => {
            let form = form.refused(error.message);
            render(page, StatusCode::BAD_REQUEST, form, &proven).await
        }
        Err(error) => refusal::failed(&page.visit, &error),
    }
}

/// The pages are there since managed login.
fn missing() -> Response {
    (StatusCode::NOT_FOUND, "Not found\n").into_response()
}

/// Who is signed in here, for this client, and recently enough to get a passkey: the app can have
/// everybody else sign in again.
async fn proven(page: &Page) -> Result<Option<Proven>> {
    let (app, pool) = (&page.visit.app, &page.request.pool);
    let session = browser::session(&page.visit, pool).await?;
    let serves = |proven: &Proven| {
        proven.serves(app, pool, &page.request.client)
            && changes::is_fresh(app, &pool.id, proven.auth_at)
    };
    Ok(session.filter(serves))
}

async fn render(
    page: Page,
    status: StatusCode,
    form: Form<PasskeyField>,
    proven: &Proven,
) -> Response {
    let (app, actor) = (&page.visit.app, &page.visit.actor);
    let options = match passkeys::start(app, actor, owner(&page, proven)).await {
        Ok(options) => options.to_string(),
        Err(error) if page::is_for_people(&error) => return unavailable(page, error),
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let csrf = match page.csrf() {
        Ok(csrf) => csrf,
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let add_passkey = AddPasskeyPage {
        action: page.href("/passkeys/add"),
        csrf,
        form,
        options,
        chrome: page.chrome(),
    };
    page.show_scripted(status, &add_passkey)
}

/// The pool has no passkeys, or the user enough of them.
fn unavailable(page: Page, error: Error) -> Response {
    let chrome = page.chrome();
    let notice = NoticePage {
        heading: chrome.say(Text::AddPasskeyTitle),
        message: Some(translated(chrome.locale, error.message).into_owned()),
        form: None,
        link: Some((page.request.told(&[]), chrome.say(Text::AddPasskeyLater))),
        chrome,
    };
    page.show(StatusCode::BAD_REQUEST, &notice)
}

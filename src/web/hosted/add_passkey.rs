//! `/passkey/add`: who has signed in without a passkey, in a browser that can make one, is offered to
//! make one before the app gets its answer.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::page::{self, Page};
use super::step::Step;
use super::views::{AddPasskeyPage, PasskeyField};
use crate::domain::passkeys::{self, Owner};
use crate::domain::sessions::Proven;
use crate::error::{Code, Error, Result};
use crate::site::cookies::Cookie;
use crate::site::visit::Visit;
use crate::site::{browser, refusal};
use crate::time::Span;
use crate::web::form::Form;

/// Set by the script of the sign-in page to `1`, where passkeys can be made; to `later` by who does
/// not want one now. What a script sets does not replace what the server has set.
const COOKIE: &str = "passkeys";

/// For how long nobody is asked again.
const LATER: Span = Span::days(30);

/// Whether to offer it: the browser can, and the user has none.
pub(super) async fn is_due(page: &Page, proven: &Proven) -> Result<bool> {
    let mut told = page.visit.cookies.all(COOKIE).peekable();
    let can = told.peek().is_some() && told.all(|value| value == "1");
    Ok(can && passkeys::has_none(&page.visit.app, &page.request.pool, &proven.user).await?)
}

pub(super) async fn show(visit: Visit) -> Response {
    let page = match Page::open(visit).await {
        Ok(page) => page,
        Err(response) => return response,
    };
    match proven(&page).await {
        Ok(Some(proven)) => render(page, StatusCode::OK, Form::default(), &proven).await,
        Ok(None) => page.go("/login"),
        Err(error) => refusal::failed(&page.visit, &error),
    }
}

pub(super) async fn submit(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let submitted = Page::submitted::<PasskeyField>(visit, &headers, &body).await;
    let (mut page, form) = match submitted {
        Ok(submitted) => submitted,
        Err(response) => return response,
    };
    let proven = match proven(&page).await {
        Ok(Some(proven)) => proven,
        Ok(None) => return page.go("/login"),
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let credential = form.value(&PasskeyField::Credential);
    if credential.is_empty() {
        let later = later(&page.visit);
        page.bring(later);
        return page.leave(&proven).await;
    }
    match complete(&page, &proven, credential).await {
        Ok(()) => page.leave(&proven).await,
        Err(error) if page::is_for_people(&error) => {
            let form = form.refused(error.message);
            render(page, StatusCode::BAD_REQUEST, form, &proven).await
        }
        Err(error) => refusal::failed(&page.visit, &error),
    }
}

/// Keeps what the browser made.
pub(super) async fn complete(page: &Page, proven: &Proven, credential: &str) -> Result<()> {
    let document = serde_json::from_str(credential).map_err(|_| Error::webauthn_response())?;
    let (app, actor) = (&page.visit.app, &page.visit.actor);
    passkeys::complete(app, actor, owner(page, proven), document).await
}

/// Who has just signed in, here, for this request.
async fn proven(page: &Page) -> Result<Option<Proven>> {
    match &page.step {
        Some(Step::AddPasskey) => browser::session(&page.visit, &page.request.pool).await,
        _ => Ok(None),
    }
}

/// Whose passkey it becomes.
pub(super) const fn owner<'a>(page: &'a Page, proven: &'a Proven) -> Owner<'a> {
    Owner {
        pool: &page.request.pool,
        client: &page.request.client.id,
        user: &proven.user,
        session: &proven.session,
        auth_at: proven.auth_at,
    }
}

fn later(visit: &Visit) -> Option<axum::http::HeaderValue> {
    let cookie = Cookie {
        name: COOKIE,
        value: "later",
        base: &visit.base,
        keep: Some(LATER),
    };
    cookie.header(visit)
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
        // The pool has changed its mind, or there are enough by now.
        Err(error) if error.code != Code::Internal => return page.leave(proven).await,
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let csrf = match page.csrf() {
        Ok(csrf) => csrf,
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let add_passkey = AddPasskeyPage {
        action: page.href("/passkey/add"),
        csrf,
        form,
        options,
        chrome: page.chrome(),
    };
    page.show_scripted(status, &add_passkey)
}

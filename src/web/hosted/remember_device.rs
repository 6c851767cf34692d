//! `/device`: who has signed in, and was not asked for a second factor, is asked whether the browser
//! shall be remembered, where the pool leaves that to its users
//! (`DeviceOnlyRememberedOnUserPrompt`). With a second factor there is a check box on its page.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::page::Page;
use super::step::{Going, Step};
use super::views::{RememberDeviceField, RememberDevicePage};
use crate::domain::challenge;
use crate::domain::devices;
use crate::domain::sessions::Proven;
use crate::error::Result;
use crate::secret::Secret;
use crate::site::visit::Visit;
use crate::site::{browser, refusal};

/// Whether the page of a second factor has the check box: the pool leaves it to its users, and this
/// browser is not remembered yet.
pub(super) async fn is_asked(page: &Page, going: &Going) -> bool {
    let (pool, client) = (&page.request.pool, &page.request.client);
    if !devices::prompts(pool) {
        return false;
    }
    let session = Secret::new(going.session.clone());
    let (app, actor) = (&page.visit.app, &page.visit.actor);
    let kept = page.devices.kept();
    let shown = (&session, kept.as_slice());
    let remembered = challenge::is_remembered(app, actor, (pool, client), shown).await;
    !remembered.unwrap_or(false)
}

pub(super) async fn show(visit: Visit) -> Response {
    let page = match Page::open(visit).await {
        Ok(page) => page,
        Err(response) => return response,
    };
    match proven(&page).await {
        Ok(Some(_)) => render(page),
        Ok(None) => page.go("/login"),
        Err(error) => refusal::failed(&page.visit, &error),
    }
}

pub(super) async fn submit(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let submitted = Page::submitted::<RememberDeviceField>(visit, &headers, &body).await;
    let (mut page, form) = match submitted {
        Ok(submitted) => submitted,
        Err(response) => return response,
    };
    let proven = match proven(&page).await {
        Ok(Some(proven)) => proven,
        Ok(None) => return page.go("/login"),
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    page.remember = Some(form.value(&RememberDeviceField::Remember) == "yes");
    Box::pin(page.settled(&proven)).await
}

/// Who has just signed in, here, for this request.
async fn proven(page: &Page) -> Result<Option<Proven>> {
    match &page.step {
        Some(Step::RememberDevice) => browser::session(&page.visit, &page.request.pool).await,
        _ => Ok(None),
    }
}

fn render(page: Page) -> Response {
    let csrf = match page.csrf() {
        Ok(csrf) => csrf,
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let remember_device = RememberDevicePage {
        action: page.href("/device"),
        csrf,
        chrome: page.chrome(),
    };
    page.show(StatusCode::OK, &remember_device)
}

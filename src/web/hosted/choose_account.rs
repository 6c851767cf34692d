//! `/login/account`: the account chooser of `prompt=select_account` (OpenID Connect Core 3.1.2.1), and
//! of a request for more than the browser's session is worth (`acr_values`). A browser has one account
//! at a time: it goes on with that one, or signs in with another.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::page::Page;
use super::views::{ChooseAccountField, ChooseAccountPage};
use crate::domain::sessions::Proven;
use crate::error::Result;
use crate::settings::pool::Contact;
use crate::site::visit::Visit;
use crate::site::{browser, refusal};

pub(super) async fn show(visit: Visit) -> Response {
    let page = match Page::open(visit).await {
        Ok(page) => page,
        Err(response) => return response,
    };
    match here(&page).await {
        Ok(Some(proven)) => render(page, &proven),
        Ok(None) => page.go("/login"),
        Err(error) => refusal::failed(&page.visit, &error),
    }
}

pub(super) async fn submit(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let submitted = Page::submitted::<ChooseAccountField>(visit, &headers, &body).await;
    let (page, _) = match submitted {
        Ok(submitted) => submitted,
        Err(response) => return response,
    };
    match here(&page).await {
        Ok(Some(proven)) => Box::pin(page.go_on_with(&proven)).await,
        Ok(None) => page.go("/login"),
        Err(error) => refusal::failed(&page.visit, &error),
    }
}

/// The sign-in of this browser, if the request takes it.
async fn here(page: &Page) -> Result<Option<Proven>> {
    let session = browser::session(&page.visit, &page.request.pool).await?;
    Ok(session.filter(|proven| page.request.takes_chosen(&page.visit.app, proven)))
}

fn render(page: Page, proven: &Proven) -> Response {
    let csrf = match page.csrf() {
        Ok(csrf) => csrf,
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let choose = ChooseAccountPage {
        chrome: page.chrome(),
        action: page.href("/login/account"),
        csrf,
        account: account(&page, proven),
        another_href: page.href("/login"),
    };
    page.show(StatusCode::OK, &choose)
}

/// What people call the account: the address or number they sign in with where that is the name,
/// for then the user name is random.
fn account(page: &Page, proven: &Proven) -> String {
    let named = page.request.pool.settings().username_attributes();
    let mut contacts = [Contact::Email, Contact::PhoneNumber].into_iter();
    let attributes = &proven.user.attributes;
    let contact = contacts.find_map(|contact| {
        let value = attributes.get(contact.as_str());
        value.filter(|_| named.contains(&contact))
    });
    contact.unwrap_or(&proven.user.username).clone()
}

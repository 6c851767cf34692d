//! `/confirm` and `/resendcode`: the code that proves a new account's address. Whose account it is
//! stands in the step; without one there is nothing to confirm here.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::json;

use super::asked;
use super::page::{self, Page};
use super::step::{Sent, Step, Told};
use super::views::{ConfirmField, ConfirmPage};
use crate::domain::accounts::{self, ConfirmSignUp, Resend};
use crate::domain::hooks::Metadata;
use crate::domain::messages::links;
use crate::ids::Sub;
use crate::secret::Secret;
use crate::settings::pool::Contact;
use crate::site::refusal;
use crate::site::visit::Visit;
use crate::text::Text;
use crate::web::form::Form;

/// The account that the step is about.
#[derive(Clone)]
struct Account {
    username: String,
    sent: Option<Sent>,
    again: bool,
    made: Option<Sub>,
}

pub(super) async fn show(visit: Visit) -> Response {
    let mut page = match Page::open(visit).await {
        Ok(page) => page,
        Err(response) => return response,
    };
    match account(&mut page) {
        Some(account) => render(page, StatusCode::OK, Form::default(), &account),
        None => page.go("/login"),
    }
}

pub(super) async fn submit(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let submitted = Page::submitted::<ConfirmField>(visit, &headers, &body).await;
    let (mut page, mut form) = match submitted {
        Ok(submitted) => submitted,
        Err(response) => return response,
    };
    let Some(account) = account(&mut page) else {
        return page.go("/login");
    };
    let code = form.value(&ConfirmField::Code).trim().to_owned();
    if code.is_empty() {
        form.complain(ConfirmField::Code, page.say(Text::FieldMissing));
        return render(page, StatusCode::BAD_REQUEST, form, &account);
    }
    let members = json!({
        "ClientId": page.request.client.id,
        "Username": account.username,
        "ConfirmationCode": code,
    });
    if let Some(text) = page::check_shapes("ConfirmSignUp", &members) {
        form.complain(ConfirmField::Code, text);
        return render(page, StatusCode::BAD_REQUEST, form, &account);
    }
    let confirm = ConfirmSignUp {
        username: account.username.clone(),
        code: Secret::new(code),
        force_alias_creation: false,
        metadata: Metadata::new(),
        expected: None,
    };
    let (app, actor) = (&page.visit.app, &page.visit.actor);
    let (pool, client) = (&page.request.pool, &page.request.client);
    match accounts::confirm_sign_up(app, actor, pool, client, confirm).await {
        Ok(done) => Box::pin(confirmed(page, account, done.contact)).await,
        Err(error) if page::is_for_people(&error) => {
            form.complain(ConfirmField::Code, error.message.to_string());
            render(page, StatusCode::BAD_REQUEST, form, &account)
        }
        Err(error) => refusal::failed(&page.visit, &error),
    }
}

/// Who made the account in this browser is signed in: it gave the password and has now proven the
/// address. Everybody else signs in.
async fn confirmed(page: Page, account: Account, contact: Contact) -> Response {
    if let Some(sub) = &account.made {
        return Box::pin(page.finish_for((sub, Some(contact)), account.username)).await;
    }
    let step = Step::SignIn {
        username: account.username,
        told: Told::Confirmed,
    };
    page.step_to("/login", step)
}

pub(super) async fn resend(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let submitted = Page::submitted::<ConfirmField>(visit, &headers, &body).await;
    let (mut page, form) = match submitted {
        Ok(submitted) => submitted,
        Err(response) => return response,
    };
    let Some(account) = account(&mut page) else {
        return page.go("/login");
    };
    let resend = Resend {
        username: account.username.clone(),
        metadata: Metadata::new(),
    };
    let (app, actor) = (&page.visit.app, &page.visit.actor);
    let (pool, client) = (&page.request.pool, &page.request.client);
    match accounts::resend(app, actor, pool, client, resend).await {
        Ok(sent) => {
            let step = Step::Confirm {
                username: account.username,
                sent: Some((&sent).into()),
                again: true,
                made: account.made,
            };
            page.step_to("/confirm", step)
        }
        Err(error) if page::is_for_people(&error) => {
            let form = form.refused(error.message);
            render(page, StatusCode::BAD_REQUEST, form, &account)
        }
        Err(error) => refusal::failed(&page.visit, &error),
    }
}

fn account(page: &mut Page) -> Option<Account> {
    match page.step.take() {
        Some(Step::Confirm {
            username,
            sent,
            again,
            made,
        }) => Some(Account {
            username,
            sent,
            again,
            made,
        }),
        _ => None,
    }
}

fn render(page: Page, status: StatusCode, form: Form<ConfirmField>, account: &Account) -> Response {
    let csrf = match page.csrf() {
        Ok(csrf) => csrf,
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let chrome = page.chrome();
    let resent = account.again && !form.is_refused();
    let by_mail = account.sent.as_ref().is_none_or(|sent| !sent.sms);
    let by_link = by_mail && links::confirm_accounts(&page.request.pool);
    let again = if by_link {
        Text::ResentLink
    } else {
        Text::Resent
    };
    let confirm = ConfirmPage {
        action: page.href("/confirm"),
        resend_action: page.href("/resendcode"),
        csrf,
        delivery: asked::delivery(account.sent.as_ref()),
        by_link,
        notice: resent.then(|| chrome.say(again).to_owned()),
        form,
        sign_in_href: page.href("/login"),
        chrome,
    };
    page.show(status, &confirm)
}

//! `/mfa/email`: the address that codes of a second factor shall go to.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::page::Page;
use super::step::{Going, Step};
use super::views::{SetUpEmailField, SetUpEmailPage};
use super::{login, second_factor};
use crate::domain::challenge::{ChallengeName, Parameters};
use crate::error::Code;
use crate::secret::Secret;
use crate::site::refusal;
use crate::site::visit::Visit;
use crate::text::Text;
use crate::web::form::Form;

pub(super) async fn show(visit: Visit) -> Response {
    let mut page = match Page::open(visit).await {
        Ok(page) => page,
        Err(response) => return response,
    };
    match going(&mut page) {
        Some(_) => render(page, StatusCode::OK, Form::default()),
        None => page.go("/login"),
    }
}

pub(super) async fn submit(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let submitted = Page::submitted::<SetUpEmailField>(visit, &headers, &body).await;
    let (mut page, mut form) = match submitted {
        Ok(submitted) => submitted,
        Err(response) => return response,
    };
    let Some(going) = going(&mut page) else {
        return page.go("/login");
    };
    let address = form.value(&SetUpEmailField::Email).trim().to_owned();
    if address.is_empty() {
        let missing = page.say(Text::FieldMissing);
        form.complain(SetUpEmailField::Email, missing);
        return render(page, StatusCode::BAD_REQUEST, form);
    }
    let parameters = Parameters::default().with("EMAIL", Secret::new(address));
    let name = ChallengeName::MfaSetup;
    match second_factor::answer(&page, &going, name, parameters).await {
        Ok(outcome) => Box::pin(login::go_on(page, going.username, outcome)).await,
        Err(error)
            if matches!(
                error.code,
                Code::InvalidParameter | Code::CodeDeliveryFailure
            ) =>
        {
            form.complain(SetUpEmailField::Email, error.message.to_string());
            render(page, StatusCode::BAD_REQUEST, form)
        }
        Err(error) => second_factor::over(page, going, &error),
    }
}

fn going(page: &mut Page) -> Option<Going> {
    match page.step.take() {
        Some(Step::SetUpEmail { going }) => Some(going),
        _ => None,
    }
}

fn render(page: Page, status: StatusCode, form: Form<SetUpEmailField>) -> Response {
    let csrf = match page.csrf() {
        Ok(csrf) => csrf,
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let set_up_email = SetUpEmailPage {
        chrome: page.chrome(),
        action: page.href("/mfa/email"),
        csrf,
        form,
        sign_in_href: page.href("/login"),
    };
    page.show(status, &set_up_email)
}

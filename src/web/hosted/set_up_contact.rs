//! `/mfa/email`, `/mfa/phone`: the address or the number that codes of a second factor shall go to.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::page::Page;
use super::step::{Going, Step};
use super::views::{SetUpContactField, SetUpContactPage};
use super::{login, second_factor};
use crate::domain::challenge::{ChallengeName, Parameters};
use crate::error::{Code, Error};
use crate::secret::Secret;
use crate::settings::pool::Contact;
use crate::site::refusal;
use crate::site::visit::Visit;
use crate::text::Text;
use crate::web::form::Form;

/// What is asked for.
struct Asked {
    going: Going,
    contact: Contact,
}

/// Asks for it.
pub(super) fn begin(page: Page, going: Going, contact: Contact) -> Response {
    page.step_to(path(contact), Step::SetUpContact { going, contact })
}

const fn path(contact: Contact) -> &'static str {
    match contact {
        Contact::Email => "/mfa/email",
        Contact::PhoneNumber => "/mfa/phone",
    }
}

pub(super) async fn show(visit: Visit) -> Response {
    let mut page = match Page::open(visit).await {
        Ok(page) => page,
        Err(response) => return response,
    };
    match asked(&mut page) {
        Some(asked) => render(page, StatusCode::OK, Form::default(), &asked),
        None => page.go("/login"),
    }
}

pub(super) async fn submit(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let submitted = Page::submitted::<SetUpContactField>(visit, &headers, &body).await;
    let (mut page, mut form) = match submitted {
        Ok(submitted) => submitted,
        Err(response) => return response,
    };
    let Some(asked) = asked(&mut page) else {
        return page.go("/login");
    };
    let field = SetUpContactField::of(asked.contact);
    let address = form.value(&field).trim().to_owned();
    if address.is_empty() {
        let missing = page.say(Text::FieldMissing);
        form.complain(field, missing);
        return render(page, StatusCode::BAD_REQUEST, form, &asked);
    }
    let (member, address) = match asked.contact {
        Contact::Email => ("EMAIL", address),
        Contact::PhoneNumber => ("PHONE_NUMBER", digits(&address)),
    };
    let parameters = Parameters::default().with(member, Secret::new(address));
    let name = ChallengeName::MfaSetup;
    match second_factor::answer(&page, &asked.going, name, parameters).await {
        Ok(outcome) => Box::pin(login::go_on(page, asked.going.username, outcome)).await,
        Err(error) if is_about_it(&error) => {
            form.complain(field, error.message.to_string());
            render(page, StatusCode::BAD_REQUEST, form, &asked)
        }
        Err(error) => second_factor::over(page, asked.going, &error),
    }
}

/// Whether another address may do better. One that the app lets nobody write does not, but the person
/// learns it here.
fn is_about_it(error: &Error) -> bool {
    let unwritable = Error::unauthorized_attribute();
    matches!(
        error.code,
        Code::InvalidParameter | Code::CodeDeliveryFailure | Code::TooManyRequests
    ) || (error.code == unwritable.code && error.message == unwritable.message)
}

/// A number as it is stored: people write them in groups.
fn digits(typed: &str) -> String {
    let between = |c: &char| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}');
    typed.chars().filter(between).collect()
}

fn asked(page: &mut Page) -> Option<Asked> {
    match page.step.take() {
        Some(Step::SetUpContact { going, contact }) => Some(Asked { going, contact }),
        _ => None,
    }
}

fn render(
    page: Page,
    status: StatusCode,
    form: Form<SetUpContactField>,
    asked: &Asked,
) -> Response {
    let csrf = match page.csrf() {
        Ok(csrf) => csrf,
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let set_up_contact = SetUpContactPage {
        chrome: page.chrome(),
        action: page.href(path(asked.contact)),
        csrf,
        form,
        contact: asked.contact,
        sign_in_href: page.href("/login"),
    };
    page.show(status, &set_up_contact)
}

#[cfg(test)]
mod tests {
    use super::digits;

    #[test]
    fn numbers_are_taken_as_people_write_them() {
        for typed in ["+49 170 1234567", "+49 (170) 123-45.67", "+491701234567"] {
            assert_eq!(digits(typed), "+491701234567");
        }
        assert_eq!(digits("one"), "one");
    }
}

//! `/login/password`: the password, chosen as the first factor.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::first_factor::{Choice, choice, named};
use super::login;
use super::page::Page;
use super::second_factor::{answer, over};
use super::step::Step;
use super::views::{PasswordField, PasswordPage};
use crate::domain::challenge::ChallengeName;
use crate::domain::delivery;
use crate::error::{Code, Error, Reason};
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
    match choice(&mut page) {
        Some(choice) => render(page, StatusCode::OK, Form::default(), &choice),
        None => page.go("/login"),
    }
}

pub(super) async fn submit(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let submitted = Page::submitted::<PasswordField>(visit, &headers, &body).await;
    let (mut page, mut form) = match submitted {
        Ok(submitted) => submitted,
        Err(response) => return response,
    };
    let Some(choice) = choice(&mut page) else {
        return page.go("/login");
    };
    let password = form.value(&PasswordField::Password).to_owned();
    if password.is_empty() {
        form.complain(PasswordField::Password, page.say(Text::FieldMissing));
        return render(page, StatusCode::BAD_REQUEST, form, &choice);
    }
    // Nobody can have one: no hash.
    if password.chars().count() > 256 {
        let form = form.refused(Error::incorrect_username_or_password().message);
        return render(page, StatusCode::BAD_REQUEST, form, &choice);
    }
    let parameters = named(&choice.going).with("PASSWORD", Secret::new(password));
    match answer(&page, &choice.going, ChallengeName::Password, parameters).await {
        Ok(outcome) => Box::pin(login::go_on(page, choice.going.username, outcome)).await,
        Err(error) if error.code == Code::PasswordResetRequired => {
            let username = choice.going.username;
            page.step_to("/forgotPassword", Step::Forgot { username })
        }
        Err(error) if is_wrong_password(&error) => {
            let form = form.refused(error.message);
            render(page, StatusCode::BAD_REQUEST, form, &choice)
        }
        Err(error) => over(page, choice.going, &error),
    }
}

/// Whether another try may do better.
fn is_wrong_password(error: &Error) -> bool {
    use Reason::{LockedOut, NoPassword, UnknownUser, WrongPassword};
    let again = [LockedOut, NoPassword, UnknownUser, WrongPassword];
    error.reason.is_some_and(|reason| again.contains(&reason))
}

fn render(page: Page, status: StatusCode, form: Form<PasswordField>, choice: &Choice) -> Response {
    let csrf = match page.csrf() {
        Ok(csrf) => csrf,
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let recovers = delivery::recovers(&page.request.pool);
    let password = PasswordPage {
        chrome: page.chrome(),
        action: page.href("/login/password"),
        csrf,
        form,
        username: choice.going.username.clone(),
        forgot_href: recovers.then(|| page.href("/forgotPassword")),
        others_href: (choice.ways.len() > 1).then(|| page.href("/login/choose")),
        sign_in_href: page.href("/login"),
    };
    page.show_scripted(status, &password)
}

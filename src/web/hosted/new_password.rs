//! `/changePassword`: the challenge `NEW_PASSWORD_REQUIRED` as a page inside sign-in.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::json;

use super::page::{self, Page};
use super::step::{Step, Told};
use super::views::{NewPasswordField, NewPasswordPage};
use super::{asked, login};
use crate::domain::branding::Version;
use crate::domain::challenge::{self, Answer, ChallengeName, Face, Parameters};
use crate::domain::hooks::Metadata;
use crate::error::{Code, Error};
use crate::secret::Secret;
use crate::site::refusal;
use crate::site::visit::Visit;
use crate::text::Text;
use crate::web::form::Form;
use crate::web::parts::Attribute;

/// The sign-in in progress.
struct Attempt {
    username: String,
    session: String,
    missing: Vec<Attribute>,
}

pub(super) async fn show(visit: Visit) -> Response {
    let mut page = match Page::open(visit).await {
        Ok(page) => page,
        Err(response) => return response,
    };
    match attempt(&mut page) {
        Some(attempt) => render(page, StatusCode::OK, Form::default(), attempt),
        None => page.go("/login"),
    }
}

pub(super) async fn submit(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let submitted = Page::submitted::<NewPasswordField>(visit, &headers, &body).await;
    let (mut page, mut form) = match submitted {
        Ok(submitted) => submitted,
        Err(response) => return response,
    };
    let Some(attempt) = attempt(&mut page) else {
        return page.go("/login");
    };
    check(&page, &mut form, &attempt.missing);
    if form.is_refused() {
        return render(page, StatusCode::BAD_REQUEST, form, attempt);
    }
    let members = json!({
        "AccessToken": "none",
        "ProposedPassword": form.value(&NewPasswordField::Password),
    });
    if let Some(text) = page::check_shapes("ChangePassword", &members) {
        form.complain(NewPasswordField::Password, text);
        return render(page, StatusCode::BAD_REQUEST, form, attempt);
    }
    let answer = Answer {
        face: Face::Hosted,
        name: ChallengeName::NewPasswordRequired,
        parameters: parameters(&form).in_browser(page.devices.kept()),
        session: Some(Secret::new(attempt.session.clone())),
        metadata: &Metadata::new(),
    };
    let (app, actor) = (&page.visit.app, &page.visit.actor);
    let (pool, client) = (&page.request.pool, &page.request.client);
    match challenge::answer(app, actor, pool, client, answer).await {
        Ok(outcome) => Box::pin(login::go_on(page, attempt.username, outcome)).await,
        Err(error) => refused(page, form, attempt, &error),
    }
}

fn attempt(page: &mut Page) -> Option<Attempt> {
    match page.step.take() {
        Some(Step::NewPassword {
            username,
            session,
            missing,
        }) => Some(Attempt {
            username,
            session,
            missing: missing.into_iter().map(Attribute).collect(),
        }),
        _ => None,
    }
}

fn check(page: &Page, form: &mut Form<NewPasswordField>, missing: &[Attribute]) {
    use NewPasswordField::{Again, Password};
    let attributes = missing.iter().cloned().map(NewPasswordField::Attribute);
    for field in [Password, Again].into_iter().chain(attributes) {
        if form.value(&field).is_empty() {
            form.complain(field, page.say(Text::FieldMissing));
        }
    }
    if !form.is_refused() && form.value(&Password) != form.value(&Again) {
        form.complain(Again, page.say(Text::PasswordsDiffer));
    }
}

/// The answer in the API's words.
fn parameters(form: &Form<NewPasswordField>) -> Parameters {
    let password = form.value(&NewPasswordField::Password).to_owned();
    let start = Parameters::default().with("NEW_PASSWORD", Secret::new(password));
    form.fields()
        .fold(start, |parameters, (field, value)| match field {
            NewPasswordField::Attribute(attribute) => {
                let name = format!("userAttributes.{}", attribute.0);
                parameters.with(&name, Secret::new(value.to_owned()))
            }
            NewPasswordField::Password | NewPasswordField::Again => parameters,
        })
}

/// A sign-in that cannot go on begins again.
fn refused(
    page: Page,
    mut form: Form<NewPasswordField>,
    attempt: Attempt,
    error: &Error,
) -> Response {
    let message = error.message.to_string();
    match error.code {
        Code::InvalidPassword | Code::PasswordHistoryPolicyViolation => {
            form.complain(NewPasswordField::Password, message);
        }
        Code::NotAuthorized | Code::UserNotFound => {
            let step = Step::SignIn {
                username: attempt.username,
                told: Told::Again(message),
            };
            return page.step_to("/login", step);
        }
        _ if page::is_for_people(error) => {
            form = asked::complain(form, message, NewPasswordField::Attribute);
        }
        _ => return refusal::failed(&page.visit, error),
    }
    render(page, StatusCode::BAD_REQUEST, form, attempt)
}

fn render(
    page: Page,
    status: StatusCode,
    form: Form<NewPasswordField>,
    attempt: Attempt,
) -> Response {
    let csrf = match page.csrf() {
        Ok(csrf) => csrf,
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let new_password = NewPasswordPage {
        chrome: page.chrome(),
        action: page.href("/changePassword"),
        csrf,
        form,
        username: attempt.username,
        attributes: attempt.missing,
        rules: asked::rules(&page.request.pool),
        managed: page.version == Version::Managed,
    };
    page.show_scripted(status, &new_password)
}

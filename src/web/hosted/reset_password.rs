//! `/confirmforgotPassword`: the code and a new password.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::json;

use super::asked;
use super::page::{self, Page};
use super::step::{Sent, Step, Told};
use super::views::{ResetPasswordField, ResetPasswordPage};
use crate::domain::hooks::Metadata;
use crate::domain::recovery::{self, ConfirmForgot};
use crate::error::{Code, Error};
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
    match asked_for(&mut page) {
        Some(asked) => render(page, StatusCode::OK, Form::default(), asked),
        None => page.go("/forgotPassword"),
    }
}

pub(super) async fn submit(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let submitted = Page::submitted::<ResetPasswordField>(visit, &headers, &body).await;
    let (mut page, mut form) = match submitted {
        Ok(submitted) => submitted,
        Err(response) => return response,
    };
    let Some(asked) = asked_for(&mut page) else {
        return page.go("/forgotPassword");
    };
    check(&page, &mut form);
    if form.is_refused() {
        return render(page, StatusCode::BAD_REQUEST, form, asked);
    }
    let code = form.value(&ResetPasswordField::Code).trim().to_owned();
    let members = json!({
        "ClientId": page.request.client.id,
        "Username": asked.username,
        "ConfirmationCode": code,
        "Password": form.value(&ResetPasswordField::Password),
    });
    if let Some(text) = page::check_shapes("ConfirmForgotPassword", &members) {
        return render(page, StatusCode::BAD_REQUEST, form.refused(text), asked);
    }
    let confirm = ConfirmForgot {
        username: asked.username.clone(),
        code: Secret::new(code),
        password: Secret::new(form.value(&ResetPasswordField::Password).to_owned()),
        metadata: Metadata::new(),
    };
    let (app, actor) = (&page.visit.app, &page.visit.actor);
    let (pool, client) = (&page.request.pool, &page.request.client);
    match recovery::confirm_forgot(app, actor, pool, client, confirm).await {
        Ok(()) => {
            let told = Told::PasswordChanged;
            let username = asked.username;
            page.renewed_step_to("/login", Step::SignIn { username, told })
        }
        Err(error) if page::is_for_people(&error) => {
            complain(&mut form, &error);
            render(page, StatusCode::BAD_REQUEST, form, asked)
        }
        Err(error) => refusal::failed(&page.visit, &error),
    }
}

/// The reset that the step is about.
struct Asked {
    username: String,
    sent: Option<Sent>,
}

fn asked_for(page: &mut Page) -> Option<Asked> {
    match page.step.take() {
        Some(Step::Reset { username, sent }) => Some(Asked { username, sent }),
        _ => None,
    }
}

fn check(page: &Page, form: &mut Form<ResetPasswordField>) {
    use ResetPasswordField::{Again, Code, Password};
    for field in [Code, Password, Again] {
        if form.value(&field).is_empty() {
            form.complain(field, page.say(Text::FieldMissing));
        }
    }
    if !form.is_refused() && form.value(&Password) != form.value(&Again) {
        form.complain(Again, page.say(Text::PasswordsDiffer));
    }
}

fn complain(form: &mut Form<ResetPasswordField>, error: &Error) {
    let field = match error.code {
        Code::InvalidPassword | Code::PasswordHistoryPolicyViolation => {
            ResetPasswordField::Password
        }
        _ => ResetPasswordField::Code,
    };
    form.complain(field, error.message.to_string());
}

fn render(
    page: Page,
    status: StatusCode,
    form: Form<ResetPasswordField>,
    asked: Asked,
) -> Response {
    let csrf = match page.csrf() {
        Ok(csrf) => csrf,
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let reset = ResetPasswordPage {
        chrome: page.chrome(),
        action: page.href("/confirmforgotPassword"),
        csrf,
        form,
        username: asked.username,
        delivery: asked::delivery(asked.sent.as_ref()),
        rules: asked::rules(&page.request.pool),
        forgot_href: page.href("/forgotPassword"),
        sign_in_href: page.href("/login"),
    };
    page.show_scripted(status, &reset)
}

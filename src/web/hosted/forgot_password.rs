//! `/forgotPassword`: asks for a reset code.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::json;

use super::asked;
use super::page::{self, Page};
use super::step::Step;
use super::views::{ForgotPasswordField, ForgotPasswordPage};
use crate::domain::hooks::Metadata;
use crate::domain::recovery::{self, Forgot};
use crate::error::Error;
use crate::site::refusal;
use crate::site::visit::Visit;
use crate::text::Text;
use crate::web::form::Form;

pub(super) async fn show(visit: Visit) -> Response {
    let mut page = match Page::open(visit).await {
        Ok(page) => page,
        Err(response) => return response,
    };
    let form = match page.step.take() {
        Some(Step::Forgot { username }) => Form::default()
            .with(ForgotPasswordField::Username, username)
            .refused(Error::password_reset_required().message),
        _ => Form::default(),
    };
    render(page, StatusCode::OK, form)
}

pub(super) async fn submit(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let submitted = Page::submitted::<ForgotPasswordField>(visit, &headers, &body).await;
    let (page, mut form) = match submitted {
        Ok(submitted) => submitted,
        Err(response) => return response,
    };
    let username = form.value(&ForgotPasswordField::Username).to_owned();
    if username.is_empty() {
        let missing = page.say(Text::FieldMissing);
        form.complain(ForgotPasswordField::Username, missing);
        return render(page, StatusCode::BAD_REQUEST, form);
    }
    let members = json!({ "ClientId": page.request.client.id, "Username": username });
    if let Some(text) = page::check_shapes("ForgotPassword", &members) {
        return render(page, StatusCode::BAD_REQUEST, form.refused(text));
    }
    let forgot = Forgot {
        username: username.clone(),
        metadata: Metadata::new(),
    };
    let (app, actor) = (&page.visit.app, &page.visit.actor);
    let (pool, client) = (&page.request.pool, &page.request.client);
    match recovery::forgot(app, actor, pool, client, forgot).await {
        Ok(sent) => {
            let sent = Some((&sent).into());
            page.step_to("/confirmforgotPassword", Step::Reset { username, sent })
        }
        Err(error) if page::is_for_people(&error) => {
            render(page, StatusCode::BAD_REQUEST, form.refused(error.message))
        }
        Err(error) => refusal::failed(&page.visit, &error),
    }
}

fn render(page: Page, status: StatusCode, form: Form<ForgotPasswordField>) -> Response {
    let csrf = match page.csrf() {
        Ok(csrf) => csrf,
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let forgot = ForgotPasswordPage {
        chrome: page.chrome(),
        action: page.href("/forgotPassword"),
        csrf,
        form,
        person: asked::person(page.request.pool.settings()),
        sign_in_href: page.href("/login"),
    };
    page.show(status, &forgot)
}

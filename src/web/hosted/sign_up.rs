//! `/signup`: a new account, by the same rule as the API's `SignUp`.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::json;

use super::asked;
use super::page::{self, Page};
use super::step::Step;
use super::views::{SignUpField, SignUpPage, TermsLinks};
use crate::domain::accounts::{self, SignUp, SignedUp};
use crate::domain::attributes::Given;
use crate::domain::branding::Version;
use crate::domain::hooks::Metadata;
use crate::domain::terms;
use crate::error::{Code, Error, Result};
use crate::secret::Secret;
use crate::site::refusal::{self, What};
use crate::site::visit::Visit;
use crate::store::users::Status;
use crate::text::Text;
use crate::web::form::Form;

pub(super) async fn show(visit: Visit) -> Response {
    match Page::open(visit).await {
        Ok(page) => render(page, StatusCode::OK, Form::default()).await,
        Err(response) => response,
    }
}

pub(super) async fn submit(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let (page, mut form) = match Page::submitted(visit, &headers, &body).await {
        Ok(submitted) => submitted,
        Err(response) => return response,
    };
    let asked = asked::attributes(&page.request.pool).into_iter();
    let fields = [SignUpField::Username, SignUpField::Password].into_iter();
    for field in fields.chain(asked.map(SignUpField::Attribute)) {
        if form.value(&field).is_empty() {
            form.complain(field, page.say(Text::FieldMissing));
        }
    }
    if form.is_refused() {
        return render(page, StatusCode::BAD_REQUEST, form).await;
    }
    if let Some(text) = shapes(&page, &form) {
        return render(page, StatusCode::BAD_REQUEST, form.refused(text)).await;
    }
    let attributes = form
        .fields()
        .filter_map(|(field, value)| match field {
            SignUpField::Attribute(attribute) => Some(Given {
                name: attribute.0.clone(),
                value: Some(value.to_owned()),
            }),
            SignUpField::Username | SignUpField::Password => None,
        })
        .collect();
    let username = form.value(&SignUpField::Username).to_owned();
    let new = SignUp {
        username: username.clone(),
        password: Some(Secret::new(form.value(&SignUpField::Password).to_owned())),
        attributes,
        validation_data: Vec::new(),
        metadata: Metadata::new(),
    };
    let (app, actor) = (&page.visit.app, &page.visit.actor);
    let (pool, client) = (&page.request.pool, &page.request.client);
    match accounts::sign_up(app, actor, pool, client, new).await {
        Ok(done) => Box::pin(go_on(page, username, done)).await,
        Err(error) => refused(page, form, &error).await,
    }
}

fn shapes(page: &Page, form: &Form<SignUpField>) -> Option<String> {
    let attributes = form.fields().filter_map(|(field, value)| match field {
        SignUpField::Attribute(attribute) => Some(json!({ "Name": attribute.0, "Value": value })),
        SignUpField::Username | SignUpField::Password => None,
    });
    let members = json!({
        "ClientId": page.request.client.id,
        "Username": form.value(&SignUpField::Username),
        "Password": form.value(&SignUpField::Password),
        "UserAttributes": attributes.collect::<Vec<_>>(),
    });
    page::check_shapes("SignUp", &members)
}

/// An account that is confirmed already signs in at once; one that waits for nothing that its
/// owner could do says so.
async fn go_on(page: Page, username: String, done: SignedUp) -> Response {
    if done.user.status == Status::Confirmed {
        return Box::pin(page.finish_for(&done.user.sub, username)).await;
    }
    let Some(sent) = &done.delivery else {
        return refusal::plain(&page.visit, What::AwaitsAdministrator);
    };
    let step = Step::Confirm {
        username,
        sent: Some(sent.into()),
        again: false,
        made: Some(done.user.sub),
    };
    page.step_to("/confirm", step)
}

async fn refused(page: Page, mut form: Form<SignUpField>, error: &Error) -> Response {
    let message = error.message.to_string();
    match error.code {
        Code::InvalidPassword => form.complain(SignUpField::Password, message),
        Code::UsernameExists => form.complain(SignUpField::Username, message),
        _ if page::is_for_people(error) => form = form.refused(message),
        _ => return refusal::failed(&page.visit, error),
    }
    render(page, StatusCode::BAD_REQUEST, form).await
}

async fn render(page: Page, status: StatusCode, form: Form<SignUpField>) -> Response {
    let pool = &page.request.pool;
    if pool.settings().admin_creates_users_only() {
        return refusal::plain(&page.visit, What::NoSignUp);
    }
    let csrf = match page.csrf() {
        Ok(csrf) => csrf,
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let terms = match terms(&page).await {
        Ok(terms) => terms,
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let sign_up = SignUpPage {
        terms,
        chrome: page.chrome(),
        action: page.href("/signup"),
        csrf,
        form,
        person: Some(asked::person(pool.settings())),
        attributes: asked::attributes(pool),
        rules: asked::rules(pool),
        sign_in_href: page.href("/login"),
    };
    page.show(status, &sign_up)
}

/// The documents that managed login names.
async fn terms(page: &Page) -> Result<Option<TermsLinks>> {
    if page.version != Version::Managed {
        return Ok(None);
    }
    let client = &page.request.client;
    let language = page.chrome().locale.terms_key();
    let shown = terms::shown(&page.visit.app, &client.pool, &client.id, language).await?;
    Ok(shown.map(|(terms, privacy)| TermsLinks { terms, privacy }))
}

//! `/signup`: a new account, by the same rule as the API's `SignUp`.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::json;

use super::page::{self, Page};
use super::step::Step;
use super::views::{SignUpField, SignUpPage, TermsLinks};
use super::{asked, first_factor};
use crate::domain::accounts::{self, SignUp, SignedUp};
use crate::domain::attributes::Given;
use crate::domain::branding::Version;
use crate::domain::first_factors;
use crate::domain::hooks::Metadata;
use crate::domain::terms;
use crate::error::{Code, Error, Result};
use crate::secret::Secret;
use crate::site::refusal::{self, What};
use crate::site::visit::Visit;
use crate::store::users::Status;
use crate::text::Text;
use crate::web::form::Form;
use crate::web::parts::Person;

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
    check(&page, &mut form);
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
            SignUpField::Username | SignUpField::Password | SignUpField::Again => None,
        })
        .collect();
    let username = form.value(&SignUpField::Username).to_owned();
    let new = SignUp {
        username: username.clone(),
        password: password(&page, &form).map(|password| Secret::new(password.to_owned())),
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

fn check(page: &Page, form: &mut Form<SignUpField>) {
    use SignUpField::{Again, Password, Username};

    let passwords: &[SignUpField] = match (is_managed(page), password(page, form)) {
        (_, None) => &[],
        (true, Some(_)) => &[Password, Again],
        (false, Some(_)) => &[Password],
    };
    let attributes = asked::attributes(&page.request.pool).into_iter();
    let attributes = attributes.map(SignUpField::Attribute);
    let fields = [Username].into_iter().chain(attributes);
    for field in fields.chain(passwords.iter().cloned()) {
        if form.value(&field).is_empty() {
            form.complain(field, page.say(Text::FieldMissing));
        }
    }
    if is_managed(page) && !form.is_refused() && form.value(&Password) != form.value(&Again) {
        form.complain(Again, page.say(Text::PasswordsDiffer));
    }
}

/// The password of the form; none where one may go without and does.
fn password<'f>(page: &Page, form: &'f Form<SignUpField>) -> Option<&'f str> {
    let password = form.value(&SignUpField::Password);
    (!password.is_empty() || !spares_password(page)).then_some(password)
}

fn is_managed(page: &Page) -> bool {
    page.version == Version::Managed
}

/// Whether one may go without a password: where codes to what the page asks for can stand for it
/// (managed login).
fn spares_password(page: &Page) -> bool {
    let pool = &page.request.pool;
    let login: &[&str] = match asked::person(pool.settings()) {
        Person::Username => &[],
        Person::Email => &["email"],
        Person::Phone => &["phone_number"],
        Person::EmailOrPhone => &["email", "phone_number"],
    };
    let asked = asked::attributes(pool).into_iter().map(|asked| asked.0);
    let names = asked.chain(login.iter().map(|name| (*name).to_owned()));
    let given = names.map(|name| (name, String::new())).collect();
    first_factor::is_offered(page) && first_factors::spare_password(pool, &given)
}

fn shapes(page: &Page, form: &Form<SignUpField>) -> Option<String> {
    let attributes = form.fields().filter_map(|(field, value)| match field {
        SignUpField::Attribute(attribute) => Some(json!({ "Name": attribute.0, "Value": value })),
        SignUpField::Username | SignUpField::Password | SignUpField::Again => None,
    });
    let members = json!({
        "ClientId": page.request.client.id,
        "Username": form.value(&SignUpField::Username),
        "Password": password(page, form),
        "UserAttributes": attributes.collect::<Vec<_>>(),
    });
    page::check_shapes("SignUp", &members)
}

/// An account that is confirmed already signs in at once; one that waits for nothing that its
/// owner could do says so.
async fn go_on(page: Page, username: String, done: SignedUp) -> Response {
    if done.user.status == Status::Confirmed {
        return Box::pin(page.finish_for((&done.user.sub, None), username)).await;
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
        // Without a contact that a code could go to there is no way around the password.
        Code::InvalidParameter if message.contains(" at 'password' ") => {
            form.complain(SignUpField::Password, page.say(Text::FieldMissing));
        }
        _ if page::is_for_people(error) => {
            form = asked::complain(form, message, SignUpField::Attribute);
        }
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
        managed: is_managed(&page),
        spares_password: spares_password(&page),
        sign_in_href: page.href("/login"),
    };
    page.show_scripted(status, &sign_up)
}

/// The documents that managed login names.
async fn terms(page: &Page) -> Result<Option<TermsLinks>> {
    if !is_managed(page) {
        return Ok(None);
    }
    let client = &page.request.client;
    let language = page.chrome().locale.terms_key();
    let shown = terms::shown(&page.visit.app, &client.pool, &client.id, language).await?;
    Ok(shown.map(|(terms, privacy)| TermsLinks { terms, privacy }))
}

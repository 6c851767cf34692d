//! `/passkey`: the passkey in the password's place. `/passkey/begin` is where the button of the
//! sign-in page leads.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::page::Page;
use super::step::{Going, Step, Told};
use super::views::{PasskeyField, PasskeyPage, SignInField};
use super::{first_factor, login, second_factor};
use crate::domain::challenge::{self, ChallengeName, Face, Flow, Next, Outcome, Parameters, Start};
use crate::domain::hooks::Metadata;
use crate::error::{Code, Error};
use crate::secret::Secret;
use crate::site::refusal;
use crate::site::visit::Visit;
use crate::text::Text;
use crate::web::form::Form;

/// Begins a sign-in with a passkey for the user name that was typed.
pub(super) async fn begin(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let (page, mut form) = match Page::submitted(visit, &headers, &body).await {
        Ok(submitted) => submitted,
        Err(response) => return response,
    };
    let username = form.value(&SignInField::Username).to_owned();
    if username.is_empty() || username.chars().count() > 2048 {
        form.complain(SignInField::Username, page.say(Text::FieldMissing));
        return login::render(page, StatusCode::BAD_REQUEST, form, None).await;
    }
    let parameters = Parameters::default()
        .with("USERNAME", Secret::new(username.clone()))
        .with(
            "PREFERRED_CHALLENGE",
            Secret::new(ChallengeName::WebAuthn.as_str().to_owned()),
        );
    let start = Start {
        face: Face::Hosted,
        flow: Flow::UserAuth,
        parameters,
        session: None,
        metadata: &Metadata::new(),
        // The passkey is what was asked for by its button; what is missing beside it comes after it.
        wanted: &[],
    };
    let (app, actor) = (&page.visit.app, &page.visit.actor);
    let (pool, client) = (&page.request.pool, &page.request.client);
    match challenge::start(app, actor, pool, client, start).await {
        Ok(Outcome::Challenge(Next {
            name: ChallengeName::WebAuthn,
            session: Some(session),
            ..
        })) => {
            let going = Going { username, session };
            page.step_to("/passkey", Step::Passkey { going })
        }
        // Whoever has none is offered the other ways: where one chooses, at once.
        Ok(Outcome::Challenge(next)) if first_factor::is_offered(&page) => {
            first_factor::go_on(page, username, next)
        }
        Ok(_) => {
            let told = page.say(Text::PasskeyNone).to_owned();
            let told = Told::Again(told);
            page.step_to("/login", Step::SignIn { username, told })
        }
        Err(error) => login::refused(page, form, username, error).await,
    }
}

pub(super) async fn show(visit: Visit) -> Response {
    let mut page = match Page::open(visit).await {
        Ok(page) => page,
        Err(response) => return response,
    };
    match going(&mut page) {
        Some(going) => render(page, StatusCode::OK, Form::default(), going).await,
        None => page.go("/login"),
    }
}

pub(super) async fn submit(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let submitted = Page::submitted::<PasskeyField>(visit, &headers, &body).await;
    let (mut page, form) = match submitted {
        Ok(submitted) => submitted,
        Err(response) => return response,
    };
    let Some(going) = going(&mut page) else {
        return page.go("/login");
    };
    let credential = Secret::new(form.value(&PasskeyField::Credential).to_owned());
    let parameters = Parameters::default().with("CREDENTIAL", credential);
    let answer = second_factor::answer(&page, &going, ChallengeName::WebAuthn, parameters);
    match answer.await {
        Ok(outcome) => Box::pin(login::go_on(page, going.username, outcome)).await,
        Err(error) if is_wrong(&error) => {
            let form = form.refused(error.message);
            render(page, StatusCode::BAD_REQUEST, form, going).await
        }
        Err(error) => second_factor::over(page, going, &error),
    }
}

/// Whether another answer to the same challenge may be right.
fn is_wrong(error: &Error) -> bool {
    let wrong = Error::incorrect_username_or_password();
    error.code == Code::InvalidParameter
        || (error.code == wrong.code && error.message == wrong.message)
}

fn going(page: &mut Page) -> Option<Going> {
    match page.step.take() {
        Some(Step::Passkey { going }) => Some(going),
        _ => None,
    }
}

async fn render(
    page: Page,
    status: StatusCode,
    form: Form<PasskeyField>,
    going: Going,
) -> Response {
    let csrf = match page.csrf() {
        Ok(csrf) => csrf,
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let session = Secret::new(going.session.clone());
    let (app, actor) = (&page.visit.app, &page.visit.actor);
    let (pool, client) = (&page.request.pool, &page.request.client);
    let options = challenge::passkey_options(app, actor, pool, client, &session);
    let options = match options.await {
        Ok(options) => options,
        Err(error) => return second_factor::over(page, going, &error),
    };
    let passkey = PasskeyPage {
        action: page.href("/passkey"),
        csrf,
        form,
        options,
        sign_in_href: page.href("/login"),
        chrome: page.chrome(),
    };
    page.show_scripted(status, &passkey)
}

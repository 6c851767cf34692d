//! `/login`: user name and password. Machines sign in here too: they read `_csrf` from the page
//! and post it back with the cookie (oauth.md 8.1).

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::asked;
use super::first_factor;
use super::page::{self, Page};
use super::second_factor;
use super::step::{Step, Told};
use super::views::{PasskeyButton, SignInField, SignInPage};
use crate::domain::challenge::{self, ChallengeName, Face, Flow, Next, Outcome, Parameters, Start};
use crate::domain::delivery;
use crate::domain::hooks::Metadata;
use crate::domain::passkeys;
use crate::error::{Code, Error, Result};
use crate::secret::Secret;
use crate::site::refusal::{self, What};
use crate::site::visit::Visit;
use crate::text::Text;
use crate::web::form::Form;

pub(super) async fn show(visit: Visit) -> Response {
    let mut page = match Page::open(visit).await {
        Ok(page) => page,
        Err(response) => return response,
    };
    if !page.request.provider_available {
        return refusal::plain(&page.visit, What::NoSuchProvider);
    }
    let hint = page.request.login_hint.clone().unwrap_or_default();
    let form = Form::default().in_language(page.chrome().locale);
    let (form, notice) = match page.step.take() {
        Some(Step::SignIn { username, told }) => {
            page.leave_step();
            let form = form.with(SignInField::Username, username);
            match told {
                Told::Confirmed => (form, Some(Text::Confirmed)),
                Told::PasswordChanged => (form, Some(Text::PasswordChanged)),
                Told::Again(text) => (form.refused(text), None),
            }
        }
        _ => (form.with(SignInField::Username, hint), None),
    };
    render(page, StatusCode::OK, form, notice).await
}

pub(super) async fn submit(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let (page, mut form) = match Page::submitted(visit, &headers, &body).await {
        Ok(submitted) => submitted,
        Err(response) => return response,
    };
    let only_named = form.value(&SignInField::Password).is_empty();
    let chooses = only_named && first_factor::is_offered(&page);
    let asked: &[SignInField] = if chooses {
        &[SignInField::Username]
    } else {
        &[SignInField::Username, SignInField::Password]
    };
    for field in asked.iter().copied() {
        if form.value(&field).is_empty() {
            form.complain(field, page.say(Text::FieldMissing));
        }
    }
    if form.is_refused() {
        return render(page, StatusCode::BAD_REQUEST, form, None).await;
    }
    let username = form.value(&SignInField::Username).to_owned();
    let password = Secret::new(form.value(&SignInField::Password).to_owned());
    // Nobody can have these: no look-up, no hash.
    if username.chars().count() > 2048 || password.expose().chars().count() > 256 {
        let text = Error::incorrect_username_or_password().message;
        return render(page, StatusCode::BAD_REQUEST, form.refused(text), None).await;
    }
    let (flow, parameters) = if chooses {
        let named = Secret::new(username.clone());
        let parameters = Parameters::default().with("USERNAME", named);
        (Flow::UserAuth, parameters)
    } else {
        let parameters = Parameters::password(&username, password);
        (Flow::UserPassword, parameters)
    };
    let start = Start {
        face: Face::Hosted,
        flow,
        parameters: parameters.in_browser(page.devices.kept()),
        session: None,
        metadata: &Metadata::new(),
        wanted: &page.request.levels,
    };
    let (app, actor) = (&page.visit.app, &page.visit.actor);
    let (pool, client) = (&page.request.pool, &page.request.client);
    match challenge::start(app, actor, pool, client, start).await {
        Ok(outcome) => Box::pin(go_on(page, username, outcome)).await,
        Err(error) => refused(page, form, username, error).await,
    }
}

/// Where a sign-in goes that was not refused.
pub(super) async fn go_on(page: Page, username: String, outcome: Outcome) -> Response {
    match outcome {
        Outcome::Proven(proven) => Box::pin(page.finish(&proven)).await,
        Outcome::Challenge(Next {
            name: ChallengeName::NewPasswordRequired,
            parameters,
            session: Some(session),
            ..
        }) => {
            let missing = parameters.get("requiredAttributes");
            let missing: Vec<String> = missing
                .and_then(|names| serde_json::from_str(names).ok())
                .unwrap_or_default();
            let missing = missing
                .iter()
                .filter_map(|name| name.strip_prefix("userAttributes."))
                .map(str::to_owned)
                .collect();
            let step = Step::NewPassword {
                username,
                session,
                missing,
            };
            page.step_to("/changePassword", step)
        }
        Outcome::Challenge(next) if !next.available.is_empty() => {
            first_factor::go_on(page, username, next)
        }
        Outcome::Challenge(next) => second_factor::go_on(page, username, next).await,
        Outcome::Tokens(_) => {
            let error = Error::internal(anyhow::anyhow!("a page was given tokens"));
            refusal::failed(&page.visit, &error)
        }
    }
}

/// Where a sign-in goes that was refused at its beginning.
pub(super) async fn refused(
    page: Page,
    form: Form<SignInField>,
    username: String,
    error: Error,
) -> Response {
    match error.code {
        Code::UserNotConfirmed => {
            let step = Step::Confirm {
                username,
                sent: None,
                again: false,
                made: None,
            };
            page.step_to("/confirm", step)
        }
        Code::PasswordResetRequired => page.step_to("/forgotPassword", Step::Forgot { username }),
        _ if page::is_for_people(&error) => {
            let form = form.refused(error.message);
            render(page, StatusCode::BAD_REQUEST, form, None).await
        }
        _ => refusal::failed(&page.visit, &error),
    }
}

/// The sign-in page.
pub(super) async fn render(
    page: Page,
    status: StatusCode,
    form: Form<SignInField>,
    notice: Option<Text>,
) -> Response {
    let csrf = match page.csrf() {
        Ok(csrf) => csrf,
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let passkey = match passkey_button(&page).await {
        Ok(passkey) => passkey,
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let pool = &page.request.pool;
    let settings = pool.settings();
    let chrome = page.chrome();
    let scripted = passkey.is_some();
    let sign_in = SignInPage {
        action: page.href("/login"),
        csrf,
        form,
        person: asked::person(settings),
        chooses: first_factor::is_offered(&page),
        notice: notice.map(|text| chrome.say(text).to_owned()),
        forgot_href: delivery::recovers(pool).then(|| page.href("/forgotPassword")),
        sign_up_href: (!settings.admin_creates_users_only()).then(|| page.href("/signup")),
        idps: Vec::new(),
        passkey,
        chrome,
    };
    if scripted {
        return page.show_scripted(status, &sign_in);
    }
    page.show(status, &sign_in)
}

/// The way in by passkey, where the pool lets users take it.
pub(super) async fn passkey_button(page: &Page) -> Result<Option<PasskeyButton>> {
    let (app, pool) = (&page.visit.app, &page.request.pool);
    if !passkeys::is_offered(pool) {
        return Ok(None);
    }
    let party = passkeys::relying_party_of(app, pool).await?;
    let base = page.visit.base.as_str();
    Ok(party.map(|party| PasskeyButton {
        action: page.href("/passkey/begin"),
        party,
        path: if base.is_empty() { "/" } else { base }.to_owned(),
    }))
}

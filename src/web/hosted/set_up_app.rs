//! `/mfa/app`: an authenticator app is set up inside sign-in.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::page::Page;
use super::step::{Going, Step};
use super::views::{SetUpAppField, SetUpAppPage};
use super::{login, remember_device, second_factor};
use crate::domain::challenge::{self, ChallengeName, Face, Parameters};
use crate::error::Code;
use crate::secret::Secret;
use crate::site::refusal;
use crate::site::visit::Visit;
use crate::text::Text;
use crate::web::form::Form;
use crate::web::parts::Qr;

/// The app that is being set up.
struct App {
    going: Going,
    secret: String,
}

/// Gets a secret and shows it.
pub(super) async fn begin(page: Page, going: Going) -> Response {
    let (app, actor) = (&page.visit.app, &page.visit.actor);
    let session = Secret::new(going.session.clone());
    match challenge::associate(app, actor, Face::Hosted, &session).await {
        Ok(begun) => {
            let step = Step::SetUpApp {
                going: Going {
                    session: begun.session,
                    ..going
                },
                secret: begun.secret.expose().clone(),
            };
            page.step_to("/mfa/app", step)
        }
        Err(error) => second_factor::over(page, going, &error),
    }
}

pub(super) async fn show(visit: Visit) -> Response {
    let mut page = match Page::open(visit).await {
        Ok(page) => page,
        Err(response) => return response,
    };
    match app(&mut page) {
        Some(app) => render(page, StatusCode::OK, Form::default(), &app).await,
        None => page.go("/login"),
    }
}

pub(super) async fn submit(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let submitted = Page::submitted::<SetUpAppField>(visit, &headers, &body).await;
    let (mut page, mut form) = match submitted {
        Ok(submitted) => submitted,
        Err(response) => return response,
    };
    let Some(app) = app(&mut page) else {
        return page.go("/login");
    };
    let code = form.value(&SetUpAppField::Code).trim().to_owned();
    let complaint = if code.is_empty() {
        Some(page.say(Text::FieldMissing).to_owned())
    } else {
        second_factor::check_code(&code)
    };
    if let Some(complaint) = complaint {
        form.complain(SetUpAppField::Code, complaint);
        return render(page, StatusCode::BAD_REQUEST, form, &app).await;
    }
    let name = form.value(&SetUpAppField::DeviceName).trim();
    let name = Some(name).filter(|name| !name.is_empty());
    let session = Secret::new(app.going.session.clone());
    let (server, actor) = (&page.visit.app, &page.visit.actor);
    let proof = (code.as_str(), name);
    let ticked = form.value(&SetUpAppField::Remember);
    page.remember = second_factor::remembered(&page, ticked);
    match challenge::verify(server, actor, Face::Hosted, &session, proof).await {
        Ok(session) => {
            let username = app.going.username.clone();
            Box::pin(finish(page, Going { username, session })).await
        }
        Err(error) if error.code == Code::EnableSoftwareTokenMfa => {
            form.complain(SetUpAppField::Code, error.message.to_string());
            render(page, StatusCode::BAD_REQUEST, form, &app).await
        }
        Err(error) => second_factor::over(page, app.going, &error),
    }
}

async fn finish(page: Page, going: Going) -> Response {
    let name = ChallengeName::MfaSetup;
    match second_factor::answer(&page, &going, name, Parameters::default()).await {
        Ok(outcome) => Box::pin(login::go_on(page, going.username, outcome)).await,
        Err(error) => second_factor::over(page, going, &error),
    }
}

fn app(page: &mut Page) -> Option<App> {
    match page.step.take() {
        Some(Step::SetUpApp { going, secret }) => Some(App { going, secret }),
        _ => None,
    }
}

/// What the picture says. Source: the Key URI format of authenticator apps.
fn uri(issuer: &str, username: &str, secret: &str) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let (issuer, username) = (encoded(issuer), encoded(username));
    format!("otpauth://totp/{issuer}:{username}?secret={secret}&issuer={issuer}")
}

async fn render(page: Page, status: StatusCode, form: Form<SetUpAppField>, app: &App) -> Response {
    let csrf = match page.csrf() {
        Ok(csrf) => csrf,
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let remembers = remember_device::is_asked(&page, &app.going).await;
    let chrome = page.chrome();
    let uri = uri(&page.request.pool.name, &app.going.username, &app.secret);
    let set_up_app = SetUpAppPage {
        action: page.href("/mfa/app"),
        csrf,
        form,
        qr: Qr::of(&uri, chrome.say(Text::SetUpAppPicture)),
        secret: app.secret.clone(),
        remembers,
        sign_in_href: page.href("/login"),
        chrome,
    };
    page.show(status, &set_up_app)
}

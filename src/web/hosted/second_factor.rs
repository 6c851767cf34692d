//! `/mfa`: the code of a second factor; and where a sign-in goes on that asks for one.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::json;

use super::page::{self, Page};
use super::step::{Going, Sent, Step, Told};
use super::views::{SecondFactorField, SecondFactorPage};
use super::{asked, choose_factor, login, remember_device};
use crate::domain::challenge::{self, Answer, ChallengeName, Face, Next, Outcome, Parameters};
use crate::domain::devices;
use crate::domain::hooks::Metadata;
use crate::error::{Code, Error};
use crate::secret::Secret;
use crate::site::refusal;
use crate::site::visit::Visit;
use crate::store::users::Factor;
use crate::text::Text;
use crate::web::form::Form;
use crate::web::parts::TICKED;

/// The factor that is asked for.
struct Asked {
    going: Going,
    factor: Factor,
    sent: Option<Sent>,
    again: bool,
}

/// The page of a challenge about second factors.
pub(super) async fn go_on(page: Page, username: String, next: Next) -> Response {
    let Next {
        name,
        parameters,
        session: Some(session),
        ..
    } = next
    else {
        return unknown(&page, next.name);
    };
    let going = Going { username, session };
    let listed = |name: &str| -> Vec<Factor> {
        let listed = parameters.get(name);
        listed
            .and_then(|listed| serde_json::from_str(listed).ok())
            .unwrap_or_default()
    };
    let code = |factor: Factor| Step::SecondFactor {
        going: going.clone(),
        factor,
        sent: Sent::of(&parameters),
        again: false,
    };
    let choice = |factors: Vec<Factor>, set_up: bool| Step::ChooseFactor {
        going: going.clone(),
        factors,
        set_up,
    };
    let (path, step) = match name {
        ChallengeName::SmsMfa => ("/mfa", code(Factor::Sms)),
        ChallengeName::EmailOtp => ("/mfa", code(Factor::Email)),
        ChallengeName::SoftwareTokenMfa => ("/mfa", code(Factor::SoftwareToken)),
        ChallengeName::SelectMfaType => ("/mfa/choose", choice(listed("MFAS_CAN_CHOOSE"), false)),
        ChallengeName::MfaSetup => match listed("MFAS_CAN_SETUP").as_slice() {
            // Where there is one, there is nothing to choose.
            [only] => return choose_factor::set_up(page, going, *only).await,
            several => ("/mfa/choose", choice(several.to_vec(), true)),
        },
        other => return unknown(&page, other),
    };
    page.step_to(path, step)
}

fn unknown(page: &Page, name: ChallengeName) -> Response {
    let what = format!("The page for {}", name.as_str());
    refusal::failed(&page.visit, &Error::not_implemented(&what))
}

pub(super) async fn show(visit: Visit) -> Response {
    let mut page = match Page::open(visit).await {
        Ok(page) => page,
        Err(response) => return response,
    };
    match asked(&mut page) {
        Some(asked) => render(page, StatusCode::OK, Form::default(), &asked).await,
        None => page.go("/login"),
    }
}

pub(super) async fn submit(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let submitted = Page::submitted::<SecondFactorField>(visit, &headers, &body).await;
    let (mut page, mut form) = match submitted {
        Ok(submitted) => submitted,
        Err(response) => return response,
    };
    let Some(asked) = asked(&mut page) else {
        return page.go("/login");
    };
    let code = form.value(&SecondFactorField::Code).trim().to_owned();
    if code.is_empty() {
        let missing = page.say(Text::FieldMissing);
        form.complain(SecondFactorField::Code, missing);
        return render(page, StatusCode::BAD_REQUEST, form, &asked).await;
    }
    let (name, member) = match asked.factor {
        Factor::Sms => (ChallengeName::SmsMfa, "SMS_MFA_CODE"),
        Factor::Email => (ChallengeName::EmailOtp, "EMAIL_OTP_CODE"),
        Factor::SoftwareToken => (ChallengeName::SoftwareTokenMfa, "SOFTWARE_TOKEN_MFA_CODE"),
    };
    let parameters = Parameters::default().with(member, Secret::new(code));
    page.remember = remembered(&page, form.value(&SecondFactorField::Remember));
    match answer(&page, &asked.going, name, parameters).await {
        Ok(outcome) => Box::pin(login::go_on(page, asked.going.username, outcome)).await,
        Err(error) if matches!(error.code, Code::CodeMismatch | Code::ExpiredCode) => {
            form.complain(SecondFactorField::Code, error.message.to_string());
            render(page, StatusCode::BAD_REQUEST, form, &asked).await
        }
        Err(error) => over(page, asked.going, &error),
    }
}

pub(super) async fn resend(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let submitted = Page::submitted::<SecondFactorField>(visit, &headers, &body).await;
    let (mut page, form) = match submitted {
        Ok(submitted) => submitted,
        Err(response) => return response,
    };
    let Some(asked) = asked(&mut page) else {
        return page.go("/login");
    };
    match send_again(&page, &asked.going).await {
        Ok((going, sent)) => {
            let step = Step::SecondFactor {
                going,
                factor: asked.factor,
                sent,
                again: true,
            };
            page.step_to("/mfa", step)
        }
        Err(error) if is_unsent(&error) => {
            let form = form.refused(error.message);
            render(page, StatusCode::BAD_REQUEST, form, &asked).await
        }
        Err(error) => over(page, asked.going, &error),
    }
}

/// Sends another code, and gives what the page that asks for it goes on with.
pub(super) async fn send_again(page: &Page, going: &Going) -> Result<(Going, Option<Sent>), Error> {
    let session = Secret::new(going.session.clone());
    let (app, actor) = (&page.visit.app, &page.visit.actor);
    let (pool, client) = (&page.request.pool, &page.request.client);
    match challenge::send_again(app, actor, pool, client, &session).await? {
        Outcome::Challenge(Next {
            parameters,
            session: Some(session),
            ..
        }) => {
            let username = going.username.clone();
            Ok((Going { username, session }, Sent::of(&parameters)))
        }
        _ => Err(Error::internal(anyhow::anyhow!("a code asks for nothing"))),
    }
}

/// Whether a code cannot be sent now, which does not end the sign-in.
pub(super) fn is_unsent(error: &Error) -> bool {
    use Code::{CodeDeliveryFailure, LimitExceeded, TooManyRequests};
    let unsent = [CodeDeliveryFailure, LimitExceeded, TooManyRequests];
    unsent.contains(&error.code)
}

/// Answers a challenge of a sign-in.
pub(super) async fn answer(
    page: &Page,
    going: &Going,
    name: ChallengeName,
    parameters: Parameters,
) -> Result<Outcome, Error> {
    let answer = Answer {
        face: Face::Hosted,
        name,
        parameters: parameters.in_browser(page.devices.kept()),
        session: Some(Secret::new(going.session.clone())),
        metadata: &Metadata::new(),
    };
    let (app, actor) = (&page.visit.app, &page.visit.actor);
    let (pool, client) = (&page.request.pool, &page.request.client);
    challenge::answer(app, actor, pool, client, answer).await
}

/// A sign-in that cannot go on begins again, and the sign-in page says why.
pub(super) fn over(page: Page, going: Going, error: &Error) -> Response {
    if !page::is_for_people(error) {
        return refusal::failed(&page.visit, error);
    }
    let step = Step::SignIn {
        username: going.username,
        told: Told::Again(error.message.to_string()),
    };
    page.step_to("/login", step)
}

/// What the model says about a code that VerifySoftwareToken would not take.
pub(super) fn check_code(code: &str) -> Option<String> {
    page::check_shapes("VerifySoftwareToken", &json!({ "UserCode": code }))
}

fn asked(page: &mut Page) -> Option<Asked> {
    match page.step.take() {
        Some(Step::SecondFactor {
            going,
            factor,
            sent,
            again,
        }) => Some(Asked {
            going,
            factor,
            sent,
            again,
        }),
        _ => None,
    }
}

/// What the box of a second factor's page says, where the pool leaves it to its users.
pub(super) fn remembered(page: &Page, sent: &str) -> Option<bool> {
    devices::prompts(&page.request.pool).then_some(sent == TICKED)
}

async fn render(
    page: Page,
    status: StatusCode,
    form: Form<SecondFactorField>,
    asked: &Asked,
) -> Response {
    let csrf = match page.csrf() {
        Ok(csrf) => csrf,
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let chrome = page.chrome();
    let resent = asked.again && !form.is_refused();
    let remembers = remember_device::is_asked(&page, &asked.going).await;
    let is_sent = asked.factor != Factor::SoftwareToken;
    let second_factor = SecondFactorPage {
        action: page.href("/mfa"),
        resend_action: is_sent.then(|| page.href("/mfa/resend")),
        csrf,
        delivery: asked::delivery(asked.sent.as_ref()),
        notice: resent.then(|| chrome.say(Text::Resent).to_owned()),
        form,
        remembers,
        sign_in_href: page.href("/login"),
        chrome,
    };
    page.show(status, &second_factor)
}

//! Choosing the first factor (managed login): `/login/choose`, `/login/password`, `/login/code`. The
//! user name comes first, on `/login`; what it can be signed in with comes from the sign-in machine.
//! A passkey that is chosen is asked for on `/passkey`.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::page::Page;
use super::second_factor::{answer, over};
use super::step::{Going, Sent, Step};
use super::views::{
    ChooseWayField, ChooseWayPage, PasswordField, PasswordPage, SecondFactorField, SecondFactorPage,
};
use super::{asked, login};
use crate::domain::branding::Version;
use crate::domain::challenge::{self, ChallengeName, Next, Outcome, Parameters};
use crate::domain::{delivery, first_factors};
use crate::error::{Code, Error, Reason};
use crate::secret::Secret;
use crate::settings::client::AuthFlowSetting;
use crate::settings::pool::FirstFactor;
use crate::site::refusal;
use crate::site::visit::Visit;
use crate::text::Text;
use crate::web::form::Form;

/// Whether people choose here: on managed login, where client and pool let them begin with more
/// than the password.
pub(super) fn is_offered(page: &Page) -> bool {
    let settings = &page.request.client.settings;
    let more = |factor: FirstFactor| factor != FirstFactor::Password;
    page.version == Version::Managed
        && settings.lists_flow(AuthFlowSetting::AllowUserAuth)
        && first_factors::allowed(&page.request.pool)
            .into_iter()
            .any(more)
}

/// The page of a challenge about the first factor.
pub(super) fn go_on(page: Page, username: String, next: Next) -> Response {
    let what = next.name;
    let Next {
        parameters,
        session: Some(session),
        available,
        ..
    } = next
    else {
        return unknown(&page, what);
    };
    let going = Going { username, session };
    match what {
        ChallengeName::EmailOtp | ChallengeName::SmsOtp => {
            let step = Step::FirstCode {
                going,
                sms: what == ChallengeName::SmsOtp,
                sent: Sent::of(&parameters),
                again: false,
            };
            page.step_to("/login/code", step)
        }
        ChallengeName::SelectChallenge => {
            let ways = available.into_iter().filter_map(|name| match name {
                ChallengeName::Password => Some(FirstFactor::Password),
                ChallengeName::EmailOtp => Some(FirstFactor::EmailOtp),
                ChallengeName::SmsOtp => Some(FirstFactor::SmsOtp),
                ChallengeName::WebAuthn => Some(FirstFactor::WebAuthn),
                _ => None,
            });
            let ways: Vec<FirstFactor> = ways.collect();
            match ways.as_slice() {
                [FirstFactor::WebAuthn] => page.step_to("/passkey", Step::Passkey { going }),
                [FirstFactor::Password] => {
                    page.step_to("/login/password", Step::FirstFactor { going, ways })
                }
                _ => page.step_to("/login/choose", Step::FirstFactor { going, ways }),
            }
        }
        other => unknown(&page, other),
    }
}

fn unknown(page: &Page, name: ChallengeName) -> Response {
    let what = format!("The page for {}", name.as_str());
    refusal::failed(&page.visit, &Error::not_implemented(&what))
}

/// What there is to choose from.
struct Choice {
    going: Going,
    ways: Vec<FirstFactor>,
}

fn choice(page: &mut Page) -> Option<Choice> {
    match page.step.take() {
        Some(Step::FirstFactor { going, ways }) => Some(Choice { going, ways }),
        _ => None,
    }
}

/// The answer names who it is about: a name that is nobody's has nothing else.
fn named(going: &Going) -> Parameters {
    Parameters::default().with("USERNAME", Secret::new(going.username.clone()))
}

pub(super) async fn show_choice(visit: Visit) -> Response {
    let mut page = match Page::open(visit).await {
        Ok(page) => page,
        Err(response) => return response,
    };
    match choice(&mut page) {
        Some(choice) => render_choice(page, StatusCode::OK, Form::default(), &choice).await,
        None => page.go("/login"),
    }
}

pub(super) async fn choose(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let submitted = Page::submitted::<ChooseWayField>(visit, &headers, &body).await;
    let (mut page, form) = match submitted {
        Ok(submitted) => submitted,
        Err(response) => return response,
    };
    let Some(choice) = choice(&mut page) else {
        return page.go("/login");
    };
    let chosen = FirstFactor::parse(form.value(&ChooseWayField::Challenge));
    let Some(chosen) = chosen.filter(|chosen| choice.ways.contains(chosen)) else {
        let form = form.refused(page.say(Text::FieldMissing));
        return render_choice(page, StatusCode::BAD_REQUEST, form, &choice).await;
    };
    let Choice { going, ways } = choice;
    match chosen {
        FirstFactor::Password => {
            return page.step_to("/login/password", Step::FirstFactor { going, ways });
        }
        FirstFactor::WebAuthn => return page.step_to("/passkey", Step::Passkey { going }),
        FirstFactor::EmailOtp | FirstFactor::SmsOtp | FirstFactor::SoftwareToken => {}
    }
    let parameters = named(&going).with("ANSWER", Secret::new(chosen.as_str().to_owned()));
    match answer(&page, &going, ChallengeName::SelectChallenge, parameters).await {
        Ok(outcome) => Box::pin(login::go_on(page, going.username, outcome)).await,
        Err(error)
            if matches!(
                error.code,
                Code::CodeDeliveryFailure | Code::TooManyRequests
            ) =>
        {
            let form = form.refused(error.message);
            let choice = Choice { going, ways };
            render_choice(page, StatusCode::BAD_REQUEST, form, &choice).await
        }
        Err(error) => over(page, going, &error),
    }
}

async fn render_choice(
    page: Page,
    status: StatusCode,
    form: Form<ChooseWayField>,
    choice: &Choice,
) -> Response {
    let csrf = match page.csrf() {
        Ok(csrf) => csrf,
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let passkey = if choice.ways.contains(&FirstFactor::WebAuthn) {
        login::passkey_button(&page).await
    } else {
        Ok(None)
    };
    let passkey = match passkey {
        Ok(passkey) => passkey,
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let scripted = passkey.is_some();
    let choose_way = ChooseWayPage {
        chrome: page.chrome(),
        action: page.href("/login/choose"),
        csrf,
        form,
        username: choice.going.username.clone(),
        ways: choice.ways.clone(),
        passkey,
        sign_in_href: page.href("/login"),
    };
    if scripted {
        return page.show_scripted(status, &choose_way);
    }
    page.show(status, &choose_way)
}

pub(super) async fn show_password(visit: Visit) -> Response {
    let mut page = match Page::open(visit).await {
        Ok(page) => page,
        Err(response) => return response,
    };
    match choice(&mut page) {
        Some(choice) => render_password(page, StatusCode::OK, Form::default(), &choice),
        None => page.go("/login"),
    }
}

pub(super) async fn password(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
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
        return render_password(page, StatusCode::BAD_REQUEST, form, &choice);
    }
    // Nobody can have one: no hash.
    if password.chars().count() > 256 {
        let form = form.refused(Error::incorrect_username_or_password().message);
        return render_password(page, StatusCode::BAD_REQUEST, form, &choice);
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
            render_password(page, StatusCode::BAD_REQUEST, form, &choice)
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

fn render_password(
    page: Page,
    status: StatusCode,
    form: Form<PasswordField>,
    choice: &Choice,
) -> Response {
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
    page.show(status, &password)
}

/// A code that was asked for.
struct Sending {
    going: Going,
    sms: bool,
    sent: Option<Sent>,
    again: bool,
}

fn sending(page: &mut Page) -> Option<Sending> {
    match page.step.take() {
        Some(Step::FirstCode {
            going,
            sms,
            sent,
            again,
        }) => Some(Sending {
            going,
            sms,
            sent,
            again,
        }),
        _ => None,
    }
}

pub(super) async fn show_code(visit: Visit) -> Response {
    let mut page = match Page::open(visit).await {
        Ok(page) => page,
        Err(response) => return response,
    };
    match sending(&mut page) {
        Some(sending) => render_code(page, StatusCode::OK, Form::default(), &sending),
        None => page.go("/login"),
    }
}

pub(super) async fn code(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let submitted = Page::submitted::<SecondFactorField>(visit, &headers, &body).await;
    let (mut page, mut form) = match submitted {
        Ok(submitted) => submitted,
        Err(response) => return response,
    };
    let Some(sending) = sending(&mut page) else {
        return page.go("/login");
    };
    let code = form.value(&SecondFactorField::Code).trim().to_owned();
    if code.is_empty() {
        form.complain(SecondFactorField::Code, page.say(Text::FieldMissing));
        return render_code(page, StatusCode::BAD_REQUEST, form, &sending);
    }
    let (name, member) = if sending.sms {
        (ChallengeName::SmsOtp, "SMS_OTP_CODE")
    } else {
        (ChallengeName::EmailOtp, "EMAIL_OTP_CODE")
    };
    let parameters = named(&sending.going).with(member, Secret::new(code));
    match answer(&page, &sending.going, name, parameters).await {
        Ok(outcome) => Box::pin(login::go_on(page, sending.going.username, outcome)).await,
        Err(error) if error.code == Code::CodeMismatch => {
            form.complain(SecondFactorField::Code, error.message.to_string());
            render_code(page, StatusCode::BAD_REQUEST, form, &sending)
        }
        Err(error) => over(page, sending.going, &error),
    }
}

pub(super) async fn resend(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let submitted = Page::submitted::<SecondFactorField>(visit, &headers, &body).await;
    let (mut page, form) = match submitted {
        Ok(submitted) => submitted,
        Err(response) => return response,
    };
    let Some(sending) = sending(&mut page) else {
        return page.go("/login");
    };
    let session = Secret::new(sending.going.session.clone());
    let (app, actor) = (&page.visit.app, &page.visit.actor);
    let (pool, client) = (&page.request.pool, &page.request.client);
    match challenge::send_again(app, actor, pool, client, &session).await {
        Ok(Outcome::Challenge(Next {
            parameters,
            session: Some(session),
            ..
        })) => {
            let step = Step::FirstCode {
                going: Going {
                    session,
                    ..sending.going
                },
                sms: sending.sms,
                sent: Sent::of(&parameters),
                again: true,
            };
            page.step_to("/login/code", step)
        }
        Ok(_) => unknown(&page, ChallengeName::EmailOtp),
        Err(error)
            if matches!(
                error.code,
                Code::LimitExceeded | Code::CodeDeliveryFailure | Code::TooManyRequests
            ) =>
        {
            let form = form.refused(error.message);
            render_code(page, StatusCode::BAD_REQUEST, form, &sending)
        }
        Err(error) => over(page, sending.going, &error),
    }
}

fn render_code(
    page: Page,
    status: StatusCode,
    form: Form<SecondFactorField>,
    sending: &Sending,
) -> Response {
    let csrf = match page.csrf() {
        Ok(csrf) => csrf,
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let chrome = page.chrome();
    let resent = sending.again && !form.is_refused();
    let code = SecondFactorPage {
        action: page.href("/login/code"),
        resend_action: Some(page.href("/login/code/resend")),
        csrf,
        delivery: asked::delivery(sending.sent.as_ref()),
        notice: resent.then(|| chrome.say(Text::Resent).to_owned()),
        form,
        sign_in_href: page.href("/login"),
        chrome,
    };
    page.show(status, &code)
}

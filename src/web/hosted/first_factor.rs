//! `/login/choose`: which factor to begin with (managed login). The user name comes first, on
//! `/login`; what it can be signed in with comes from the sign-in machine. What is chosen is asked for
//! on `/login/password`, `/login/code` or `/passkey`.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::login;
use super::page::Page;
use super::second_factor::{answer, is_unsent, over};
use super::step::{Going, Sent, Step};
use super::views::{ChooseWayField, ChooseWayPage};
use crate::domain::branding::Version;
use crate::domain::challenge::{ChallengeName, Next, Parameters};
use crate::domain::first_factors;
use crate::error::Error;
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
pub(super) struct Choice {
    pub(super) going: Going,
    pub(super) ways: Vec<FirstFactor>,
}

pub(super) fn choice(page: &mut Page) -> Option<Choice> {
    match page.step.take() {
        Some(Step::FirstFactor { going, ways }) => Some(Choice { going, ways }),
        _ => None,
    }
}

/// The answer names who it is about: a name that is nobody's has nothing else.
pub(super) fn named(going: &Going) -> Parameters {
    Parameters::default().with("USERNAME", Secret::new(going.username.clone()))
}

pub(super) async fn show(visit: Visit) -> Response {
    let mut page = match Page::open(visit).await {
        Ok(page) => page,
        Err(response) => return response,
    };
    match choice(&mut page) {
        Some(choice) => render(page, StatusCode::OK, Form::default(), &choice).await,
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
        return render(page, StatusCode::BAD_REQUEST, form, &choice).await;
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
        Err(error) if is_unsent(&error) => {
            let form = form.refused(error.message);
            let choice = Choice { going, ways };
            render(page, StatusCode::BAD_REQUEST, form, &choice).await
        }
        Err(error) => over(page, going, &error),
    }
}

async fn render(
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

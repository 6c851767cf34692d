//! `/login/code`: a code by e-mail or text message, chosen as the first factor.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::asked;
use super::first_factor::named;
use super::login;
use super::page::Page;
use super::second_factor::{answer, is_unsent, over, send_again};
use super::step::{Going, Sent, Step};
use super::views::{SecondFactorField, SecondFactorPage};
use crate::domain::challenge::ChallengeName;
use crate::error::Code;
use crate::secret::Secret;
use crate::site::refusal;
use crate::site::visit::Visit;
use crate::text::Text;
use crate::web::form::Form;

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

pub(super) async fn show(visit: Visit) -> Response {
    let mut page = match Page::open(visit).await {
        Ok(page) => page,
        Err(response) => return response,
    };
    match sending(&mut page) {
        Some(sending) => render(page, StatusCode::OK, Form::default(), &sending),
        None => page.go("/login"),
    }
}

pub(super) async fn submit(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
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
        return render(page, StatusCode::BAD_REQUEST, form, &sending);
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
            render(page, StatusCode::BAD_REQUEST, form, &sending)
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
    match send_again(&page, &sending.going).await {
        Ok((going, sent)) => {
            let step = Step::FirstCode {
                going,
                sms: sending.sms,
                sent,
                again: true,
            };
            page.step_to("/login/code", step)
        }
        Err(error) if is_unsent(&error) => {
            let form = form.refused(error.message);
            render(page, StatusCode::BAD_REQUEST, form, &sending)
        }
        Err(error) => over(page, sending.going, &error),
    }
}

fn render(
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
        remembers: false,
        form,
        sign_in_href: page.href("/login"),
        chrome,
    };
    page.show(status, &code)
}

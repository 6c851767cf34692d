//! `/mfa/choose`: which second factor to be asked for, or to set up.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::page::Page;
use super::step::{Going, Step};
use super::views::{ChooseFactorField, ChooseFactorPage};
use super::{login, second_factor, set_up_app, set_up_contact};
use crate::domain::challenge::{ChallengeName, Parameters};
use crate::error::Code;
use crate::secret::Secret;
use crate::settings::pool::Contact;
use crate::site::refusal;
use crate::site::visit::Visit;
use crate::store::users::Factor;
use crate::text::Text;
use crate::web::form::Form;

/// What there is to choose from.
struct Choice {
    going: Going,
    factors: Vec<Factor>,
    set_up: bool,
}

pub(super) async fn show(visit: Visit) -> Response {
    let mut page = match Page::open(visit).await {
        Ok(page) => page,
        Err(response) => return response,
    };
    match choice(&mut page) {
        Some(choice) => render(page, StatusCode::OK, Form::default(), &choice),
        None => page.go("/login"),
    }
}

pub(super) async fn submit(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let submitted = Page::submitted::<ChooseFactorField>(visit, &headers, &body).await;
    let (mut page, form) = match submitted {
        Ok(submitted) => submitted,
        Err(response) => return response,
    };
    let Some(choice) = choice(&mut page) else {
        return page.go("/login");
    };
    let chosen = Factor::parse(form.value(&ChooseFactorField::Factor));
    let Some(chosen) = chosen.filter(|chosen| choice.factors.contains(chosen)) else {
        let form = form.refused(page.say(Text::FieldMissing));
        return render(page, StatusCode::BAD_REQUEST, form, &choice);
    };
    if choice.set_up {
        return set_up(page, choice.going, chosen).await;
    }
    let text = Secret::new(chosen.as_str().to_owned());
    let parameters = Parameters::default().with("ANSWER", text);
    let name = ChallengeName::SelectMfaType;
    match second_factor::answer(&page, &choice.going, name, parameters).await {
        Ok(outcome) => Box::pin(login::go_on(page, choice.going.username, outcome)).await,
        Err(error) if error.code == Code::CodeDeliveryFailure => {
            let form = form.refused(error.message);
            render(page, StatusCode::BAD_REQUEST, form, &choice)
        }
        Err(error) => second_factor::over(page, choice.going, &error),
    }
}

/// Sets up a factor.
pub(super) async fn set_up(page: Page, going: Going, factor: Factor) -> Response {
    match factor {
        Factor::SoftwareToken => set_up_app::begin(page, going).await,
        Factor::Email => set_up_contact::begin(page, going, Contact::Email),
        Factor::Sms => set_up_contact::begin(page, going, Contact::PhoneNumber),
    }
}

fn choice(page: &mut Page) -> Option<Choice> {
    match page.step.take() {
        Some(Step::ChooseFactor {
            going,
            factors,
            set_up,
        }) => Some(Choice {
            going,
            factors,
            set_up,
        }),
        _ => None,
    }
}

fn render(
    page: Page,
    status: StatusCode,
    form: Form<ChooseFactorField>,
    choice: &Choice,
) -> Response {
    let csrf = match page.csrf() {
        Ok(csrf) => csrf,
        Err(error) => return refusal::failed(&page.visit, &error),
    };
    let choose_factor = ChooseFactorPage {
        chrome: page.chrome(),
        action: page.href("/mfa/choose"),
        csrf,
        form,
        factors: choice.factors.clone(),
        set_up: choice.set_up,
        sign_in_href: page.href("/login"),
    };
    page.show(status, &choose_factor)
}

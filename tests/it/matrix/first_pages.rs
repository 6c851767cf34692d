//! The ways through the pages of the first factor.

use super::hosted::at;
use super::path::First;
use super::world::{Begun, Cell, PASSWORD};
use crate::api::auth::passkeys::ORIGIN;
use crate::support::browser::{Browser, Form, Page};

/// The name, the choice, and the page of what was chosen.
pub async fn chosen(cell: &Cell<'_>, mut browser: Browser, page: Page, first: First) -> Begun {
    let form = page.form("cognitoSignInForm").fill("username", &cell.name);
    let answer = browser.submit(&form).await;
    let page = browser.follow(answer).await;
    let challenge = match first {
        First::Password | First::Srp => "PASSWORD",
        First::Email => "EMAIL_OTP",
        First::Sms => "SMS_OTP",
        First::Passkey => "WEB_AUTHN",
    };
    let form = page.form("chooseWayForm").forge("challenge", challenge);
    let answer = browser.submit(&form).await;
    let page = browser.follow(answer).await;
    let code = |to: &str| {
        let code = cell.world.s.code_to(to);
        page.form("mfaForm").fill("authentication_code", &code)
    };
    let form = match first {
        First::Password | First::Srp => page.form("passwordForm").fill("password", PASSWORD),
        First::Email => code(&cell.email()),
        First::Sms => code(&cell.phone),
        First::Passkey => credential(cell, &page),
    };
    at(browser, form)
}

/// The button of the sign-in page.
pub async fn passkey(cell: &Cell<'_>, mut browser: Browser, page: Page) -> Begun {
    let mut form = page.form("cognitoSignInForm").fill("username", &cell.name);
    form.action = page.data("formaction");
    let answer = browser.submit(&form).await;
    let page = browser.follow(answer).await;
    let form = credential(cell, &page);
    at(browser, form)
}

fn credential(cell: &Cell<'_>, page: &Page) -> Form {
    let asked = serde_json::from_str(&page.data("data-passkey-options")).unwrap();
    let mine = cell.passkey.as_ref().unwrap();
    let credential = mine.get(&asked, ORIGIN, |_| {}).to_string();
    page.form("passkeyForm").fill("credential", &credential)
}

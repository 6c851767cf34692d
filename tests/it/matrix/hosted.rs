//! The ways through the domain.

use super::expect::Found;
use super::first_pages;
use super::path::{Factor, Grant, Path};
use super::world::{Begun, Cell, NEW_PASSWORD, PASSWORD, Seat};
use crate::api::auth::device::Device;
use crate::support::browser::{Browser, Form, Page};
use crate::support::house::{self, CALLBACK, CHALLENGE, Told, VERIFIER};

/// Up to the last step.
pub async fn begin(cell: &Cell<'_>, seat: &Seat) -> Begun {
    let mut browser = Browser::new(&cell.world.s);
    if cell.path == Path::AddPasskeyPage {
        // What the script of the sign-in page sets where passkeys can be made.
        browser.plant("passkeys", "1", &seat.grounds.base());
    }
    let page = browser.open(&authorize(cell, seat)).await;
    match cell.path {
        Path::FirstPage(first) => return first_pages::chosen(cell, browser, page, first).await,
        Path::PasskeyPage => return first_pages::passkey(cell, browser, page).await,
        _ => {}
    }
    if let Path::SignUpPage { password } = cell.path {
        let page = browser.get(&page.link("Sign up")).await;
        let form = page.form("signupform").fill("username", &cell.name);
        let form = form.fill("requiredAttributes[email]", &cell.email());
        let password = if password { PASSWORD } else { "" };
        let answer = browser.submit(&form.fill("password", password)).await;
        let page = browser.follow(answer).await;
        let code = cell.world.s.code_to(&cell.email());
        return at(browser, page.form("confirmForm").fill("code", &code));
    }
    let page = match cell.path {
        Path::RememberedPage => remembered(cell, seat, &mut browser, page).await,
        _ => page,
    };
    let form = page.form("cognitoSignInForm").fill("username", &cell.name);
    let form = form.fill("password", PASSWORD);
    if matches!(cell.path, Path::LoginPage(_) | Path::RememberedPage) {
        return at(browser, form);
    }
    let answer = browser.submit(&form).await;
    let page = browser.follow(answer).await;
    match cell.path {
        Path::NewPasswordPage => {
            let form = page
                .form("changePasswordForm")
                .fill("new_password", NEW_PASSWORD);
            at(browser, form.fill("confirm_password", NEW_PASSWORD))
        }
        Path::FactorPage(factor) => second_factor(cell, browser, page, factor).await,
        Path::AddPasskeyPage => at(browser, page.form("addPasskeyForm")),
        Path::Sso(_) | Path::Chooser => {
            if cell.path.grant() == Grant::Code {
                let told = redeem(cell, seat, &page.code()).await.ok();
                let token = told["refresh_token"].as_str().unwrap().to_owned();
                *cell.refresh.lock().await = Some(token);
            }
            Begun::Browser(Box::new(browser))
        }
        Path::RefreshGrant { .. } => {
            let told = redeem(cell, seat, &page.code()).await.ok();
            let token = told["refresh_token"].as_str().unwrap().to_owned();
            *cell.refresh.lock().await = Some(token.clone());
            Begun::Refresh(token)
        }
        _ => Begun::Code(page.code()),
    }
}

/// A sign-in with the second factor, by which the browser is remembered; gives the page that asks again.
async fn remembered(cell: &Cell<'_>, seat: &Seat, browser: &mut Browser, page: Page) -> Page {
    let form = page.form("cognitoSignInForm").fill("username", &cell.name);
    let answer = browser.submit(&form.fill("password", PASSWORD)).await;
    let page = browser.follow(answer).await;
    let code = cell.world.s.code_to(&cell.phone);
    let form = page.form("mfaForm").fill("authentication_code", &code);
    let done = browser.submit(&form).await;
    let told = redeem(cell, seat, &done.code()).await.ok();
    let access = house::claims(told["access_token"].as_str().unwrap());
    let device = Device {
        key: access["device_key"].as_str().unwrap().to_owned(),
        group: String::new(),
        secret: String::new(),
    };
    *cell.device.lock().await = Some(device);
    browser.plant("cognito", "", &seat.grounds.base());
    browser.open(&authorize(cell, seat)).await
}

async fn second_factor(
    cell: &Cell<'_>,
    mut browser: Browser,
    mut page: Page,
    factor: Factor,
) -> Begun {
    if matches!(factor, Factor::Chosen | Factor::SetUp) {
        let chosen = if factor == Factor::Chosen {
            "SMS_MFA"
        } else {
            "SOFTWARE_TOKEN_MFA"
        };
        let form = page.form("chooseFactorForm").forge("factor", chosen);
        let answer = browser.submit(&form).await;
        page = browser.follow(answer).await;
    }
    let code = match factor {
        Factor::Sms | Factor::Chosen => cell.world.s.code_to(&cell.phone),
        Factor::Email => cell.world.s.code_to(&cell.email()),
        // Filled in when it is sent: the app shows another one by then.
        Factor::App => String::new(),
        Factor::SetUp => {
            let secret = page.body.split("id=\"secretKey\">").nth(1).unwrap();
            let secret = secret.split('<').next().unwrap().replace(' ', "");
            let form = page.form("setUpAppForm");
            return at(
                browser,
                form.fill("authentication_code", &cell.now_of(&secret)),
            );
        }
    };
    at(
        browser,
        page.form("mfaForm").fill("authentication_code", &code),
    )
}

/// The last step, and what is needed to see that it gave tokens.
pub async fn last(cell: &Cell<'_>, begun: &Begun, seat: &Seat) -> Found {
    match begun {
        Begun::Form(begun) => {
            let (mut browser, form) = (begun.0.clone(), moved(cell, &begun.1, seat));
            plant(cell, &mut browser, seat);
            let form = match &cell.app {
                Some(app) if cell.path == Path::FactorPage(Factor::App) => {
                    form.fill("authentication_code", &cell.now_of(app))
                }
                _ => form,
            };
            let page = browser.submit(&form).await;
            // The second time it is the browser that has been signed in.
            if cell.condition == super::Condition::Twice {
                let again = browser.submit(&form).await;
                return seen(cell, seat, &mut browser, again).await;
            }
            seen(cell, seat, &mut browser, page).await
        }
        Begun::Browser(browser) => {
            let mut browser = (**browser).clone();
            plant(cell, &mut browser, seat);
            let mut page = browser.get(&authorize(cell, seat)).await;
            if cell.path == Path::Chooser {
                page = browser.follow(page).await;
                if let Some(form) = page.find_form("chooseAccountForm") {
                    page = browser.submit(&form).await;
                }
            }
            seen(cell, seat, &mut browser, page).await
        }
        Begun::Code(code) => told(&redeem(cell, seat, code).await),
        Begun::Refresh(token) => {
            let pairs = [("grant_type", "refresh_token"), ("refresh_token", token)];
            told(&token_endpoint(cell, seat, &pairs).await)
        }
        _ => panic!("{:?} does not begin at the domain", cell.path),
    }
}

async fn seen(cell: &Cell<'_>, seat: &Seat, browser: &mut Browser, page: Page) -> Found {
    let home = page.location().is_some_and(|to| to.starts_with(CALLBACK));
    if home {
        let sent = page.sent();
        if let Some(token) = sent.get("access_token") {
            return Found::tokens(token);
        }
        if let Some(code) = sent.get("code") {
            return told(&redeem(cell, seat, code).await);
        }
        let description = sent.get("error_description").cloned();
        return Found::Back(sent["error"].clone(), description);
    }
    let page = browser.follow(page).await;
    let path = url::Url::parse(&page.url).unwrap().path().to_owned();
    let path = path
        .strip_prefix(&seat.grounds.base())
        .unwrap_or(&path)
        .to_owned();
    Found::Page(page.status, path, page.text())
}

fn told(told: &Told) -> Found {
    if told.status == 200 {
        return Found::tokens(told.body["access_token"].as_str().unwrap());
    }
    let text = |name: &str| told.body[name].as_str().map(str::to_owned);
    Found::OAuth(
        told.status,
        text("error").unwrap_or_default(),
        text("error_description"),
    )
}

fn authorize(cell: &Cell<'_>, seat: &Seat) -> String {
    let kind = match cell.path.grant() {
        Grant::Code => "code",
        Grant::Implicit => "token",
    };
    let mut pairs = vec![
        ("response_type", kind),
        ("client_id", seat.client.id.as_str()),
        ("redirect_uri", CALLBACK),
        ("state", "s"),
    ];
    if cell.path == Path::Chooser {
        pairs.push(("prompt", "select_account"));
    }
    if is_pkce(cell) {
        pairs.push(("code_challenge", CHALLENGE));
        pairs.push(("code_challenge_method", "S256"));
    }
    format!(
        "{}/oauth2/authorize?{}",
        seat.grounds.base(),
        house::query(&pairs)
    )
}

fn is_pkce(cell: &Cell<'_>) -> bool {
    cell.path == Path::CodeGrant { pkce: true }
}

async fn redeem(cell: &Cell<'_>, seat: &Seat, code: &str) -> Told {
    let mut pairs = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
    ];
    if is_pkce(cell) {
        pairs.push(("code_verifier", VERIFIER));
    }
    token_endpoint(cell, seat, &pairs).await
}

async fn token_endpoint(cell: &Cell<'_>, seat: &Seat, pairs: &[(&str, &str)]) -> Told {
    let s = &cell.world.s;
    let url = format!("{}{}/oauth2/token", s.url, seat.grounds.base());
    let mut pairs = pairs.to_vec();
    pairs.push(("client_id", &seat.client.id));
    if let Some(secret) = &seat.secret {
        pairs.push(("client_secret", secret));
    }
    house::post(s, &url, &pairs, None).await
}

/// The form as somebody at another seat would send it.
fn moved(cell: &Cell<'_>, form: &Form, seat: &Seat) -> Form {
    let mut form = form.clone();
    form.action = form.action.replace(&cell.client.id, &seat.client.id);
    form.action = form.action.replace(&cell.grounds.pool, &seat.grounds.pool);
    form
}

/// Cookies belong to a pool's paths; a thief would carry them over.
fn plant(cell: &Cell<'_>, browser: &mut Browser, seat: &Seat) {
    if seat.grounds.pool == cell.grounds.pool {
        return;
    }
    for name in ["XSRF-TOKEN", "cognito", "page-data", "device"] {
        let values: Vec<_> = browser
            .cookies(name)
            .iter()
            .map(|c| c.value.clone())
            .collect();
        for value in values {
            browser.plant(name, &value, &seat.grounds.base());
        }
    }
}

pub fn at(browser: Browser, form: Form) -> Begun {
    Begun::Form(Box::new((browser, form)))
}

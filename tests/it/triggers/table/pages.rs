//! The pages of a domain.

use serde_json::Value;

use super::accounts::{invited, nothing, signed_up, user};
use super::cases;
use super::run::{Ending, NEW_PASSWORD, PASSWORD, Refused, Run};
use super::sign_in::careful;
use crate::support::browser::{Browser, Form, Page};

cases! {
    "/signup": nothing, sign_up;
    "/signup, and PreSignUp confirms": nothing, sign_up;
    "/confirm, another code": unconfirmed, send_again;
    "/confirm": unconfirmed, confirm;
    "/confirmUser": signed_up, by_link;
    "/forgotPassword": user, forgot;
    "/forgotPassword of a user who is elsewhere": nothing, forgot;
    "/confirmforgotPassword": forgetful, replace;
    "/login": user, sign_in;
    "/login of a user who is elsewhere": nothing, sign_in;
    "/login with a temporary password": invited, change;
    "/login with a code as second factor": careful, with_code;
    "/login with a code in the password's place": user, by_code;
    "/oauth2/authorize in a browser that is signed in": at_home, again;
    "/oauth2/token with authorization_code": at_home, redeem;
}

async fn open(run: &Run<'_>, path: &str) -> (Browser, Page) {
    let mut browser = run.browser();
    let page = browser.open(&run.page(path)).await;
    (browser, page)
}

/// The sign-up page, sent.
async fn signed(run: &Run<'_>) -> Result<(Browser, Page), Refused> {
    let (mut browser, page) = open(run, "/signup").await;
    let form = page.form("signupform").fill("username", &run.name);
    let form = form.fill("password", PASSWORD);
    let contact = run.attribute();
    let field = format!("requiredAttributes[{}]", contact["Name"].as_str().unwrap());
    let form = form.fill(&field, contact["Value"].as_str().unwrap());
    let page = run.send(&mut browser, &form).await?;
    Ok((browser, page))
}

/// The tokens, where the page leads home; a page that does not says why.
async fn home(run: &Run<'_>, page: &Page) -> Ending {
    if page.location().is_some() {
        return run.redeem(page).await;
    }
    let (code, text) = (None, page.text());
    Err(Refused { code, text })
}

/// The form that the act comes to; a page without it says why.
fn found(page: &Page, id: &str) -> Result<Form, Refused> {
    let (code, text) = (None, page.text());
    page.find_form(id).ok_or(Refused { code, text })
}

async fn sign_up(run: &Run<'_>, _: Value) -> Ending {
    let (_, page) = signed(run).await?;
    if page.find_form("confirmForm").is_some() {
        return Ok(Value::Null);
    }
    home(run, &page).await
}

async fn unconfirmed(run: &Run<'_>) -> (Browser, Page) {
    signed(run).await.unwrap()
}

async fn send_again(run: &Run<'_>, (mut browser, page): (Browser, Page)) -> Ending {
    run.send(&mut browser, &page.form("resendForm")).await?;
    Ok(Value::Null)
}

async fn confirm(run: &Run<'_>, (mut browser, page): (Browser, Page)) -> Ending {
    let form = page.form("confirmForm").fill("code", &run.code());
    let page = run.send(&mut browser, &form).await?;
    home(run, &page).await
}

async fn by_link(run: &Run<'_>, code: Value) -> Ending {
    let query = crate::support::house::query(&[
        ("client_id", &run.ground.client),
        ("user_name", &run.name),
        ("confirmation_code", code.as_str().unwrap()),
    ]);
    let mut browser = run.browser();
    let link = format!("/{}/confirmUser?{query}", run.ground.pool);
    let page = browser.open(&link).await;
    run.send(&mut browser, &page.form("noticeForm")).await?;
    Ok(Value::Null)
}

async fn forgotten_page(run: &Run<'_>) -> Result<(Browser, Page), Refused> {
    let (mut browser, page) = open(run, "/forgotPassword").await;
    let form = page.form("forgotPasswordForm").fill("username", &run.name);
    let page = run.send(&mut browser, &form).await?;
    Ok((browser, page))
}

async fn forgot(run: &Run<'_>, _: Value) -> Ending {
    forgotten_page(run).await?;
    Ok(Value::Null)
}

async fn forgetful(run: &Run<'_>) -> (Browser, Page) {
    run.make_user().await;
    forgotten_page(run).await.unwrap()
}

async fn replace(run: &Run<'_>, (mut browser, page): (Browser, Page)) -> Ending {
    let form = page.form("resetPasswordForm").fill("code", &run.code());
    let form = form.fill("new_password", NEW_PASSWORD);
    let form = form.fill("confirm_password", NEW_PASSWORD);
    run.send(&mut browser, &form).await?;
    Ok(Value::Null)
}

/// The sign-in page, sent.
async fn entered(run: &Run<'_>) -> Result<(Browser, Page), Refused> {
    let (mut browser, page) = open(run, "/oauth2/authorize").await;
    let form = page.form("cognitoSignInForm").fill("username", &run.name);
    let page = run
        .send(&mut browser, &form.fill("password", PASSWORD))
        .await?;
    Ok((browser, page))
}

async fn sign_in(run: &Run<'_>, _: Value) -> Ending {
    let (_, page) = entered(run).await?;
    home(run, &page).await
}

async fn change(run: &Run<'_>, _: Value) -> Ending {
    let (mut browser, page) = entered(run).await?;
    let form = found(&page, "changePasswordForm")?;
    let form = form.fill("new_password", NEW_PASSWORD);
    let form = form.fill("confirm_password", NEW_PASSWORD);
    let page = run.send(&mut browser, &form).await?;
    home(run, &page).await
}

async fn with_code(run: &Run<'_>, _: Value) -> Ending {
    let (mut browser, page) = entered(run).await?;
    let form = found(&page, "mfaForm")?;
    let form = form.fill("authentication_code", &run.code());
    let page = run.send(&mut browser, &form).await?;
    home(run, &page).await
}

async fn by_code(run: &Run<'_>, _: Value) -> Ending {
    let (mut browser, page) = open(run, "/oauth2/authorize").await;
    let form = page.form("cognitoSignInForm").fill("username", &run.name);
    let page = run.send(&mut browser, &form).await?;
    let challenge = if run.channel().is_sms() {
        "SMS_OTP"
    } else {
        "EMAIL_OTP"
    };
    let form = found(&page, "chooseWayForm")?.forge("challenge", challenge);
    let page = run.send(&mut browser, &form).await?;
    let form = found(&page, "mfaForm")?;
    let form = form.fill("authentication_code", &run.code());
    let page = run.send(&mut browser, &form).await?;
    home(run, &page).await
}

/// A browser that is signed in, and a code for the client.
async fn at_home(run: &Run<'_>) -> (Browser, Page) {
    run.make_user().await;
    entered(run).await.unwrap()
}

async fn again(run: &Run<'_>, (mut browser, _): (Browser, Page)) -> Ending {
    let page = browser.open(&run.page("/oauth2/authorize")).await;
    let page = run.follow(&mut browser, page).await?;
    home(run, &page).await
}

async fn redeem(run: &Run<'_>, (_, page): (Browser, Page)) -> Ending {
    run.redeem(&page).await
}

//! Where users decide (`DeviceOnlyRememberedOnUserPrompt`): a box on the page of the second factor,
//! or a page of its own where none is asked for.

use poolhouse::time::Span;
use serde_json::{Value, json};

use super::device::{code, devices, factors, house, key, password, without_code};
use crate::api::auth::mfa::totp;
use crate::support::browser::{Browser, Page};
use crate::support::house::House;

fn prompt() -> Value {
    json!({ "ChallengeRequiredOnNewDevice": true, "DeviceOnlyRememberedOnUserPrompt": true })
}

async fn is_box(house: &House, browser: &mut Browser) -> Page {
    let page = password(house, browser, "jane").await;
    assert!(page.has_box("remember_device"), "{}", page.text());
    page
}

/// The code with the box ticked.
async fn tick(house: &House, browser: &mut Browser, page: &Page) -> Page {
    let code = house.s.code_to("jane@example.com");
    let form = page.form("mfaForm").fill("authentication_code", &code);
    browser.submit(&form.forge("remember_device", "yes")).await
}

#[tokio::test]
async fn the_box_decides() {
    let house = house(prompt()).await;
    let mut browser = Browser::new(&house.s);
    let page = is_box(&house, &mut browser).await;
    let done = code(&house, &mut browser, "jane", &page).await;
    let tokens = house.redeem(&done.code(), &[]).await.ok();
    let own = key(&tokens);
    let known = [(own.clone(), "not_remembered".to_owned())];
    assert_eq!(
        devices(&house, "jane").await,
        known,
        "known, not remembered"
    );
    // A wrong code leaves the box as it was.
    let page = is_box(&house, &mut browser).await;
    let form = page.form("mfaForm").fill("authentication_code", "1");
    let refused = browser.submit(&form.forge("remember_device", "yes")).await;
    assert_eq!(refused.form("mfaForm").fields["remember_device"], "yes");
    let done = tick(&house, &mut browser, &page).await;
    let tokens = house.redeem(&done.code(), &[]).await.ok();
    assert_eq!(key(&tokens), own, "no second device");
    let known = [(own.clone(), "remembered".to_owned())];
    assert_eq!(devices(&house, "jane").await, known);
    let tokens = without_code(&house, &mut browser, "jane").await;
    assert_eq!(key(&tokens), own);
}

#[tokio::test]
async fn an_app_may_remember_the_browser_for_its_user() {
    let house = house(prompt()).await;
    let mut browser = Browser::new(&house.s);
    let page = is_box(&house, &mut browser).await;
    let done = code(&house, &mut browser, "jane", &page).await;
    let tokens = house.redeem(&done.code(), &[]).await.ok();
    let request = json!({
        "AccessToken": tokens["access_token"], "DeviceKey": key(&tokens),
        "DeviceRememberedStatus": "remembered",
    });
    house.s.api("UpdateDeviceStatus", request).await.ok();
    without_code(&house, &mut browser, "jane").await;
}

#[tokio::test]
async fn who_is_remembered_is_not_asked_again_on_the_page_of_a_factor_that_is_always_asked_for() {
    let house = house(json!({ "DeviceOnlyRememberedOnUserPrompt": true })).await;
    let mut browser = Browser::new(&house.s);
    let page = is_box(&house, &mut browser).await;
    tick(&house, &mut browser, &page).await.code();
    let page = password(&house, &mut browser, "jane").await;
    assert!(page.url.contains("/mfa?"), "{}", page.url);
    assert!(!page.has_box("remember_device"));
    code(&house, &mut browser, "jane", &page).await.code();
}

#[tokio::test]
async fn the_box_stands_where_an_app_is_set_up_too() {
    let house = house(prompt()).await;
    factors(&house, "ON").await;
    house.user("nora").await;
    let mut browser = Browser::new(&house.s);
    let page = password(&house, &mut browser, "nora").await;
    let form = page.form("chooseFactorForm");
    let answer = browser
        .submit(&form.forge("factor", "SOFTWARE_TOKEN_MFA"))
        .await;
    let page = browser.follow(answer).await;
    assert!(page.has_box("remember_device"));
    let secret = page.body.split("id=\"secretKey\">").nth(1).unwrap();
    let secret = secret.split('<').next().unwrap().replace(' ', "");
    let code = totp(&secret, house.s.clock().server_now().ms());
    let form = page.form("setUpAppForm").fill("authentication_code", &code);
    let done = browser.submit(&form.forge("remember_device", "yes")).await;
    done.code();
    without_code(&house, &mut browser, "nora").await;
}

#[tokio::test]
async fn who_is_asked_for_the_password_alone_is_asked_on_a_page_of_its_own() {
    let house = house(prompt()).await;
    house.user("nora").await;
    let mut browser = Browser::new(&house.s);
    let page = password(&house, &mut browser, "nora").await;
    assert!(page.url.contains("/device?"), "{}", page.url);
    assert!(page.text().contains("Remember this device?"));
    let form = page.form("rememberDeviceForm");
    // Not now: nobody is asked for a month.
    let done = browser.submit(&form.forge("remember_device", "no")).await;
    let tokens = house.redeem(&done.code(), &[]).await.ok();
    let own = key(&tokens);
    let known = [(own.clone(), "not_remembered".to_owned())];
    assert_eq!(devices(&house, "nora").await, known);
    house.s.clock().advance(Span::days(29));
    without_code(&house, &mut browser, "nora").await;
    house.s.clock().advance(Span::days(2));
    let page = password(&house, &mut browser, "nora").await;
    assert!(page.url.contains("/device?"), "{}", page.url);
    let form = page.form("rememberDeviceForm");
    let done = browser.submit(&form.forge("remember_device", "yes")).await;
    let tokens = house.redeem(&done.code(), &[]).await.ok();
    assert_eq!(key(&tokens), own);
    let known = [(own.clone(), "remembered".to_owned())];
    assert_eq!(devices(&house, "nora").await, known);
    // From now on it is what a device is.
    let request = json!({ "Username": "nora", "EmailMfaSettings": { "Enabled": true } });
    house.admin("AdminSetUserMFAPreference", request).await.ok();
    without_code(&house, &mut browser, "nora").await;
}

#[tokio::test]
async fn the_page_asks_nobody_who_has_not_signed_in() {
    let house = house(prompt()).await;
    house.user("nora").await;
    let mut browser = Browser::new(&house.s);
    let page = password(&house, &mut browser, "nora").await;
    let form = page.form("rememberDeviceForm");
    let form = form.forge("remember_device", "yes");
    let mut thief = Browser::new(&house.s);
    assert_eq!(thief.submit(&form).await.status, 403);
    // Who is signed in and was not sent there is not asked either.
    let mut other = Browser::new(&house.s);
    let asked = password(&house, &mut other, "nora").await;
    let no = asked
        .form("rememberDeviceForm")
        .forge("remember_device", "no");
    other.submit(&no).await.code();
    let page = other.get(&asked.url).await;
    assert!(page.location().is_some_and(|to| to.contains("/login?")));
    // The session ends before the answer.
    house.s.clock().advance(Span::minutes(59));
    let request = json!({ "Username": "nora" });
    house.admin("AdminDisableUser", request).await.ok();
    let answer = browser.submit(&form).await;
    let page = browser.follow(answer).await;
    assert!(page.url.contains("/login?"), "{}", page.url);
    for (_, status) in devices(&house, "nora").await {
        assert_eq!(status, "not_remembered");
    }
}

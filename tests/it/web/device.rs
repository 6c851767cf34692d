//! A browser as a remembered device: registered by a sign-in on the pages, it takes the place of a
//! second factor where the pool says so (api-auth.md 7; security.md C9, G14, H8).

use poolhouse::time::Span;
use serde_json::{Value, json};

use crate::api::auth::device::{always, tracking};
use crate::support::browser::{Browser, Page};
use crate::support::house::{House, claims};

/// A pool that tracks devices, where jane and tim are asked for a code by e-mail.
pub async fn house(devices: Value) -> House {
    let house = House::with(tracking(devices, json!({}))).await;
    factors(&house, "OPTIONAL").await;
    for name in ["jane", "tim"] {
        house.user(name).await;
        prefer_email(&house, name).await;
    }
    house
}

pub async fn factors(house: &House, mode: &str) {
    let request = json!({
        "MfaConfiguration": mode,
        "SoftwareTokenMfaConfiguration": { "Enabled": true },
        "EmailMfaConfiguration": { "Message": "Mail {####}", "Subject": "Your code" },
    });
    house.admin("SetUserPoolMfaConfig", request).await.ok();
}

async fn prefer_email(house: &House, name: &str) {
    let request = json!({ "Username": name, "EmailMfaSettings": { "Enabled": true } });
    house.admin("AdminSetUserMFAPreference", request).await.ok();
}

/// The password on the page; the browser is asked again, however lately it signed in.
pub async fn password(house: &House, browser: &mut Browser, name: &str) -> Page {
    browser.plant("cognito", "", &house.base);
    let scope = "openid aws.cognito.signin.user.admin";
    let url = house.authorize(&[("scope", scope)]);
    house.sign_in(browser, name, &url).await
}

/// The code that is asked for now.
pub async fn code(house: &House, browser: &mut Browser, name: &str, page: &Page) -> Page {
    assert!(page.url.contains("/mfa?"), "{} {}", page.url, page.text());
    let code = house.s.code_to(&format!("{name}@example.com"));
    let form = page.form("mfaForm").fill("authentication_code", &code);
    browser.submit(&form).await
}

/// A sign-in with the code: tokens.
async fn with_code(house: &House, browser: &mut Browser, name: &str) -> Value {
    let page = password(house, browser, name).await;
    let done = code(house, browser, name, &page).await;
    house.redeem(&done.code(), &[]).await.ok()
}

/// A sign-in that is asked for the password alone: tokens.
pub async fn without_code(house: &House, browser: &mut Browser, name: &str) -> Value {
    let done = password(house, browser, name).await;
    house.redeem(&done.code(), &[]).await.ok()
}

async fn is_asked(house: &House, browser: &mut Browser, name: &str) {
    let page = password(house, browser, name).await;
    assert!(page.url.contains("/mfa?"), "{} {}", page.url, page.status);
}

pub fn key(tokens: &Value) -> Value {
    claims(tokens["access_token"].as_str().unwrap())["device_key"].clone()
}

/// The devices of a user, with what of them tells whether they are remembered.
pub async fn devices(house: &House, name: &str) -> Vec<(Value, String)> {
    let request = json!({ "Username": name });
    let listed = house.admin("AdminListDevices", request).await.ok();
    let listed = listed["Devices"].as_array().unwrap().clone();
    let status = |device: &Value| {
        let attributes = device["DeviceAttributes"].as_array().unwrap();
        let named = |a: &&Value| a["Name"] == "dev:device_remembered_status";
        let status = attributes.iter().find(named).unwrap();
        status["Value"].as_str().unwrap().to_owned()
    };
    let told = listed.iter().map(|d| (d["DeviceKey"].clone(), status(d)));
    told.collect()
}

#[tokio::test]
async fn a_browser_is_remembered_by_its_sign_in_and_stands_for_the_second_factor() {
    let house = house(always()).await;
    let mut browser = Browser::new(&house.s);
    let page = password(&house, &mut browser, "jane").await;
    assert!(!page.has_box("remember_device"), "it is remembered anyway");
    let done = code(&house, &mut browser, "jane", &page).await;
    let tokens = house.redeem(&done.code(), &[]).await.ok();
    let own = key(&tokens);
    assert_eq!(
        devices(&house, "jane").await,
        [(own.clone(), "remembered".to_owned())]
    );
    // The browser keeps it as it keeps everything else, and for as long as browsers do.
    let cookie = browser.cookies("device");
    assert_eq!(cookie.len(), 1);
    let header = &cookie[0].header;
    for flag in ["; HttpOnly", "; SameSite=Lax", "; Max-Age=34560000"] {
        assert!(header.contains(flag), "{header}");
    }
    assert_eq!(cookie[0].path, house.base);
    assert!(!header.contains(own.as_str().unwrap()), "{header}");
    // Tokens name it, and refreshed ones too.
    let refresh = [
        ("grant_type", "refresh_token"),
        ("client_id", house.client.as_str()),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    let refreshed = house.token(&refresh, None).await.ok();
    assert_eq!(key(&refreshed), own);

    let again = without_code(&house, &mut browser, "jane").await;
    assert_eq!(key(&again), own);
    assert_eq!(devices(&house, "jane").await.len(), 1);
    // Another browser is another device.
    is_asked(&house, &mut Browser::new(&house.s), "jane").await;
}

#[tokio::test]
async fn an_app_finds_and_forgets_the_browser_and_the_next_sign_in_asks_again() {
    let house = house(always()).await;
    let mut browser = Browser::new(&house.s);
    let tokens = with_code(&house, &mut browser, "jane").await;
    let own = key(&tokens);
    let token = tokens["access_token"].clone();
    let listed = json!({ "AccessToken": token });
    let listed = house.s.api("ListDevices", listed).await.ok();
    assert_eq!(listed["Devices"][0]["DeviceKey"], own);
    // A code that was given before, for a session that ends with the device.
    let early = browser
        .get(&house.authorize(&[("prompt", "none")]))
        .await
        .code();
    let request = json!({ "AccessToken": token, "DeviceKey": own });
    house.s.api("ForgetDevice", request).await.ok();

    let refresh = [
        ("grant_type", "refresh_token"),
        ("client_id", house.client.as_str()),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    house
        .token(&refresh, None)
        .await
        .refuses(400, "invalid_grant");
    house
        .redeem(&early, &[])
        .await
        .refuses(400, "invalid_grant");
    let silent = browser.get(&house.authorize(&[("prompt", "none")])).await;
    assert_eq!(silent.sent()["error"], "login_required");
    let tokens = with_code(&house, &mut browser, "jane").await;
    assert_ne!(key(&tokens), own);
    without_code(&house, &mut browser, "jane").await;
}

#[tokio::test]
async fn a_browsers_devices_are_their_users_and_their_pools() {
    let house = house(always()).await;
    let mut browser = Browser::new(&house.s);
    let jane = with_code(&house, &mut browser, "jane").await;
    // Another user gets nothing from it, and a device besides it.
    is_asked(&house, &mut browser, "tim").await;
    let tim = with_code(&house, &mut browser, "tim").await;
    assert_ne!(key(&jane), key(&tim));
    for (name, tokens) in [("jane", &jane), ("tim", &tim)] {
        let again = without_code(&house, &mut browser, name).await;
        assert_eq!(key(&again), key(tokens), "{name}");
    }
    // Neither does a namesake elsewhere, though the cookie is carried over.
    let other = crate::support::house::pool(&house.s, tracking(always(), json!({}))).await;
    crate::support::house::domain(&house.s, &other).await;
    let client = crate::support::house::client(&house.s, &other, json!({})).await;
    crate::support::house::user(&house.s, &other, "jane").await;
    let value = browser.cookies("device")[0].value.clone();
    let elsewhere = House {
        base: format!("/{other}"),
        pool: other,
        client: client.id,
        ..house
    };
    factors(&elsewhere, "OPTIONAL").await;
    prefer_email(&elsewhere, "jane").await;
    let mut thief = Browser::new(&elsewhere.s);
    thief.plant("device", &value, &elsewhere.base);
    is_asked(&elsewhere, &mut thief, "jane").await;
    // A cookie that we did not make is none.
    let mut forged = value.clone();
    let last = if forged.ends_with('A') { "B" } else { "A" };
    forged.replace_range(forged.len() - 1.., last);
    thief.plant("device", &forged, &elsewhere.base);
    is_asked(&elsewhere, &mut thief, "jane").await;
}

#[tokio::test]
async fn a_browser_that_holds_another_secret_proves_nothing() {
    let house = house(always()).await;
    let mut browser = Browser::new(&house.s);
    with_code(&house, &mut browser, "jane").await;
    let vault = &house.s.app.vault;
    let value = browser.cookies("device")[0].value.clone();
    let mut opened: Value = vault.open_token("device", &value).unwrap();
    // Sealed by us again, so that the secret alone decides.
    let same = vault.seal_token("device", &opened).unwrap();
    browser.plant("device", &same, &house.base);
    without_code(&house, &mut browser, "jane").await;
    opened["devices"][0]["kept"]["secret"] = json!("A".repeat(43));
    let other = vault.seal_token("device", &opened).unwrap();
    browser.plant("device", &other, &house.base);
    is_asked(&house, &mut browser, "jane").await;
}

#[tokio::test]
async fn a_browser_stands_for_nothing_once_the_pool_or_the_user_say_so() {
    let house = house(always()).await;
    let mut browser = Browser::new(&house.s);
    let own = key(&with_code(&house, &mut browser, "jane").await);
    // Not remembered: as good as none, though known.
    let status = |status: &str| {
        json!({
            "Username": "jane", "DeviceKey": own, "DeviceRememberedStatus": status,
        })
    };
    house
        .admin("AdminUpdateDeviceStatus", status("not_remembered"))
        .await
        .ok();
    let tokens = with_code(&house, &mut browser, "jane").await;
    assert_eq!(key(&tokens), own, "no second device");
    assert_eq!(
        devices(&house, "jane").await,
        [(own.clone(), "not_remembered".to_owned())]
    );
    house
        .admin("AdminUpdateDeviceStatus", status("remembered"))
        .await
        .ok();
    without_code(&house, &mut browser, "jane").await;
    // The factor is asked for on every device.
    let track = |challenge: bool| json!({ "ChallengeRequiredOnNewDevice": challenge });
    let update = |devices: Value| {
        json!({ "DeviceConfiguration": devices, "AutoVerifiedAttributes": ["email"],
        "MfaConfiguration": "OPTIONAL" })
    };
    house
        .admin("UpdateUserPool", update(track(false)))
        .await
        .ok();
    let tokens = with_code(&house, &mut browser, "jane").await;
    assert_eq!(key(&tokens), own);
    house
        .admin("UpdateUserPool", update(track(true)))
        .await
        .ok();
    without_code(&house, &mut browser, "jane").await;
    // No device is tracked any more.
    let mut untracked = update(json!({}));
    untracked
        .as_object_mut()
        .unwrap()
        .remove("DeviceConfiguration");
    house.admin("UpdateUserPool", untracked).await.ok();
    is_asked(&house, &mut browser, "jane").await;
}

#[tokio::test]
async fn a_factor_that_has_to_be_set_up_is_set_up_with_a_remembered_browser_too() {
    let house = house(always()).await;
    house.user("nora").await;
    let mut browser = Browser::new(&house.s);
    // Nothing is asked of her, and her browser is remembered all the same.
    let own = key(&without_code(&house, &mut browser, "nora").await);
    assert_eq!(devices(&house, "nora").await[0].0, own);
    factors(&house, "ON").await;
    let page = password(&house, &mut browser, "nora").await;
    assert!(page.url.contains("/mfa/choose?"), "{}", page.url);
    let form = page.form("chooseFactorForm").forge("factor", "EMAIL_OTP");
    let answer = browser.submit(&form).await;
    let page = browser.follow(answer).await;
    let form = page
        .form("setUpEmailForm")
        .fill("email", "nora@example.com");
    let answer = browser.submit(&form).await;
    let page = browser.follow(answer).await;
    let done = code(&house, &mut browser, "nora", &page).await;
    let tokens = house.redeem(&done.code(), &[]).await.ok();
    assert_eq!(key(&tokens), own, "it is the same device");
    without_code(&house, &mut browser, "nora").await;
}

#[tokio::test]
async fn a_browser_is_remembered_for_400_days_after_its_last_sign_in() {
    let house = house(always()).await;
    let mut browser = Browser::new(&house.s);
    with_code(&house, &mut browser, "jane").await;
    for _ in 0..2 {
        house.s.clock().advance(Span::days(399));
        without_code(&house, &mut browser, "jane").await;
    }
    house.s.clock().advance(Span::days(401));
    is_asked(&house, &mut browser, "jane").await;
}

#[tokio::test]
async fn an_app_may_name_the_browser_when_it_refreshes_and_no_other_device() {
    let house = house(always()).await;
    house
        .update_client(
            &house.client,
            json!({ "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"] }),
        )
        .await;
    let mut browser = Browser::new(&house.s);
    let tokens = with_code(&house, &mut browser, "jane").await;
    let refresh = async |named: Option<&str>| {
        let mut parameters = json!({ "REFRESH_TOKEN": tokens["refresh_token"] });
        if let Some(named) = named {
            parameters["DEVICE_KEY"] = json!(named);
        }
        let request = json!({
            "ClientId": house.client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters,
        });
        house.s.api("InitiateAuth", request).await
    };
    let own = key(&tokens);
    for named in [None, own.as_str()] {
        let told = refresh(named).await.ok();
        let access = &told["AuthenticationResult"]["AccessToken"];
        assert_eq!(claims(access.as_str().unwrap())["device_key"], own);
    }
    refresh(Some("us-east-1_aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"))
        .await
        .error("NotAuthorizedException", "Invalid Refresh Token");
}

#[tokio::test]
async fn a_passkey_or_a_sign_up_makes_the_browser_a_device_too() {
    let house = House::with(tracking(always(), json!({}))).await;
    let mut browser = Browser::new(&house.s);
    let page = browser.open(&house.authorize(&[])).await;
    let page = browser.get(&page.link("Sign up")).await;
    let form = page.form("signupform").fill("username", "nora");
    let form = form.fill("requiredAttributes[email]", "nora@example.com");
    let form = form.fill("password", crate::support::house::PASSWORD);
    let answer = browser.submit(&form).await;
    let page = browser.follow(answer).await;
    let code = house.s.code_to("nora@example.com");
    let form = page.form("confirmForm").fill("code", &code);
    let done = browser.submit(&form).await;
    let tokens = house.redeem(&done.code(), &[]).await.ok();
    assert_eq!(devices(&house, "nora").await[0].0, key(&tokens));
}

#[tokio::test]
async fn pools_that_track_no_devices_keep_none() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    let tokens = without_code(&house, &mut browser, "jane").await;
    assert!(key(&tokens).is_null());
    assert!(browser.cookies("device").is_empty());
}

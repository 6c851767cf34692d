//! Second factors on the pages.

use serde_json::{Value, json};

use crate::api::auth::mfa::totp;
use crate::support::browser::{Browser, Page};
use crate::support::house::{House, PASSWORD, claims};

/// A pool with every second factor, and jane.
async fn house(mode: &str) -> House {
    let sms = json!({ "SnsCallerArn": "arn:aws:iam::123456789012:role/sms" });
    let house = House::with(json!({ "SmsConfiguration": sms })).await;
    let request = json!({
        "MfaConfiguration": mode,
        "SmsMfaConfiguration": { "SmsConfiguration": sms },
        "SoftwareTokenMfaConfiguration": { "Enabled": true },
        "EmailMfaConfiguration": { "Message": "Mail {####}", "Subject": "Your code" },
    });
    house.admin("SetUserPoolMfaConfig", request).await.ok();
    house.user("jane").await;
    house
}

async fn prefer(house: &House, settings: Value) {
    let mut request = json!({ "Username": "jane" });
    request
        .as_object_mut()
        .unwrap()
        .extend(settings.as_object().unwrap().clone());
    house.admin("AdminSetUserMFAPreference", request).await.ok();
}

/// Signs in with the password; gives the page that comes next.
async fn password(house: &House, browser: &mut Browser) -> Page {
    let url = house.authorize(&[("scope", "openid")]);
    let answer = house.sign_in(browser, "jane", &url).await;
    assert!(browser.cookies("cognito").is_empty(), "not signed in yet");
    answer
}

fn now(house: &House) -> i64 {
    house.s.clock().server_now().ms()
}

fn other(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

async fn tokens(house: &House, answer: &Page) -> Value {
    let tokens = house.redeem(&answer.code(), &[]).await.ok();
    claims(tokens["id_token"].as_str().unwrap())
}

#[tokio::test]
async fn an_authenticator_app_is_set_up_inside_the_sign_in_and_asked_for_afterwards() {
    let house = house("ON").await;
    let mut browser = Browser::new(&house.s);
    let page = password(&house, &mut browser).await;
    assert!(page.url.contains("/mfa/choose?"), "{}", page.url);
    let form = page.form("chooseFactorForm");
    let refused = browser.submit(&form.clone().forge("factor", "NONE")).await;
    assert_eq!(refused.status, 400);
    let answer = browser
        .submit(&form.forge("factor", "SOFTWARE_TOKEN_MFA"))
        .await;
    let page = browser.follow(answer).await;
    assert!(page.url.contains("/mfa/app?"), "{}", page.url);
    assert!(page.body.contains("<svg class=\"qr\""));
    let secret = page.body.split("id=\"secretKey\">").nth(1).unwrap();
    let secret = secret.split('<').next().unwrap().replace(' ', "");
    assert_eq!(secret.len(), 52);
    let right = totp(&secret, now(&house));
    let form = page.form("setUpAppForm").fill("device_name", "my phone");
    for (code, told) in [
        ("", "This field is required."),
        ("12ab", "validation error"),
        (
            other(&right),
            "Code mismatch and fail enable Software Token MFA",
        ),
    ] {
        let page = browser
            .submit(&form.clone().fill("authentication_code", code))
            .await;
        assert_eq!(page.status, 400, "{told}");
        assert!(page.text().contains(told), "{}", page.text());
    }
    let form = form.fill("authentication_code", &right);
    let answer = browser.submit(&form).await;
    let id = tokens(&house, &answer).await;
    assert_eq!(id["cognito:username"], "jane");

    house.s.clock().advance(poolhouse::time::Span::seconds(60));
    let mut browser = Browser::new(&house.s);
    let page = password(&house, &mut browser).await;
    assert!(page.url.contains("/mfa?"), "{}", page.url);
    assert!(page.find_form("resendForm").is_none());
    let right = totp(&secret, now(&house));
    let form = page.form("mfaForm");
    let refused = browser
        .submit(&form.clone().fill("authentication_code", other(&right)))
        .await;
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("Invalid code received for user"));
    let answer = browser
        .submit(&form.fill("authentication_code", &right))
        .await;
    tokens(&house, &answer).await;
}

#[tokio::test]
async fn a_code_comes_by_mail_and_once_more() {
    let house = house("OPTIONAL").await;
    prefer(&house, json!({ "EmailMfaSettings": { "Enabled": true } })).await;
    let mut browser = Browser::new(&house.s);
    let page = password(&house, &mut browser).await;
    assert!(
        page.text().contains("by email to j***@e***"),
        "{}",
        page.text()
    );
    let first = house.s.code_to("jane@example.com");
    let answer = browser.submit(&page.form("resendForm")).await;
    let page = browser.follow(answer).await;
    assert!(page.text().contains("We have sent a new code."));
    let second = house.s.code_to("jane@example.com");
    let form = page.form("mfaForm");
    if first != second {
        let refused = browser
            .submit(&form.clone().fill("authentication_code", &first))
            .await;
        assert!(
            refused
                .text()
                .contains("Invalid code or auth state for the user.")
        );
    }
    let answer = browser
        .submit(&form.fill("authentication_code", &second))
        .await;
    tokens(&house, &answer).await;
}

#[tokio::test]
async fn another_code_is_sent_five_times_an_hour() {
    let house = house("OPTIONAL").await;
    prefer(&house, json!({ "EmailMfaSettings": { "Enabled": true } })).await;
    let mut browser = Browser::new(&house.s);
    let mut page = password(&house, &mut browser).await;
    for _ in 0..5 {
        let answer = browser.submit(&page.form("resendForm")).await;
        page = browser.follow(answer).await;
    }
    let refused = browser.submit(&page.form("resendForm")).await;
    let told = "Attempt limit exceeded, please try after some time.";
    assert!(refused.text().contains(told), "{}", refused.text());
    let code = house.s.code_to("jane@example.com");
    let form = refused.form("mfaForm").fill("authentication_code", &code);
    let answer = browser.submit(&form).await;
    tokens(&house, &answer).await;
}

#[tokio::test]
async fn one_of_several_is_chosen() {
    let house = house("OPTIONAL").await;
    let phone = json!([{ "Name": "phone_number", "Value": "+15550100" }]);
    let request = json!({ "Username": "jane", "UserAttributes": phone });
    house.admin("AdminUpdateUserAttributes", request).await.ok();
    let both = json!({
        "EmailMfaSettings": { "Enabled": true }, "SMSMfaSettings": { "Enabled": true },
    });
    prefer(&house, both).await;
    let mut browser = Browser::new(&house.s);
    let page = password(&house, &mut browser).await;
    assert!(page.text().contains("Text message") && page.text().contains("Email"));
    assert!(!page.text().contains("Authenticator app"));
    let form = page.form("chooseFactorForm").forge("factor", "SMS_MFA");
    let answer = browser.submit(&form).await;
    let page = browser.follow(answer).await;
    assert!(
        page.text().contains("by SMS to +****0100"),
        "{}",
        page.text()
    );
    let code = house.s.code_to("+15550100");
    let form = page.form("mfaForm").fill("authentication_code", &code);
    let answer = browser.submit(&form).await;
    tokens(&house, &answer).await;
}

#[tokio::test]
async fn an_address_is_enrolled_inside_the_sign_in() {
    let house = house("ON").await;
    let mut browser = Browser::new(&house.s);
    let page = password(&house, &mut browser).await;
    let form = page.form("chooseFactorForm").forge("factor", "EMAIL_OTP");
    let answer = browser.submit(&form).await;
    let page = browser.follow(answer).await;
    let form = page.form("setUpEmailForm");
    for (address, told) in [
        ("", "This field is required."),
        ("nobody", "Invalid email address format."),
    ] {
        let page = browser.submit(&form.clone().fill("email", address)).await;
        assert_eq!(page.status, 400, "{told}");
        assert!(page.text().contains(told), "{}", page.text());
    }
    let answer = browser.submit(&form.fill("email", "new@example.com")).await;
    let page = browser.follow(answer).await;
    let code = house.s.code_to("new@example.com");
    let form = page.form("mfaForm").fill("authentication_code", &code);
    let answer = browser.submit(&form).await;
    tokens(&house, &answer).await;
}

#[tokio::test]
async fn a_dead_sign_in_begins_again() {
    let house = house("OPTIONAL").await;
    prefer(&house, json!({ "EmailMfaSettings": { "Enabled": true } })).await;
    let mut browser = Browser::new(&house.s);
    let page = password(&house, &mut browser).await;
    let code = house.s.code_to("jane@example.com");
    let form = page.form("mfaForm");
    let wrong = form.clone().fill("authentication_code", other(&code));
    for _ in 0..10 {
        assert_eq!(browser.submit(&wrong).await.status, 400);
    }
    let answer = browser
        .submit(&form.fill("authentication_code", &code))
        .await;
    let page = browser.follow(answer).await;
    assert!(page.url.contains("/login?"), "{}", page.url);
    assert!(page.text().contains("Invalid session for the user"));
    assert_eq!(page.form("cognitoSignInForm").fields["username"], "jane");
}

#[tokio::test]
async fn a_factor_is_asked_for_after_a_new_password_and_after_a_sign_up() {
    let house = house("ON").await;
    let request = json!({
        "Username": "tim", "MessageAction": "SUPPRESS", "TemporaryPassword": PASSWORD,
        "UserAttributes": [{ "Name": "phone_number", "Value": "+15550101" }],
    });
    house.admin("AdminCreateUser", request).await.ok();
    let mut browser = Browser::new(&house.s);
    let page = house
        .sign_in(&mut browser, "tim", &house.authorize(&[]))
        .await;
    let form = page
        .form("changePasswordForm")
        .fill("new_password", "Another-Horse2");
    let form = form.fill("confirm_password", "Another-Horse2");
    let answer = browser.submit(&form).await;
    let page = browser.follow(answer).await;
    let code = house.s.code_to("+15550101");
    let form = page.form("mfaForm").fill("authentication_code", &code);
    browser.submit(&form).await.code();

    let mut browser = Browser::new(&house.s);
    let page = browser.open(&house.authorize(&[])).await;
    let page = browser.get(&page.link("Sign up")).await;
    let form = page.form("signupform").fill("username", "nora");
    let form = form.fill("requiredAttributes[email]", "nora@example.com");
    let answer = browser.submit(&form.fill("password", PASSWORD)).await;
    let page = browser.follow(answer).await;
    let code = house.s.code_to("nora@example.com");
    let answer = browser
        .submit(&page.form("confirmForm").fill("code", &code))
        .await;
    let page = browser.follow(answer).await;
    assert!(page.url.contains("/mfa/choose?"), "{}", page.url);
    assert!(browser.cookies("cognito").is_empty());
}

#[tokio::test]
async fn the_pages_of_a_second_factor_do_nothing_without_the_first() {
    let house = house("OPTIONAL").await;
    prefer(&house, json!({ "EmailMfaSettings": { "Enabled": true } })).await;
    let query = house.query(&[]);
    let mut fresh = Browser::new(&house.s);
    for path in [
        "/mfa",
        "/mfa/resend",
        "/mfa/choose",
        "/mfa/app",
        "/mfa/email",
        "/mfa/phone",
        "/device",
    ] {
        let answer = fresh.get(&format!("{}{path}?{query}", house.base)).await;
        let expected = format!("{}/login?{query}", house.base);
        assert_eq!(
            answer.headers["location"].to_str().unwrap(),
            expected,
            "{path}"
        );
    }
    // The form of one browser, sent by another that is at the same page.
    let mut browser = Browser::new(&house.s);
    let page = password(&house, &mut browser).await;
    let code = house.s.code_to("jane@example.com");
    let form = page.form("mfaForm").fill("authentication_code", &code);
    let mut thief = Browser::new(&house.s);
    password(&house, &mut thief).await;
    assert_eq!(thief.submit(&form).await.status, 403);
    // A sign-in that began on a page does not go on at the API.
    let answer = browser.submit(&form).await;
    answer.code();
}

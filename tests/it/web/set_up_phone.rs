//! Codes by text message are set up inside the sign-in: the user gives a phone number and proves it.

use serde_json::{Value, json};

use crate::support::browser::{Browser, Page};
use crate::support::house::{House, claims};

const PHONE: &str = "+4915112345678";

/// A pool that asks everybody for a second factor, with jane.
async fn house(pool: Value, factors: &[&str]) -> House {
    let sms = json!({ "SnsCallerArn": "arn:aws:iam::123456789012:role/sms" });
    let mut settings = pool;
    settings["SmsConfiguration"] = sms.clone();
    let house = House::with(settings).await;
    let mut request = json!({
        "MfaConfiguration": "ON", "SmsMfaConfiguration": { "SmsConfiguration": sms },
    });
    if factors.contains(&"app") {
        request["SoftwareTokenMfaConfiguration"] = json!({ "Enabled": true });
    }
    if factors.contains(&"mail") {
        request["EmailMfaConfiguration"] = json!({ "Message": "Mail {####}", "Subject": "S" });
    }
    house.admin("SetUserPoolMfaConfig", request).await.ok();
    house.user("jane").await;
    house
}

async fn password(house: &House, browser: &mut Browser) -> Page {
    let url = house.authorize(&[("scope", "openid phone")]);
    house.sign_in(browser, "jane", &url).await
}

/// Gives a number; gives the page that comes next.
async fn give(browser: &mut Browser, page: &Page, number: &str) -> Page {
    let form = page.form("setUpPhoneForm").fill("phone_number", number);
    let answer = browser.submit(&form).await;
    browser.follow(answer).await
}

async fn attributes(house: &House) -> Value {
    let request = json!({ "Username": "jane" });
    house.admin("AdminGetUser", request).await.ok()
}

fn attribute(user: &Value, name: &str) -> Value {
    let mut all = user["UserAttributes"].as_array().unwrap().iter();
    let found = all.find(|attribute| attribute["Name"] == name);
    found.map_or(Value::Null, |found| found["Value"].clone())
}

#[tokio::test]
async fn a_number_is_given_proven_stored_and_asked_for_afterwards() {
    // Where text messages are all there is, nothing is chosen.
    let house = house(json!({}), &[]).await;
    let mut browser = Browser::new(&house.s);
    let page = password(&house, &mut browser).await;
    assert!(page.url.contains("/mfa/phone?"), "{}", page.url);
    let form = page.form("setUpPhoneForm");
    for (number, told) in [
        ("", "This field is required."),
        ("0151 12345678", "Invalid phone number format."),
        ("nobody", "Invalid phone number format."),
    ] {
        let page = browser
            .submit(&form.clone().fill("phone_number", number))
            .await;
        assert_eq!(page.status, 400, "{told}");
        assert!(page.text().contains(told), "{}", page.text());
    }
    let page = give(&mut browser, &page, "+49 1511 2345-678").await;
    assert!(page.text().contains("by SMS to"), "{}", page.text());
    // Nothing is stored before it is proven.
    assert!(attribute(&attributes(&house).await, "phone_number").is_null());
    let first = house.s.code_to(PHONE);
    let answer = browser.submit(&page.form("resendForm")).await;
    let page = browser.follow(answer).await;
    let second = house.s.code_to(PHONE);
    let form = page.form("mfaForm");
    if first != second {
        let old = form.clone().fill("authentication_code", &first);
        assert_eq!(browser.submit(&old).await.status, 400);
    }
    let done = browser
        .submit(&form.fill("authentication_code", &second))
        .await;
    let tokens = house.redeem(&done.code(), &[]).await.ok();
    let id = claims(tokens["id_token"].as_str().unwrap());
    assert_eq!(id["phone_number"], PHONE);
    assert_eq!(id["phone_number_verified"], true);
    let user = attributes(&house).await;
    assert_eq!(user["PreferredMfaSetting"], "SMS_MFA");
    assert_eq!(user["UserMFASettingList"], json!(["SMS_MFA"]));

    let mut browser = Browser::new(&house.s);
    let page = password(&house, &mut browser).await;
    let code = house.s.code_to(PHONE);
    let form = page.form("mfaForm").fill("authentication_code", &code);
    browser.submit(&form).await.code();
}

#[tokio::test]
async fn it_is_one_of_several() {
    let house = house(json!({}), &["app", "mail"]).await;
    let mut browser = Browser::new(&house.s);
    let page = password(&house, &mut browser).await;
    let text = page.text();
    for factor in ["Text message", "Authenticator app", "Email"] {
        assert!(text.contains(factor), "{text}");
    }
    let form = page.form("chooseFactorForm").forge("factor", "SMS_MFA");
    let answer = browser.submit(&form).await;
    let page = browser.follow(answer).await;
    let page = give(&mut browser, &page, PHONE).await;
    let code = house.s.code_to(PHONE);
    let form = page.form("mfaForm").fill("authentication_code", &code);
    browser.submit(&form).await.code();
}

#[tokio::test]
async fn a_number_is_one_users_where_it_is_an_alias() {
    let house = house(json!({ "AliasAttributes": ["phone_number"] }), &[]).await;
    let owner = json!([
        { "Name": "phone_number", "Value": PHONE },
        { "Name": "phone_number_verified", "Value": "true" },
    ]);
    house.user("tim").await;
    let request = json!({ "Username": "tim", "UserAttributes": owner });
    house.admin("AdminUpdateUserAttributes", request).await.ok();
    let mut browser = Browser::new(&house.s);
    let page = password(&house, &mut browser).await;
    let page = give(&mut browser, &page, PHONE).await;
    let code = house.s.code_to(PHONE);
    let form = page.form("mfaForm").fill("authentication_code", &code);
    let answer = browser.submit(&form).await;
    let page = browser.follow(answer).await;
    assert!(page.url.contains("/login?"), "{}", page.url);
    let told = "An account with the given phone_number already exists.";
    assert!(page.text().contains(told), "{}", page.text());
    assert!(attribute(&attributes(&house).await, "phone_number").is_null());
}

#[tokio::test]
async fn the_clients_users_must_be_allowed_to_write_it() {
    let house = house(json!({}), &[]).await;
    let change = json!({ "WriteAttributes": ["email", "name"] });
    house.update_client(&house.client, change).await;
    let mut browser = Browser::new(&house.s);
    let page = password(&house, &mut browser).await;
    let page = give(&mut browser, &page, PHONE).await;
    assert_eq!(page.status, 400);
    let told = "A client attempted to write unauthorized attribute";
    assert!(page.text().contains(told), "{}", page.text());
}

#[tokio::test]
async fn numbers_are_for_the_pages() {
    let house = house(json!({}), &["mail"]).await;
    let flows = json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"] });
    house.update_client(&house.client, flows).await;
    let request = json!({
        "ClientId": house.client, "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {
            "USERNAME": "jane", "PASSWORD": crate::support::house::PASSWORD,
        },
    });
    let asked = house.s.api("InitiateAuth", request).await.ok();
    assert_eq!(asked["ChallengeName"], "MFA_SETUP");
    let request = json!({
        "ClientId": house.client, "ChallengeName": "MFA_SETUP", "Session": asked["Session"],
        "ChallengeResponses": { "USERNAME": "jane", "PHONE_NUMBER": PHONE },
    });
    house.s.api("RespondToAuthChallenge", request).await.error(
        "InvalidParameterException",
        "User has not set up software token mfa",
    );
}

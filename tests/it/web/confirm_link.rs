//! New accounts that are confirmed by a link (security.md C18).

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::browser::Browser;
use crate::support::house::{House, PASSWORD, domain_name};
use crate::support::{Answer, Server};

const MAIL: &str = "ann@example.com";

fn linking() -> Value {
    json!({ "VerificationMessageTemplate": {
        "DefaultEmailOption": "CONFIRM_WITH_LINK",
        "EmailMessageByLink": "<p>Hello {username}, {##Click Here##}</p>",
        "EmailSubjectByLink": "Please confirm",
        "EmailMessage": "typed: {####}",
        "EmailSubject": "a code",
    } })
}

async fn sign_up(house: &House, name: &str, attributes: Value) -> Answer {
    let request = json!({ "ClientId": house.client, "Username": name, "Password": PASSWORD,
        "UserAttributes": attributes });
    house.s.api("SignUp", request).await
}

/// An account and the link that was sent for it.
async fn link(house: &House) -> String {
    let email = json!([{ "Name": "email", "Value": MAIL }]);
    sign_up(house, "ann-b+c&d", email).await.ok();
    house.s.message_to(MAIL).link.unwrap()
}

async fn status(house: &House) -> String {
    let shown = house
        .admin("AdminGetUser", json!({ "Username": "ann-b+c&d" }))
        .await
        .ok();
    shown["UserStatus"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_mail_holds_the_link_and_the_button_confirms() {
    let house = House::with(linking()).await;
    let link = link(&house).await;
    let message = house.s.message_to(MAIL);
    let code = message.code.unwrap();
    let expected = format!(
        "{}/{}/confirmUser?client_id={}&user_name=ann-b%2Bc%26d&confirmation_code={code}",
        house.s.url, house.pool, house.client
    );
    assert_eq!(link, expected);
    assert_eq!(message.subject.as_deref(), Some("Please confirm"));
    let href = link.replace('&', "&amp;");
    let html = format!("<p>Hello ann-b+c&amp;d, <a href=\"{href}\">Click Here</a></p>");
    assert_eq!(message.html.unwrap(), html);
    assert_eq!(message.text, format!("Hello ann-b+c&d, Click Here: {link}"));

    let mut browser = Browser::new(&house.s);
    let page = browser.get(&link).await;
    assert_eq!(page.status, 200);
    let form = page.form("noticeForm");
    assert_eq!(status(&house).await, "UNCONFIRMED");
    let done = browser.submit(&form).await;
    assert_eq!(done.status, 200, "{}", done.text());
    assert!(
        done.text()
            .contains("Your registration has been confirmed!")
    );
    let shown = house
        .admin("AdminGetUser", json!({ "Username": "ann-b+c&d" }))
        .await
        .ok();
    assert_eq!(shown["UserStatus"], "CONFIRMED");
    let verified = json!({ "Name": "email_verified", "Value": "true" });
    assert!(
        shown["UserAttributes"]
            .as_array()
            .unwrap()
            .contains(&verified)
    );
    let sign_in = browser.get(&done.link("Sign in")).await;
    sign_in.form("cognitoSignInForm");

    let again = browser.submit(&form).await;
    assert_eq!(again.status, 400);
    let text = "User cannot be confirmed. Current status is CONFIRMED";
    assert!(again.text().contains(text), "{}", again.text());
}

#[tokio::test]
async fn opening_the_link_uses_nothing_up() {
    let house = House::with(linking()).await;
    let link = link(&house).await;
    // A mail scanner, twice, without cookies.
    for method in [Method::GET, Method::HEAD, Method::GET] {
        let request = house.s.http.request(method, &link);
        assert_eq!(request.send().await.unwrap().status(), 200);
        assert_eq!(status(&house).await, "UNCONFIRMED");
    }
    let mut browser = Browser::new(&house.s);
    let form = browser.get(&link).await.form("noticeForm");
    let mut stranger = Browser::new(&house.s);
    stranger.get(&link).await;
    assert_eq!(stranger.submit(&form).await.status, 403);
    let bare = house.s.http.post(&link).send().await.unwrap();
    assert_eq!(bare.status(), 400);
    assert_eq!(status(&house).await, "UNCONFIRMED");
    assert_eq!(browser.submit(&form).await.status, 200);
    assert_eq!(status(&house).await, "CONFIRMED");
}

#[tokio::test]
async fn on_get_where_the_owner_says_so() {
    for all in [true, false] {
        let server = Server::with(|config| {
            let pool = if all { "*" } else { "us-east-1_linkspool" };
            config.confirm_on_get = vec![pool.to_owned()];
        });
        let mut settings = linking();
        settings["UserPoolTags"] = json!({ "_custom_id_": "us-east-1_linkspool" });
        let house = House::on(server.await, settings).await;
        let link = link(&house).await;
        let head = house.s.http.head(&link).send().await.unwrap();
        assert_eq!(head.status(), 200);
        assert_eq!(status(&house).await, "UNCONFIRMED");
        let page = Browser::new(&house.s).get(&link).await;
        assert!(
            page.text()
                .contains("Your registration has been confirmed!")
        );
        assert_eq!(status(&house).await, "CONFIRMED");
    }
    let server =
        Server::with(|config| config.confirm_on_get = vec!["us-east-1_another".to_owned()]);
    let house = House::on(server.await, linking()).await;
    let link = link(&house).await;
    Browser::new(&house.s).get(&link).await.form("noticeForm");
    assert_eq!(status(&house).await, "UNCONFIRMED");
}

#[tokio::test]
async fn broken_and_foreign_links_lead_to_an_error() {
    let house = House::with(linking()).await;
    let link = link(&house).await;
    let mut browser = Browser::new(&house.s);
    for name in ["client_id", "user_name", "confirmation_code"] {
        let without = link.replace(&format!("{name}="), "other=");
        let page = browser.get(&without).await;
        let text = format!("Required String parameter '{name}' is not present");
        assert_eq!(page.status, 400);
        assert!(page.text().contains(&text), "{}", page.text());
    }
    let other = House::with(json!({})).await;
    for bad in [
        link.replace(&house.client, "nobody"),
        link.replace(&house.client, &other.client),
        link.replace(&house.client, "%20"),
        link.replace("confirmation_code=", "confirmation_code=%20"),
    ] {
        assert_eq!(browser.get(&bad).await.status, 400, "{bad}");
    }
    let twice = format!("{link}&client_id=x");
    assert_eq!(browser.open(&twice).await.status, 400);
    // A wrong code, then the right one.
    let code = house.s.code_to(MAIL);
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let form = browser
        .get(&link.replace(&code, wrong))
        .await
        .form("noticeForm");
    let page = browser.submit(&form).await;
    assert_eq!(page.status, 400);
    let text = "Invalid verification code provided, please try again.";
    assert!(page.text().contains(text), "{}", page.text());
    let form = browser.get(&link).await.form("noticeForm");
    // What was shown for one link does not send another.
    let mut crossed = form.clone();
    crossed.action = crossed.action.replace(&code, wrong);
    assert_eq!(browser.submit(&crossed).await.status, 403);
    assert_eq!(browser.submit(&form).await.status, 200);
}

#[tokio::test]
async fn a_new_link_makes_the_old_one_worthless_and_codes_still_work() {
    let house = House::with(linking()).await;
    let old = link(&house).await;
    let request = json!({ "ClientId": house.client, "Username": "ann-b+c&d" });
    house
        .s
        .api("ResendConfirmationCode", request.clone())
        .await
        .ok();
    let message = house.s.message_to(MAIL);
    let new = message.link.unwrap();
    assert_ne!(old, new);
    let mut browser = Browser::new(&house.s);
    let form = browser.get(&old).await.form("noticeForm");
    assert_eq!(browser.submit(&form).await.status, 400);
    let mut confirm = request;
    confirm["ConfirmationCode"] = json!(message.code);
    house.s.api("ConfirmSignUp", confirm).await.ok();
}

#[tokio::test]
async fn a_link_expires_with_its_code() {
    let house = House::with(linking()).await;
    let link = link(&house).await;
    house.s.clock().advance(poolhouse::time::Span::hours(24));
    let mut browser = Browser::new(&house.s);
    let form = browser.get(&link).await.form("noticeForm");
    let page = browser.submit(&form).await;
    let text = "Invalid code provided, please request a code again.";
    assert!(
        page.status == 400 && page.text().contains(text),
        "{}",
        page.text()
    );
}

#[tokio::test]
async fn text_messages_and_changed_addresses_have_codes() {
    let mut settings = linking();
    settings["AutoVerifiedAttributes"] = json!(["email", "phone_number"]);
    settings["SmsConfiguration"] = json!({ "SnsCallerArn": "arn:aws:iam::123456789012:role/sms" });
    let house = House::with(settings).await;
    let phone = json!([{ "Name": "phone_number", "Value": "+12065550100" }]);
    sign_up(&house, "phoner", phone).await.ok();
    let message = house.s.message_to("+12065550100");
    assert!(message.link.is_none() && message.code.is_some());

    house.user("jane").await;
    let change = json!({ "Username": "jane",
        "UserAttributes": [{ "Name": "email", "Value": MAIL }] });
    house.admin("AdminUpdateUserAttributes", change).await.ok();
    let message = house.s.message_to(MAIL);
    assert!(message.link.is_none());
    assert_eq!(message.text, format!("typed: {}", message.code.unwrap()));
}

#[tokio::test]
async fn without_a_domain_there_is_nowhere_to_lead_to() {
    let house = House::with(linking()).await;
    let domain = domain_name(&house.pool);
    house
        .admin("DeleteUserPoolDomain", json!({ "Domain": domain }))
        .await
        .ok();
    let email = json!([{ "Name": "email", "Value": MAIL }]);
    let refused = sign_up(&house, "ann", email).await;
    let text = "User pool must have a domain to confirm accounts by link.";
    refused.error("InvalidParameterException", text);
    let gone = house
        .admin("AdminGetUser", json!({ "Username": "ann" }))
        .await;
    gone.error("UserNotFoundException", "User does not exist.");
}

#[tokio::test]
async fn the_pages_ask_to_open_the_link() {
    let house = House::with(json!({ "VerificationMessageTemplate": {
        "DefaultEmailOption": "CONFIRM_WITH_LINK" } }))
    .await;
    let mut browser = Browser::new(&house.s);
    let page = browser.open(&house.authorize(&[])).await;
    let page = browser.get(&page.link("Sign up")).await;
    let form = page
        .form("signupform")
        .fill("username", "ann")
        .fill("password", PASSWORD);
    let form = form.fill("requiredAttributes[email]", MAIL);
    let page = browser.submit(&form).await;
    let page = browser.follow(page).await;
    assert!(page.find_form("confirmForm").is_none());
    assert!(
        page.text().contains("Open it to confirm your account."),
        "{}",
        page.text()
    );
    let page = browser.submit(&page.form("resendForm")).await;
    let page = browser.follow(page).await;
    assert!(
        page.text().contains("We have sent a new link."),
        "{}",
        page.text()
    );
    let message = house.s.message_to(MAIL);
    assert_eq!(message.subject.as_deref(), Some("Your verification link"));
    let link = message.link.unwrap();
    let text =
        format!("Please click the link below to verify your email address. Verify Email: {link}");
    assert_eq!(message.text, text);
    let form = browser.get(&link).await.form("noticeForm");
    assert_eq!(browser.submit(&form).await.status, 200);
    house
        .sign_in(&mut browser, "ann", &house.authorize(&[]))
        .await
        .code();
}

/// Neither the name that the server was called by nor what a proxy claims (security.md F1).
#[tokio::test]
async fn nothing_of_the_request_is_in_the_link() {
    let house = House::with(linking()).await;
    let port = house.s.url.rsplit(':').next().unwrap();
    for (number, (header, value)) in [
        ("host", format!("127.0.0.1:{port}")),
        ("x-forwarded-host", "evil.test".to_owned()),
        ("x-forwarded-proto", "https".to_owned()),
        ("x-forwarded-prefix", "/evil".to_owned()),
        ("forwarded", "host=evil.test;proto=https".to_owned()),
        ("x-original-host", "evil.test".to_owned()),
        ("origin", "http://evil.test".to_owned()),
        ("referer", "http://evil.test/".to_owned()),
    ]
    .into_iter()
    .enumerate()
    {
        let to = format!("u{number}@example.com");
        let body = json!({ "ClientId": house.client, "Username": format!("u{number}"),
            "Password": PASSWORD, "UserAttributes": [{ "Name": "email", "Value": to }] });
        let request = house
            .s
            .http
            .post(&house.s.url)
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", "AWSCognitoIdentityProviderService.SignUp")
            .header(header, value)
            .body(body.to_string());
        assert_eq!(request.send().await.unwrap().status(), 200, "{header}");
        let sent = house.s.message_to(&to);
        let ours = format!("{}/{}/confirmUser?", house.s.url, house.pool);
        assert!(sent.link.unwrap().starts_with(&ours), "{header}");
        assert!(!sent.text.contains("evil"), "{header}");
    }
}

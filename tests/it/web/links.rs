//! Links in mails change nothing when they are opened (security.md C18).

use serde_json::json;

use crate::support::browser::Browser;
use crate::support::house::{House, PASSWORD, query};

/// An account that waits for its code, and the link that a mail to it would have.
async fn waiting(house: &House, name: &str) -> String {
    let email = format!("{name}@example.com");
    let attributes = json!([{ "Name": "email", "Value": email }]);
    let request = json!({
        "ClientId": house.client, "Username": name, "Password": PASSWORD,
        "UserAttributes": attributes,
    });
    house.s.api("SignUp", request).await.ok();
    let code = house.s.code_to(&email);
    let asked = query(&[
        ("client_id", &house.client),
        ("user_name", name),
        ("confirmation_code", &code),
    ]);
    format!("{}/confirmUser?{asked}", house.base)
}

async fn status(house: &House, name: &str) -> String {
    let user = json!({ "Username": name });
    let user = house.admin("AdminGetUser", user).await.ok();
    user["UserStatus"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_link_confirms_when_its_button_is_pressed() {
    let house = House::open().await;
    let link = waiting(&house, "jane").await;
    // A mail scanner, twice, and a preview.
    for _ in 0..2 {
        let page = Browser::new(&house.s).get(&link).await;
        assert_eq!((page.status, page.location()), (200, None));
        assert_eq!(status(&house, "jane").await, "UNCONFIRMED");
    }
    let url = format!("{}{link}", house.s.url);
    let head = house.s.http.head(&url).send().await.unwrap();
    assert_eq!(head.status(), 200);
    let mut browser = Browser::new(&house.s);
    let page = browser.get(&link).await;
    assert!(
        page.text()
            .contains("Press the button to confirm your account.")
    );
    let form = page.form("noticeForm");
    let mut other = Browser::new(&house.s);
    let foreign = other.get(&link).await.form("noticeForm");
    for forged in [
        form.clone().without("_csrf"),
        form.clone().forge("_csrf", "x"),
        form.clone().forge("_csrf", &foreign.fields["_csrf"]),
    ] {
        assert_eq!(browser.submit(&forged).await.status, 403);
    }
    assert_eq!(Browser::new(&house.s).submit(&form).await.status, 403);
    assert_eq!(status(&house, "jane").await, "UNCONFIRMED");
    let done = browser.submit(&form).await;
    assert_eq!((done.status, done.location()), (200, None));
    assert!(
        done.text()
            .contains("Your registration has been confirmed!")
    );
    assert_eq!(status(&house, "jane").await, "CONFIRMED");
    assert!(browser.cookies("cognito").is_empty());
    let again = browser.get(&link).await.form("noticeForm");
    assert_eq!(browser.submit(&again).await.status, 400);
}

#[tokio::test]
async fn a_link_that_is_none_says_so() {
    let house = House::open().await;
    let link = waiting(&house, "jane").await;
    let mut browser = Browser::new(&house.s);
    for (from, to, told) in [
        ("client_id=", "x=", "'client_id' is not present"),
        ("user_name=", "x=", "'user_name' is not present"),
        (
            "confirmation_code=",
            "x=",
            "'confirmation_code' is not present",
        ),
        ("client_id=", "client_id=x", "cannot be read"),
        (
            "user_name=jane",
            "user_name=jane&user_name=eve",
            "cannot be read",
        ),
        (
            "confirmation_code=",
            "confirmation_code=%20",
            "cannot be read",
        ),
    ] {
        let page = browser.get(&link.replace(from, to)).await;
        assert_eq!((page.status, page.location()), (400, None), "{to}");
        assert!(page.text().contains(told), "{to}: {}", page.text());
    }
    let (start, code) = link.rsplit_once('=').unwrap();
    let wrong = if code.starts_with('1') { "2" } else { "1" };
    let wrong = format!("{start}={wrong}{}", &code[1..]);
    let form = browser.get(&wrong).await.form("noticeForm");
    let page = browser.submit(&form).await;
    assert_eq!(page.status, 400);
    let told = "Invalid verification code provided, please try again.";
    assert!(page.text().contains(told));
    assert_eq!(status(&house, "jane").await, "UNCONFIRMED");
}

#[tokio::test]
async fn the_pages_that_ask_for_codes_change_nothing_by_get_either() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    let forgot = format!("{}/forgotPassword?{}", house.base, house.query(&[]));
    let form = browser.get(&forgot).await.form("forgotPasswordForm");
    let answer = browser.submit(&form.fill("username", "jane")).await;
    browser.follow(answer).await;
    let code = house.s.code_to("jane@example.com");
    let asked = format!(
        "{}&code={code}&new_password=Another-Horse2&confirm_password=Another-Horse2",
        house.query(&[])
    );
    for path in [
        "/confirmforgotPassword",
        "/changePassword",
        "/confirm",
        "/resendcode",
    ] {
        for _ in 0..2 {
            browser.get(&format!("{}{path}?{asked}", house.base)).await;
        }
    }
    house.code("jane", &[]).await;
    let confirm = json!({
        "ClientId": house.client, "Username": "jane", "ConfirmationCode": code,
        "Password": "Another-Horse2",
    });
    house.s.api("ConfirmForgotPassword", confirm).await.ok();
}

//! What managed login has that the classic pages have not, and what a change from one to the other
//! does.

use serde_json::{Value, json};

use crate::api::auth::mfa::totp;
use crate::api::branding::PNG;
use crate::support::browser::{Browser, Page};
use crate::support::house::{House, PASSWORD, domain_name};

async fn house(settings: Value) -> House {
    let house = House::with(settings).await;
    house.managed().await;
    house
}

async fn sign_up(house: &House, browser: &mut Browser, change: &[(&str, &str)]) -> Page {
    let path = format!("{}/signup?{}", house.base, house.query(change));
    browser.get(&path).await
}

fn required(names: &[&str]) -> Value {
    let one = |name: &&str| json!({ "Name": name, "Required": true, "Mutable": true });
    names.iter().map(one).collect()
}

#[tokio::test]
async fn what_the_pool_requires_is_asked_in_fields_of_its_type() {
    let names = [
        "email",
        "birthdate",
        "website",
        "updated_at",
        "phone_number",
        "locale",
        "zoneinfo",
    ];
    let house = house(json!({ "Schema": required(&names) })).await;
    let typed = [
        ("email", "type=\"email\""),
        ("birthdate", "type=\"date\""),
        ("website", "type=\"url\""),
        ("updated_at", "type=\"number\""),
        ("phone_number", "type=\"tel\""),
        ("locale", "type=\"text\""),
        ("zoneinfo", "type=\"text\""),
    ];
    let mut browser = Browser::new(&house.s);
    let page = sign_up(&house, &mut browser, &[]).await;
    for (name, kind) in typed {
        let field = format!("name=\"requiredAttributes[{name}]\" {kind}");
        assert!(page.body.contains(&field), "{field}");
    }
    let form = page.form("signupform").fill("username", "nora");
    let form = form
        .fill("password", PASSWORD)
        .fill("confirm_password", PASSWORD)
        .fill("requiredAttributes[email]", "nora@example.com")
        .fill("requiredAttributes[birthdate]", "1990-12-31")
        .fill("requiredAttributes[website]", "https://example.com")
        .fill("requiredAttributes[updated_at]", "1")
        .fill("requiredAttributes[phone_number]", "+12065550100")
        .fill("requiredAttributes[locale]", "de-DE")
        .fill("requiredAttributes[zoneinfo]", "Europe/Berlin");
    // What is wrong with an attribute stands beside its field.
    let wrong = form
        .clone()
        .fill("requiredAttributes[birthdate]", "1990")
        .fill("requiredAttributes[updated_at]", "-1");
    let page = browser.submit(&wrong).await;
    assert_eq!(page.status, 400);
    for told in [
        "id=\"requiredAttributes[birthdate]-error\">String must be no shorter than 10 characters",
        "id=\"requiredAttributes[updated_at]-error\">Number must be no less than 0",
    ] {
        assert!(page.body.contains(told), "{}", page.body);
    }
    let answer = browser.submit(&form).await;
    let page = browser.follow(answer).await;
    assert!(page.url.contains("/confirm?"), "{}", page.text());
    // The classic pages keep the types that they always had.
    let version = json!({ "Domain": domain_name(&house.pool), "ManagedLoginVersion": 1 });
    house.admin("UpdateUserPoolDomain", version).await.ok();
    let page = sign_up(&house, &mut browser, &[]).await;
    assert!(
        page.body
            .contains("requiredAttributes[birthdate]\" type=\"text\"")
    );
    assert!(!page.body.contains("confirm_password"));
}

#[tokio::test]
async fn both_passwords_must_be_the_same() {
    let house = house(json!({})).await;
    for (again, told) in [
        ("", "This field is required."),
        ("Another-Horse2", "The passwords do not match."),
    ] {
        let mut browser = Browser::new(&house.s);
        let page = sign_up(&house, &mut browser, &[]).await;
        let form = page
            .form("signupform")
            .fill("username", "nora")
            .fill("requiredAttributes[email]", "nora@example.com")
            .fill("password", PASSWORD);
        let page = browser.submit(&form.fill("confirm_password", again)).await;
        assert_eq!(page.status, 400);
        assert!(page.text().contains(told), "{}", page.text());
        let form = page.form("signupform");
        assert_eq!(
            (&*form.fields["password"], &*form.fields["confirm_password"]),
            ("", "")
        );
    }
    let nora = house.admin("AdminGetUser", json!({ "Username": "nora" }));
    assert_eq!(nora.await.status, 400);
}

#[tokio::test]
async fn where_codes_do_nobody_needs_a_password() {
    let factors =
        json!({ "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } });
    let house = house(json!({ "Policies": factors })).await;
    let mut browser = Browser::new(&house.s);
    let page = sign_up(&house, &mut browser, &[]).await;
    assert!(
        page.text()
            .contains("Optional: without a password you sign in with codes.")
    );
    let form = page.form("signupform").fill("username", "nora");
    let form = form.fill("requiredAttributes[email]", "nora@example.com");
    let answer = browser.submit(&form).await;
    let page = browser.follow(answer).await;
    let code = house.s.code_to("nora@example.com");
    let answer = browser
        .submit(&page.form("confirmForm").fill("code", &code))
        .await;
    house.redeem(&answer.code(), &[]).await.ok();
    // A password that is given counts as ever.
    let page = sign_up(&house, &mut browser, &[]).await;
    let form = page.form("signupform").fill("username", "short");
    let form = form
        .fill("requiredAttributes[email]", "short@example.com")
        .fill("password", "short")
        .fill("confirm_password", "short");
    assert_eq!(browser.submit(&form).await.status, 400);
    // Where the client lets nobody choose, everybody needs one.
    let flows = json!({ "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"] });
    house.update_client(&house.client, flows).await;
    let page = sign_up(&house, &mut browser, &[]).await;
    assert!(!page.text().contains("Optional:"));
    let form = page.form("signupform").fill("username", "none");
    let form = form.fill("requiredAttributes[email]", "none@example.com");
    let page = browser.submit(&form).await;
    assert_eq!(page.status, 400);
    assert!(page.text().contains("This field is required."));
}

#[tokio::test]
async fn refusals_that_name_something_are_told_in_the_language_of_the_page() {
    let house = house(json!({ "Schema": required(&["email", "birthdate"]) })).await;
    let mut browser = Browser::new(&house.s);
    let page = sign_up(&house, &mut browser, &[("lang", "fr")]).await;
    let form = page
        .form("signupform")
        .fill("username", "no ra")
        .fill("requiredAttributes[email]", "nora@example.com")
        .fill("requiredAttributes[birthdate]", "1990")
        .fill("password", PASSWORD)
        .fill("confirm_password", PASSWORD);
    let page = browser.submit(&form).await;
    assert!(
        page.text()
            .contains("des caractères qui ne sont pas autorisés ici"),
        "{}",
        page.text()
    );
    let page = browser.submit(&form.fill("username", "nora")).await;
    assert!(
        page.text().contains("10 caractères au minimum"),
        "{}",
        page.text()
    );
    for english in ["validation error", "did not conform", "must"] {
        assert!(!page.text().contains(english), "{english}");
    }
}

#[tokio::test]
async fn a_change_of_the_pages_version_signs_browsers_out() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    house
        .sign_in(&mut browser, "jane", &house.authorize(&[]))
        .await
        .code();
    browser.open(&house.authorize(&[])).await.code();
    // What changes nothing about the pages signs nobody out.
    let same = json!({ "Domain": domain_name(&house.pool), "ManagedLoginVersion": 1 });
    house.admin("UpdateUserPoolDomain", same).await.ok();
    browser.open(&house.authorize(&[])).await.code();
    house.managed().await;
    let page = browser.open(&house.authorize(&[])).await;
    assert!(page.url.contains("/login?"), "{}", page.url);
    // Nor does the way back bring the old session back.
    let back = json!({ "Domain": domain_name(&house.pool), "ManagedLoginVersion": 1 });
    house.admin("UpdateUserPoolDomain", back).await.ok();
    let page = browser.open(&house.authorize(&[])).await;
    assert!(page.url.contains("/login?"), "{}", page.url);
    house
        .sign_in(&mut browser, "jane", &house.authorize(&[]))
        .await
        .code();
    browser.open(&house.authorize(&[])).await.code();
}

#[tokio::test]
async fn pictures_illustrate_the_pages_they_are_for() {
    let house = House::open().await;
    let version = json!({ "Domain": domain_name(&house.pool), "ManagedLoginVersion": 2 });
    house.admin("UpdateUserPoolDomain", version).await.ok();
    let picture = |category: &str| json!({ "Category": category, "ColorMode": "DYNAMIC", "Extension": "PNG", "Bytes": PNG });
    let assets = json!([
        picture("PASSWORD_GRAPHIC"),
        picture("EMAIL_GRAPHIC"),
        picture("PASSKEY_GRAPHIC"),
        picture("AUTH_APP_GRAPHIC"),
        picture("SMS_GRAPHIC"),
    ]);
    let style = json!({ "ClientId": house.client, "Settings": {}, "Assets": assets });
    let made = house.admin("CreateManagedLoginBranding", style).await.ok();
    let id = made["ManagedLoginBranding"]["ManagedLoginBrandingId"].clone();
    let shows = async |sample: &str| {
        let path = format!("/_poolhouse/branding/{}/pages/{sample}", house.client);
        let page = house.s.http.get(format!("{}{path}", house.s.url));
        let page = page.send().await.unwrap().text().await.unwrap();
        assert!(page.contains("<h1"), "{sample}");
        page.matches("class=\"graphic\"").count()
    };
    let illustrated = [
        "password",
        "forgot_password",
        "reset_password",
        "new_password",
        "passkey",
        "add_passkey",
        "set_up_app",
        "set_up_email",
        "second_factor_app",
        "second_factor_sent",
        "confirm",
    ];
    for sample in illustrated {
        assert_eq!(shows(sample).await, 1, "{sample}");
    }
    for sample in ["sign_in", "sign_up", "error"] {
        assert_eq!(shows(sample).await, 0, "{sample}");
    }
    let path = format!("{}/forgotPassword?{}", house.base, house.query(&[]));
    let page = Browser::new(&house.s).get(&path).await;
    assert!(page.body.contains("/_brand/") && page.body.contains("alt=\"\""));
    let off = json!({ "ManagedLoginBrandingId": id, "Settings": { "categories": { "form": { "displayGraphics": false } } } });
    house.admin("UpdateManagedLoginBranding", off).await.ok();
    for sample in illustrated {
        assert_eq!(shows(sample).await, 0, "{sample}");
    }
}

#[tokio::test]
async fn a_new_password_does_not_stand_for_the_second_factor() {
    let house = House::open().await;
    let mfa = json!({
        "MfaConfiguration": "OPTIONAL",
        "SoftwareTokenMfaConfiguration": { "Enabled": true },
    });
    house.admin("SetUserPoolMfaConfig", mfa).await.ok();
    house.user("jane").await;
    let tokens = house
        .tokens("jane", &[("scope", "aws.cognito.signin.user.admin openid")])
        .await;
    let token = &tokens["access_token"];
    let begun = house
        .s
        .api("AssociateSoftwareToken", json!({ "AccessToken": token }));
    let secret = begun.await.ok()["SecretCode"].as_str().unwrap().to_owned();
    let code = totp(&secret, house.s.clock().server_now().ms());
    let verify = json!({ "AccessToken": token, "UserCode": code });
    house.s.api("VerifySoftwareToken", verify).await.ok();
    let prefer = json!({ "Username": "jane", "SoftwareTokenMfaSettings": { "Enabled": true, "PreferredMfa": true } });
    house.admin("AdminSetUserMFAPreference", prefer).await.ok();
    let mut browser = Browser::new(&house.s);
    let path = format!("{}/forgotPassword?{}", house.base, house.query(&[]));
    let page = browser.get(&path).await;
    let answer = browser
        .submit(&page.form("forgotPasswordForm").fill("username", "jane"))
        .await;
    let page = browser.follow(answer).await;
    let form = page
        .form("resetPasswordForm")
        .fill("code", &house.s.code_to("jane@example.com"))
        .fill("new_password", "Another-Horse2")
        .fill("confirm_password", "Another-Horse2");
    let answer = browser.submit(&form).await;
    let page = browser.follow(answer).await;
    assert!(browser.cookies("cognito").is_empty());
    let form = page.form("cognitoSignInForm").fill("username", "jane");
    let answer = browser
        .submit(&form.fill("password", "Another-Horse2"))
        .await;
    let page = browser.follow(answer).await;
    assert!(page.url.contains("/mfa?"), "{}", page.url);
    assert!(browser.cookies("cognito").is_empty());
}

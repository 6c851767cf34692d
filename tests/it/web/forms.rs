//! Forged, foreign, stale and replayed forms (security.md C6, C7, C8, C15, C19).

use poolhouse::time::Span;
use serde_json::json;

use crate::support::browser::{Browser, Form, Page};
use crate::support::house::{House, PASSWORD};

/// Every form of the pages, shown to this browser and filled in so that it would work.
async fn forms(house: &House, browser: &mut Browser) -> Vec<(&'static str, Form)> {
    let mut forms = Vec::new();
    let page = browser.open(&house.authorize(&[])).await;
    let sign_in = page.form("cognitoSignInForm").fill("username", "jane");
    forms.push(("sign in", sign_in.fill("password", PASSWORD)));
    let page = browser.get(&page.link("Sign up")).await;
    let sign_up = page
        .form("signupform")
        .fill("username", "newcomer")
        .fill("password", PASSWORD);
    let sign_up = sign_up.fill("requiredAttributes[email]", "newcomer@example.com");
    let forgot = browser
        .get(&format!(
            "{}/forgotPassword?{}",
            house.base,
            house.query(&[])
        ))
        .await;
    forms.push((
        "forgot",
        forgot.form("forgotPasswordForm").fill("username", "jane"),
    ));
    forms.push(("sign up", sign_up));
    forms
}

async fn confirm_forms(
    house: &House,
    browser: &mut Browser,
    name: &str,
) -> Vec<(&'static str, Form)> {
    let page = signed_up(house, browser, name).await;
    let code = house.s.code_to(&format!("{name}@example.com"));
    vec![
        ("confirm", page.form("confirmForm").fill("code", &code)),
        ("resend", page.form("resendForm")),
    ]
}

async fn signed_up(house: &House, browser: &mut Browser, name: &str) -> Page {
    let page = browser
        .get(&format!("{}/signup?{}", house.base, house.query(&[])))
        .await;
    let form = page
        .form("signupform")
        .fill("username", name)
        .fill("password", PASSWORD);
    let form = form.fill("requiredAttributes[email]", &format!("{name}@example.com"));
    let answer = browser.submit(&form).await;
    browser.follow(answer).await
}

async fn reset_form(house: &House, browser: &mut Browser) -> Form {
    let page = browser
        .get(&format!(
            "{}/forgotPassword?{}",
            house.base,
            house.query(&[])
        ))
        .await;
    let form = page.form("forgotPasswordForm").fill("username", "jane");
    let answer = browser.submit(&form).await;
    let page = browser.follow(answer).await;
    let code = house.s.code_to("jane@example.com");
    let form = page.form("resetPasswordForm").fill("code", &code);
    form.fill("new_password", "Another-Horse2")
        .fill("confirm_password", "Another-Horse2")
}

async fn new_password_form(house: &House, browser: &mut Browser) -> Form {
    let name = format!("t{}", house.s.app.rng.digits(6).unwrap());
    let request = json!({
        "Username": name, "MessageAction": "SUPPRESS", "TemporaryPassword": PASSWORD,
    });
    house.admin("AdminCreateUser", request).await.ok();
    let page = browser.open(&house.authorize(&[("prompt", "login")])).await;
    let form = page.form("cognitoSignInForm").fill("username", &name);
    let answer = browser.submit(&form.fill("password", PASSWORD)).await;
    let page = browser.follow(answer).await;
    let form = page
        .form("changePasswordForm")
        .fill("new_password", "Another-Horse2");
    form.fill("confirm_password", "Another-Horse2")
}

/// All of them.
async fn all(house: &House, browser: &mut Browser, name: &str) -> Vec<(&'static str, Form)> {
    let mut all = forms(house, browser).await;
    all.extend(confirm_forms(house, browser, name).await);
    all.push(("reset", reset_form(house, browser).await));
    all.push(("new password", new_password_form(house, browser).await));
    all
}

#[tokio::test]
async fn a_form_without_this_browsers_token_has_no_effect() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    let mut other = Browser::new(&house.s);
    let foreign = other.open(&house.authorize(&[])).await;
    let foreign = foreign.form("cognitoSignInForm").fields["_csrf"].clone();
    for (name, form) in all(&house, &mut browser, "nora").await {
        let missing = form.clone().without("_csrf");
        let empty = form.clone().forge("_csrf", "");
        let garbage = form.clone().forge("_csrf", "x");
        let stolen = form.clone().forge("_csrf", &foreign);
        let cut = &form.fields["_csrf"][..20];
        let cut = form.clone().forge("_csrf", cut);
        let mails = mails(&house);
        for (how, forged) in [
            ("missing", missing),
            ("empty", empty),
            ("garbage", garbage),
            ("foreign", stolen),
            ("cut", cut),
        ] {
            let answer = browser.submit(&forged).await;
            assert_eq!(
                (answer.status, answer.location()),
                (403, None),
                "{name} {how}"
            );
            assert!(browser.cookies("cognito").is_empty(), "{name} {how}");
        }
        // The right token in a browser without the cookie.
        let mut bare = Browser::new(&house.s);
        let answer = bare.submit(&form).await;
        assert_eq!(answer.status, 403, "{name} without the cookie");
        assert!(bare.cookies("cognito").is_empty());
        assert_eq!(mails, self::mails(&house), "{name}");
    }
    let nora = house
        .admin("AdminGetUser", json!({ "Username": "nora" }))
        .await
        .ok();
    assert_eq!(nora["UserStatus"], "UNCONFIRMED");
    let unknown = house
        .admin("AdminGetUser", json!({ "Username": "newcomer" }))
        .await;
    assert_eq!(unknown.status, 400);
    house.code("jane", &[]).await;
}

fn mails(house: &House) -> usize {
    let mailbox = house.s.app.mailbox.as_ref().unwrap();
    mailbox
        .list(&poolhouse::ports::mailbox::Wanted::default())
        .len()
}

#[tokio::test]
async fn a_form_serves_one_query_for_an_hour() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    for (name, form) in all(&house, &mut browser, "nora").await {
        for query in [
            format!("{}&scope=openid", house.query(&[])),
            house.query(&[("state", "another")]),
            house.query(&[("redirect_uri", "https://evil.test/")]),
        ] {
            let mut moved = form.clone();
            let path = moved.action.split('?').next().unwrap();
            moved.action = format!("{path}?{query}");
            let answer = browser.submit(&moved).await;
            let answer = browser.follow(answer).await;
            assert!(
                [400, 403].contains(&answer.status),
                "{name} {}",
                answer.status
            );
            assert_eq!(answer.location(), None);
        }
        assert!(browser.cookies("cognito").is_empty(), "{name}");
    }
    let page = browser.open(&house.authorize(&[])).await;
    let form = page
        .form("cognitoSignInForm")
        .fill("username", "jane")
        .fill("password", PASSWORD);
    house.s.clock().advance(Span::minutes(61));
    assert_eq!(browser.submit(&form).await.status, 403);
    assert!(browser.cookies("cognito").is_empty());
}

#[tokio::test]
async fn a_sign_in_makes_what_was_shown_before_worthless() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    let page = browser.open(&house.authorize(&[])).await;
    let form = page
        .form("cognitoSignInForm")
        .fill("username", "jane")
        .fill("password", PASSWORD);
    let before = browser.cookies("XSRF-TOKEN")[0].value.clone();
    browser.submit(&form).await.code();
    assert_ne!(browser.cookies("XSRF-TOKEN")[0].value, before);
    let session = browser.cookies("cognito")[0].value.clone();
    assert_eq!(browser.submit(&form).await.status, 403);
    assert_eq!(browser.cookies("cognito")[0].value, session);
}

#[tokio::test]
async fn a_later_step_needs_the_earlier_ones() {
    let house = House::open().await;
    house.user("jane").await;
    let query = house.query(&[]);
    let mut fresh = Browser::new(&house.s);
    for (path, to) in [
        ("/confirm", "/login"),
        ("/resendcode", "/login"),
        ("/confirmforgotPassword", "/forgotPassword"),
        ("/changePassword", "/login"),
    ] {
        let answer = fresh.get(&format!("{}{path}?{query}", house.base)).await;
        let expected = format!("{}{to}?{query}", house.base);
        assert_eq!(
            answer.headers["location"].to_str().unwrap(),
            expected,
            "{path}"
        );
    }
    // Each form of a later step, sent by a browser that is at another step.
    let mut victim = Browser::new(&house.s);
    let later = [
        confirm_forms(&house, &mut victim, "nora").await,
        vec![("reset", reset_form(&house, &mut victim).await)],
        vec![("new password", new_password_form(&house, &mut victim).await)],
    ];
    let later: Vec<_> = later.into_iter().flatten().collect();
    let mut refused = 0;
    for (name, form) in &later {
        let start = fresh.open(&house.authorize(&[("prompt", "login")])).await;
        let query = start.url.split_once('?').unwrap().1;
        let token = start.form("cognitoSignInForm").fields["_csrf"].clone();
        let mut forged = form.clone().forge("_csrf", &token);
        let path = forged.action.split('?').next().unwrap().to_owned();
        forged.action = format!("{path}?{query}");
        let answer = fresh.submit(&forged).await;
        assert_eq!(answer.status, 303, "{name}");
        let to = answer.location().unwrap();
        assert!(
            to.contains("/login?") || to.contains("/forgotPassword?"),
            "{name} {to}"
        );
        assert!(fresh.cookies("cognito").is_empty());
        refused += 1;
    }
    assert_eq!(refused, later.len());
    let nora = house
        .admin("AdminGetUser", json!({ "Username": "nora" }))
        .await
        .ok();
    assert_eq!(nora["UserStatus"], "UNCONFIRMED");
    house.code("jane", &[]).await;
}

#[tokio::test]
async fn a_step_is_worth_nothing_in_another_browser() {
    let house = House::open().await;
    let mut victim = Browser::new(&house.s);
    confirm_forms(&house, &mut victim, "nora").await;
    let mut thief = Browser::new(&house.s);
    thief.open(&house.authorize(&[])).await;
    let step = victim.cookies("page-data")[0].clone();
    thief.plant("page-data", &step.value, &step.path);
    let page = thief
        .get(&format!("{}/confirm?{}", house.base, house.query(&[])))
        .await;
    assert!(page.location().unwrap().contains("/login?"));
}

#[tokio::test]
async fn a_form_that_is_none_is_refused() {
    let house = House::open().await;
    let mut browser = Browser::new(&house.s);
    let page = browser.open(&house.authorize(&[])).await;
    let form = page.form("cognitoSignInForm");
    let token = form.fields["_csrf"].clone();
    for body in [
        format!("_csrf={token}&_csrf={token}&username=a&password=b"),
        format!("_csrf={token}&username=a&username=b&password=c"),
        format!("_csrf={token}&username=%ff&password=c"),
        format!("_csrf={token}{}", "&x=1".repeat(201)),
    ] {
        assert_eq!(browser.post(&page.url, &body).await.status, 400);
    }
    let json = house
        .s
        .http
        .post(&page.url)
        .header("content-type", "text/plain");
    assert_eq!(json.body("username=a").send().await.unwrap().status(), 400);
    let huge = house
        .s
        .http
        .post(&page.url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body("a".repeat(200_000));
    assert_eq!(huge.send().await.unwrap().status(), 413);
}

#[tokio::test]
async fn the_field_is_the_cookie_on_every_page_with_a_form() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    let mut seen = Vec::new();
    for path in ["/login", "/signup", "/forgotPassword", "/login"] {
        let page = browser
            .get(&format!("{}{path}?{}", house.base, house.query(&[])))
            .await;
        let forms = ["cognitoSignInForm", "signupform", "forgotPasswordForm"];
        let form = forms.iter().find_map(|id| page.find_form(id)).unwrap();
        same(&browser, &form);
        let wrong = form.clone();
        let answer = browser.submit(&wrong).await;
        assert_eq!(answer.status, 400, "{path}");
        let again = forms.iter().find_map(|id| answer.find_form(id)).unwrap();
        same(&browser, &again);
        seen.extend([form.fields["_csrf"].clone(), again.fields["_csrf"].clone()]);
    }
    for (name, form) in confirm_forms(&house, &mut browser, "nora").await {
        assert_eq!(
            form.fields["_csrf"],
            browser.cookies("XSRF-TOKEN")[0].value,
            "{name}"
        );
    }
    let reset = reset_form(&house, &mut browser).await;
    same(&browser, &reset);
    let new_password = new_password_form(&house, &mut browser).await;
    same(&browser, &new_password);
    let (all, different) = (seen.len(), {
        seen.sort();
        seen.dedup();
        seen.len()
    });
    assert_eq!(all, different);
}

#[track_caller]
fn same(browser: &Browser, form: &Form) {
    let cookies = browser.cookies("XSRF-TOKEN");
    assert_eq!(cookies.len(), 1);
    assert_eq!(form.fields["_csrf"], cookies[0].value);
}

#[tokio::test]
async fn two_pages_side_by_side_both_work() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    let one = browser.open(&house.authorize(&[("state", "one")])).await;
    let two = browser.open(&house.authorize(&[("state", "two")])).await;
    let (one, two) = (one.form("cognitoSignInForm"), two.form("cognitoSignInForm"));
    assert_ne!(one.fields["_csrf"], two.fields["_csrf"]);
    let answer = browser
        .submit(&one.fill("username", "jane").fill("password", PASSWORD))
        .await;
    assert_eq!(answer.sent()["state"], "one");
    answer.code();
    // The sign-in gave the browser a new id, so the other page has to be opened again.
    let answer = browser
        .submit(&two.fill("username", "jane").fill("password", PASSWORD))
        .await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn a_pair_that_we_did_not_make_is_worth_nothing() {
    let house = House::open().await;
    house.user("jane").await;
    let elsewhere = crate::support::house::pool(&house.s, json!({})).await;
    crate::support::house::domain(&house.s, &elsewhere).await;
    let app = crate::support::house::client(&house.s, &elsewhere, json!({})).await;
    let mut other = Browser::new(&house.s);
    let query = house.query(&[("client_id", &app.id)]);
    let page = other.open(&format!("/{elsewhere}/login?{query}")).await;
    let foreign = page.form("cognitoSignInForm").fields["_csrf"].clone();
    let mut browser = Browser::new(&house.s);
    let page = browser.open(&house.authorize(&[])).await;
    let form = page.form("cognitoSignInForm").fill("username", "jane");
    let form = form.fill("password", PASSWORD);
    for pair in [
        "x",
        "00000000-0000-4000-8000-000000000000",
        foreign.as_str(),
    ] {
        let mut thief = Browser::new(&house.s);
        thief.plant("XSRF-TOKEN", pair, &house.base);
        let answer = thief.submit(&form.clone().forge("_csrf", pair)).await;
        assert_eq!((answer.status, answer.location()), (403, None), "{pair}");
        assert!(thief.cookies("cognito").is_empty());
    }
}

#[tokio::test]
async fn after_a_form_the_answer_is_303() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browsers = Vec::new();
    for name in ["ann", "ben", "cat", "dan", "eve", "fay", "gus"] {
        let mut browser = Browser::new(&house.s);
        let forms = all(&house, &mut browser, name).await;
        browsers.push((browser, forms));
    }
    // One form of each browser, for a sign-in spoils the others.
    for (at, (mut browser, forms)) in browsers.into_iter().enumerate() {
        let (name, form) = forms[at].clone();
        let answer = browser.submit(&form).await;
        assert!([303, 200, 400, 403].contains(&answer.status), "{name}");
        if answer.location().is_some() {
            assert_eq!(answer.status, 303, "{name}");
        }
    }
}

#[tokio::test]
async fn a_password_reset_gives_the_browser_a_new_id() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    let page = browser.open(&house.authorize(&[])).await;
    let before = page.form("cognitoSignInForm").fill("username", "jane");
    let before = before.fill("password", "Another-Horse2");
    let reset = reset_form(&house, &mut browser).await;
    let answer = browser.submit(&reset).await;
    assert_eq!(answer.status, 303);
    assert_eq!(browser.submit(&before).await.status, 403);
    let page = browser.follow(answer).await;
    let form = page.form("cognitoSignInForm").fill("username", "jane");
    browser
        .submit(&form.fill("password", "Another-Horse2"))
        .await
        .code();
}

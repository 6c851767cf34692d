//! A browser that is forgotten while it signs in, or while it is given tokens, gets nothing that lasts.

use serde_json::json;
use tokio::sync::watch;

use super::device::{key, password};
use crate::api::auth::device::{always, tracking};
use crate::support::Server;
use crate::support::browser::{Browser, Page};
use crate::support::house::House;
use crate::triggers::host::{Act, Host, arn};

/// A server that waits for its functions.
async fn patient(host: &Host) -> Server {
    let wait = std::time::Duration::from_secs(600);
    host.server_with(|config| config.triggers.timeout = wait)
        .await
}

/// Forgets jane's device while a function of hers holds what `act` asks for.
async fn forgotten_during(
    (host, house): (&Host, &House),
    device: &str,
    act: impl Future<Output = Page>,
) -> Page {
    host.take();
    let (release, held) = watch::channel(false);
    host.does(move |_| Act::Holds(held.clone()));
    let forget = async {
        while host.count() == 0 {
            tokio::task::yield_now().await;
        }
        let request = json!({ "Username": "jane", "DeviceKey": device });
        house.admin("AdminForgetDevice", request).await.ok();
        release.send(true).unwrap();
    };
    let (page, ()) = tokio::join!(act, forget);
    page
}

#[tokio::test]
async fn a_browser_forgotten_while_its_tokens_are_made_gets_none() {
    let host = Host::start().await;
    let config = json!({ "LambdaConfig": { "PreTokenGeneration": arn("f") } });
    let house = House::on(patient(&host).await, tracking(always(), config)).await;
    house.user("jane").await;
    let client = house
        .client(json!({ "AllowedOAuthFlows": ["implicit"] }))
        .await;
    let implicit = [
        ("response_type", "token"),
        ("client_id", client.id.as_str()),
        ("scope", "openid"),
    ];
    let mut browser = Browser::new(&house.s);
    let url = house.authorize(&implicit);
    let page = house.sign_in(&mut browser, "jane", &url).await;
    let tokens = json!({ "access_token": page.sent()["access_token"] });
    let own = key(&tokens).as_str().unwrap().to_owned();
    let again = browser.get(&url).await;
    assert!(again.sent().contains_key("access_token"));
    let page = forgotten_during((&host, &house), &own, browser.get(&url)).await;
    let sent = page.location().unwrap_or_default();
    assert!(!sent.contains("access_token"), "{sent}");
}

#[tokio::test]
async fn a_browser_forgotten_while_it_signs_in_is_not_signed_in() {
    let host = Host::start().await;
    let config = json!({ "LambdaConfig": { "PostAuthentication": arn("f") } });
    let house = House::on(patient(&host).await, tracking(always(), config)).await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    let done = password(&house, &mut browser, "jane").await;
    let tokens = house.redeem(&done.code(), &[]).await.ok();
    let own = key(&tokens).as_str().unwrap().to_owned();
    let new = |event: &serde_json::Value| event["request"]["newDeviceUsed"].clone();
    assert_eq!(
        host.events().iter().map(new).collect::<Vec<_>>(),
        [json!(true)]
    );
    password(&house, &mut browser, "jane").await.code();
    assert_eq!(
        host.events().iter().map(new).collect::<Vec<_>>(),
        [json!(false)]
    );
    browser.plant("cognito", "", &house.base);
    let page = browser.open(&house.authorize(&[])).await;
    let form = page.form("cognitoSignInForm").fill("username", "jane");
    let form = form.fill("password", crate::support::house::PASSWORD);
    let page = forgotten_during((&host, &house), &own, browser.submit(&form)).await;
    assert_eq!(page.status, 400, "{}", page.text());
    assert!(page.text().contains("Device does not exist."));
    assert!(browser.cookies("cognito").is_empty());
}

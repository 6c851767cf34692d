//! Triggers behind the pages: texts above the form, or back to the client with the browser.

use poolhouse::settings::profile::Profile;
use serde_json::{Value, json};

use super::host::{Act, Host, arn, with_response};
use crate::support::browser::Browser;
use crate::support::house::{CALLBACK, House, PASSWORD, claims};

async fn house(host: &Host, config: Value) -> House {
    let server = host.server().await;
    House::on(server, json!({ "LambdaConfig": config })).await
}

#[tokio::test]
async fn the_sources_of_pages() {
    let host = Host::start().await;
    let config = json!({
        "PreSignUp": arn("f"), "PostConfirmation": arn("f"), "PreAuthentication": arn("f"),
        "PostAuthentication": arn("f"), "PreTokenGeneration": arn("f"), "CustomMessage": arn("f"),
        "UserMigration": arn("f"),
    });
    let house = house(&host, config).await;
    house.user("jane").await;
    host.take();
    let scope = [("scope", "openid email")];
    let mut browser = Browser::new(&house.s);
    let code = house
        .sign_in(&mut browser, "jane", &house.authorize(&scope))
        .await
        .code();
    let hosted = "TokenGeneration_HostedAuth";
    assert_eq!(
        host.sources(),
        [
            "PreAuthentication_Authentication",
            "PostAuthentication_Authentication",
            hosted
        ]
    );
    // The tokens are those that were decided on when the code was given.
    let tokens = house.redeem(&code, &[]).await.ok();
    assert_eq!(host.sources(), [""; 0]);
    let refresh = [
        ("grant_type", "refresh_token"),
        ("client_id", house.client.as_str()),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    house.token(&refresh, None).await.ok();
    assert_eq!(host.sources(), ["TokenGeneration_RefreshTokens"]);
    // A browser that is signed in asks for the tokens' sake only.
    browser.open(&house.authorize(&scope)).await.code();
    assert_eq!(host.sources(), [hosted]);
}

#[tokio::test]
async fn claims_decided_before_the_code_are_in_the_tokens() {
    let host = Host::start().await;
    let config =
        json!({ "PreTokenGenerationConfig": { "LambdaVersion": "V2_0", "LambdaArn": arn("f") } });
    let house = house(&host, config).await;
    house.user("jane").await;
    host.does(|event| {
        let details = json!({ "claimsAndScopeOverrideDetails": {
            "idTokenGeneration": { "claimsToAddOrOverride": { "tenant": "t1" } },
            "accessTokenGeneration": { "scopesToAdd": ["extra"], "scopesToSuppress": ["email"] },
        } });
        Act::Returns(with_response(event, &details))
    });
    let code = house.code("jane", &[("scope", "openid email")]).await;
    host.does(|_| Act::Throws("too late"));
    let tokens = house.redeem(&code, &[]).await.ok();
    let id = claims(tokens["id_token"].as_str().unwrap());
    let access = claims(tokens["access_token"].as_str().unwrap());
    assert_eq!(
        (&id["tenant"], &access["scope"]),
        (&json!("t1"), &json!("openid extra"))
    );
}

#[tokio::test]
async fn refusals_stand_above_the_form() {
    let host = Host::start().await;
    let config = json!({ "PreAuthentication": arn("f"), "PreSignUp": arn("f") });
    let house = house(&host, config).await;
    house.user("jane").await;
    host.does(|_| Act::Throws("Come back <b>later</b>."));
    let mut browser = Browser::new(&house.s);
    let page = browser.open(&house.authorize(&[])).await;
    let form = page
        .form("cognitoSignInForm")
        .fill("username", "jane")
        .fill("password", PASSWORD);
    let answer = browser.submit(&form).await;
    let told = "PreAuthentication failed with error Come back <b>later</b>..";
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains(told), "{}", answer.text());
    assert!(
        !answer.body.contains("<b>later"),
        "what a function says is text"
    );
    assert!(browser.cookies("cognito").is_empty());
}

#[tokio::test]
async fn a_refusal_at_the_end_goes_back_to_the_client() {
    let host = Host::start().await;
    let house = house(&host, json!({ "PreTokenGeneration": arn("f") })).await;
    house.user("jane").await;
    host.does(|_| Act::Throws("not here"));
    let mut browser = Browser::new(&house.s);
    let url = house.authorize(&[]);
    let answer = house.sign_in(&mut browser, "jane", &url).await;
    let location = answer.location().unwrap();
    let text = "PreTokenGeneration+failed+with+error+not+here.+";
    assert_eq!(
        location,
        format!("{CALLBACK}?error_description={text}&state=some+state&error=invalid_request")
    );
}

/// What differs in the strict profile: the code of the standard, and the scopes told as they are.
#[tokio::test]
async fn by_the_standards_a_refusal_is_access_denied_and_scopes_are_told() {
    let host = Host::start().await;
    let strict = host.server_with(|config| config.profiles.usual = Profile::Strict);
    let config =
        json!({ "PreTokenGenerationConfig": { "LambdaVersion": "V2_0", "LambdaArn": arn("f") } });
    let house = House::on(strict.await, json!({ "LambdaConfig": config })).await;
    house.user("jane").await;
    let client = house.client(json!({ "GenerateSecret": true })).await;
    let of = [("client_id", client.id.as_str()), ("scope", "openid email")];
    host.does(|_| Act::Throws("not here"));
    let mut browser = Browser::new(&house.s);
    let url = house.authorize(&of);
    let answer = house.sign_in(&mut browser, "jane", &url).await;
    assert_eq!(answer.sent()["error"], "access_denied");
    host.does(|event| {
        let details = json!({ "claimsAndScopeOverrideDetails": {
            "accessTokenGeneration": { "scopesToAdd": ["extra"], "scopesToSuppress": ["email"] },
        } });
        Act::Returns(with_response(event, &details))
    });
    let code = browser.get(&url).await.code();
    let secret = ("client_secret", client.secret.as_deref().unwrap());
    let tokens = house.redeem(&code, &[of[0], secret]).await.ok();
    let access = claims(tokens["access_token"].as_str().unwrap());
    assert_eq!(tokens["scope"], "openid extra");
    assert_eq!(access["scope"], tokens["scope"]);
}

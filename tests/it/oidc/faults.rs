//! A write that does not last is never told as done (security.md D12).

use serde_json::{Value, json};

use crate::support::browser::Browser;
use crate::support::house::{GOODBYE, House, query};

/// An API call whose failure is expected.
async fn call(house: &House, operation: &str, body: &Value) -> (u16, Value) {
    let request = house
        .s
        .http
        .post(&house.s.url)
        .header("content-type", "application/x-amz-json-1.1")
        .header(
            "x-amz-target",
            format!("AWSCognitoIdentityProviderService.{operation}"),
        )
        .body(body.to_string());
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or_default())
}

async fn alive(house: &House, tokens: &Value) -> bool {
    let access = tokens["access_token"].as_str().unwrap();
    let refresh = [
        ("grant_type", "refresh_token"),
        ("client_id", house.client.as_str()),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    let refreshed = house.token(&refresh, None).await.status == 200;
    let told = house.userinfo(access).await.status == 200;
    assert_eq!(refreshed, told);
    told
}

#[tokio::test]
async fn nothing_ends_until_it_is_stored() {
    let house = House::open().await;
    for (act, name) in [
        ("revoke", "ann"),
        ("RevokeToken", "ben"),
        ("GlobalSignOut", "cat"),
        ("AdminUserGlobalSignOut", "dan"),
        ("AdminDisableUser", "eve"),
        ("AdminDeleteUser", "fay"),
        ("DeleteUser", "gus"),
        ("AdminResetUserPassword", "hal"),
    ] {
        house.user(name).await;
        let tokens = house.tokens(name, &[]).await;
        let refresh = tokens["refresh_token"].as_str().unwrap();
        let body = match act {
            "RevokeToken" => json!({ "Token": refresh, "ClientId": house.client }),
            "GlobalSignOut" | "DeleteUser" => json!({ "AccessToken": tokens["access_token"] }),
            _ => json!({ "UserPoolId": house.pool, "Username": name }),
        };
        let run = async || {
            if act == "revoke" {
                let pairs = [("token", refresh), ("client_id", house.client.as_str())];
                let told = house.post("/oauth2/revoke", &pairs, None).await;
                (told.status, told.body)
            } else {
                call(&house, act, &body).await
            }
        };
        // A sign-out ends the tokens of earlier seconds.
        house.s.clock().advance(poolhouse::time::Span::seconds(2));
        house.s.app.store.faults.fail_commits(true);
        let (status, told) = run().await;
        assert_eq!(status, 500, "{act} {told}");
        let text = told.to_string();
        assert!(
            !text.contains("on demand"),
            "the cause is for the log: {text}"
        );
        house.s.app.store.faults.fail_commits(false);
        assert!(alive(&house, &tokens).await, "{act} was half done");
        let (status, told) = run().await;
        assert_eq!(status, 200, "{act} {told}");
        assert!(!alive(&house, &tokens).await, "{act}");
    }
}

#[tokio::test]
async fn a_sign_out_that_does_not_last_keeps_the_cookie() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    house
        .sign_in(&mut browser, "jane", &house.authorize(&[]))
        .await;
    let asked = query(&[("client_id", &house.client), ("logout_uri", GOODBYE)]);
    let leave = format!("{}/logout?{asked}", house.base);
    house.s.app.store.faults.fail_commits(true);
    let page = browser.get(&leave).await;
    assert_eq!((page.status, page.location()), (500, None));
    house.s.app.store.faults.fail_commits(false);
    browser
        .get(&house.authorize(&[("prompt", "none")]))
        .await
        .code();
    assert_eq!(
        browser.get(&leave).await.location().as_deref(),
        Some(GOODBYE)
    );
}

#[tokio::test]
async fn nothing_is_given_until_it_is_stored() {
    let house = House::open().await;
    house.user("jane").await;
    let mut browser = Browser::new(&house.s);
    house
        .sign_in(&mut browser, "jane", &house.authorize(&[]))
        .await;
    let silent = house.authorize(&[("prompt", "none")]);
    let code = browser.get(&silent).await.code();
    house.s.app.store.faults.fail_commits(true);
    // To the client, as every trouble of ours (oauth.md 2.3).
    let page = browser.get(&silent).await;
    assert_eq!(page.sent()["error"], "server_error");
    assert_eq!(page.sent()["state"], "some state");
    house.redeem(&code, &[]).await.refuses(500, "server_error");
    house.s.app.store.faults.fail_commits(false);
    house.redeem(&code, &[]).await.ok();
}

/// The newer operations' models have another name for trouble of ours.
#[tokio::test]
async fn trouble_of_ours_has_the_name_that_the_model_lists() {
    let house = House::open().await;
    let client = house.client(json!({ "GenerateSecret": true })).await;
    let client = json!({ "UserPoolId": house.pool, "ClientId": client.id });
    let group = json!({ "UserPoolId": house.pool, "GroupName": "g" });
    house.s.app.store.faults.fail_commits(true);
    for (operation, body, name) in [
        (
            "AddUserPoolClientSecret",
            &client,
            "InternalServerException",
        ),
        ("CreateGroup", &group, "InternalErrorException"),
    ] {
        let (status, told) = call(&house, operation, body).await;
        assert_eq!(
            (status, &told["__type"]),
            (500, &json!(name)),
            "{operation}"
        );
    }
    house.s.app.store.faults.fail_commits(false);
}

//! Devices as they are shown to users and administrators.

use serde_json::{Value, json};

use super::device::{Device, NOT_FOUND, UNKNOWN, always, tracking};
use super::stage::{INVALID_PARAMETER, Stage, merged, text};

async fn stage() -> Stage {
    let stage = Stage::with(tracking(always(), json!({})), json!({})).await;
    stage.user("ada").await;
    stage
}

fn attributes(device: &Value) -> Vec<(String, String)> {
    let shown = device["DeviceAttributes"].as_array().unwrap();
    let pair = |a: &Value| (text(&a["Name"]), text(&a["Value"]));
    shown.iter().map(pair).collect()
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(a, b): &(&str, &str)| ((*a).to_owned(), (*b).to_owned());
    of.iter().map(owned).collect()
}

#[tokio::test]
async fn a_device_is_shown_with_its_dates_and_attributes() {
    let stage = stage().await;
    let tokens = stage.tokens("ada").await;
    let device = stage.register(&tokens).await;
    let created = stage.s.clock().server_now();
    stage.advance_ms(61_500);
    let asked = stage.sign_in_with("ada", &device.key).await.ok();
    stage.prove_device(&asked, &device).await.ok();
    let seen = stage.s.clock().server_now();
    let listed = pairs(&[
        ("device_status", "valid"),
        ("device_name", "my laptop"),
        ("last_ip_used", "127.0.0.1"),
    ]);
    let owner = format!("ada.{}", stage.pool);
    let arn = format!(
        "arn:aws:cognito-idp:us-east-1:000000000000:owner/{owner}/device/{}",
        device.key
    );
    let mut whole = listed.clone();
    whole.extend(pairs(&[
        ("dev:device_arn", &arn),
        ("dev:device_owner", &owner),
        ("dev:device_remembered_status", "remembered"),
        ("dev:device_sdk", "aws-sdk"),
    ]));
    let token = json!({ "AccessToken": tokens["AccessToken"] });
    let user = json!({ "UserPoolId": stage.pool, "Username": "ada" });
    let key = json!({ "DeviceKey": device.key });
    let mine = stage
        .s
        .api("GetDevice", merged(token.clone(), &key))
        .await
        .ok();
    let theirs = stage
        .s
        .api("AdminGetDevice", merged(user.clone(), &key))
        .await
        .ok();
    assert_eq!(mine, theirs);
    let shown = &mine["Device"];
    assert_eq!(shown["DeviceKey"], device.key.as_str());
    assert_eq!(attributes(shown), whole);
    let seconds = |ms: i64| ms as f64 / 1000.0;
    assert_eq!(
        shown["DeviceCreateDate"].as_f64().unwrap(),
        seconds(created.ms())
    );
    assert_eq!(
        shown["DeviceLastModifiedDate"].as_f64().unwrap(),
        seconds(created.ms())
    );
    let last = shown["DeviceLastAuthenticatedDate"].as_f64().unwrap();
    assert_eq!(last, seconds(seen.seconds() * 1000));
    let many = stage.s.api("ListDevices", token).await.ok();
    assert_eq!(attributes(&many["Devices"][0]), listed);
    assert!(many.get("PaginationToken").is_none());
    let many = stage.s.api("AdminListDevices", user).await.ok();
    assert_eq!(attributes(&many["Devices"][0]), whole);
}

#[tokio::test]
async fn lists_come_in_pages() {
    let stage = stage().await;
    stage.user("bob").await;
    let bobs = stage.tokens("bob").await;
    stage.register(&bobs).await;
    let mut keys = Vec::new();
    let mut tokens = Value::Null;
    for _ in 0..5 {
        tokens = stage.tokens("ada").await;
        keys.push(stage.register(&tokens).await.key);
    }
    keys.sort();
    let user = json!({ "UserPoolId": stage.pool, "Username": "ada" });
    let token = json!({ "AccessToken": tokens["AccessToken"] });
    for (operation, who) in [("ListDevices", &token), ("AdminListDevices", &user)] {
        let (mut seen, mut pages, mut next) = (Vec::new(), 0, None);
        loop {
            let mut request = merged(who.clone(), &json!({ "Limit": 2 }));
            if let Some(next) = next {
                request["PaginationToken"] = next;
            }
            let body = stage.s.api(operation, request).await.ok();
            let devices = body["Devices"].as_array().unwrap();
            seen.extend(devices.iter().map(|device| text(&device["DeviceKey"])));
            pages += 1;
            next = body.get("PaginationToken").cloned();
            if next.is_none() {
                break;
            }
        }
        assert_eq!((pages, &seen), (3, &keys));
        // 0 is the most there may be; a token works for its own list only.
        let all = stage
            .s
            .api(operation, merged(who.clone(), &json!({ "Limit": 0 })))
            .await
            .ok();
        assert_eq!(all["Devices"].as_array().unwrap().len(), 5);
        let first = stage
            .s
            .api(operation, merged(who.clone(), &json!({ "Limit": 1 })))
            .await
            .ok();
        let foreign = json!({
            "AccessToken": bobs["AccessToken"], "PaginationToken": first["PaginationToken"],
        });
        let answer = stage.s.api("ListDevices", foreign).await;
        answer.error(INVALID_PARAMETER, "Invalid pagination token");
    }
}

#[tokio::test]
async fn administrators_keep_house() {
    let stage = stage().await;
    let tokens = stage.tokens("ada").await;
    let device = stage.register(&tokens).await;
    let of = |name: &str, key: &str| json!({ "UserPoolId": stage.pool, "Username": name, "DeviceKey": key });
    let wish = merged(
        of("ada", &device.key),
        &json!({ "DeviceRememberedStatus": "not_remembered" }),
    );
    assert_eq!(
        stage.s.api("AdminUpdateDeviceStatus", wish).await.ok(),
        json!({})
    );
    let body = stage.sign_in_with("ada", &device.key).await.ok();
    assert_ne!(Device::of(&body["AuthenticationResult"]).key, device.key);
    for operation in [
        "AdminGetDevice",
        "AdminForgetDevice",
        "AdminUpdateDeviceStatus",
    ] {
        let request = of("ada", "us-east-1_aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");
        stage
            .s
            .api(operation, request)
            .await
            .error(NOT_FOUND, UNKNOWN);
        let code = if operation == "AdminGetDevice" {
            NOT_FOUND
        } else {
            "UserNotFoundException"
        };
        let answer = stage.s.api(operation, of("nobody", &device.key)).await;
        answer.error(code, "User does not exist.");
        let mut elsewhere = of("ada", &device.key);
        elsewhere["UserPoolId"] = json!("us-east-1_000000000");
        let answer = stage.s.api(operation, elsewhere).await;
        answer.error(NOT_FOUND, "User pool us-east-1_000000000 does not exist.");
    }
    let nobody = json!({ "UserPoolId": stage.pool, "Username": "nobody" });
    let answer = stage.s.api("AdminListDevices", nobody).await;
    answer.error(NOT_FOUND, "User does not exist.");
    let answer = stage
        .s
        .api("AdminForgetDevice", of("ada", &device.key))
        .await;
    assert_eq!((answer.status, answer.body), (200, Value::Null));
    let answer = stage
        .s
        .api("AdminForgetDevice", of("ada", &device.key))
        .await;
    answer.error(NOT_FOUND, UNKNOWN);
}

/// security.md H7.
#[tokio::test]
async fn a_deleted_users_devices_go_with_the_user() {
    let stage = stage().await;
    let device = stage.register(&stage.tokens("ada").await).await;
    let user = json!({ "UserPoolId": stage.pool, "Username": "ada" });
    stage.s.api("AdminDeleteUser", user.clone()).await.ok();
    stage.user("ada").await;
    let many = stage.s.api("AdminListDevices", user).await.ok();
    assert_eq!(many["Devices"], json!([]));
    stage
        .sign_in_with("ada", &device.key)
        .await
        .error(NOT_FOUND, UNKNOWN);
}

//! Device keys: who is given one, and how a device is registered with it.

use serde_json::{Value, json};

use super::device::{Device, NOT_FOUND, UNKNOWN, always, tracking};
use super::stage::{INVALID_PARAMETER, Stage, claims, merged, text};

const INVALID_KEY: &str = "Invalid device key given.";
const INVALID_VERIFIER: &str = "Invalid device secret verifier config given.";

async fn stage(devices: Value) -> Stage {
    let stage = Stage::with(tracking(devices, json!({})), json!({})).await;
    stage.user("ada").await;
    stage
}

#[tokio::test]
async fn every_sign_in_without_a_device_is_given_a_key() {
    // Any DeviceConfiguration turns tracking on, an empty one too.
    for devices in [always(), json!({})] {
        let stage = stage(devices).await;
        let first = stage.tokens("ada").await;
        let second =
            stage.srp_sign_in("ada", super::stage::PASSWORD).await.ok()["AuthenticationResult"]
                .take();
        let (a, b) = (Device::of(&first), Device::of(&second));
        assert_ne!(a.key, b.key);
        assert_eq!(a.group, b.group, "the group is the pool's");
        for (device, tokens) in [(a, first), (b, second)] {
            let (region, uuid) = device.key.split_once('_').unwrap();
            assert_eq!((region, uuid.len()), ("us-east-1", 36));
            assert_eq!((device.group.len(), &device.group[..1]), (9, "-"));
            assert_eq!(
                claims(&tokens["AccessToken"])["device_key"],
                device.key.as_str()
            );
            assert!(claims(&tokens["IdToken"]).get("device_key").is_none());
        }
    }
    let stage = Stage::new().await;
    stage.user("ada").await;
    let parameters = json!({
        "USERNAME": "ada", "PASSWORD": super::stage::PASSWORD, "DEVICE_KEY": "what was kept",
    });
    let body = stage.initiate("USER_PASSWORD_AUTH", parameters).await.ok();
    let tokens = &body["AuthenticationResult"];
    assert!(tokens.get("NewDeviceMetadata").is_none());
    assert!(claims(&tokens["AccessToken"]).get("device_key").is_none());
}

#[tokio::test]
async fn a_device_is_registered_once_with_the_key_of_the_token() {
    let stage = stage(always()).await;
    let tokens = stage.tokens("ada").await;
    let device = Device::of(&tokens);
    let request = device.registration(&tokens);
    let body = stage.s.api("ConfirmDevice", request.clone()).await.ok();
    assert_eq!(body, json!({ "UserConfirmationNecessary": false }));
    stage
        .s
        .api("ConfirmDevice", request)
        .await
        .error("DeviceKeyExistsException", "Device key already exists.");
    let another = stage.tokens("ada").await;
    for key in [device.key.as_str(), "us-east-1_0f", "x_0"] {
        let asked = merged(device.registration(&another), &json!({ "DeviceKey": key }));
        stage
            .s
            .api("ConfirmDevice", asked)
            .await
            .error(INVALID_PARAMETER, INVALID_KEY);
    }
}

#[tokio::test]
async fn the_prompt_leaves_a_device_to_be_remembered() {
    let stage = stage(json!({ "DeviceOnlyRememberedOnUserPrompt": true })).await;
    let tokens = stage.tokens("ada").await;
    let device = Device::of(&tokens);
    let body = stage
        .s
        .api("ConfirmDevice", device.registration(&tokens))
        .await;
    assert_eq!(body.ok(), json!({ "UserConfirmationNecessary": true }));
    let request = json!({ "AccessToken": tokens["AccessToken"], "DeviceKey": device.key });
    let shown = |body: Value| {
        let attributes = body["Device"]["DeviceAttributes"]
            .as_array()
            .unwrap()
            .clone();
        let status = attributes
            .iter()
            .find(|a| a["Name"] == "dev:device_remembered_status");
        text(&status.unwrap()["Value"])
    };
    let get = || stage.s.api("GetDevice", request.clone());
    assert_eq!(shown(get().await.ok()), "not_remembered");
    for status in ["remembered", "not_remembered"] {
        let wish = json!({ "DeviceRememberedStatus": status });
        let asked = merged(request.clone(), &wish);
        assert_eq!(
            stage.s.api("UpdateDeviceStatus", asked).await.ok(),
            json!({})
        );
        assert_eq!(shown(get().await.ok()), status);
        // Without a status nothing changes.
        stage
            .s
            .api("UpdateDeviceStatus", request.clone())
            .await
            .ok();
        assert_eq!(shown(get().await.ok()), status);
    }
}

#[tokio::test]
async fn a_verifier_is_whole_and_of_use() {
    let stage = stage(always()).await;
    let tokens = stage.tokens("ada").await;
    let device = Device::of(&tokens);
    let good = device.registration(&tokens);
    let config = &good["DeviceSecretVerifierConfig"];
    // 1, N - 1 and numbers from N on have no secret, or one that everybody knows.
    let n = "//////////+";
    let too_large = format!("{}{}", "/".repeat(512), "/w==");
    for wrong in [
        json!({ "Salt": config["Salt"] }),
        json!({ "PasswordVerifier": config["PasswordVerifier"] }),
        json!({ "Salt": "no base64", "PasswordVerifier": config["PasswordVerifier"] }),
        json!({ "Salt": config["Salt"], "PasswordVerifier": n }),
        json!({ "Salt": config["Salt"], "PasswordVerifier": too_large }),
        json!({ "Salt": config["Salt"], "PasswordVerifier": "AA==" }),
        json!({ "Salt": config["Salt"], "PasswordVerifier": "AQ==" }),
        json!({ "Salt": "AQEBAQEBAQEBAQEBAQEBAQE=", "PasswordVerifier": config["PasswordVerifier"] }),
    ] {
        let mut asked = good.clone();
        asked["DeviceSecretVerifierConfig"] = wrong;
        stage
            .s
            .api("ConfirmDevice", asked)
            .await
            .error(INVALID_PARAMETER, INVALID_VERIFIER);
    }
    // Without any the device is listed, and has nothing to prove.
    let mut bare = good.clone();
    bare.as_object_mut()
        .unwrap()
        .remove("DeviceSecretVerifierConfig");
    bare.as_object_mut().unwrap().remove("DeviceName");
    stage.s.api("ConfirmDevice", bare).await.ok();
    let body = stage.sign_in_with("ada", &device.key).await.ok();
    assert_ne!(Device::of(&body["AuthenticationResult"]).key, device.key);
}

/// Whatever happens beside it, a device is registered once, and not after it was forgotten.
#[tokio::test]
async fn of_many_registrations_on_two_nodes_one_wins() {
    let stage = stage(always()).await;
    // Tokens name the issuer by the public URL.
    let url = stage.s.url.clone();
    let twin = stage
        .s
        .twin_with(|config| config.public_url = Some(url))
        .await;
    let tokens = stage.tokens("ada").await;
    let device = Device::of(&tokens);
    let request = device.registration(&tokens);
    let all = (0..16).map(|n| {
        let server = if n % 2 == 0 { &stage.s } else { &twin };
        server.api("ConfirmDevice", request.clone())
    });
    let answers = futures_util::future::join_all(all).await;
    let won = answers.iter().filter(|answer| answer.status == 200);
    assert_eq!(won.count(), 1);
    for lost in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!(lost.body["__type"], "DeviceKeyExistsException");
    }
    let forget = json!({ "AccessToken": tokens["AccessToken"], "DeviceKey": device.key });
    stage.s.api("ForgetDevice", forget).await.ok();
    // Its access token lasts, and brings the device back no more.
    twin.api("ConfirmDevice", request)
        .await
        .error(INVALID_PARAMETER, INVALID_KEY);
}

#[tokio::test]
async fn without_tracking_there_are_no_devices() {
    let stage = stage(always()).await;
    let tokens = stage.tokens("ada").await;
    let device = stage.register(&tokens).await;
    stage.set_tracking(Value::Null, json!({})).await;
    let code = "InvalidUserPoolConfigurationException";
    let message = "User pool does not have device tracking enabled.";
    let token = json!({ "AccessToken": tokens["AccessToken"] });
    let user = json!({ "UserPoolId": stage.pool, "Username": "ada" });
    for (operation, who, key) in [
        ("ConfirmDevice", &token, true),
        ("GetDevice", &token, true),
        ("ListDevices", &token, false),
        ("UpdateDeviceStatus", &token, true),
        ("ForgetDevice", &token, true),
        ("AdminGetDevice", &user, true),
        ("AdminListDevices", &user, false),
        ("AdminUpdateDeviceStatus", &user, true),
        ("AdminForgetDevice", &user, true),
    ] {
        let mut request = who.clone();
        if key {
            request["DeviceKey"] = json!(device.key);
        }
        stage.s.api(operation, request).await.error(code, message);
    }
    // The device means nothing until devices are tracked again.
    let body = stage.sign_in_with("ada", &device.key).await.ok();
    assert!(
        body["AuthenticationResult"]
            .get("NewDeviceMetadata")
            .is_none()
    );
    stage.set_tracking(always(), json!({})).await;
    let asked = stage.sign_in_with("ada", &device.key).await.ok();
    assert_eq!(asked["ChallengeName"], "DEVICE_SRP_AUTH");
}

#[tokio::test]
async fn operations_about_devices_want_a_token() {
    let stage = stage(always()).await;
    let key = "us-east-1_aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
    for operation in ["GetDevice", "ForgetDevice"] {
        let answer = stage.s.api(operation, json!({ "DeviceKey": key })).await;
        answer.error("NotAuthorizedException", "Invalid Access Token");
    }
    let tokens = stage.tokens("ada").await;
    for operation in ["GetDevice", "ForgetDevice", "UpdateDeviceStatus"] {
        for key in [key, "us-east-1_0"] {
            let mut request = json!({ "AccessToken": tokens["AccessToken"], "DeviceKey": key });
            if operation == "UpdateDeviceStatus" {
                request["DeviceRememberedStatus"] = json!("remembered");
            }
            stage
                .s
                .api(operation, request)
                .await
                .error(NOT_FOUND, UNKNOWN);
        }
    }
}

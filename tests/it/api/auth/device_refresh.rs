//! Refreshing where devices are tracked (api-auth.md 6): only with the device that the tokens were
//! given to.

use serde_json::{Value, json};

use super::device::{Device, always, tracking};
use super::stage::{NOT_AUTHORIZED, PASSWORD, Stage, claims};
use crate::support::Answer;
use crate::support::house::{self, House};

const INVALID: &str = "Invalid Refresh Token";

async fn stage(client: Value) -> Stage {
    let stage = Stage::with(tracking(always(), json!({})), client).await;
    stage.user("ada").await;
    stage
}

async fn flow(stage: &Stage, tokens: &Value, key: Option<&str>) -> Answer {
    let parameters = json!({ "REFRESH_TOKEN": tokens["RefreshToken"], "DEVICE_KEY": key });
    stage.initiate("REFRESH_TOKEN_AUTH", parameters).await
}

async fn operation(stage: &Stage, tokens: &Value, key: Option<&str>) -> Answer {
    let mut request = json!({ "ClientId": stage.client, "RefreshToken": tokens["RefreshToken"] });
    if let Some(key) = key {
        request["DeviceKey"] = json!(key);
    }
    stage.s.api("GetTokensFromRefreshToken", request).await
}

#[tokio::test]
async fn a_refresh_names_its_device() {
    let stage = stage(json!({})).await;
    let tokens = stage.tokens("ada").await;
    let device = Device::of(&tokens);
    let other = stage.register(&stage.tokens("ada").await).await;
    for registered in [false, true] {
        if registered {
            stage.register(&tokens).await;
        }
        for key in [None, Some(""), Some(other.key.as_str()), Some("x")] {
            flow(&stage, &tokens, key)
                .await
                .error(NOT_AUTHORIZED, INVALID);
            if key != Some("") && key != Some("x") {
                operation(&stage, &tokens, key)
                    .await
                    .error(NOT_AUTHORIZED, INVALID);
            }
        }
        let fresh = flow(&stage, &tokens, Some(&device.key)).await.ok();
        let fresh = &fresh["AuthenticationResult"];
        assert_eq!(
            claims(&fresh["AccessToken"])["device_key"],
            device.key.as_str()
        );
        assert!(fresh.get("NewDeviceMetadata").is_none());
        operation(&stage, &tokens, Some(&device.key)).await.ok();
    }
}

#[tokio::test]
async fn a_forgotten_device_refreshes_no_more_and_its_access_token_lasts() {
    for rotating in [false, true] {
        let client = if rotating {
            json!({
                "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
                "RefreshTokenRotation": { "Feature": "ENABLED", "RetryGracePeriodSeconds": 60 },
            })
        } else {
            json!({})
        };
        let stage = stage(client).await;
        let mut tokens = stage.tokens("ada").await;
        let device = stage.register(&tokens).await;
        let bystander = stage.tokens("ada").await;
        if rotating {
            let next = operation(&stage, &tokens, Some(&device.key)).await.ok();
            tokens["RefreshToken"] = next["AuthenticationResult"]["RefreshToken"].clone();
        }
        let forget = json!({ "AccessToken": tokens["AccessToken"], "DeviceKey": device.key });
        let answer = stage.s.api("ForgetDevice", forget).await;
        assert_eq!((answer.status, answer.body), (200, Value::Null));
        operation(&stage, &tokens, Some(&device.key))
            .await
            .error(NOT_AUTHORIZED, INVALID);
        stage.get_user(&tokens["AccessToken"]).await.ok();
        let key = Device::of(&bystander).key;
        operation(&stage, &bystander, Some(&key)).await.ok();
        // Nor when the pool tracks devices no more.
        stage.set_tracking(Value::Null, json!({})).await;
        operation(&stage, &tokens, None)
            .await
            .error(NOT_AUTHORIZED, INVALID);
        operation(&stage, &bystander, None).await.ok();
    }
}

#[tokio::test]
async fn a_sign_in_without_a_device_is_not_refreshed_once_they_are_tracked() {
    let stage = stage(json!({})).await;
    // A password that an administrator's program sends is typed at no device.
    let parameters = json!({ "USERNAME": "ada", "PASSWORD": PASSWORD });
    let body = stage
        .admin_initiate("ADMIN_USER_PASSWORD_AUTH", parameters)
        .await
        .ok();
    let tokens = &body["AuthenticationResult"];
    assert!(tokens.get("NewDeviceMetadata").is_none());
    assert!(claims(&tokens["AccessToken"]).get("device_key").is_none());
    for key in [None, Some("us-east-1_aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee")] {
        flow(&stage, tokens, key)
            .await
            .error(NOT_AUTHORIZED, INVALID);
    }
    stage.set_tracking(Value::Null, json!({})).await;
    flow(&stage, tokens, None).await.ok();
    let old = stage.tokens("ada").await;
    stage.set_tracking(always(), json!({})).await;
    flow(&stage, &old, None)
        .await
        .error(NOT_AUTHORIZED, INVALID);
}

/// Such tokens were given to a browser: no device was asked for, and none is known.
#[tokio::test]
async fn tokens_of_the_pages_need_no_device() {
    let house = House::with(json!({ "DeviceConfiguration": always() })).await;
    house.user("ada").await;
    // They name the browser, and nobody else has to.
    let tokens = house.tokens("ada", &[]).await;
    assert!(
        house::claims(tokens["access_token"].as_str().unwrap())
            .get("device_key")
            .is_some()
    );
    let token = tokens["refresh_token"].as_str().unwrap();
    let pairs = [
        ("grant_type", "refresh_token"),
        ("client_id", house.client.as_str()),
        ("refresh_token", token),
    ];
    house.token(&pairs, None).await.ok();
    let request = json!({ "ClientId": house.client, "RefreshToken": token });
    house.s.api("GetTokensFromRefreshToken", request).await.ok();
    let flows = json!({ "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"] });
    house.update_client(&house.client, flows).await;
    // A sign-in at the API needs its device, which the endpoint cannot be told (oauth.md 4.3).
    let request = json!({
        "ClientId": house.client, "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": { "USERNAME": "ada", "PASSWORD": house::PASSWORD },
    });
    let answer = house.s.api("InitiateAuth", request).await.ok();
    let token = answer["AuthenticationResult"]["RefreshToken"]
        .as_str()
        .unwrap();
    let pairs = [
        ("grant_type", "refresh_token"),
        ("client_id", house.client.as_str()),
        ("refresh_token", token),
        (
            "device_key",
            "us-east-1_aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
        ),
    ];
    house
        .token(&pairs, None)
        .await
        .refuses(400, "invalid_grant");
}

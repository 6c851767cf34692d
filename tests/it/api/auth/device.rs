//! A device as an app keeps it, and what every test of devices does with it.

use serde_json::{Value, json};

use super::stage::{PASSWORD, Stage, merged, text, timestamp};
use crate::support::srp_client::{Given, SrpClient, device_verifier};
use crate::support::{Answer, Server};

pub const UNKNOWN: &str = "Device does not exist.";
pub const NOT_FOUND: &str = "ResourceNotFoundException";
pub const SECRET: &str = "a random password of forty bytes";

/// A registered device.
#[derive(Clone, Debug)]
pub struct Device {
    pub key: String,
    pub group: String,
    pub secret: String,
}

/// A pool that tracks devices, with more members.
pub fn tracking(devices: Value, more: Value) -> Value {
    merged(json!({ "DeviceConfiguration": devices }), &more)
}

/// Remembered devices at once, in place of a second factor.
pub fn always() -> Value {
    json!({ "ChallengeRequiredOnNewDevice": true, "DeviceOnlyRememberedOnUserPrompt": false })
}

impl Device {
    /// What a sign-in was given.
    pub fn of(tokens: &Value) -> Self {
        let new = &tokens["NewDeviceMetadata"];
        Self {
            key: text(&new["DeviceKey"]),
            group: text(&new["DeviceGroupKey"]),
            secret: SECRET.to_owned(),
        }
    }

    /// ConfirmDevice.
    pub fn registration(&self, tokens: &Value) -> Value {
        let salt = [0xb5; 16];
        let (salt, verifier) = device_verifier(&self.group, &self.key, &self.secret, &salt);
        json!({
            "AccessToken": tokens["AccessToken"], "DeviceKey": self.key, "DeviceName": "my laptop",
            "DeviceSecretVerifierConfig": { "Salt": salt, "PasswordVerifier": verifier },
        })
    }

    /// The answer to DEVICE_PASSWORD_VERIFIER.
    pub fn proof(&self, s: &Server, client: &SrpClient, given: &Value) -> Value {
        let timestamp = timestamp(s.clock().server_now().seconds());
        let signature = client.signature(&Given {
            pool: &format!("x_{}", self.group),
            user_id: &self.key,
            password: &self.secret,
            salt: given["SALT"].as_str().unwrap(),
            b: given["SRP_B"].as_str().unwrap(),
            block: given["SECRET_BLOCK"].as_str().unwrap(),
            timestamp: &timestamp,
        });
        json!({
            "DEVICE_KEY": self.key, "TIMESTAMP": timestamp,
            "PASSWORD_CLAIM_SECRET_BLOCK": given["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": signature,
        })
    }
}

impl Stage {
    /// Registers the device of a sign-in.
    pub async fn register(&self, tokens: &Value) -> Device {
        let device = Device::of(tokens);
        let request = device.registration(tokens);
        self.s.api("ConfirmDevice", request).await.ok();
        device
    }

    /// USER_PASSWORD_AUTH with a device.
    pub async fn sign_in_with(&self, name: &str, key: &str) -> Answer {
        let parameters = json!({ "USERNAME": name, "PASSWORD": PASSWORD, "DEVICE_KEY": key });
        self.initiate("USER_PASSWORD_AUTH", parameters).await
    }

    /// DEVICE_SRP_AUTH of ada; gives DEVICE_PASSWORD_VERIFIER.
    pub async fn device_srp(&self, asked: &Value, device: &Device, client: &SrpClient) -> Answer {
        assert_eq!(asked["ChallengeName"], "DEVICE_SRP_AUTH", "{asked}");
        let responses = json!({ "DEVICE_KEY": device.key, "SRP_A": client.public });
        self.next(asked, responses).await
    }

    /// Both device challenges of ada.
    pub async fn prove_device(&self, asked: &Value, device: &Device) -> Answer {
        let client = SrpClient::new(11);
        let challenge = self.device_srp(asked, device, &client).await.ok();
        let proof = device.proof(&self.s, &client, &challenge["ChallengeParameters"]);
        self.next(&challenge, proof).await
    }

    /// UpdateUserPool: the device settings of a pool without other settings.
    pub async fn set_tracking(&self, devices: Value, more: Value) {
        let mut request = merged(json!({ "UserPoolId": self.pool }), &more);
        if !devices.is_null() {
            request["DeviceConfiguration"] = devices;
        }
        self.s.api("UpdateUserPool", request).await.ok();
    }
}

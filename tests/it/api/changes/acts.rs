//! Every operation with an access token that changes something of an account, and what goes before
//! it.

use serde_json::{Value, json};

use super::{Home, NEW_PASSWORD, Person};
use crate::api::auth::device::Device;
use crate::api::house::given;
use crate::support::Answer;
use crate::support::authenticator::{Authenticator, b64};
use crate::support::house::PASSWORD;

const ORIGIN: &str = "http://localhost:3000";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    ChangePassword,
    Email,
    Phone,
    PreferredUsername,
    DropPhone,
    Preference,
    Settings,
    Associate,
    VerifyToken,
    StartPasskey,
    CompletePasskey,
    DeletePasskey,
    ConfirmDevice,
    RememberDevice,
    DeleteUser,
    // Those from here on need no fresh sign-in.
    Name,
    SameEmail,
    DropName,
    SendCode,
    VerifyContact,
    NotRememberDevice,
    ForgetDevice,
    SignOut,
}

pub const ALL: [Act; 23] = [
    Act::ChangePassword,
    Act::Email,
    Act::Phone,
    Act::PreferredUsername,
    Act::DropPhone,
    Act::Preference,
    Act::Settings,
    Act::Associate,
    Act::VerifyToken,
    Act::StartPasskey,
    Act::CompletePasskey,
    Act::DeletePasskey,
    Act::ConfirmDevice,
    Act::RememberDevice,
    Act::DeleteUser,
    Act::Name,
    Act::SameEmail,
    Act::DropName,
    Act::SendCode,
    Act::VerifyContact,
    Act::NotRememberDevice,
    Act::ForgetDevice,
    Act::SignOut,
];

/// What came of the preparation.
#[derive(Default)]
pub struct Ready(Value);

impl Act {
    pub fn needs_fresh(self) -> bool {
        !matches!(
            self,
            Self::Name
                | Self::SameEmail
                | Self::DropName
                | Self::SendCode
                | Self::VerifyContact
                | Self::NotRememberDevice
                | Self::ForgetDevice
                | Self::SignOut
        )
    }

    /// What the user is told, where other sessions end.
    pub fn told(self) -> Option<&'static str> {
        Some(match self {
            Self::ChangePassword => "The password of your account {} was changed: ",
            Self::Email => "The email address of your account {} was changed: ",
            Self::Phone | Self::DropPhone => "The phone number of your account {} was changed: ",
            Self::PreferredUsername => "The preferred username of your account {} was changed: ",
            Self::Preference | Self::Settings => {
                "The second step of signing in to your account {} was changed: "
            }
            Self::VerifyToken => "An authenticator app was set up for your account {}: ",
            Self::CompletePasskey => "A passkey was added to your account {}: ",
            Self::DeletePasskey => "A passkey of your account {} was removed: ",
            _ => return None,
        })
    }

    /// What has to be there first.
    pub async fn prepare(self, home: &Home, person: &Person) -> Ready {
        let passkey = Authenticator::es256();
        Ready(match self {
            Self::VerifyToken => {
                let answer = home.call(person, "AssociateSoftwareToken", json!({})).await;
                answer.ok()["SecretCode"].clone()
            }
            Self::CompletePasskey => credential(home, person, &passkey).await,
            Self::DeletePasskey => {
                let made = credential(home, person, &passkey).await;
                let body = json!({ "Credential": made });
                let operation = "CompleteWebAuthnRegistration";
                home.call(person, operation, body).await.ok();
                json!(b64(&passkey.id))
            }
            Self::RememberDevice | Self::NotRememberDevice | Self::ForgetDevice => {
                let device = Device::of(&person.tokens);
                let body = device.registration(&person.tokens);
                home.call(person, "ConfirmDevice", body).await.ok();
                json!(device.key)
            }
            Self::VerifyContact => {
                let body = json!({ "AttributeName": "email" });
                let operation = "GetUserAttributeVerificationCode";
                home.call(person, operation, body).await.ok();
                json!(
                    home.house
                        .s
                        .code_to(&format!("{}@example.com", person.name))
                )
            }
            _ => Value::Null,
        })
    }

    /// The change itself.
    pub async fn run(self, home: &Home, person: &Person, Ready(ready): &Ready) -> Answer {
        let name = &person.name;
        let (operation, body) = match self {
            Self::ChangePassword => (
                "ChangePassword",
                json!({ "PreviousPassword": PASSWORD, "ProposedPassword": NEW_PASSWORD }),
            ),
            Self::Email => update("email", &format!("new-{name}@example.com")),
            Self::Phone => update("phone_number", "+15551239935"),
            Self::PreferredUsername => update("preferred_username", &format!("the-{name}")),
            Self::Name => update("name", "Janet Doe"),
            Self::SameEmail => update("email", &format!("{name}@example.com")),
            Self::DropPhone => remove("phone_number"),
            Self::DropName => remove("name"),
            Self::Preference => (
                "SetUserMFAPreference",
                json!({ "SMSMfaSettings": { "Enabled": true } }),
            ),
            Self::Settings => (
                "SetUserSettings",
                json!({ "MFAOptions": [{ "DeliveryMedium": "SMS", "AttributeName": "phone_number" }] }),
            ),
            Self::Associate => ("AssociateSoftwareToken", json!({})),
            Self::VerifyToken => {
                let code = home.totp(ready.as_str().unwrap());
                ("VerifySoftwareToken", json!({ "UserCode": code }))
            }
            Self::StartPasskey => ("StartWebAuthnRegistration", json!({})),
            Self::CompletePasskey => (
                "CompleteWebAuthnRegistration",
                json!({ "Credential": ready }),
            ),
            Self::DeletePasskey => ("DeleteWebAuthnCredential", json!({ "CredentialId": ready })),
            Self::ConfirmDevice => {
                let device = Device::of(&person.tokens);
                ("ConfirmDevice", device.registration(&person.tokens))
            }
            Self::RememberDevice => status(ready, "remembered"),
            Self::NotRememberDevice => status(ready, "not_remembered"),
            Self::ForgetDevice => ("ForgetDevice", json!({ "DeviceKey": ready })),
            Self::DeleteUser => ("DeleteUser", json!({})),
            Self::SendCode => (
                "GetUserAttributeVerificationCode",
                json!({ "AttributeName": "phone_number" }),
            ),
            Self::VerifyContact => (
                "VerifyUserAttribute",
                json!({ "AttributeName": "email", "Code": ready }),
            ),
            Self::SignOut => ("GlobalSignOut", json!({})),
        };
        home.call(person, operation, body).await
    }
}

async fn credential(home: &Home, person: &Person, passkey: &Authenticator) -> Value {
    let answer = home.call(person, "StartWebAuthnRegistration", json!({}));
    let options = answer.await.ok()["CredentialCreationOptions"].clone();
    passkey.create(&options, ORIGIN, |_| {})
}

fn update(name: &str, value: &str) -> (&'static str, Value) {
    let body = json!({ "UserAttributes": given(&[("name", "Janet"), (name, value)]) });
    ("UpdateUserAttributes", body)
}

fn remove(name: &str) -> (&'static str, Value) {
    let body = json!({ "UserAttributeNames": [name] });
    ("DeleteUserAttributes", body)
}

fn status(key: &Value, status: &str) -> (&'static str, Value) {
    let body = json!({ "DeviceKey": key, "DeviceRememberedStatus": status });
    ("UpdateDeviceStatus", body)
}

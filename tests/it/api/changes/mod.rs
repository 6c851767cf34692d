//! Changes of what an account is signed in to with (security.md G19; docs/adr/0019): how fresh the
//! sign-in behind them is, the sessions that they end, and the mail that tells of them.

mod acts;
mod fresh;
mod notices;
mod pages;
mod sessions;

use poolhouse::config::Config;
use poolhouse::ports::mailbox::{Message, Wanted};
use poolhouse::settings::profile::Profile;
use serde_json::{Value, json};

use super::auth::mfa::totp;
use super::house::given;
use crate::support::house::{House, PASSWORD};
use crate::support::{Answer, Server};

const NOT_AUTHORIZED: &str = "NotAuthorizedException";
const STALE: &str = "Sign in again to make this change.";
const NEW_PASSWORD: &str = "Another-Horse2";
const PHONE: &str = "+15551239934";

/// A pool that has all that can be changed.
fn pool() -> Value {
    json!({
        "UserPoolTier": "ESSENTIALS",
        "AliasAttributes": ["preferred_username"],
        "DeviceConfiguration": {
            "ChallengeRequiredOnNewDevice": true, "DeviceOnlyRememberedOnUserPrompt": false,
        },
        "SmsConfiguration": { "SnsCallerArn": "arn:aws:iam::123456789012:role/sms" },
        "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"] } },
    })
}

/// A pool with people, and how they are signed in.
struct Home {
    house: House,
    /// The client of sign-ins at the API.
    client: String,
}

/// A sign-in at the API.
struct Person {
    name: String,
    tokens: Value,
}

impl Home {
    async fn strict() -> Self {
        Self::with(|config| config.profiles.usual = Profile::Strict).await
    }

    async fn either(strict: bool) -> Self {
        if strict {
            Self::strict().await
        } else {
            Self::with(|_| {}).await
        }
    }

    async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::of(change, pool()).await
    }

    async fn of(change: impl FnOnce(&mut Config), pool: Value) -> Self {
        let house = House::on(Server::with(change).await, pool).await;
        let request = json!({
            "MfaConfiguration": "OPTIONAL",
            "SmsMfaConfiguration": { "SmsAuthenticationMessage": "Enter {####} now" },
            "SoftwareTokenMfaConfiguration": { "Enabled": true },
            "WebAuthnConfiguration": { "RelyingPartyId": "localhost" },
        });
        house.admin("SetUserPoolMfaConfig", request).await.ok();
        let flows = json!([
            "ALLOW_USER_PASSWORD_AUTH",
            "ALLOW_USER_SRP_AUTH",
            "ALLOW_REFRESH_TOKEN_AUTH",
        ]);
        let client = house.client(json!({ "ExplicitAuthFlows": flows })).await.id;
        Self { house, client }
    }

    /// A confirmed user with a verified address and a phone number.
    async fn user(&self, name: &str, more: &[(&str, &str)]) {
        let email = format!("{name}@example.com");
        let mut attributes = vec![
            ("email", email.as_str()),
            ("email_verified", "true"),
            ("phone_number", PHONE),
            ("name", "Jane Doe"),
        ];
        attributes.extend(more);
        let body = json!({
            "Username": name, "MessageAction": "SUPPRESS", "UserAttributes": given(&attributes),
        });
        self.house.admin("AdminCreateUser", body).await.ok();
        let body = json!({ "Username": name, "Password": PASSWORD, "Permanent": true });
        self.house.admin("AdminSetUserPassword", body).await.ok();
    }

    async fn try_sign_in(&self, name: &str, password: &str) -> Answer {
        let body = json!({
            "ClientId": self.client, "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": name, "PASSWORD": password },
        });
        self.house.s.api("InitiateAuth", body).await
    }

    async fn sign_in(&self, name: &str) -> Person {
        let answer = self.try_sign_in(name, PASSWORD).await.ok();
        Person {
            name: name.to_owned(),
            tokens: answer["AuthenticationResult"].clone(),
        }
    }

    async fn admin(&self, operation: &str, body: Value) -> Answer {
        self.house.admin(operation, body).await
    }

    /// An operation with a person's access token.
    async fn call(&self, person: &Person, operation: &str, mut body: Value) -> Answer {
        body["AccessToken"] = person.tokens["AccessToken"].clone();
        self.house.s.api(operation, body).await
    }

    /// Whether the session of a sign-in still stands, by its access token and by its refresh token.
    async fn stands(&self, person: &Person) -> bool {
        let got = self.call(person, "GetUser", json!({})).await;
        let body = json!({
            "ClientId": self.client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {
                "REFRESH_TOKEN": person.tokens["RefreshToken"],
                "DEVICE_KEY": person.tokens["NewDeviceMetadata"]["DeviceKey"].as_str().unwrap_or("none"),
            },
        });
        let refreshed = self.house.s.api("InitiateAuth", body).await;
        if got.status == 200 {
            refreshed.ok();
            return true;
        }
        got.error(NOT_AUTHORIZED, "Access Token has been revoked");
        refreshed.error(NOT_AUTHORIZED, "Refresh Token has been revoked");
        false
    }

    fn advance(&self, seconds: i64) {
        let span = poolhouse::time::Span::seconds(seconds);
        self.house.s.clock().advance(span);
    }

    fn totp(&self, secret: &str) -> String {
        totp(secret, self.house.s.clock().server_now().ms())
    }

    /// The mails about changes of a user, the oldest first.
    fn told(&self, name: &str) -> Vec<Message> {
        let wanted = Wanted {
            username: Some(name.to_owned()),
            kind: Some("change".to_owned()),
            ..Wanted::default()
        };
        let mailbox = self.house.s.app.mailbox.as_ref().unwrap();
        let mut found = mailbox.list(&wanted);
        found.reverse();
        found
    }

    /// All that can be seen of a user, to find that nothing changed.
    async fn state(&self, person: &Person) -> Value {
        let named = json!({ "Username": person.name });
        let user = self.admin("AdminGetUser", named.clone()).await.ok();
        let devices = self.admin("AdminListDevices", named).await.ok();
        let passkeys = self
            .call(person, "ListWebAuthnCredentials", json!({}))
            .await;
        json!([user, devices, passkeys.ok()])
    }
}

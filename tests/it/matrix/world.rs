//! A server for many cells: each has its own user and client, and its own pool where the condition
//! changes the pool.

use std::sync::atomic::{AtomicU32, Ordering};

use poolhouse::ports::lambda::rules::Rule;
use poolhouse::time::Span;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::condition::Condition;
use super::grounds::{Grounds, factors, usual};
use super::path::{Face, Factor, Grant, Path};
use super::{api, hosted};
use crate::api::auth::device::Device;
use crate::api::auth::mfa::totp;
use crate::api::auth::passkeys;
use crate::api::auth::stage::{secret_hash, text};
use crate::support::authenticator::Authenticator;
use crate::support::browser::{Browser, Form};
use crate::support::house::Client;
use crate::support::srp_client::SrpClient;
use crate::support::{Answer, Server};
use crate::triggers::custom;
use crate::triggers::host::{Act, Host, with_response};

pub const PASSWORD: &str = "Correct-Horse1!";
pub const NEW_PASSWORD: &str = "Another-Horse2!";

/// How the users are called of whom the functions ask a second factor as well.
const CAREFUL: &str = "careful";

/// The riddle, and for the careful a code.
fn functions(event: &Value) -> Act {
    let careful = event["userName"].as_str().unwrap().starts_with(CAREFUL);
    let last = event["request"]["session"]
        .as_array()
        .and_then(|s| s.last());
    let solved = last.is_some_and(|last| {
        last["challengeName"] == "CUSTOM_CHALLENGE" && last["challengeResult"] == true
    });
    let coded = last.is_some_and(|last| last["challengeName"] == "SMS_MFA");
    let response = match event["triggerSource"].as_str().unwrap() {
        "DefineAuthChallenge_Authentication" if careful && solved => {
            json!({ "challengeName": "SMS_MFA" })
        }
        "DefineAuthChallenge_Authentication" if coded => json!({ "issueTokens": true }),
        _ => return custom::riddle(event),
    };
    Act::Returns(with_response(event, &response))
}

pub struct World {
    pub s: Server,
    shared: Grounds,
    managed: Grounds,
    other: Grounds,
    users: AtomicU32,
    /// The functions of custom challenges.
    _host: Host,
}

impl World {
    pub async fn open() -> Self {
        let s = Server::start().await;
        let host = Host::start().await;
        host.does(functions);
        let rule = Rule::parse(&format!("*={}", host.url)).unwrap();
        s.app.lambda.add(vec![rule]).unwrap();
        let shared = Grounds::make(&s).await;
        let managed = Grounds::make(&s).await.managed(&s).await;
        let other = Grounds::make(&s).await;
        let users = AtomicU32::new(0);
        Self {
            s,
            shared,
            managed,
            other,
            users,
            _host: host,
        }
    }

    /// A cell of the table, before its way begins.
    pub async fn cell(&self, path: Path, condition: Condition) -> Cell<'_> {
        let n = self.users.fetch_add(1, Ordering::Relaxed);
        let own = condition.is_about_the_pool() || path.factor() == Some(Factor::SetUp);
        let devices = path.needs_device() || condition.is_about_a_device();
        let grounds = match (own || devices, path.is_managed()) {
            (true, false) => Grounds::with(&self.s, devices).await,
            (true, true) => Grounds::with(&self.s, devices).await.managed(&self.s).await,
            (false, false) => self.shared.clone(),
            (false, true) => self.managed.clone(),
        };
        let client = grounds
            .client(&self.s, usual(path), condition.needs_secret())
            .await;
        if path.is_managed() {
            grounds.style(&self.s, &client).await;
        }
        let mut cell = Cell {
            world: self,
            path,
            condition,
            grounds,
            client,
            name: match path {
                Path::CustomFactor(_) => format!("{CAREFUL}{n}"),
                _ => format!("ada{n}"),
            },
            phone: format!("+1555{n:07}"),
            sub: String::new(),
            access: Value::Null,
            app: None,
            passkey: None,
            refresh: Mutex::new(None),
            device: Mutex::new(None),
        };
        cell.settle().await;
        cell
    }
}

/// One cell.
pub struct Cell<'w> {
    pub world: &'w World,
    pub path: Path,
    pub condition: Condition,
    pub grounds: Grounds,
    pub client: Client,
    pub name: String,
    pub phone: String,
    pub sub: String,
    /// An access token from before the way began.
    pub access: Value,
    /// The secret of an authenticator app.
    pub app: Option<String>,
    /// The user's passkey.
    pub passkey: Option<Authenticator>,
    /// The refresh token that the way has given so far.
    pub refresh: Mutex<Option<String>>,
    /// The device that the way names, where the pool tracks them.
    pub device: Mutex<Option<Device>>,
}

/// A way before its last step.
pub enum Begun {
    Nothing,
    Srp(Box<(SrpClient, Value)>),
    Challenge {
        name: &'static str,
        session: Value,
        responses: Value,
    },
    SignedUp(Value),
    Refresh(String),
    /// An access token.
    Access(String),
    Code(String),
    Form(Box<(Browser, Form)>),
    Browser(Box<Browser>),
}

/// From where the last step is done.
#[derive(Clone, Debug)]
pub struct Seat {
    pub grounds: Grounds,
    pub client: Client,
    /// What is sent in place of the client's secret.
    pub secret: Option<String>,
}

impl Cell<'_> {
    /// Makes the user as the way needs it.
    async fn settle(&mut self) {
        if self.path.signs_up() {
            return;
        }
        if self.condition == Condition::Unconfirmed {
            let request = json!({
                "ClientId": self.grounds.helper, "Username": self.name, "Password": PASSWORD,
                "UserAttributes": [{ "Name": "email", "Value": self.email() }],
            });
            self.sub = text(&self.world.s.api("SignUp", request).await.ok()["UserSub"]);
            return;
        }
        self.sub = self.make_user(!self.path.is_invited()).await;
        if self.path.is_invited() {
            return;
        }
        let mut tokens = self.helper_sign_in(PASSWORD).await.ok()["AuthenticationResult"].take();
        self.register(&tokens).await;
        self.access = tokens["AccessToken"].take();
        if self.path.has_passkey() {
            self.passkey = Some(self.register_passkey().await);
        }
        let prefer = |kind: &str| json!({ "Username": self.name, kind: { "Enabled": true } });
        match self.path.factor() {
            None => {}
            Some(Factor::Sms) => self.prefer(prefer("SMSMfaSettings")).await,
            Some(Factor::Email) => self.prefer(prefer("EmailMfaSettings")).await,
            Some(Factor::App) => self.set_up_app().await,
            Some(Factor::Chosen) => {
                self.set_up_app().await;
                let both = json!({
                    "Username": self.name, "SMSMfaSettings": { "Enabled": true },
                    "SoftwareTokenMfaSettings": { "Enabled": true },
                });
                self.prefer(both).await;
            }
            Some(Factor::SetUp) => self.admin("SetUserPoolMfaConfig", factors("ON")).await,
        }
    }

    /// Registers the device of a sign-in, where it was given a key.
    pub async fn register(&self, tokens: &Value) {
        if tokens["NewDeviceMetadata"].is_object() {
            let device = Device::of(tokens);
            let request = device.registration(tokens);
            self.world.s.api("ConfirmDevice", request).await.ok();
            *self.device.lock().await = Some(device);
        }
    }

    async fn prefer(&self, request: Value) {
        self.admin("AdminSetUserMFAPreference", request).await;
    }

    async fn set_up_app(&mut self) {
        let s = &self.world.s;
        let request = json!({ "AccessToken": self.access });
        let secret = text(&s.api("AssociateSoftwareToken", request).await.ok()["SecretCode"]);
        let request = json!({ "AccessToken": self.access, "UserCode": self.now_of(&secret) });
        s.api("VerifySoftwareToken", request).await.ok();
        let request = json!({
            "Username": self.name, "SoftwareTokenMfaSettings": { "Enabled": true },
        });
        self.prefer(request).await;
        // The code is used.
        s.clock().advance(Span::seconds(60));
        self.app = Some(secret);
    }

    async fn register_passkey(&self) -> Authenticator {
        let (s, authenticator) = (&self.world.s, Authenticator::es256());
        let options = passkeys::options(s, &self.access).await;
        let made = authenticator.create(&options, passkeys::ORIGIN, |_| {});
        passkeys::complete(s, &self.access, &made).await.ok();
        authenticator
    }

    /// What an authenticator app shows now.
    pub fn now_of(&self, secret: &str) -> String {
        totp(secret, self.world.s.clock().server_now().ms())
    }

    /// Makes the user; gives the sub.
    pub async fn make_user(&self, permanent: bool) -> String {
        let mut attributes = vec![
            ("email", self.email()),
            ("email_verified", "true".to_owned()),
        ];
        if self.path.factor() != Some(Factor::SetUp) {
            attributes.push(("phone_number", self.phone.clone()));
            attributes.push(("phone_number_verified", "true".to_owned()));
        }
        let attributes: Vec<_> = attributes
            .into_iter()
            .map(|(name, value)| json!({ "Name": name, "Value": value }))
            .collect();
        let request = json!({
            "UserPoolId": self.grounds.pool, "Username": self.name, "MessageAction": "SUPPRESS",
            "TemporaryPassword": PASSWORD, "UserAttributes": attributes,
        });
        let made = self.world.s.api("AdminCreateUser", request).await.ok();
        if permanent {
            let request = json!({ "Username": self.name, "Password": PASSWORD, "Permanent": true });
            self.admin("AdminSetUserPassword", request).await;
        }
        let attributes = made["User"]["Attributes"].as_array().unwrap();
        let sub = attributes.iter().find(|a| a["Name"] == "sub").unwrap();
        text(&sub["Value"])
    }

    pub fn email(&self) -> String {
        format!("{}@example.com", self.name)
    }

    /// An administrator's call about the cell's pool; it must succeed.
    pub async fn admin(&self, operation: &str, mut request: Value) {
        request["UserPoolId"] = json!(self.grounds.pool);
        self.world.s.api(operation, request).await.ok();
    }

    /// USER_PASSWORD_AUTH at the helping client.
    pub async fn helper_sign_in(&self, password: &str) -> Answer {
        let request = json!({
            "ClientId": self.grounds.helper, "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": self.name, "PASSWORD": password },
        });
        self.world.s.api("InitiateAuth", request).await
    }

    /// Takes the way's flow or grant from the client.
    pub async fn turn_flow_off(&self) {
        let mut request = usual(self.path);
        request["ClientId"] = json!(self.client.id);
        request["ClientName"] = json!("c");
        let taken = match self.path {
            Path::Password(Face::Public) => "ALLOW_USER_PASSWORD_AUTH",
            Path::Password(Face::Admin) => "ALLOW_ADMIN_USER_PASSWORD_AUTH",
            Path::Srp(_) => "ALLOW_USER_SRP_AUTH",
            Path::Chosen(..) | Path::SignedUp(_) | Path::StepUp(_) => "ALLOW_USER_AUTH",
            Path::Custom(_) | Path::CustomFactor(_) => "ALLOW_CUSTOM_AUTH",
            Path::RefreshFlow(_) | Path::GetTokens { .. } => "ALLOW_REFRESH_TOKEN_AUTH",
            Path::Exchange => "ALLOW_TOKEN_EXCHANGE_IMPERSONATION",
            Path::NewPassword(_) | Path::SecondFactor(..) | Path::Device(_) => {
                "ALLOW_USER_PASSWORD_AUTH"
            }
            _ => {
                let left = match self.path.grant() {
                    Grant::Code => "implicit",
                    Grant::Implicit => "code",
                };
                request["AllowedOAuthFlows"] = json!([left]);
                ""
            }
        };
        let flows = request["ExplicitAuthFlows"].as_array_mut().unwrap();
        flows.retain(|flow| flow != taken);
        self.admin("UpdateUserPoolClient", request).await;
    }

    /// Lets the time go by that the last step has.
    pub fn outlast(&self) {
        let span = match self.path {
            Path::RefreshFlow(_) | Path::GetTokens { .. } | Path::RefreshGrant { .. } => {
                Span::days(30)
            }
            Path::CodeGrant { .. } => Span::minutes(5),
            Path::Sso(_)
            | Path::Chooser
            | Path::LoginPage(_)
            | Path::RememberedPage
            | Path::AddPasskeyPage
            | Path::Exchange => Span::hours(1),
            Path::SignUpPage { .. } => Span::hours(24),
            _ => Span::minutes(3),
        };
        self.world.s.clock().advance(span);
        self.world.s.clock().advance(Span::ms(1));
    }

    /// Revokes what the way has given so far.
    pub async fn revoke(&self) {
        let token = self.refresh.lock().await.clone().unwrap();
        let request = json!({ "ClientId": self.client.id, "Token": token });
        self.world.s.api("RevokeToken", request).await.ok();
    }

    /// Where the last step is done.
    async fn seat(&self) -> Seat {
        let ours = Seat {
            grounds: self.grounds.clone(),
            client: self.client.clone(),
            secret: self.client.secret.clone(),
        };
        let grounds = match self.condition {
            Condition::OtherClient => &self.grounds,
            Condition::OtherPool => &self.world.other,
            Condition::SecretWrong => {
                return Seat {
                    secret: Some("wrong".repeat(6)),
                    ..ours
                };
            }
            Condition::SecretMissing => {
                return Seat {
                    secret: None,
                    ..ours
                };
            }
            _ => return ours,
        };
        let client = grounds.client(&self.world.s, usual(self.path), false).await;
        Seat {
            grounds: grounds.clone(),
            secret: None,
            client,
        }
    }

    /// The whole way; says what it came to.
    pub async fn walk(&self) -> super::expect::Found {
        let ours = Seat {
            grounds: self.grounds.clone(),
            client: self.client.clone(),
            secret: self.client.secret.clone(),
        };
        let begun = if self.path.is_hosted() {
            hosted::begin(self, &ours).await
        } else {
            api::begin(self, &ours).await
        };
        self.condition.happen(self).await;
        let seat = self.seat().await;
        let mut found = self.last(&begun, &seat).await;
        // A form is sent twice by one browser, which is why that is done where browsers are.
        if self.condition == Condition::Twice && !matches!(begun, Begun::Form(_)) {
            found = self.last(&begun, &seat).await;
        }
        found
    }

    async fn last(&self, begun: &Begun, seat: &Seat) -> super::expect::Found {
        if self.path.is_hosted() {
            hosted::last(self, begun, seat).await
        } else {
            api::last(self, begun, seat).await
        }
    }
}

impl Seat {
    /// SECRET_HASH, where there is something to send.
    pub fn hash(&self, username: &str) -> Option<String> {
        let secret = self.secret.as_deref()?;
        Some(secret_hash(secret, username, &self.client.id))
    }
}

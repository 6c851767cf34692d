//! Pools with every rule about factors, and the challenges that are out.

use std::collections::BTreeSet;
use std::sync::Arc;

use poolhouse::app::App;
use poolhouse::domain::challenge::ChallengeName;
use poolhouse::domain::clients;
use poolhouse::ids::{ClientId, PoolId, Sub};
use poolhouse::store::clients::Client;
use poolhouse::store::pools::Pool;
use poolhouse::store::users::Factor;
use serde_json::{Value, json};

use super::action::Face;
use crate::api::auth::device::Device;
use crate::api::merge;
use crate::support::Server;
use crate::support::authenticator::Authenticator;
use crate::support::srp_client::SrpClient;
use crate::triggers::host::arn;

pub const PASSWORD: &str = "Correct-Horse1!";
pub const CHOSEN: &str = "Another-Horse2!";
pub const BLOCKED: &str = "203.0.113.9";
pub const HOME: &str = "127.0.0.1";

/// Whether a pool asks for a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Off,
    Optional,
    On,
}

pub struct Ground {
    pub pool: Pool,
    pub client: Client,
    pub other: Client,
    pub mode: Mode,
    /// What users can have.
    pub offered: BTreeSet<Factor>,
    /// Whether requests from [`BLOCKED`] are always refused.
    pub blocks: bool,
    /// Whether a remembered device stands for a second factor.
    pub suppresses: bool,
    /// Whether passkeys may count for two.
    pub passkeys_count: bool,
}

/// A user as the oracle knows them.
pub struct Person {
    pub place: usize,
    pub name: String,
    pub sub: Sub,
    pub email: String,
    pub phone: Option<String>,
    pub factors: BTreeSet<Factor>,
    pub preferred: Option<Factor>,
    pub secret: Option<Vec<u8>>,
    pub password: String,
    /// Whether the password has to be replaced.
    pub temporary: bool,
    pub enabled: bool,
    /// Raised by everything that must end sign-ins in progress.
    pub era: u32,
    pub devices: Vec<Gadget>,
    pub passkey: Option<Authenticator>,
    /// One that was deleted.
    pub lost: Option<Authenticator>,
    /// Whether an administrator asked for a new password.
    pub reset: bool,
    /// Raised by everything that must end what was given.
    pub revocations: u32,
    /// What the last sign-in gave.
    pub last: Option<Last>,
    /// Whether the user lets the passkey count for two.
    pub passkey_counts: bool,
}

impl Person {
    pub fn remembers(&self, key: &str) -> bool {
        let mut devices = self.devices.iter();
        devices.any(|gadget| gadget.device.key == key && gadget.remembered && !gadget.forgotten)
    }
}

/// What a sign-in gave.
pub struct Last {
    pub access: String,
    pub refresh: String,
    pub device: Option<String>,
    pub revocations: u32,
    /// What was proven in it.
    pub methods: BTreeSet<&'static str>,
}

/// A device that was registered; also those that are forgotten.
pub struct Gadget {
    pub device: Device,
    pub remembered: bool,
    pub forgotten: bool,
}

/// A sign-in that functions make up.
#[derive(Clone, Debug)]
pub struct Riddle {
    pub after_password: bool,
    pub solved: bool,
}

/// What was really proven in a sign-in.
#[derive(Clone, Debug)]
pub struct Chain {
    pub first: bool,
    pub second: Option<Factor>,
    pub chose_password: bool,
    pub era: u32,
    /// The device that was named last.
    pub named: Option<String>,
    /// The device that proved its secret.
    pub device: Option<String>,
    /// Whether a passkey recognised its person.
    pub recognised: bool,
    pub riddle: Option<Riddle>,
    /// What was proven in it, and in the sign-in of the token that it goes on from.
    pub methods: BTreeSet<&'static str>,
    /// The level that it goes for.
    pub target: Option<u8>,
    /// Whether it goes on from a token.
    pub steps_up: bool,
    /// Whether a factor is being set up.
    pub sets_up: bool,
}

/// A challenge that was given out; also those that are used up.
pub struct Ticket {
    pub who: usize,
    pub face: Face,
    pub name: ChallengeName,
    pub session: Option<String>,
    pub parameters: std::collections::BTreeMap<String, String>,
    pub srp: Option<Arc<SrpClient>>,
    /// The code that was sent with it.
    pub code: Option<String>,
    /// The secret of an app that is being set up.
    pub secret: Option<Vec<u8>>,
    /// Whether that app was proven.
    pub set_up: bool,
    pub chain: Chain,
    /// What was proven once it was answered rightly.
    pub after: Option<Chain>,
}

pub struct World<'a> {
    pub s: &'a Server,
    pub places: Vec<Ground>,
    pub people: Vec<Person>,
    pub tickets: Vec<Ticket>,
    pub seed: u64,
    /// What was proven in the sign-ins that were completed.
    pub ways: Vec<&'static str>,
    /// A passkey of nobody here.
    pub stranger: Authenticator,
}

pub const ALL: &[Factor] = &[Factor::Sms, Factor::SoftwareToken, Factor::Email];

fn settings(mode: &str, factors: &[Factor]) -> Value {
    let mut then = json!({ "MfaConfiguration": mode });
    if factors.contains(&Factor::Sms) {
        then["SmsMfaConfiguration"] = json!({ "SmsAuthenticationMessage": "{####}" });
    }
    if factors.contains(&Factor::SoftwareToken) {
        then["SoftwareTokenMfaConfiguration"] = json!({ "Enabled": true });
    }
    if factors.contains(&Factor::Email) {
        then["EmailMfaConfiguration"] = json!({ "Message": "{####}", "Subject": "code" });
    }
    json!({
        "UserPoolTier": "PLUS",
        "LambdaConfig": {
            "DefineAuthChallenge": arn("DefineAuthChallenge"),
            "CreateAuthChallenge": arn("CreateAuthChallenge"),
            "VerifyAuthChallengeResponse": arn("VerifyAuthChallengeResponse"),
        },
        "SmsConfiguration": { "SnsCallerArn": "arn:aws:iam::123456789012:role/sms" },
        "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": [
            "PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN",
        ] } },
        "then": then,
    })
}

impl<'a> World<'a> {
    pub fn app(&self) -> &App {
        &self.s.app
    }

    pub async fn open(s: &'a Server) -> Self {
        let mut world = Self {
            s,
            places: Vec::new(),
            people: Vec::new(),
            tickets: Vec::new(),
            seed: 1,
            ways: Vec::new(),
            stranger: Authenticator::es256(),
        };
        s.app.mailbox.as_ref().unwrap().delete(None);
        let token = [Factor::SoftwareToken];
        for (mode, name, offered, rules) in [
            (Mode::Off, "OFF", ALL, (false, true, false)),
            (Mode::Optional, "OPTIONAL", ALL, (true, true, true)),
            (Mode::Optional, "OPTIONAL", ALL, (false, false, false)),
            (Mode::On, "ON", ALL, (false, true, true)),
            (Mode::On, "ON", token.as_slice(), (true, false, true)),
        ] {
            let settings = settings(name, offered);
            world.place(mode, settings, offered, rules).await;
        }
        world
    }

    /// Removes what the walk made, so that long runs stay as quick as short ones.
    pub async fn close(&self) {
        for place in &self.places {
            let request = json!({ "UserPoolId": place.pool.id.as_str() });
            self.s.api("DeleteUserPool", request).await.ok();
        }
    }

    async fn place(
        &mut self,
        mode: Mode,
        mut settings: Value,
        offered: &[Factor],
        (blocks, suppresses, passkeys_count): (bool, bool, bool),
    ) {
        if blocks {
            settings["UserPoolAddOns"] = json!({ "AdvancedSecurityMode": "ENFORCED" });
        }
        settings["DeviceConfiguration"] = json!({ "ChallengeRequiredOnNewDevice": suppresses });
        let server = self.s;
        let then = settings.as_object_mut().unwrap().remove("then").unwrap();
        let mut off = settings.clone();
        settings["PoolName"] = json!("walk");
        let made = server.api("CreateUserPool", settings).await.ok();
        let id = made["UserPool"]["Id"].as_str().unwrap().to_owned();
        // Everybody registers what they have while nothing is asked for.
        let passkeys = json!({ "UserPoolId": id,
            "WebAuthnConfiguration": { "RelyingPartyId": "localhost" } });
        server
            .api("SetUserPoolMfaConfig", passkeys.clone())
            .await
            .ok();
        if blocks {
            let request = json!({
                "UserPoolId": id,
                "RiskExceptionConfiguration": { "BlockedIPRangeList": [format!("{BLOCKED}/32")] },
            });
            server.api("SetRiskConfiguration", request).await.ok();
        }
        let pool = PoolId::parse(id).unwrap();
        let (found, client) = self.client(&pool).await;
        let (_, other) = self.client(&pool).await;
        let at = self.places.len();
        self.places.push(Ground {
            pool: found,
            client,
            other,
            mode,
            offered: offered.iter().copied().collect(),
            blocks,
            suppresses,
            passkeys_count,
        });
        self.populate(at).await;
        let mut last = passkeys;
        merge(&mut last, &then);
        if mode == Mode::Off {
            last["MfaConfiguration"] = json!("OPTIONAL");
        }
        if passkeys_count {
            last["WebAuthnConfiguration"]["FactorConfiguration"] =
                json!("MULTI_FACTOR_WITH_USER_VERIFICATION");
        }
        server.api("SetUserPoolMfaConfig", last).await.ok();
        if mode == Mode::Off {
            // What MFA has once been given stays when it is turned off here.
            off["UserPoolId"] = json!(pool.as_str());
            off["MfaConfiguration"] = json!("OFF");
            server.api("UpdateUserPool", off).await.ok();
        }
        let ground = &self.places[at];
        let found = clients::of_pool(self.app(), &pool, &ground.client.id).await;
        self.places[at].pool = found.unwrap().0;
    }

    async fn client(&self, pool: &PoolId) -> (Pool, Client) {
        let request = json!({
            "UserPoolId": pool.as_str(), "ClientName": "c",
            "ExplicitAuthFlows": [
                "ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH",
                "ALLOW_USER_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH",
            ],
        });
        let made = self.s.api("CreateUserPoolClient", request).await.ok();
        let id = made["UserPoolClient"]["ClientId"].as_str().unwrap();
        let id = ClientId::parse(id).unwrap();
        clients::of_pool(self.app(), pool, &id).await.unwrap()
    }
}

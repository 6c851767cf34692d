//! Pools with every rule about factors, users of every kind, and the challenges that are out.

use std::collections::BTreeSet;

use poolhouse::app::App;
use poolhouse::domain::challenge::ChallengeName;
use poolhouse::domain::{clients, password, records, usernames};
use poolhouse::ids::{ClientId, PoolId, Sub};
use poolhouse::secret::Secret;
use poolhouse::store::audit::Actor;
use poolhouse::store::clients::Client;
use poolhouse::store::passwords;
use poolhouse::store::pools::Pool;
use poolhouse::store::software_tokens::{self, Proven};
use poolhouse::store::users::{Factor, Mfa, Status, User};
use poolhouse::time::Timestamp;
use poolhouse::vault::Place;
use serde_json::{Value, json};

use super::action::Face;
use crate::support::Server;
use crate::support::srp_client::SrpClient;

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
}

/// What was really proven in a sign-in.
#[derive(Clone, Debug)]
pub struct Chain {
    pub first: bool,
    pub second: Option<Factor>,
    pub chose_password: bool,
    pub era: u32,
}

/// A challenge that was given out; also those that are used up.
pub struct Ticket {
    pub who: usize,
    pub face: Face,
    pub name: ChallengeName,
    pub session: Option<String>,
    pub parameters: std::collections::BTreeMap<String, String>,
    pub srp: Option<SrpClient>,
    /// The code that was sent with it.
    pub code: Option<String>,
    /// The secret of an app that is being set up.
    pub secret: Option<Vec<u8>>,
    /// Whether that app was proven.
    pub set_up: bool,
    pub chain: Chain,
}

pub struct World<'a> {
    pub s: &'a Server,
    pub places: Vec<Ground>,
    pub people: Vec<Person>,
    pub tickets: Vec<Ticket>,
    pub seed: u64,
}

const ALL: &[Factor] = &[Factor::Sms, Factor::SoftwareToken, Factor::Email];

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
        "SmsConfiguration": { "SnsCallerArn": "arn:aws:iam::123456789012:role/sms" },
        "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"] } },
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
        };
        s.app.mailbox.as_ref().unwrap().delete(None);
        let token = [Factor::SoftwareToken];
        for (mode, name, offered, blocks) in [
            (Mode::Off, "OFF", ALL, false),
            (Mode::Optional, "OPTIONAL", ALL, true),
            (Mode::On, "ON", ALL, false),
            (Mode::On, "ON", token.as_slice(), true),
        ] {
            world
                .place(mode, settings(name, offered), offered, blocks)
                .await;
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

    async fn place(&mut self, mode: Mode, mut settings: Value, offered: &[Factor], blocks: bool) {
        if blocks {
            settings["UserPoolAddOns"] = json!({ "AdvancedSecurityMode": "ENFORCED" });
        }
        let server = self.s;
        let then = settings.as_object_mut().unwrap().remove("then").unwrap();
        settings["PoolName"] = json!("walk");
        let made = server.api("CreateUserPool", settings).await.ok();
        let id = made["UserPool"]["Id"].as_str().unwrap().to_owned();
        let mut then = then.clone();
        then["UserPoolId"] = json!(id);
        server.api("SetUserPoolMfaConfig", then).await.ok();
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
        });
        let kinds: [(&str, &[Factor], Option<Factor>, bool); 7] = [
            ("plain", &[], None, false),
            ("phoneless", &[], None, false),
            ("app", &[Factor::SoftwareToken], None, false),
            ("sms", &[Factor::Sms], None, false),
            ("many", ALL, None, false),
            ("prefers", ALL, Some(Factor::SoftwareToken), false),
            ("new", &[], None, true),
        ];
        for (name, factors, preferred, temporary) in kinds {
            self.person(at, (name, temporary), (factors, preferred))
                .await;
        }
    }

    async fn person(
        &mut self,
        place: usize,
        (name, temporary): (&str, bool),
        (factors, preferred): (&[Factor], Option<Factor>),
    ) {
        let phone =
            (name != "phoneless").then(|| format!("+1555000{place}{:03}", self.people.len()));
        let email = format!("{name}{place}-{}@example.com", self.people.len());
        let kind = if temporary {
            password::Kind::Temporary
        } else {
            password::Kind::Permanent
        };
        let made = self
            .user(
                place,
                name,
                (&email, phone.as_deref()),
                (kind, factors, preferred),
            )
            .await;
        let secret = if factors.contains(&Factor::SoftwareToken) {
            Some(self.app_secret(&made.pool, &made.sub).await)
        } else {
            None
        };
        self.people.push(Person {
            place,
            name: name.to_owned(),
            sub: made.sub,
            email,
            phone,
            factors: factors.iter().copied().collect(),
            preferred,
            secret,
            password: PASSWORD.to_owned(),
            temporary,
            enabled: true,
            era: 0,
        });
    }

    async fn app_secret(&self, pool: &PoolId, sub: &Sub) -> Vec<u8> {
        let (app, row) = (self.app(), format!("{pool}/{sub}"));
        let secret = app.rng.bytes::<32>().unwrap().to_vec();
        let place = Place {
            table: "software_tokens",
            column: "secret",
            row: &row,
        };
        let sealed = app.vault.seal(place, &secret).unwrap();
        let proven = Proven {
            secret: &sealed,
            name: None,
            step: 0,
        };
        let mut tx = app.store.write(&Actor::default()).await.unwrap();
        software_tokens::put(&mut tx, pool, sub, proven)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        secret
    }

    async fn client(&self, pool: &PoolId) -> (Pool, Client) {
        let request = json!({
            "UserPoolId": pool.as_str(), "ClientName": "c",
            "ExplicitAuthFlows": [
                "ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH",
                "ALLOW_USER_AUTH",
            ],
        });
        let made = self.s.api("CreateUserPoolClient", request).await.ok();
        let id = made["UserPoolClient"]["ClientId"].as_str().unwrap();
        let id = ClientId::parse(id).unwrap();
        clients::of_pool(self.app(), pool, &id).await.unwrap()
    }

    async fn user(
        &self,
        place: usize,
        name: &str,
        (email, phone): (&str, Option<&str>),
        (kind, factors, preferred): (password::Kind, &[Factor], Option<Factor>),
    ) -> User {
        let (app, pool) = (self.app(), &self.places[place].pool);
        let now = app.clock.now(&pool.id);
        let mut user = User {
            pool: pool.id.clone(),
            sub: app.rng.sub().unwrap(),
            username: name.to_owned(),
            username_key: usernames::key(pool, name),
            status: Status::Confirmed,
            enabled: true,
            attributes: [
                ("email".to_owned(), email.to_owned()),
                ("email_verified".to_owned(), "true".to_owned()),
            ]
            .into(),
            created: now,
            modified: now,
            auth_epoch: 1,
            tokens_valid_from: Timestamp::from_ms(0),
            mfa: Mfa {
                enabled: factors.iter().copied().collect(),
                preferred,
                ..Mfa::default()
            },
            version: 1,
        };
        if let Some(phone) = phone {
            user.attributes
                .insert("phone_number".to_owned(), phone.to_owned());
        }
        if kind == password::Kind::Temporary {
            user.status = Status::ForceChangePassword;
        }
        let plain = Secret::new(PASSWORD.to_owned());
        let prepared = password::prepare(app, pool, &user.sub, &user.username, &plain).await;
        let row = prepared.unwrap().into_row(pool, None, kind, now);
        let mut tx = app.store.write(&Actor::default()).await.unwrap();
        let inserted = records::insert(&mut tx, pool, &user).await;
        inserted.map_err(|_| "taken").unwrap();
        passwords::set(&mut tx, &pool.id, &user.sub, &row)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        user
    }
}

//! Users of every kind, and what they have.

use poolhouse::domain::{password, records, usernames};
use poolhouse::ids::{PoolId, Sub};
use poolhouse::secret::Secret;
use poolhouse::store::audit::Actor;
use poolhouse::store::passwords;
use poolhouse::store::software_tokens::{self, Proven};
use poolhouse::store::users::{Factor, Mfa, Status, User};
use poolhouse::time::Timestamp;
use poolhouse::vault::Place;
use serde_json::{Value, json};

use super::world::{ALL, Gadget, PASSWORD, Person, World};
use crate::api::auth::device::Device;
use crate::api::auth::passkeys;
use crate::support::authenticator::Authenticator;

impl World<'_> {
    pub async fn populate(&mut self, at: usize) {
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

    /// Registers a remembered, an unremembered and a forgotten device, and a passkey.
    async fn equip(&mut self, who: usize) {
        let client = self.places[self.people[who].place].client.id.clone();
        let mut token = Value::Null;
        for kind in 0..3 {
            let request = json!({
                "ClientId": client.as_str(), "AuthFlow": "USER_PASSWORD_AUTH",
                "AuthParameters": { "USERNAME": self.people[who].name, "PASSWORD": PASSWORD },
            });
            let mut made = self.s.api("InitiateAuth", request).await.ok();
            let tokens = made["AuthenticationResult"].take();
            assert!(self.register(who, &tokens).await, "{tokens}");
            let at = self.people[who].devices.len() - 1;
            match kind {
                0 => {}
                1 => self.remember(who, at, false).await,
                _ => self.forget(who, at).await,
            }
            token = tokens["AccessToken"].clone();
        }
        let passkey = Authenticator::es256();
        let options = passkeys::options(self.s, &token).await;
        let credential = passkey.create(&options, passkeys::ORIGIN, |_| {});
        passkeys::complete(self.s, &token, &credential).await.ok();
        self.people[who].passkey = Some(passkey);
    }

    /// Registers the device of a sign-in, if the user can still do so.
    pub async fn register(&mut self, who: usize, tokens: &Value) -> bool {
        let mut device = Device::of(tokens);
        device.secret = format!("secret of {}", device.key);
        let request = device.registration(tokens);
        if self.s.api("ConfirmDevice", request).await.status != 200 {
            return false;
        }
        self.people[who].devices.push(Gadget {
            device,
            remembered: true,
            forgotten: false,
        });
        true
    }

    pub async fn forget(&mut self, who: usize, at: usize) {
        let request = self.device_request(who, at);
        if self.s.api("AdminForgetDevice", request).await.status == 200 {
            self.people[who].devices[at].forgotten = true;
        }
    }

    pub async fn remember(&mut self, who: usize, at: usize, on: bool) {
        let mut request = self.device_request(who, at);
        request["DeviceRememberedStatus"] = json!(if on { "remembered" } else { "not_remembered" });
        if self.s.api("AdminUpdateDeviceStatus", request).await.status == 200 {
            self.people[who].devices[at].remembered = on;
        }
    }

    fn device_request(&self, who: usize, at: usize) -> Value {
        let person = &self.people[who];
        json!({
            "UserPoolId": self.places[person.place].pool.id.as_str(),
            "Username": person.name, "DeviceKey": person.devices[at].device.key,
        })
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
            devices: Vec::new(),
            passkey: None,
            lost: None,
            reset: false,
            revocations: 0,
            last: None,
            passkey_counts: !factors.is_empty(),
        });
        if ["plain", "app", "many"].contains(&name) {
            self.equip(self.people.len() - 1).await;
        }
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
                passkeys: !factors.is_empty(),
                ..Mfa::default()
            },
            version: 1,
        };
        if let Some(phone) = phone {
            let verified = ("phone_number_verified", "true");
            for (name, value) in [("phone_number", phone), verified] {
                user.attributes.insert(name.to_owned(), value.to_owned());
            }
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

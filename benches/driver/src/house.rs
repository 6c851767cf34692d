//! People with second factors, passkeys and devices, and one function per way in.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::authenticator::Authenticator;
use crate::http::Connection;
use crate::server::Server;
use crate::totp::{self, STEP};
use crate::world::{PASSWORD, Result, api, connect, signed_in, text, told};
use crate::{srp, world};

/// How somebody signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The password, then the code of an authenticator app.
    App,
    /// The password, then a code by SMS.
    Sms,
    /// The password, then a code by e-mail.
    Mail,
    /// A code by e-mail and nothing else.
    FirstMail,
    /// A passkey and nothing else.
    Passkey,
    /// The password, then a remembered device.
    Device,
    /// The password by SRP, then a remembered device.
    DeviceSrp,
    /// A refresh that names its device.
    DeviceRefresh,
}

impl Way {
    /// Whether a code is sent on the way.
    pub fn waits(self) -> bool {
        matches!(self, Self::Sms | Self::Mail | Self::FirstMail)
    }

    fn uses_device(self) -> bool {
        matches!(self, Self::Device | Self::DeviceSrp | Self::DeviceRefresh)
    }
}

/// Two pools, one of which tracks devices, on a server whose clock stands still.
pub struct House {
    pub port: u16,
    plain: Pool,
    tracking: Pool,
    people: Vec<Person>,
    authenticator: Authenticator,
    now_ms: AtomicU64,
}

struct Pool {
    id: String,
    client: String,
}

struct Person {
    name: String,
    /// The secret of the authenticator app.
    secret: Vec<u8>,
    device: Option<Device>,
    refresh: String,
    /// The session that waits for a code.
    session: Mutex<Option<String>>,
}

struct Device {
    key: String,
    group: String,
}

/// What a client of a device calls its secret.
const DEVICE_PASSWORD: &str = "forty random bytes of the device";

impl House {
    /// People of whom each can go this way.
    pub async fn new(server: &Server, way: Way, people: usize) -> Result<Self> {
        let to = &mut connect(server.port).await?;
        let now = clock(to, json!({"freeze": true})).await?;
        let mut house = Self {
            port: server.port,
            plain: Pool::new(to, json!({})).await?,
            tracking: Pool::new(to, json!({"DeviceConfiguration": {"ChallengeRequiredOnNewDevice": true}})).await?,
            people: Vec::new(),
            authenticator: Authenticator::new(),
            now_ms: AtomicU64::new(now),
        };
        for number in 0..people {
            let person = house.person(to, way, number).await?;
            house.people.push(person);
        }
        Ok(house)
    }

    fn pool(&self, way: Way) -> &Pool {
        if way.uses_device() { &self.tracking } else { &self.plain }
    }

    async fn person(&self, to: &mut Connection, way: Way, number: usize) -> Result<Person> {
        let (pool, name) = (self.pool(way), format!("person{number}"));
        let attributes = json!([
            {"Name": "email", "Value": format!("{name}@example.com")}, {"Name": "email_verified", "Value": "true"},
            {"Name": "phone_number", "Value": format!("+1555{number:07}")},
            {"Name": "phone_number_verified", "Value": "true"},
        ]);
        let request = json!({
            "UserPoolId": pool.id, "Username": name, "MessageAction": "SUPPRESS", "UserAttributes": attributes,
        });
        api(to, "AdminCreateUser", request).await?;
        let request = json!({"UserPoolId": pool.id, "Username": name, "Password": PASSWORD, "Permanent": true});
        api(to, "AdminSetUserPassword", request).await?;
        let tokens = signed_in(pool.initiate(to, "USER_PASSWORD_AUTH", password(&name)).await?)?;
        let (access, refresh) = (&tokens["AccessToken"], text(&tokens["RefreshToken"])?);
        let (mut secret, mut device) = (Vec::new(), None);
        let preference = |factor: &str| {
            let mut request = json!({"UserPoolId": pool.id, "Username": name});
            request[factor] = json!({"Enabled": true, "PreferredMfa": true});
            request
        };
        match way {
            Way::App => {
                let begun = api(to, "AssociateSoftwareToken", json!({"AccessToken": access})).await?;
                secret = totp::secret(&text(&begun["SecretCode"])?).ok_or("no base32")?;
                let code = totp::code(&secret, self.now_ms.load(Ordering::Relaxed));
                api(to, "VerifySoftwareToken", json!({"AccessToken": access, "UserCode": code})).await?;
                api(to, "AdminSetUserMFAPreference", preference("SoftwareTokenMfaSettings")).await?;
            }
            Way::Sms => drop(api(to, "AdminSetUserMFAPreference", preference("SMSMfaSettings")).await?),
            Way::Mail => drop(api(to, "AdminSetUserMFAPreference", preference("EmailMfaSettings")).await?),
            Way::Passkey => {
                let begun = api(to, "StartWebAuthnRegistration", json!({"AccessToken": access})).await?;
                let made = self.authenticator.create(&name, &begun["CredentialCreationOptions"])?;
                let request = json!({"AccessToken": access, "Credential": made});
                api(to, "CompleteWebAuthnRegistration", request).await?;
            }
            Way::Device | Way::DeviceSrp | Way::DeviceRefresh => {
                let new = &tokens["NewDeviceMetadata"];
                let (key, group) = (text(&new["DeviceKey"])?, text(&new["DeviceGroupKey"])?);
                let (salt, verifier) = srp::device_verifier(&group, &key, DEVICE_PASSWORD);
                let request = json!({
                    "AccessToken": access, "DeviceKey": key,
                    "DeviceSecretVerifierConfig": {"Salt": salt, "PasswordVerifier": verifier},
                });
                api(to, "ConfirmDevice", request).await?;
                device = Some(Device { key, group });
            }
            Way::FirstMail => {}
        }
        Ok(Person { name, secret, device, refresh, session: Mutex::default() })
    }

    /// Moves the clock on, so that each authenticator app shows a new code, and forgets messages.
    pub async fn next_round(&self, to: &mut Connection) -> Result<()> {
        let now = clock(to, json!({"advance_ms": STEP})).await?;
        self.now_ms.store(now, Ordering::Relaxed);
        to.send("DELETE", "/_poolhouse/messages", "", b"").await.map_err(told).map(drop)
    }

    /// The codes that were sent, by the number of the person.
    pub async fn codes(&self, to: &mut Connection) -> Result<Vec<String>> {
        let answer = to.send("GET", "/_poolhouse/messages", "", b"").await.map_err(told)?;
        let listed: Value = serde_json::from_slice(&answer.body).map_err(told)?;
        let mut codes = vec![String::new(); self.people.len()];
        for message in listed["messages"].as_array().ok_or("no messages")? {
            let number = message["username"].as_str().and_then(|name| name.strip_prefix("person")?.parse().ok());
            let place = number.and_then(|number: usize| codes.get_mut(number)).ok_or("a message about nobody")?;
            *place = text(&message["code"])?;
        }
        Ok(codes)
    }

    /// The whole way of a person, or as far as the code that is sent.
    pub async fn go(&self, to: &mut Connection, way: Way, number: usize) -> Result<()> {
        let (person, pool) = (&self.people[number], self.pool(way));
        let given = password(&person.name);
        match way {
            Way::App => {
                let asked = pool.initiate(to, "USER_PASSWORD_AUTH", given).await?;
                let code = totp::code(&person.secret, self.now_ms.load(Ordering::Relaxed));
                let answer = json!({"USERNAME": person.name, "SOFTWARE_TOKEN_MFA_CODE": code});
                signed_in(pool.respond(to, "SOFTWARE_TOKEN_MFA", &asked["Session"], answer).await?).map(drop)
            }
            Way::Sms | Way::Mail => person.waits(&pool.initiate(to, "USER_PASSWORD_AUTH", given).await?),
            Way::FirstMail => {
                let given = json!({"USERNAME": person.name, "PREFERRED_CHALLENGE": "EMAIL_OTP"});
                person.waits(&pool.initiate(to, "USER_AUTH", given).await?)
            }
            Way::Passkey => {
                let given = json!({"USERNAME": person.name, "PREFERRED_CHALLENGE": "WEB_AUTHN"});
                let asked = pool.initiate(to, "USER_AUTH", given).await?;
                let options = text(&asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])?;
                let options = serde_json::from_str(&options).map_err(told)?;
                let credential = self.authenticator.get(&person.name, &options)?.to_string();
                let answer = json!({"USERNAME": person.name, "CREDENTIAL": credential});
                signed_in(pool.respond(to, "WEB_AUTHN", &asked["Session"], answer).await?).map(drop)
            }
            Way::Device => {
                let device = person.device.as_ref().ok_or("no device")?;
                let mut given = given;
                given["DEVICE_KEY"] = json!(device.key);
                let asked = pool.initiate(to, "USER_PASSWORD_AUTH", given).await?;
                self.prove_device(to, person, &asked).await
            }
            Way::DeviceSrp => {
                let device = person.device.as_ref().ok_or("no device")?;
                let client = srp::Client::new(number);
                let given = json!({"USERNAME": person.name, "SRP_A": client.public_hex(), "DEVICE_KEY": device.key});
                let asked = pool.initiate(to, "USER_SRP_AUTH", given).await?;
                let pool_name = pool.id.split('_').nth(1).unwrap_or_default();
                let mut answer = self.claim(&client, [pool_name, &person.name, PASSWORD], &asked)?;
                answer["DEVICE_KEY"] = json!(device.key);
                answer["USERNAME"] = json!(person.name);
                let asked = pool.respond(to, "PASSWORD_VERIFIER", &Value::Null, answer).await?;
                self.prove_device(to, person, &asked).await
            }
            Way::DeviceRefresh => {
                let device = person.device.as_ref().ok_or("no device")?;
                let given = json!({"REFRESH_TOKEN": person.refresh, "DEVICE_KEY": device.key});
                signed_in(pool.initiate(to, "REFRESH_TOKEN_AUTH", given).await?).map(drop)
            }
        }
    }

    /// The rest of the way, with the code that was sent.
    pub async fn finish(&self, to: &mut Connection, way: Way, number: usize, code: &str) -> Result<()> {
        let person = &self.people[number];
        let (challenge, member) = match way {
            Way::Sms => ("SMS_MFA", "SMS_MFA_CODE"),
            _ => ("EMAIL_OTP", "EMAIL_OTP_CODE"),
        };
        let session = person.session.lock().map_err(told)?.take().ok_or("no session")?;
        let mut answer = json!({"USERNAME": person.name});
        answer[member] = json!(code);
        signed_in(self.pool(way).respond(to, challenge, &json!(session), answer).await?).map(drop)
    }

    /// DEVICE_SRP_AUTH and DEVICE_PASSWORD_VERIFIER.
    async fn prove_device(&self, to: &mut Connection, person: &Person, asked: &Value) -> Result<()> {
        let device = person.device.as_ref().ok_or("no device")?;
        let client = srp::Client::new(device.key.len());
        let answer = json!({"USERNAME": person.name, "DEVICE_KEY": device.key, "SRP_A": client.public_hex()});
        let asked = self.tracking.respond(to, "DEVICE_SRP_AUTH", &asked["Session"], answer).await?;
        let mut answer = self.claim(&client, [&device.group, &device.key, DEVICE_PASSWORD], &asked)?;
        answer["DEVICE_KEY"] = json!(device.key);
        answer["USERNAME"] = json!(person.name);
        let session = &asked["Session"];
        signed_in(self.tracking.respond(to, "DEVICE_PASSWORD_VERIFIER", session, answer).await?).map(drop)
    }

    fn claim(&self, client: &srp::Client, who: [&str; 3], asked: &Value) -> Result<Value> {
        let given = &asked["ChallengeParameters"];
        let (salt, server, block) = (text(&given["SALT"])?, text(&given["SRP_B"])?, text(&given["SECRET_BLOCK"])?);
        let timestamp = srp::timestamp(self.now_ms.load(Ordering::Relaxed) / 1000);
        let claim = client.claim(who, [&salt, &server, &block], &timestamp).ok_or("the challenge does not parse")?;
        Ok(json!({
            "PASSWORD_CLAIM_SECRET_BLOCK": block, "PASSWORD_CLAIM_SIGNATURE": claim, "TIMESTAMP": timestamp,
        }))
    }
}

impl Person {
    fn waits(&self, asked: &Value) -> Result<()> {
        *self.session.lock().map_err(told)? = Some(text(&asked["Session"])?);
        Ok(())
    }
}

impl Pool {
    async fn new(to: &mut Connection, more: Value) -> Result<Self> {
        let mut request = json!({
            "PoolName": "house", "SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms"},
            "UserPoolTier": "ESSENTIALS",
            "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"]}},
        });
        world::merge(&mut request, more);
        let made = api(to, "CreateUserPool", request).await?;
        let id = text(&made["UserPool"]["Id"])?;
        let request = json!({
            "UserPoolId": id, "MfaConfiguration": "OPTIONAL",
            "SmsMfaConfiguration": {"SmsAuthenticationMessage": "Your code is {####}"},
            "SoftwareTokenMfaConfiguration": {"Enabled": true},
            "EmailMfaConfiguration": {"Message": "Your code is {####}", "Subject": "Your code"},
            "WebAuthnConfiguration": {"RelyingPartyId": "localhost"},
        });
        api(to, "SetUserPoolMfaConfig", request).await?;
        let request = json!({
            "UserPoolId": id, "ClientName": "app",
            "ExplicitAuthFlows": [
                "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH",
            ],
        });
        let client = api(to, "CreateUserPoolClient", request).await?;
        Ok(Self { id, client: text(&client["UserPoolClient"]["ClientId"])? })
    }

    async fn initiate(&self, to: &mut Connection, flow: &str, parameters: Value) -> Result<Value> {
        let request = json!({"ClientId": self.client, "AuthFlow": flow, "AuthParameters": parameters});
        api(to, "InitiateAuth", request).await
    }

    async fn respond(&self, to: &mut Connection, name: &str, session: &Value, responses: Value) -> Result<Value> {
        let mut request = json!({"ClientId": self.client, "ChallengeName": name, "ChallengeResponses": responses});
        if !session.is_null() {
            request["Session"] = session.clone();
        }
        api(to, "RespondToAuthChallenge", request).await
    }
}

fn password(name: &str) -> Value {
    json!({"USERNAME": name, "PASSWORD": PASSWORD})
}

async fn clock(to: &mut Connection, change: Value) -> Result<u64> {
    let headers = "content-type: application/json\r\n";
    let body = change.to_string();
    let answer = to.send("POST", "/_poolhouse/clock", headers, body.as_bytes()).await.map_err(told)?;
    let told: Value = serde_json::from_slice(&answer.body).map_err(told)?;
    told["now_ms"].as_u64().ok_or_else(|| format!("no clock: {told}"))
}

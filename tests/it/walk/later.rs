//! What a sign-in gave is used: its refresh token, and what its access token allows. Passwords are
//! reset.

use poolhouse::domain::tokens::Issued;
use poolhouse::ports::mailbox::Wanted;
use serde_json::{Value, json};

use super::oracle::{self, Told};
use super::world::{Chain, Last, PASSWORD, World};
use crate::api::auth::passkeys;
use crate::support::authenticator::{Authenticator, b64};

impl World<'_> {
    /// Keeps what a sign-in gave.
    pub fn keep(&mut self, who: usize, issued: &Issued, chain: &Chain) {
        let Some(refresh) = issued.refresh_token.clone() else {
            return;
        };
        let person = &mut self.people[who];
        person.last = Some(Last {
            access: issued.access_token.clone(),
            refresh,
            device: oracle::claim(&issued.access_token, "device_key"),
            revocations: person.revocations,
            methods: chain.methods.clone(),
        });
    }

    /// REFRESH_TOKEN_AUTH of the last sign-in.
    pub async fn refresh(&mut self, who: usize, named: bool) -> Result<Told, String> {
        let who = who % self.people.len();
        let person = &self.people[who];
        let Some(last) = &person.last else {
            return Ok(Told::Refusal);
        };
        let mut parameters = json!({ "REFRESH_TOKEN": last.refresh });
        if let Some(device) = last.device.as_ref().filter(|_| named) {
            parameters["DEVICE_KEY"] = json!(device);
        }
        let request = json!({
            "ClientId": self.places[person.place].client.id.as_str(),
            "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": parameters,
        });
        let answer = self.s.api("InitiateAuth", request).await;
        if answer.status != 200 {
            return Ok(Told::Refusal);
        }
        let access = &answer.body["AuthenticationResult"]["AccessToken"];
        let sub = oracle::sub_of(access.as_str().unwrap());
        oracle::judge_refresh(person, last, (&sub, named))?;
        self.ways.push(oracle::REFRESH);
        Ok(Told::Tokens)
    }

    pub async fn drop_passkey(&mut self, who: usize) -> Told {
        let person = &self.people[who];
        let (Some(last), Some(passkey)) = (&person.last, &person.passkey) else {
            return Told::Refusal;
        };
        let request = json!({ "AccessToken": last.access, "CredentialId": b64(&passkey.id) });
        let answer = self.s.api("DeleteWebAuthnCredential", request).await;
        if answer.status == 200 {
            let person = &mut self.people[who];
            person.lost = person.passkey.take();
        }
        Told::Refusal
    }

    pub async fn add_passkey(&mut self, who: usize) -> Told {
        let Some(last) = &self.people[who].last else {
            return Told::Refusal;
        };
        let token = json!(last.access);
        let begun = passkeys::start(self.s, &token).await;
        if begun.status != 200 || self.people[who].passkey.is_some() {
            return Told::Refusal;
        }
        let made = Authenticator::es256();
        let options = &begun.body["CredentialCreationOptions"];
        let credential = made.create(options, passkeys::ORIGIN, |_| {});
        if passkeys::complete(self.s, &token, &credential).await.status == 200 {
            self.people[who].passkey = Some(made);
        }
        Told::Refusal
    }

    /// AdminResetUserPassword.
    pub async fn reset(&mut self, who: usize) -> Told {
        let mut request = self.named(who);
        request["UserPoolId"] = json!(self.places[self.people[who].place].pool.id.as_str());
        if self.s.api("AdminResetUserPassword", request).await.status == 200 {
            let person = &mut self.people[who];
            person.reset = true;
            person.era += 1;
        }
        Told::Refusal
    }

    /// ForgotPassword and ConfirmForgotPassword.
    pub async fn recover(&mut self, who: usize) -> Told {
        let request = self.at_client(who);
        if self.s.api("ForgotPassword", request.clone()).await.status != 200 {
            return Told::Refusal;
        }
        let person = &self.people[who];
        let wanted = Wanted {
            pool: Some(self.places[person.place].pool.id.as_str().to_owned()),
            username: Some(person.name.clone()),
            kind: Some("forgot".to_owned()),
            ..Wanted::default()
        };
        let mailbox = self.s.app.mailbox.as_ref().unwrap();
        let Some(code) = mailbox.list(&wanted).into_iter().find_map(|sent| sent.code) else {
            return Told::Refusal;
        };
        let mut request = request;
        request["ConfirmationCode"] = json!(code);
        request["Password"] = json!(PASSWORD);
        if self.s.api("ConfirmForgotPassword", request).await.status == 200 {
            let person = &mut self.people[who];
            person.reset = false;
            person.temporary = false;
            person.password = PASSWORD.to_owned();
            person.era += 1;
        }
        Told::Refusal
    }

    fn named(&self, who: usize) -> Value {
        json!({ "Username": self.people[who].name })
    }

    fn at_client(&self, who: usize) -> Value {
        let mut request = self.named(who);
        let place = &self.places[self.people[who].place];
        request["ClientId"] = json!(place.client.id.as_str());
        request
    }
}

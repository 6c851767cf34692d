//! What people have proves itself: devices and passkeys.

use std::collections::BTreeMap;

use poolhouse::domain::challenge::Parameters;
use serde_json::{Value, json};

use super::answer::Credit;
use super::step::secret;
use super::world::World;
use crate::api::auth::device::Device;
use crate::api::auth::passkeys::ORIGIN;
use crate::support::authenticator::{UP, b64};
use crate::support::srp_client::SrpClient;

impl World<'_> {
    /// DEVICE_SRP_AUTH, for the device that was named.
    pub fn device_begins(&self, at: usize, used: Option<&SrpClient>) -> Parameters {
        let named = self.tickets[at].chain.named.as_deref();
        let a = used.map_or("02", |used| used.public.as_str());
        Parameters::default()
            .with("DEVICE_KEY", secret(named.unwrap_or("none")))
            .with("SRP_A", secret(a))
    }

    /// DEVICE_PASSWORD_VERIFIER: with the device's secret, with none of it, or with another's.
    pub fn device_claim(&self, at: usize, right: bool) -> (Parameters, Credit) {
        let ticket = &self.tickets[at];
        let nothing = (Parameters::default(), Credit::default());
        let asked = ticket.parameters.get("DEVICE_KEY");
        let (Some(asked), Some(client)) = (asked, &ticket.srp) else {
            return nothing;
        };
        let devices = || self.people.iter().flat_map(|person| &person.devices);
        let own = &self.people[ticket.who].devices;
        let mine = own.iter().find(|gadget| gadget.device.key == *asked);
        let another = devices().find(|gadget| gadget.device.key != *asked);
        let device = match (mine, another) {
            (Some(mine), _) if right => mine.device.clone(),
            (_, Some(another)) if at.is_multiple_of(3) => another.device.clone(),
            (_, Some(another)) if at % 3 == 1 => Device {
                key: asked.clone(),
                ..another.device.clone()
            },
            (Some(mine), _) => Device {
                secret: "a guess".to_owned(),
                ..mine.device.clone()
            },
            _ => return nothing,
        };
        let given: BTreeMap<_, _> = ticket.parameters.iter().collect();
        let proof = device.proof(self.s, client, &json!(given));
        let mut parameters = Parameters::default();
        for (name, value) in proof.as_object().unwrap() {
            parameters = parameters.with(name, secret(value.as_str().unwrap()));
        }
        let proven = (right && mine.is_some()).then_some(device.key);
        let credit = Credit {
            device: proven,
            bound: true,
            ..Credit::default()
        };
        (parameters, credit)
    }

    /// A passkey's answer. Wrong ones are another passkey's, about another challenge, or do not say
    /// that the person was recognised.
    pub fn passkey(&self, at: usize, right: bool) -> (Parameters, Credit) {
        let ticket = &self.tickets[at];
        let person = &self.people[ticket.who];
        let with = |credential: &Value| {
            let credential = credential.to_string();
            Parameters::default().with("CREDENTIAL", secret(&credential))
        };
        let options = ticket.parameters.get("CREDENTIAL_REQUEST_OPTIONS");
        // One that was deleted is tried as well.
        let often = person.passkey.is_none() || at.is_multiple_of(5);
        let lost = person.lost.as_ref().filter(|_| often);
        let (Some(options), Some(mine)) = (options, lost.or(person.passkey.as_ref())) else {
            return (with(&json!({})), Credit::default());
        };
        let options: Value = serde_json::from_str(options).unwrap();
        if lost.is_some() {
            return (with(&mine.get(&options, ORIGIN, |_| {})), Credit::default());
        }
        if right {
            let credit = Credit {
                first: true,
                recognised: true,
                bound: true,
                ..Credit::default()
            };
            return (with(&mine.get(&options, ORIGIN, |_| {})), credit);
        }
        let none = Credit::default();
        match (at / 3) % 4 {
            0 => {
                let mut credential = self.stranger.get(&options, ORIGIN, |_| {});
                credential["id"] = json!(b64(&mine.id));
                credential["rawId"] = json!(b64(&mine.id));
                (with(&credential), none)
            }
            1 => {
                let change = |said: &mut crate::support::authenticator::Said| {
                    said.client["challenge"] = json!(b64([7; 32]));
                };
                (with(&mine.get(&options, ORIGIN, change)), none)
            }
            2 => {
                let others = self.people.iter().filter(|other| other.sub != person.sub);
                let other = others.filter_map(|other| other.passkey.as_ref()).next();
                let other = other.unwrap_or(&self.stranger);
                (with(&other.get(&options, ORIGIN, |_| {})), none)
            }
            _ => {
                // Enough where it is one factor of one, and never for two.
                let credit = Credit {
                    first: true,
                    bound: true,
                    ..Credit::default()
                };
                (
                    with(&mine.get(&options, ORIGIN, |said| said.flags = UP)),
                    credit,
                )
            }
        }
    }
}

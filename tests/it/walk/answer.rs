//! A challenge is answered, rightly or not, and what that proves is taken to account.

use std::sync::Arc;

use poolhouse::domain::challenge::{self, Answer, ChallengeName};
use poolhouse::domain::hooks::Metadata;
use poolhouse::store::users::Factor;

use super::action::{Named, Twist, With};
use super::oracle::{self, Told};
use super::step::{actor, door, secret};
use super::world::{BLOCKED, CHOSEN, HOME, World};
use crate::support::srp_client::SrpClient;

const NAMES: [ChallengeName; 15] = [
    ChallengeName::SmsMfa,
    ChallengeName::EmailOtp,
    ChallengeName::SoftwareTokenMfa,
    ChallengeName::SelectMfaType,
    ChallengeName::MfaSetup,
    ChallengeName::PasswordVerifier,
    ChallengeName::SelectChallenge,
    ChallengeName::NewPasswordRequired,
    ChallengeName::SmsOtp,
    ChallengeName::Password,
    ChallengeName::PasswordSrp,
    ChallengeName::WebAuthn,
    ChallengeName::DeviceSrp,
    ChallengeName::DevicePasswordVerifier,
    ChallengeName::CustomChallenge,
];

/// What an answer proves if it is taken.
#[derive(Clone, Default)]
pub struct Credit {
    pub first: bool,
    pub second: Option<Factor>,
    pub chose: bool,
    pub enrols: Option<Factor>,
    pub device: Option<String>,
    pub recognised: bool,
    pub solved: bool,
    /// Whether it is good with the session of its own challenge only.
    pub bound: bool,
}

impl World<'_> {
    pub async fn answer(
        &mut self,
        at: usize,
        (with, right): (With, bool),
        twist: Twist,
        device: Option<Named>,
    ) -> Result<Told, String> {
        let name = match with {
            With::Asked => self.tickets[at].name,
            With::Other(number) => NAMES[usize::from(number) % NAMES.len()],
        };
        let used = self.exchange(at, (name, twist));
        let (mut parameters, credit) = self.proof(at, name, (right, used.as_deref()));
        let by_passkey = parameters.find("CREDENTIAL").is_some();
        if let Some(key) = self.key(self.tickets[at].who, device) {
            parameters = parameters.with("DEVICE_KEY", secret(&key));
        }
        let sent = parameters.find("DEVICE_KEY");
        let sent = sent.map(|key| key.expose().clone());
        let ticket = &self.tickets[at];
        // What counts is the challenge whose session goes out.
        let mut of = at;
        let (who, mut face) = (ticket.who, ticket.face);
        let person = &self.people[who];
        let mut ground = person.place;
        let (mut username, mut other, mut ip) = (person.name.clone(), false, HOME);
        match twist {
            Twist::Nothing => {}
            Twist::User(n) => {
                username = self.people[usize::from(n) % self.people.len()].name.clone();
            }
            Twist::Face(other) => face = other,
            Twist::Client => other = true,
            Twist::Pool => ground = (ground + 1) % self.places.len(),
            // The state of SRP is no session.
            Twist::Session(_)
                if matches!(
                    name,
                    ChallengeName::PasswordVerifier | ChallengeName::DevicePasswordVerifier
                ) => {}
            Twist::Session(n) => of = self.ticket(n).unwrap_or(at),
            Twist::NoSession => {}
            Twist::Blocked => ip = BLOCKED,
        }
        // What a user knows or has is good for each of the user's sign-ins; a code that was sent is not.
        let same = self.tickets[of].who == who;
        let mut credit = if of == at || same && !credit.bound {
            credit
        } else {
            Credit::default()
        };
        if name == ChallengeName::MfaSetup && same {
            credit.second = self.tickets[of].set_up.then_some(Factor::SoftwareToken);
        }
        parameters = parameters.with("USERNAME", secret(&username));
        let (ticket, ground) = (&self.tickets[of], &self.places[ground]);
        let client = if other { &ground.other } else { &ground.client };
        let session = ticket.session.as_deref();
        let session = session.filter(|_| !matches!(twist, Twist::NoSession));
        let outcome = challenge::answer(
            self.app(),
            &actor(face, ip),
            &ground.pool,
            client,
            Answer {
                face: door(face),
                name,
                parameters,
                session: session.map(secret),
                metadata: &Metadata::new(),
            },
        )
        .await;
        // Some apps go on to a device with what the answer before used up.
        let goes_on = name == ChallengeName::DeviceSrp && ticket.name != name;
        let before = ticket.after.as_ref().filter(|_| goes_on);
        let mut chain = before.unwrap_or(&ticket.chain).clone();
        chain.named = sent.clone().or(chain.named);
        chain.device = credit.device.or(chain.device);
        chain.recognised |= credit.recognised;
        if let Some(riddle) = &mut chain.riddle {
            riddle.solved |= credit.solved;
        }
        if credit.first {
            chain.methods.insert(match name {
                _ if by_passkey => "swk",
                ChallengeName::EmailOtp => "email_otp",
                ChallengeName::SmsOtp => "sms",
                _ => "pwd",
            });
        }
        chain.methods.extend(credit.second.map(oracle::method));
        chain.sets_up |= name == ChallengeName::MfaSetup;
        chain.first |= credit.first;
        chain.second = credit.second.or(chain.second);
        chain.chose_password |= credit.chose;
        let whose = ticket.who;
        if outcome.is_ok() {
            let person = &mut self.people[whose];
            if credit.chose && person.temporary {
                person.temporary = false;
                person.password = CHOSEN.to_owned();
                // The new password ends every other sign-in of the user.
                person.era += 1;
                chain.era = person.era;
            }
            if let Some(factor) = credit.enrols {
                person.factors.insert(factor);
                person.preferred = Some(factor);
            }
        }
        if outcome.is_ok() {
            self.tickets[of].after = Some(chain.clone());
        }
        self.took(outcome, (whose, face, ip), (chain, used)).await
    }

    /// The exchange that an answer belongs to or begins.
    fn exchange(
        &mut self,
        at: usize,
        (name, twist): (ChallengeName, Twist),
    ) -> Option<Arc<SrpClient>> {
        let held = self.tickets[at].srp.clone();
        let begins = matches!(
            name,
            ChallengeName::DeviceSrp | ChallengeName::PasswordSrp | ChallengeName::SelectChallenge
        );
        let again = matches!(twist, Twist::NoSession) || at.is_multiple_of(2);
        if !begins || again && held.is_some() {
            return held;
        }
        Some(self.srp_client())
    }
}

//! What happens beside answers: an authenticator app is set up, an account or a device changes.

use poolhouse::domain::challenge::{self, ChallengeName};
use poolhouse::domain::{admin_users, password, revocation};
use poolhouse::store::audit::Actor;
use poolhouse::store::users::Factor;

use super::action::Event;
use super::oracle::Told;
use super::step::{actor, door, secret};
use super::world::{HOME, PASSWORD, Ticket, World};
use crate::api::auth::mfa::totp;

impl World<'_> {
    pub async fn associate(&mut self, at: usize) -> Result<Told, String> {
        let ticket = &self.tickets[at];
        let Some(session) = ticket.session.as_deref().map(secret) else {
            return Ok(Told::Refusal);
        };
        let actor = actor(ticket.face, HOME);
        let begun = challenge::associate(self.app(), &actor, door(ticket.face), &session).await;
        let Ok(begun) = begun else {
            return Ok(Told::Refusal);
        };
        let key = data_encoding::BASE32_NOPAD
            .decode(begun.secret.expose().as_bytes())
            .unwrap();
        self.follow(at, begun.session, (Some(key), false));
        Ok(Told::Challenge)
    }

    pub async fn verify(&mut self, at: usize, right: bool) -> Result<Told, String> {
        let ticket = &self.tickets[at];
        let Some(session) = ticket.session.as_deref().map(secret) else {
            return Ok(Told::Refusal);
        };
        let now = self.s.clock().server_now().ms();
        let mine = ticket.secret.clone();
        let code = mine.as_ref().filter(|_| right).map_or_else(
            || "000000".to_owned(),
            |mine| totp(&data_encoding::BASE32_NOPAD.encode(mine), now),
        );
        let (who, actor) = (ticket.who, actor(ticket.face, HOME));
        let face = door(ticket.face);
        let done = challenge::verify(self.app(), &actor, face, &session, (&code, None)).await;
        let Ok(session) = done else {
            return Ok(Told::Refusal);
        };
        if !right || mine.is_none() {
            return Err("A FACTOR was set up without its code".to_owned());
        }
        let person = &mut self.people[who];
        person.factors.insert(Factor::SoftwareToken);
        person.preferred = Some(Factor::SoftwareToken);
        person.secret.clone_from(&mine);
        self.follow(at, session, (mine, true));
        Ok(Told::Challenge)
    }

    /// The same challenge with a new session.
    fn follow(&mut self, at: usize, session: String, (key, set_up): (Option<Vec<u8>>, bool)) {
        let ticket = &self.tickets[at];
        let next = Ticket {
            who: ticket.who,
            face: ticket.face,
            name: ChallengeName::MfaSetup,
            session: Some(session),
            parameters: Default::default(),
            srp: None,
            code: None,
            secret: key,
            set_up,
            chain: ticket.chain.clone(),
            after: None,
        };
        self.tickets.push(next);
    }

    pub async fn happens(&mut self, who: usize, what: Event) -> Result<Told, String> {
        let who = who % self.people.len();
        let pool = self.places[self.people[who].place].pool.id.clone();
        let devices = self.people[who].devices.len();
        match what {
            Event::Forget(_) | Event::Remember(..) if devices == 0 => return Ok(Told::Refusal),
            Event::Forget(n) => {
                self.forget(who, usize::from(n) % devices).await;
                return Ok(Told::Refusal);
            }
            Event::Remember(n, on) => {
                self.remember(who, usize::from(n) % devices, on).await;
                return Ok(Told::Refusal);
            }
            Event::Reset => return Ok(self.reset(who).await),
            Event::Recover => return Ok(self.recover(who).await),
            Event::DropPasskey => return Ok(self.drop_passkey(who).await),
            Event::AddPasskey => return Ok(self.add_passkey(who).await),
            _ => {}
        }
        let (app, actor) = (self.app(), Actor::default());
        let name = self.people[who].name.clone();
        let done = match what {
            Event::Disable => admin_users::set_enabled(app, &actor, &pool, &name, false).await,
            Event::Enable => admin_users::set_enabled(app, &actor, &pool, &name, true).await,
            Event::SignOut => {
                revocation::sign_out_named(app, &actor, &pool, &name, "SignOut").await
            }
            Event::NewPassword => {
                let set = (&secret(PASSWORD), password::Kind::Permanent);
                admin_users::set_password(app, &actor, &pool, &name, set).await
            }
            _ => Ok(()),
        };
        if done.is_err() {
            return Ok(Told::Refusal);
        }
        let person = &mut self.people[who];
        match what {
            Event::Enable => person.enabled = true,
            Event::Disable => {
                person.enabled = false;
                person.era += 1;
                person.revocations += 1;
            }
            Event::SignOut => {
                person.era += 1;
                person.revocations += 1;
            }
            Event::NewPassword => {
                person.era += 1;
                person.temporary = false;
                person.reset = false;
                person.password = PASSWORD.to_owned();
            }
            _ => {}
        }
        Ok(Told::Refusal)
    }
}

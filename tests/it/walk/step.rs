//! One step of a walker, and how a sign-in begins.

use std::sync::{Arc, LazyLock};

use poolhouse::domain::challenge::{self, ChallengeName, Flow, Outcome, Parameters, Start};
use poolhouse::domain::hooks::Metadata;
use poolhouse::error::Result;
use poolhouse::ports::mailbox::Wanted;
use poolhouse::secret::Secret;
use poolhouse::store::audit::{Actor, ActorKind};
use poolhouse::time::Span;
use serde_json::json;

use super::action::{Action, Face, How, Named};
use super::oracle::{self, Told};
use super::world::{BLOCKED, Chain, HOME, Riddle, Ticket, World};
use crate::support::srp_client::SrpClient;

pub fn actor(face: Face, ip: &str) -> Actor {
    Actor {
        kind: if face == Face::Admin {
            ActorKind::Admin
        } else {
            ActorKind::Public
        },
        ip: Some(ip.to_owned()),
        // An administrator's own address counts for nobody; what the application says does.
        told: Some(std::sync::Arc::new(poolhouse::store::audit::Told {
            ip: Some(ip.to_owned()),
            ..Default::default()
        })),
        ..Actor::default()
    }
}

pub const fn door(face: Face) -> challenge::Face {
    match face {
        Face::Api => challenge::Face::Api,
        Face::Admin => challenge::Face::Admin,
        Face::Hosted => challenge::Face::Hosted,
    }
}

pub fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

impl World<'_> {
    pub async fn step(&mut self, action: &Action) -> Result<Told, String> {
        match action {
            Action::Begin {
                who,
                how,
                right,
                face,
                blocked,
                device,
            } => {
                let who = usize::from(*who) % self.people.len();
                let ip = if *blocked { BLOCKED } else { HOME };
                self.begin(who, (*how, *right), (*face, ip), *device).await
            }
            Action::Answer {
                which,
                with,
                right,
                twist,
                device,
            } => match self.ticket(*which) {
                Some(at) => self.answer(at, (*with, *right), *twist, *device).await,
                None => Ok(Told::Refusal),
            },
            Action::Associate { which } => match self.ticket(*which) {
                Some(at) => self.associate(at).await,
                None => Ok(Told::Refusal),
            },
            Action::Verify { which, right } => match self.ticket(*which) {
                Some(at) => self.verify(at, *right).await,
                None => Ok(Told::Refusal),
            },
            Action::Refresh { who, named } => self.refresh(usize::from(*who), *named).await,
            Action::Happens { who, what } => self.happens(usize::from(*who), *what).await,
            Action::Wait { seconds } => {
                let span = Span::seconds(i64::from(*seconds));
                self.s.clock().advance(span);
                Ok(Told::Refusal)
            }
        }
    }

    /// A client's half of an exchange. There are a few, for each takes a power to make.
    pub fn srp_client(&mut self) -> Arc<SrpClient> {
        static CLIENTS: LazyLock<Vec<Arc<SrpClient>>> =
            LazyLock::new(|| (0..16).map(SrpClient::short).map(Arc::new).collect());
        self.seed += 1;
        let at = usize::try_from(self.seed).unwrap() % CLIENTS.len();
        Arc::clone(&CLIENTS[at])
    }

    /// A challenge that is out, counted from the newest.
    pub fn ticket(&self, which: u16) -> Option<usize> {
        let count = self.tickets.len();
        (count > 0).then(|| count - 1 - usize::from(which) % count)
    }

    /// The key of a device.
    pub fn key(&self, who: usize, named: Option<Named>) -> Option<String> {
        let (n, own) = match named? {
            Named::Own(n) => (usize::from(n), true),
            Named::Any(n) => (usize::from(n), false),
        };
        let mut usable = self.people[who].devices.iter();
        let usable = usable.find(|gadget| gadget.remembered && !gadget.forgotten);
        if let Some(gadget) = usable.filter(|_| own && n % 3 > 0) {
            return Some(gadget.device.key.clone());
        }
        let people = self.people.iter().enumerate();
        let mine = people.filter(|(at, _)| !own || *at == who);
        let keys: Vec<_> = mine
            .flat_map(|(_, person)| &person.devices)
            .map(|gadget| gadget.device.key.as_str())
            .collect();
        (!keys.is_empty()).then(|| keys[n % keys.len()].to_owned())
    }

    async fn begin(
        &mut self,
        who: usize,
        (how, right): (How, bool),
        (face, ip): (Face, &str),
        device: Option<Named>,
    ) -> Result<Told, String> {
        let client = self.srp_client();
        let person = &self.people[who];
        let ground = &self.places[person.place];
        let (name, era) = (person.name.clone(), person.era);
        let typed = if right {
            person.password.as_str()
        } else {
            "Wrong-Horse1!"
        };
        let key = self.key(who, device);
        let mut named = Parameters::default().with("USERNAME", secret(&name));
        if let Some(key) = &key {
            named = named.with("DEVICE_KEY", secret(key));
        }
        let chosen = |preferred: &str| named.clone().with("PREFERRED_CHALLENGE", secret(preferred));
        let flow = if face == Face::Admin {
            Flow::AdminUserPassword
        } else {
            Flow::UserPassword
        };
        let (flow, parameters, proves) = match how {
            How::Password => (flow, named.with("PASSWORD", secret(typed)), right),
            How::Srp => (
                Flow::UserSrp,
                named.with("SRP_A", secret(&client.public)),
                false,
            ),
            How::Choice => (Flow::UserAuth, named, false),
            How::ChoosePassword => (
                Flow::UserAuth,
                chosen("PASSWORD").with("PASSWORD", secret(typed)),
                right,
            ),
            How::ChooseSrp => {
                let parameters = chosen("PASSWORD_SRP").with("SRP_A", secret(&client.public));
                (Flow::UserAuth, parameters, false)
            }
            How::ChooseMail => (Flow::UserAuth, chosen("EMAIL_OTP"), false),
            How::ChooseSms => (Flow::UserAuth, chosen("SMS_OTP"), false),
            How::ChoosePasskey => (Flow::UserAuth, chosen("WEB_AUTHN"), false),
            How::Custom => (Flow::Custom, named, false),
            How::Target(level) => {
                let asked = named.with("TARGET_ACR_VALUES", secret(&oracle::level(level)));
                (Flow::UserAuth, asked, false)
            }
            How::StepUp(level) => {
                let asked = named.with("TARGET_ACR_VALUES", secret(&oracle::level(level)));
                let people = self.people.len();
                let of = if right { who } else { (who + 1) % people };
                let last = self.people[of].last.as_ref();
                let access = last.map_or("none", |last| last.access.as_str());
                let asked = asked.with("ACCESS_TOKEN", secret(access));
                (Flow::UserAuth, asked, false)
            }
            How::CustomSrp => {
                let named = named.with("CHALLENGE_NAME", secret("SRP_A"));
                (
                    Flow::Custom,
                    named.with("SRP_A", secret(&client.public)),
                    false,
                )
            }
        };
        let last = self.people[who].last.as_ref();
        let last = last.filter(|_| right && matches!(how, How::StepUp(_)));
        let ended = last.is_some_and(|last| last.revocations != self.people[who].revocations);
        let steps_up = last.is_some();
        let credit = last.map(|last| last.methods.clone()).unwrap_or_default();
        let foreign = matches!(how, How::StepUp(_)) && !steps_up;
        let srp = matches!(how, How::Srp | How::ChooseSrp | How::CustomSrp);
        let srp = srp.then_some(client);
        let riddle = matches!(how, How::Custom | How::CustomSrp).then_some(Riddle {
            after_password: matches!(how, How::CustomSrp),
            solved: false,
        });
        let outcome = challenge::start(
            self.app(),
            &actor(face, ip),
            &ground.pool,
            &ground.client,
            Start {
                face: door(face),
                flow,
                parameters,
                session: None,
                metadata: &Metadata::new(),
                wanted: &[],
            },
        )
        .await;
        if outcome.is_ok() && (ended || foreign) {
            return Err(format!(
                "WENT ON from a token that is no good: {name} {how:?}"
            ));
        }
        let target = match how {
            // A browser signs in all the same; the client is told when it gets its answer (`web::levels`).
            How::Target(level) | How::StepUp(level) if face != Face::Hosted => Some(level),
            _ => None,
        };
        let mut methods = credit;
        let first = proves || !methods.is_empty();
        if proves {
            methods.insert("pwd");
        }
        let chain = Chain {
            methods,
            target,
            steps_up,
            sets_up: false,
            first,
            second: None,
            chose_password: false,
            era,
            named: key,
            device: None,
            recognised: false,
            riddle,
        };
        self.took(outcome, (who, face, ip), (chain, srp)).await
    }

    /// Takes an outcome to account.
    pub async fn took(
        &mut self,
        outcome: Result<Outcome>,
        (who, face, ip): (usize, Face, &str),
        (chain, srp): (Chain, Option<Arc<SrpClient>>),
    ) -> Result<Told, String> {
        let person = &self.people[who];
        let ground = &self.places[person.place];
        let next = match outcome {
            Err(error) if error.code.status() >= 500 => return Err(format!("FAILED {error:?}")),
            Err(_) => return Ok(Told::Refusal),
            Ok(Outcome::Tokens(issued)) => {
                let sub = oracle::sub_of(&issued.access_token);
                oracle::judge(ground, person, &chain, (&sub, ip))?;
                self.ways.extend(oracle::ways(ground, person, &chain));
                let said = oracle::said(&issued.access_token);
                oracle::judge_said(person, &chain, (said.0.as_deref(), &said.1))?;
                self.keep(who, &issued, &chain);
                self.seed += 1;
                if let Some(new) = issued.new_device.filter(|_| self.seed.is_multiple_of(4)) {
                    let tokens = json!({
                        "AccessToken": issued.access_token,
                        "NewDeviceMetadata": {
                            "DeviceKey": new.key.as_str(), "DeviceGroupKey": new.group_key,
                        },
                    });
                    self.register(who, &tokens).await;
                }
                return Ok(Told::Tokens);
            }
            Ok(Outcome::Proven(proven)) => {
                oracle::judge(ground, person, &chain, (proven.user.sub.as_str(), ip))?;
                let said = &proven.assurance;
                oracle::judge_said(person, &chain, (said.acr.as_deref(), &said.amr))?;
                self.ways.extend(oracle::ways(ground, person, &chain));
                return Ok(Told::Tokens);
            }
            Ok(Outcome::Challenge(next)) => next,
        };
        let code = next
            .parameters
            .contains_key("CODE_DELIVERY_DESTINATION")
            .then(|| {
                let to = match next.name {
                    ChallengeName::EmailOtp => Some(person.email.clone()),
                    _ => person.phone.clone(),
                };
                let wanted = Wanted {
                    to,
                    ..Wanted::default()
                };
                let mailbox = self.s.app.mailbox.as_ref().unwrap();
                mailbox
                    .list(&wanted)
                    .into_iter()
                    .next()
                    .and_then(|message| message.code)
            });
        self.tickets.push(Ticket {
            who,
            face,
            name: next.name,
            session: next.session,
            parameters: next.parameters,
            srp,
            code: code.flatten(),
            secret: None,
            set_up: false,
            chain,
            after: None,
        });
        Ok(Told::Challenge)
    }
}

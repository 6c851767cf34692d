//! One step of a walker, and the account that is kept of what it proves.

use poolhouse::domain::admin_users;
use poolhouse::domain::challenge::{self, Answer, ChallengeName, Flow, Outcome, Parameters, Start};
use poolhouse::domain::hooks::Metadata;
use poolhouse::domain::{password, revocation};
use poolhouse::error::Result;
use poolhouse::ports::mailbox::Wanted;
use poolhouse::secret::Secret;
use poolhouse::store::audit::{Actor, ActorKind};
use poolhouse::store::users::Factor;
use poolhouse::time::Span;

use super::action::{Action, Event, Face, How, Twist, With};
use super::oracle::{self, Told};
use super::world::{BLOCKED, CHOSEN, Chain, HOME, PASSWORD, Ticket, World};
use crate::api::auth::mfa::totp;
use crate::api::auth::stage::timestamp;
use crate::support::srp_client::{Given, SrpClient};

const NAMES: [ChallengeName; 12] = [
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
];

/// What an answer proves if it is taken.
#[derive(Clone, Copy, Default)]
struct Credit {
    first: bool,
    second: Option<Factor>,
    chose: bool,
    enrols: Option<Factor>,
}

fn actor(face: Face, ip: &str) -> Actor {
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

const fn door(face: Face) -> challenge::Face {
    match face {
        Face::Api => challenge::Face::Api,
        Face::Admin => challenge::Face::Admin,
        Face::Hosted => challenge::Face::Hosted,
    }
}

fn secret(text: &str) -> Secret<String> {
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
            } => {
                let who = usize::from(*who) % self.people.len();
                let ip = if *blocked { BLOCKED } else { HOME };
                self.begin(who, (*how, *right), (*face, ip)).await
            }
            Action::Answer {
                which,
                with,
                right,
                twist,
            } => match self.ticket(*which) {
                Some(at) => self.answer(at, (*with, *right), *twist).await,
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
            Action::Happens { who, what } => self.happens(usize::from(*who), *what).await,
            Action::Wait { seconds } => {
                let span = Span::seconds(i64::from(*seconds));
                self.s.clock().advance(span);
                Ok(Told::Refusal)
            }
        }
    }

    /// A challenge that is out, counted from the newest.
    fn ticket(&self, which: u16) -> Option<usize> {
        let count = self.tickets.len();
        (count > 0).then(|| count - 1 - usize::from(which) % count)
    }

    async fn begin(
        &mut self,
        who: usize,
        (how, right): (How, bool),
        (face, ip): (Face, &str),
    ) -> Result<Told, String> {
        let person = &self.people[who];
        let ground = &self.places[person.place];
        let (name, era) = (person.name.clone(), person.era);
        let typed = if right {
            person.password.as_str()
        } else {
            "Wrong-Horse1!"
        };
        self.seed += 1;
        let client = SrpClient::new(self.seed);
        let named = Parameters::default().with("USERNAME", secret(&name));
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
        };
        let srp = matches!(how, How::Srp | How::ChooseSrp).then_some(client);
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
            },
        )
        .await;
        let chain = Chain {
            first: proves,
            second: None,
            chose_password: false,
            era,
        };
        self.took(outcome, (who, face, ip), (chain, srp), None)
    }

    /// The parameters of an answer, and what they prove.
    fn proof(&self, at: usize, name: ChallengeName, right: bool) -> (Parameters, Credit) {
        let ticket = &self.tickets[at];
        let person = &self.people[ticket.who];
        let now = self.s.clock().server_now();
        let none = Credit::default();
        let given = Parameters::default();
        let code = ticket
            .code
            .clone()
            .filter(|_| right)
            .unwrap_or_else(|| "000000".to_owned());
        let sent = right && ticket.code.is_some() && ticket.name == name;
        match name {
            ChallengeName::SmsMfa => {
                let second = sent.then_some(Factor::Sms);
                (
                    given.with("SMS_MFA_CODE", secret(&code)),
                    Credit { second, ..none },
                )
            }
            ChallengeName::EmailOtp => {
                let given = given.with("EMAIL_OTP_CODE", secret(&code));
                if ticket.chain.first {
                    let second = sent.then_some(Factor::Email);
                    let enrols = second.filter(|_| !person.factors.contains(&Factor::Email));
                    return (
                        given,
                        Credit {
                            second,
                            enrols,
                            ..none
                        },
                    );
                }
                (
                    given,
                    Credit {
                        first: sent,
                        ..none
                    },
                )
            }
            ChallengeName::SmsOtp => (given.with("SMS_OTP_CODE", secret(&code)), none),
            ChallengeName::SoftwareTokenMfa => {
                let mine = person.secret.as_ref().filter(|_| right);
                let code =
                    mine.map(|mine| totp(&data_encoding::BASE32_NOPAD.encode(mine), now.ms()));
                let second = code.is_some().then_some(Factor::SoftwareToken);
                let code = code.unwrap_or_else(|| "000000".to_owned());
                let given = given.with("SOFTWARE_TOKEN_MFA_CODE", secret(&code));
                (given, Credit { second, ..none })
            }
            ChallengeName::SelectMfaType => {
                let all = ["SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"];
                let chosen = all[at % 3];
                (given.with("ANSWER", secret(chosen)), none)
            }
            ChallengeName::MfaSetup => {
                if ticket.set_up {
                    let second = Some(Factor::SoftwareToken);
                    return (given, Credit { second, ..none });
                }
                (given.with("EMAIL", secret(&person.email)), none)
            }
            ChallengeName::NewPasswordRequired => (
                given.with("NEW_PASSWORD", secret(CHOSEN)),
                Credit {
                    chose: true,
                    ..none
                },
            ),
            ChallengeName::Password | ChallengeName::SelectChallenge => {
                let typed = if right {
                    person.password.as_str()
                } else {
                    "Wrong-Horse1!"
                };
                if name == ChallengeName::SelectChallenge && at % 3 == 0 {
                    return (given.with("ANSWER", secret("EMAIL_OTP")), none);
                }
                let given = given
                    .with("ANSWER", secret("PASSWORD"))
                    .with("PASSWORD", secret(typed));
                (
                    given,
                    Credit {
                        first: right,
                        ..none
                    },
                )
            }
            ChallengeName::PasswordVerifier => self.claim(at, right),
            _ => (
                given
                    .with("CREDENTIAL", secret("{}"))
                    .with("SRP_A", secret("02")),
                none,
            ),
        }
    }

    fn claim(&self, at: usize, right: bool) -> (Parameters, Credit) {
        let ticket = &self.tickets[at];
        let person = &self.people[ticket.who];
        let part = |name: &str| ticket.parameters.get(name).cloned().unwrap_or_default();
        let Some(client) = ticket.srp.as_ref().filter(|_| !part("SRP_B").is_empty()) else {
            return (Parameters::default(), Credit::default());
        };
        let stamp = timestamp(self.s.clock().server_now().seconds());
        let (salt, b, block) = (part("SALT"), part("SRP_B"), part("SECRET_BLOCK"));
        let user_id = part("USER_ID_FOR_SRP");
        let signature = client.signature(&Given {
            pool: self.places[person.place].pool.id.as_str(),
            user_id: &user_id,
            password: if right {
                &person.password
            } else {
                "Wrong-Horse1!"
            },
            salt: &salt,
            b: &b,
            block: &block,
            timestamp: &stamp,
        });
        let given = Parameters::default()
            .with("PASSWORD_CLAIM_SECRET_BLOCK", secret(&block))
            .with("PASSWORD_CLAIM_SIGNATURE", secret(&signature))
            .with("TIMESTAMP", secret(&stamp));
        (
            given,
            Credit {
                first: right,
                ..Credit::default()
            },
        )
    }

    async fn answer(
        &mut self,
        at: usize,
        (with, right): (With, bool),
        twist: Twist,
    ) -> Result<Told, String> {
        let name = match with {
            With::Asked => self.tickets[at].name,
            With::Other(number) => NAMES[usize::from(number) % NAMES.len()],
        };
        let (mut parameters, credit) = self.proof(at, name, right);
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
            Twist::Session(_) if name == ChallengeName::PasswordVerifier => {}
            Twist::Session(n) => of = self.ticket(n).unwrap_or(at),
            Twist::Blocked => ip = BLOCKED,
        }
        // What a user knows or has is good for each of the user's sign-ins; a code that was sent is not.
        let same = self.tickets[of].who == who;
        let knows = name != ChallengeName::EmailOtp && name != ChallengeName::SmsMfa;
        let mut credit = if of == at || same && knows {
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
        let outcome = challenge::answer(
            self.app(),
            &actor(face, ip),
            &ground.pool,
            client,
            Answer {
                face: door(face),
                name,
                parameters,
                session: ticket.session.as_deref().map(secret),
                metadata: &Metadata::new(),
            },
        )
        .await;
        let mut chain = ticket.chain.clone();
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
        self.took(outcome, (whose, face, ip), (chain, None), Some(of))
    }

    async fn associate(&mut self, at: usize) -> Result<Told, String> {
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

    async fn verify(&mut self, at: usize, right: bool) -> Result<Told, String> {
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
        };
        self.tickets.push(next);
    }

    async fn happens(&mut self, who: usize, what: Event) -> Result<Told, String> {
        let who = who % self.people.len();
        let pool = self.places[self.people[who].place].pool.id.clone();
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
            }
            Event::SignOut => person.era += 1,
            Event::NewPassword => {
                person.era += 1;
                person.temporary = false;
                person.password = PASSWORD.to_owned();
            }
        }
        Ok(Told::Refusal)
    }

    /// Takes an outcome to account.
    fn took(
        &mut self,
        outcome: Result<Outcome>,
        (who, face, ip): (usize, Face, &str),
        (chain, srp): (Chain, Option<SrpClient>),
        _answered: Option<usize>,
    ) -> Result<Told, String> {
        let person = &self.people[who];
        let ground = &self.places[person.place];
        let next = match outcome {
            Err(error) if error.code.status() >= 500 => return Err(format!("FAILED {error:?}")),
            Err(_) => return Ok(Told::Refusal),
            Ok(Outcome::Tokens(issued)) => {
                let sub = oracle::sub_of(&issued.access_token);
                oracle::judge(ground, person, &chain, (&sub, ip))?;
                return Ok(Told::Tokens);
            }
            Ok(Outcome::Proven(proven)) => {
                oracle::judge(ground, person, &chain, (proven.user.sub.as_str(), ip))?;
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
        });
        Ok(Told::Challenge)
    }
}

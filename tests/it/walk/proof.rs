//! The parameters of answers, and what they prove: what people know, and codes that were sent.

use poolhouse::domain::challenge::{ChallengeName, Parameters};
use poolhouse::store::users::Factor;

use super::answer::Credit;
use super::step::secret;
use super::world::{CHOSEN, World};
use crate::api::auth::mfa::totp;
use crate::api::auth::stage::timestamp;
use crate::support::srp_client::{Given, SrpClient};
use crate::triggers::custom::SOLUTION;

impl World<'_> {
    /// The parameters of an answer, and what they prove.
    pub fn proof(
        &self,
        at: usize,
        name: ChallengeName,
        (right, used): (bool, Option<&SrpClient>),
    ) -> (Parameters, Credit) {
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
                let given = given.with("SMS_MFA_CODE", secret(&code));
                (
                    given,
                    Credit {
                        second,
                        bound: true,
                        ..none
                    },
                )
            }
            ChallengeName::EmailOtp => {
                let given = given.with("EMAIL_OTP_CODE", secret(&code));
                if ticket.chain.first {
                    let second = sent.then_some(Factor::Email);
                    let enrols = second.filter(|_| {
                        ticket.chain.sets_up && !person.factors.contains(&Factor::Email)
                    });
                    return (
                        given,
                        Credit {
                            second,
                            enrols,
                            bound: true,
                            ..none
                        },
                    );
                }
                (
                    given,
                    Credit {
                        first: sent,
                        bound: true,
                        ..none
                    },
                )
            }
            ChallengeName::SmsOtp => {
                let given = given.with("SMS_OTP_CODE", secret(&code));
                (
                    given,
                    Credit {
                        first: sent,
                        bound: true,
                        ..none
                    },
                )
            }
            ChallengeName::CustomChallenge => {
                let said = if right { SOLUTION } else { "a guess" };
                (
                    given.with("ANSWER", secret(said)),
                    Credit {
                        solved: right,
                        ..none
                    },
                )
            }
            ChallengeName::DeviceSrp => (self.device_begins(at, used), none),
            ChallengeName::DevicePasswordVerifier => self.device_claim(at, right),
            ChallengeName::WebAuthn => self.passkey(at, right),
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
                if name == ChallengeName::SelectChallenge && at.is_multiple_of(3) {
                    let code = ["EMAIL_OTP", "SMS_OTP"][at % 2];
                    return (given.with("ANSWER", secret(code)), none);
                }
                if name == ChallengeName::SelectChallenge && at % 3 == 1 {
                    let (given, credit) = self.passkey(at, right);
                    return (given.with("ANSWER", secret("WEB_AUTHN")), credit);
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
            _ => {
                let a = used.map_or("02", |used| used.public.as_str());
                (given.with("SRP_A", secret(a)), none)
            }
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
}

//! CUSTOM_AUTH: functions decide what is asked, whether an answer is right, and when it is enough
//! (triggers.md 4; api-auth.md 2). With SRP_A the password is proven first.
//!
//! What the functions keep to themselves travels sealed in `Session`. Each answer uses its session up
//! before it is looked at: how many tries there are is the functions' to say, and many answers at once
//! to one challenge must not count as one. A name that is nobody's goes the same way, and never gets
//! tokens, whatever the functions say. Beside what was proven the functions may ask for a second
//! factor, whose code is checked here: they are told when it was right.

use super::attempt::{Attempt, Factor, Passed, Step, Who};
use super::context::{Context, Subject, check_confirmed};
use super::{ChallengeName, Next, Outcome, Parameters, finish, new_password, second_factor, srp};
use crate::domain::existence;
use crate::domain::hooks::{self, Asked, Challenged, Decision, TokenSource};
use crate::domain::mfa;
use crate::domain::srp::ClientPublic;
use crate::domain::tokens::Nothing;
use crate::error::{Error, Reason, Result};
use crate::secret::Secret;
use crate::store::software_tokens;
use crate::store::users::{Factor as SecondFactor, Status, User};

/// The longest `Session` that the API takes.
const LONGEST_SESSION: usize = 2048;

/// A sign-in that functions make up, at one request.
struct Run<'a> {
    context: Context<'a>,
    typed: &'a str,
    subject: Subject,
    /// What has been proven so far.
    factors: Vec<Factor>,
}

/// Begins: asks the functions what to ask.
pub(super) async fn start(
    context: Context<'_>,
    typed: &str,
    parameters: &Parameters,
) -> Result<Outcome> {
    hooks::check_custom_auth(context.pool)?;
    let a = match parameters.find("CHALLENGE_NAME") {
        None => None,
        Some(name) if name.expose() == Asked::SrpA.as_str() => {
            Some(srp::client_public(parameters)?)
        }
        Some(_) => return Err(Error::invalid_parameter("CHALLENGE_NAME must be SRP_A.")),
    };
    let subject = context.subject(typed, None).await?;
    check_confirmed(subject.user())?;
    hooks::pre_authentication(context.app, context.event(typed, subject.user())).await?;
    let begun = a.is_some().then_some(Challenged {
        name: Asked::SrpA,
        result: true,
        metadata: None,
    });
    let run = Run {
        context,
        typed,
        subject,
        factors: Vec::new(),
    };
    run.decide(begun.into_iter().collect(), a.as_ref()).await
}

/// Goes on after the password was proven.
pub(super) async fn after_password(
    context: Context<'_>,
    user: User,
    attempt: &Attempt,
) -> Result<Outcome> {
    let mut history = attempt.history.clone();
    history.push(Challenged {
        name: Asked::PasswordVerifier,
        result: true,
        metadata: None,
    });
    let typed = user.username.clone();
    let run = Run {
        context,
        typed: &typed,
        subject: Subject::User(Box::new(user)),
        factors: vec![Factor::Srp],
    };
    run.decide(history, None).await
}

/// Takes the answer to a custom challenge.
pub(super) async fn answer(
    context: Context<'_>,
    typed: &str,
    session: Option<&Secret<String>>,
    parameters: &Parameters,
) -> Result<Outcome> {
    let Context {
        app, actor, client, ..
    } = context;
    let session = session.ok_or_else(|| Error::missing_parameter("Session"))?;
    let answer = parameters.get("ANSWER")?;
    let attempt = Attempt::open(app, client, context.face, session.expose()).await?;
    context.watch.resume(&attempt, false);
    let Step::Custom { private, metadata } = &attempt.step else {
        return Err(foreign());
    };
    let context = context.going_on(&attempt);
    let subject = subject(context, typed, &attempt).await?;
    let mut tx = app.store.write(actor).await?;
    attempt.consume_in(&mut tx).await?;
    tx.commit().await?;
    let event = context.event(typed, subject.user());
    let right = hooks::verify_auth_challenge(app, event, (private, answer)).await?;
    let mut history = attempt.history.clone();
    history.push(Challenged {
        name: Asked::Custom,
        result: right,
        metadata: metadata.clone(),
    });
    let mut factors = attempt.factors.clone();
    if right && !factors.contains(&Factor::Custom) {
        factors.push(Factor::Custom);
    }
    let run = Run {
        context,
        typed,
        subject,
        factors,
    };
    run.decide(history, None).await
}

/// Goes on after a second factor was proven that the functions asked for.
pub(super) async fn after_factor(
    context: Context<'_>,
    user: User,
    (attempt, last): (&Attempt, Factor),
    passed: &dyn Passed,
) -> Result<Outcome> {
    let name = match &attempt.step {
        Step::Code { factor, .. } => asked_as(*factor),
        _ => Asked::SoftwareTokenMfa,
    };
    second_factor::pass(context, passed).await?;
    let mut history = attempt.history.clone();
    history.push(Challenged {
        name,
        result: true,
        metadata: None,
    });
    let mut factors = attempt.factors.clone();
    factors.push(last);
    let typed = user.username.clone();
    let run = Run {
        context,
        typed: &typed,
        subject: Subject::User(Box::new(user)),
        factors,
    };
    run.decide(history, None).await
}

/// Whose sign-in it is, if the answer's user name means the same.
async fn subject(context: Context<'_>, typed: &str, attempt: &Attempt) -> Result<Subject> {
    let Some(epoch) = attempt.who.epoch() else {
        let phantom = existence::phantom(context.app, context.pool, typed)?;
        if phantom.sub != attempt.who.sub {
            return Err(foreign());
        }
        return Ok(Subject::Phantom(phantom.sub));
    };
    let user = context.resumed(&attempt.who.sub, epoch).await?;
    context.check_same(typed, &user).await?;
    Ok(Subject::User(Box::new(user)))
}

impl Run<'_> {
    /// Asks what comes next, and does it.
    async fn decide(self, history: Vec<Challenged>, a: Option<&ClientPublic>) -> Result<Outcome> {
        let context = self.context;
        let event = context.event(self.typed, self.subject.user());
        let decision = hooks::define_auth_challenge(context.app, event, &history).await?;
        match (decision, a) {
            (Decision::Fail, _) => Err(context.refuse(self.subject.sub(), Reason::Trigger).await),
            (Decision::Issue, _) => self.finish().await,
            (Decision::Ask(Asked::PasswordVerifier), Some(a)) => {
                srp::within(context, (self.typed, &self.subject), a, history).await
            }
            (Decision::Ask(Asked::Custom), _) => self.ask(history).await,
            (Decision::Ask(asked), _) => match factor_of(asked) {
                Some(factor) => self.ask_factor(factor, &history).await,
                None => Err(Error::trigger_output_unrecognizable()),
            },
        }
    }

    /// Asks for a second factor, beside something that has been proven. Nobody has one.
    ///
    /// # Errors: InvalidLambdaResponse (nothing was proven yet, a second factor was, or the pool has
    /// no such factor), InvalidParameter (the user has none)
    async fn ask_factor(self, factor: SecondFactor, history: &[Challenged]) -> Result<Outcome> {
        let offered = mfa::offers(self.context.pool, factor);
        if !offered || self.factors.is_empty() || Factor::suffice(&self.factors) {
            return Err(Error::trigger_output_unrecognizable());
        }
        let user = match &self.subject {
            Subject::User(user) => user,
            Subject::Phantom(sub) => {
                return Err(self.context.refuse(sub, Reason::UnknownUser).await);
            }
        };
        let context = Context {
            history,
            ..self.context
        };
        if factor == SecondFactor::SoftwareToken {
            let token = {
                let mut db = context.app.store.read().await?;
                software_tokens::find(&mut db, &user.pool, &user.sub).await?
            };
            let secret = token.and_then(|token| token.secret);
            secret.ok_or_else(Error::software_token_missing)?;
        }
        let one = (self.factors.as_slice(), mfa::Asked::One(factor));
        second_factor::ask(context, user, one, &Nothing).await
    }

    /// Gives a custom challenge.
    async fn ask(self, history: Vec<Challenged>) -> Result<Outcome> {
        let context = self.context;
        let Context { app, client, .. } = context;
        let event = context.event(self.typed, self.subject.user());
        let created = hooks::create_auth_challenge(app, event, &history).await?;
        let who = match &self.subject {
            Subject::User(user) => Who::user(user),
            Subject::Phantom(sub) => Who::phantom(sub),
        };
        let step = Step::Custom {
            private: created.private_challenge_parameters.unwrap_or_default(),
            metadata: created.challenge_metadata,
        };
        let mut attempt = Attempt::new(app, client, context.face, who, step)?;
        attempt.history = history;
        attempt.factors = self.factors;
        attempt.device = context.device.cloned();
        attempt.event = context.watch.event();
        let session = attempt.seal(app)?;
        if session.len() > LONGEST_SESSION {
            tracing::error!(
                "CreateAuthChallenge returned more private parameters and metadata than a Session holds"
            );
            return Err(Error::trigger_output_unrecognizable());
        }
        let user = self.subject.user();
        let username = user.map_or(self.typed, |user| user.username.as_str());
        let mut parameters = created.public_challenge_parameters.unwrap_or_default();
        parameters.insert("USERNAME".to_owned(), username.to_owned());
        Ok(Outcome::Challenge(Next {
            name: ChallengeName::CustomChallenge,
            parameters,
            session: Some(session),
            available: Vec::new(),
        }))
    }

    /// Ends it, for users. Where the password was proven, what belongs to it comes yet: choosing a new
    /// one, the second factor.
    async fn finish(self) -> Result<Outcome> {
        let context = self.context;
        let user = match self.subject {
            Subject::User(user) => *user,
            Subject::Phantom(sub) => return Err(context.refuse(&sub, Reason::UnknownUser).await),
        };
        if user.status == Status::ResetRequired {
            return Err(Error::password_reset_required());
        }
        let source = TokenSource::Authentication;
        if !self.factors.contains(&Factor::Srp) {
            return finish::sign_in(context, user, (&self.factors, source), &Nothing).await;
        }
        if user.status == Status::ForceChangePassword {
            let next = new_password::ask(context, &user, Factor::Srp)?;
            return Ok(Outcome::Challenge(next));
        }
        if Factor::suffice(&self.factors) {
            return second_factor::end(context, user, &self.factors, (&Nothing, None)).await;
        }
        second_factor::go_on(context, user, (self.factors, source), &Nothing).await
    }
}

const fn factor_of(asked: Asked) -> Option<SecondFactor> {
    match asked {
        Asked::SmsMfa => Some(SecondFactor::Sms),
        Asked::EmailOtp => Some(SecondFactor::Email),
        Asked::SoftwareTokenMfa => Some(SecondFactor::SoftwareToken),
        Asked::SrpA | Asked::PasswordVerifier | Asked::Custom => None,
    }
}

const fn asked_as(factor: SecondFactor) -> Asked {
    match factor {
        SecondFactor::Sms => Asked::SmsMfa,
        SecondFactor::Email => Asked::EmailOtp,
        SecondFactor::SoftwareToken => Asked::SoftwareTokenMfa,
    }
}

fn foreign() -> Error {
    Error::invalid_session().because(Reason::ForeignSession)
}

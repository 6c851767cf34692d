//! USER_AUTH: the user chooses the first factor (api-auth.md 1.2). SELECT_CHALLENGE lists what there
//! is to choose from; PREFERRED_CHALLENGE spares the question.
//!
//! [`begin`] is where each factor starts, whichever way it was chosen. A name that is nobody's gets
//! the same answers as a user's, and none of them leads to tokens.

use super::attempt::{Attempt, Passed, Step, Who};
use super::context::{Context, Subject, check_confirmed};
use super::goal::{self, Credit, Goal, Wish};
use super::{
    ChallengeName, Face, Next, Outcome, Parameters, first_code, password, second_factor, signed_up,
    srp, web_authn,
};
use crate::domain::assurance::target::Missing;
use crate::domain::hooks::TokenSource;
use crate::domain::passkeys::sign_in;
use crate::domain::tokens::Nothing;
use crate::domain::{existence, first_factors, hooks};
use crate::error::{Error, Reason, Result};
use crate::ids::Sub;
use crate::secret::Secret;
use crate::settings::pool::{FirstFactor, Tier};
use crate::store::users;

/// Who has to prove what: a sign-in whose first factor is not proven yet.
pub(super) struct Choosing<'a> {
    /// The user name as it was sent; a page may leave it out.
    pub(super) typed: Option<&'a str>,
    /// Whom it means.
    pub(super) subject: &'a Subject,
    /// What there is to choose from.
    pub(super) offered: &'a [FirstFactor],
    /// The parameters of the request: the chosen factor's may be among them.
    pub(super) parameters: &'a Parameters,
    /// The challenge that the choice answers.
    pub(super) attempt: Option<&'a Attempt>,
}

/// Begins a sign-in with a choice, or with what is preferred; or ends one that sign-up began.
pub(super) async fn start(
    context: Context<'_>,
    typed: &str,
    parameters: &Parameters,
    session: Option<&Secret<String>>,
) -> Result<Outcome> {
    let Context { app, pool, .. } = context;
    if pool.settings().tier() == Tier::Lite {
        let tier = Tier::Lite.as_str();
        return Err(Error::feature_unavailable("USER_AUTH", tier));
    }
    let wish = match Wish::of_page(context.wanted) {
        Some(wish) => Some(wish),
        None => Wish::read(pool, parameters)?,
    };
    if let Some(session) = session {
        if wish.is_some() {
            return Err(Error::target_with_session());
        }
        return signed_up::sign_in(context, typed, session).await;
    }
    let preferred = parameters.find("PREFERRED_CHALLENGE");
    let preferred = preferred.map(|name| chosen(name, "PREFERRED_CHALLENGE"));
    let preferred = preferred.transpose()?;
    let subject = context.subject(typed, None).await?;
    check_confirmed(subject.user())?;
    let credit = match &wish {
        Some(wish) => wish.credit(context, &subject).await?,
        None => Credit::default(),
    };
    hooks::pre_authentication(app, context.event(typed, subject.user())).await?;
    let offered = offered(context, typed, &subject).await?;
    let choosing = Choosing {
        typed: Some(typed),
        subject: &subject,
        offered: &offered,
        parameters,
        attempt: None,
    };
    let Some(wish) = wish else {
        return choose(context, &choosing, preferred).await;
    };
    let means = goal::means(context, &choosing, &offered)?;
    match wish.settle(&credit, &means) {
        Ok(settled) => Box::pin(go_for(context, &choosing, &settled, preferred)).await,
        // Who it is has to be proven first; then the client is told.
        Err(_) if context.face == Face::Hosted => choose(context, &choosing, preferred).await,
        Err(error) => Err(error),
    }
}

/// Begins with what is missing to a level.
pub(super) async fn go_for(
    context: Context<'_>,
    choosing: &Choosing<'_>,
    (goal, missing): &(Goal, Missing),
    preferred: Option<ChallengeName>,
) -> Result<Outcome> {
    let context = context.going_for(Some(goal));
    if goal::begins_with_second(missing, preferred)
        && let Subject::User(user) = choosing.subject
    {
        let nothing = (Vec::new(), TokenSource::Authentication);
        return second_factor::go_on(context, (**user).clone(), nothing, &Nothing).await;
    }
    let choosing = Choosing {
        typed: choosing.typed,
        subject: choosing.subject,
        offered: &missing.firsts,
        parameters: choosing.parameters,
        attempt: choosing.attempt,
    };
    choose(context, &choosing, preferred).await
}

/// Begins with what is preferred, if that is offered, or with the choice.
async fn choose(
    context: Context<'_>,
    choosing: &Choosing<'_>,
    preferred: Option<ChallengeName>,
) -> Result<Outcome> {
    let name = preferred.filter(|name| choosing.offers(*name));
    let name = name.unwrap_or(ChallengeName::SelectChallenge);
    begin(context, choosing, name).await
}

/// Takes the choice, or the proof of a password that was chosen without it.
///
/// # Errors: NotAuthorized, InvalidParameter (not one of those offered)
pub(super) async fn answer(
    context: Context<'_>,
    typed: Option<&str>,
    session: Option<&Secret<String>>,
    (name, parameters): (ChallengeName, &Parameters),
) -> Result<Outcome> {
    let (attempt, subject) = resume(context, typed, session).await?;
    let Step::Choose(listed) = &attempt.step else {
        return Err(foreign());
    };
    let context = context.going_on(&attempt);
    // What was offered may be gone by now: a second factor is asked for, a setting was changed.
    let known = typed.unwrap_or(attempt.who.sub.as_str());
    let mut offered = offered(context, known, &subject).await?;
    offered.retain(|factor| listed.contains(factor));
    let choosing = Choosing {
        typed,
        subject: &subject,
        offered: &offered,
        parameters,
        attempt: Some(&attempt),
    };
    let name = match name {
        ChallengeName::SelectChallenge => chosen(parameters.get("ANSWER")?, "ANSWER")?,
        // The answer itself, not the choice alone.
        ChallengeName::Password => parameters.get("PASSWORD").map(|_| name)?,
        ChallengeName::PasswordSrp => parameters.get("SRP_A").map(|_| name)?,
        ChallengeName::WebAuthn => parameters.get("CREDENTIAL").map(|_| name)?,
        _ => name,
    };
    if !choosing.offers(name) {
        return Err(Error::challenge_not_available(name.as_str()));
    }
    begin(context, &choosing, name).await
}

/// Begins with a factor that is offered.
async fn begin(
    context: Context<'_>,
    choosing: &Choosing<'_>,
    name: ChallengeName,
) -> Result<Outcome> {
    let parameters = choosing.parameters;
    match name {
        ChallengeName::Password => match parameters.find("PASSWORD") {
            Some(password) => {
                let turn = context.app.hashing.turn().await?;
                password::prove(context, choosing.subject, password, choosing.attempt, turn).await
            }
            None => ask(context, choosing, name).await,
        },
        ChallengeName::PasswordSrp => match parameters.find("SRP_A") {
            Some(a) => srp::begin(context, choosing, a.expose()).await,
            None => ask(context, choosing, name).await,
        },
        ChallengeName::EmailOtp | ChallengeName::SmsOtp => {
            first_code::send(context, choosing, name).await
        }
        ChallengeName::WebAuthn => match (parameters.find("CREDENTIAL"), choosing.attempt) {
            (Some(credential), Some(attempt)) => {
                web_authn::prove(context, choosing.subject, (credential, attempt)).await
            }
            _ => ask(context, choosing, name).await,
        },
        _ => ask(context, choosing, ChallengeName::SelectChallenge).await,
    }
}

/// Asks for the choice, or for the proof of what was chosen without it.
async fn ask(
    context: Context<'_>,
    choosing: &Choosing<'_>,
    name: ChallengeName,
) -> Result<Outcome> {
    let attempt = choosing.next(context, Step::Choose(choosing.offered.to_vec()))?;
    let parameters = web_authn::options(context, choosing, (name, &attempt)).await?;
    let next = choosing.challenge(name, parameters, attempt.seal(context.app)?);
    choosing.use_up(context).await?;
    Ok(Outcome::Challenge(next))
}

impl Choosing<'_> {
    /// Whether a challenge is among those that there are to choose from.
    pub(super) fn offers(&self, name: ChallengeName) -> bool {
        names(self.offered).contains(&name)
    }

    /// The next attempt of the same sign-in.
    pub(super) fn next(&self, context: Context<'_>, step: Step) -> Result<Attempt> {
        let who = match self.subject {
            Subject::User(user) => Who::user(user),
            Subject::Phantom(sub) => Who::phantom(sub),
        };
        let mut attempt = Attempt::new(context.app, context.client, context.face, who, step)?;
        attempt.event = context.watch.event();
        attempt.goal = context.goal.cloned();
        Ok(attempt)
    }

    /// The next challenge, with what else there is to choose from.
    pub(super) fn challenge(
        &self,
        name: ChallengeName,
        parameters: Vec<(&str, String)>,
        session: String,
    ) -> Next {
        let named = |(name, value): (&str, String)| (name.to_owned(), value);
        Next {
            name,
            parameters: parameters.into_iter().map(named).collect(),
            session: Some(session),
            available: names(self.offered),
        }
    }

    /// What the step that was passed leaves behind: the challenge that the choice answered is used
    /// up.
    pub(super) fn passed(&self) -> &dyn Passed {
        match self.attempt {
            Some(attempt) => attempt,
            None => &Nothing,
        }
    }

    /// Uses up the challenge that the choice answered.
    pub(super) async fn use_up(&self, context: Context<'_>) -> Result<()> {
        let Some(attempt) = self.attempt else {
            return Ok(());
        };
        let mut tx = context.app.store.write(context.actor).await?;
        attempt.consume_in(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    /// The user name for what is told of nobody.
    pub(super) fn typed(&self) -> &str {
        match (self.typed, self.subject) {
            (Some(typed), _) => typed,
            (None, Subject::User(user)) => &user.username,
            (None, Subject::Phantom(sub)) => sub.as_str(),
        }
    }
}

/// The attempt and the subject of an answer about a first factor.
///
/// # Errors: NotAuthorized, InvalidParameter (no `Session`, no `USERNAME`)
pub(super) async fn resume(
    context: Context<'_>,
    typed: Option<&str>,
    session: Option<&Secret<String>>,
) -> Result<(Attempt, Subject)> {
    let Context { app, client, .. } = context;
    let session = session.ok_or_else(|| Error::missing_parameter("Session"))?;
    let attempt = Attempt::open(app, client, context.face, session.expose()).await?;
    context.watch.resume(&attempt, false);
    if !attempt.factors.is_empty() {
        return Err(foreign());
    }
    if typed.is_none() && context.face != Face::Hosted {
        return Err(Error::missing_parameter("USERNAME"));
    }
    let Some(epoch) = attempt.who.epoch() else {
        let sub = attempt.who.sub.clone();
        check_phantom(context, typed, &sub).await?;
        return Ok((attempt, Subject::Phantom(sub)));
    };
    let user = context.resumed(&attempt.who.sub, epoch).await?;
    if let Some(typed) = typed {
        context.check_same(typed, &user).await?;
    }
    Ok((attempt, Subject::User(Box::new(user))))
}

/// The answer about nobody must be about the same nobody, and costs the statements that one about a
/// user costs.
async fn check_phantom(context: Context<'_>, typed: Option<&str>, sub: &Sub) -> Result<()> {
    let Context { app, pool, .. } = context;
    let mut db = app.store.read().await?;
    users::by_sub(&mut db, &pool.id, sub).await?;
    drop(db);
    let Some(typed) = typed else {
        return Ok(());
    };
    if srp::phantom_id(pool, typed, sub) != typed {
        context.find(typed).await?;
    }
    if existence::phantom(app, pool, typed)?.sub == *sub {
        return Ok(());
    }
    Err(foreign())
}

/// What a subject can begin with. Whoever has nothing is shown what everybody has: the password.
pub(super) async fn offered(
    context: Context<'_>,
    typed: &str,
    subject: &Subject,
) -> Result<Vec<FirstFactor>> {
    let Context { app, pool, .. } = context;
    let offered = match subject {
        Subject::User(user) => first_factors::of(app, pool, user).await?,
        Subject::Phantom(sub) => {
            // The same statement as for a user.
            context.password(sub).await?;
            let sent = existence::phantom(app, pool, typed)?.sent;
            let mut seeming = first_factors::of_phantom(pool, &sent);
            let passkey = sign_in::offer_phantom(app, pool, sub).await?;
            seeming.extend(passkey.map(|_| FirstFactor::WebAuthn));
            seeming
        }
    };
    if offered.is_empty() {
        return Ok(vec![FirstFactor::Password]);
    }
    Ok(offered)
}

/// The challenges of factors, in the order in which they are listed.
fn names(offered: &[FirstFactor]) -> Vec<ChallengeName> {
    let of = |factor: &FirstFactor| -> &[ChallengeName] {
        match factor {
            FirstFactor::Password => &[ChallengeName::PasswordSrp, ChallengeName::Password],
            FirstFactor::EmailOtp => &[ChallengeName::EmailOtp],
            FirstFactor::SmsOtp => &[ChallengeName::SmsOtp],
            FirstFactor::WebAuthn => &[ChallengeName::WebAuthn],
            FirstFactor::SoftwareToken => &[],
        }
    };
    offered.iter().flat_map(of).copied().collect()
}

/// Reads the name of a first factor's challenge.
///
/// # Errors: InvalidParameter
fn chosen(text: &Secret<String>, parameter: &str) -> Result<ChallengeName> {
    let name = ChallengeName::parse(text.expose());
    let is_first = |name: &ChallengeName| {
        use ChallengeName::{EmailOtp, Password, PasswordSrp, SmsOtp, WebAuthn};
        matches!(name, EmailOtp | Password | PasswordSrp | SmsOtp | WebAuthn)
    };
    name.filter(is_first)
        .ok_or_else(|| Error::invalid_parameter(format!("Invalid {parameter}.")))
}

fn foreign() -> Error {
    Error::invalid_session().because(Reason::ForeignSession)
}

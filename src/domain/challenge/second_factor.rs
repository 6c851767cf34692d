//! After the first factor: the second one, where it is asked for (api-auth.md 5), else the end.

use super::attempt::{Attempt, Factor, Passed, Step, Who};
use super::context::Context;
use super::watched::{self, Noted};
use super::{
    ChallengeName, Face, Next, Outcome, custom, device, device_browser, device_ticket, finish, goal,
};
use crate::domain::codes::{self, Sent};
use crate::domain::delivery::{self, Details};
use crate::domain::hooks::TokenSource;
use crate::domain::limits;
use crate::domain::messages::{self, Draft, Message};
use crate::domain::mfa::{self, Asked};
use crate::error::{Code, Error, Reason, Result};
use crate::secret::Secret;
use crate::settings::pool::Contact;
use crate::store::auth_events::Response;
use crate::store::software_tokens;
use crate::store::users::{Factor as SecondFactor, User};

/// Goes on with a user whose first factor is proven.
pub(super) async fn go_on(
    context: Context<'_>,
    user: User,
    (proven, source): (Vec<Factor>, TokenSource),
    passed: &dyn Passed,
) -> Result<Outcome> {
    let floor = watched::asked(context, &user).await?;
    let asked = goal::asked(context, &user, (&proven, floor)).await?;
    let device = device::remembered(context, &user).await?;
    let reached = goal::is_reached(context, &proven);
    let stands = |asked: &Asked| {
        // The risk of a sign-in is not lessened by what the password's owner may have stolen too,
        // and no level is reached by it.
        reached && !context.watch.asks_for_more() && device::stands_for(context.pool, asked)
    };
    let browser = device_browser::proven(context, &user).await?;
    if let Some(browser) = browser.filter(|_| stands(&asked)) {
        return Box::pin(device_browser::end(
            context,
            user,
            (&proven, &browser),
            passed,
        ))
        .await;
    }
    match device.filter(|_| stands(&asked)) {
        Some(device) => {
            let noted = noted(context, &user, passed);
            let ticket = passed.ticket();
            device::ask(context, &user, (&proven, device), &noted, ticket).await
        }
        None if asked == Asked::Nothing => {
            Box::pin(finish::sign_in(context, user, (&proven, source), passed)).await
        }
        None => go_on_asking(context, &user, (&proven, asked), passed).await,
    }
}

/// Asks for more, after a first factor.
pub(super) async fn go_on_asking(
    context: Context<'_>,
    user: &User,
    asked: (&[Factor], Asked),
    passed: &dyn Passed,
) -> Result<Outcome> {
    let noted = noted(context, user, passed);
    ask(context, user, asked, &noted).await
}

/// A step that was passed and is not the last.
fn noted<'a>(context: Context<'a>, user: &'a User, passed: &'a dyn Passed) -> Noted<'a> {
    Noted {
        context,
        sub: &user.sub,
        response: Response::InProgress,
        passed,
    }
}

/// Goes on with a user who has proven what is asked for, with the second factor or a passkey: a
/// remembered device proves itself too.
pub(super) async fn done(
    context: Context<'_>,
    (attempt, last): (&Attempt, Factor),
    user: User,
    passed: &dyn Passed,
) -> Result<Outcome> {
    let context = context.going_on(attempt);
    if !attempt.history.is_empty() {
        return Box::pin(custom::after_factor(context, user, (attempt, last), passed)).await;
    }
    let mut proven = attempt.factors.clone();
    proven.push(last);
    let ticket = device_ticket::of_attempt(attempt);
    end(context, user, &proven, (passed, Some(ticket))).await
}

/// The end where both factors are proven: a remembered device proves itself too.
pub(super) async fn end(
    context: Context<'_>,
    user: User,
    proven: &[Factor],
    (passed, ticket): (&dyn Passed, Option<String>),
) -> Result<Outcome> {
    if let Some(device) = device::remembered(context, &user).await? {
        let noted = noted(context, &user, passed);
        return device::ask(context, &user, (proven, device), &noted, ticket).await;
    }
    if let Some(browser) = device_browser::proven(context, &user).await? {
        return device_browser::end(context, user, (proven, &browser), passed).await;
    }
    let proven = (proven, TokenSource::Authentication);
    finish::sign_in(context, user, proven, passed).await
}

/// Asks for a factor, for a choice, or to set one up.
pub(super) async fn ask(
    context: Context<'_>,
    user: &User,
    (proven, asked): (&[Factor], Asked),
    passed: &dyn Passed,
) -> Result<Outcome> {
    match asked {
        Asked::One(factor) if mfa::contact_of(factor).is_some() => {
            let contact = mfa::contact_of(factor).and_then(|c| delivery::contact(user, c));
            let sent = contact.ok_or_else(|| Error::mfa_not_deliverable(factor.as_str()))?;
            return send(context, user, (proven, factor), (&sent, false), passed).await;
        }
        Asked::One(_) => {
            let token = {
                let mut db = context.app.store.read().await?;
                software_tokens::find(&mut db, &user.pool, &user.sub).await?
            };
            let name = token.and_then(|token| token.name);
            let named = name.map(|name| ("FRIENDLY_DEVICE_NAME", name));
            let next = challenge(
                context,
                user,
                (proven, Step::SoftwareToken),
                (ChallengeName::SoftwareTokenMfa, named),
            )?;
            pass(context, passed).await?;
            Ok(Outcome::Challenge(next))
        }
        Asked::Choice(factors) => {
            let listed = ("MFAS_CAN_CHOOSE", listed(&factors)?);
            let next = challenge(
                context,
                user,
                (proven, Step::SelectMfa(factors)),
                (ChallengeName::SelectMfaType, Some(listed)),
            )?;
            pass(context, passed).await?;
            Ok(Outcome::Challenge(next))
        }
        Asked::SetUp(offered) => {
            let listed = ("MFAS_CAN_SETUP", listed(&offered)?);
            let step = Step::SetUpMfa {
                offered,
                secret: None,
                done: false,
            };
            let named = (ChallengeName::MfaSetup, Some(listed));
            let next = challenge(context, user, (proven, step), named)?;
            pass(context, passed).await?;
            Ok(Outcome::Challenge(next))
        }
        Asked::Nothing => Err(Error::internal(anyhow::anyhow!("nothing was to be asked"))),
    }
}

/// Sends a code and asks for it. The address need not be stored: proving it may turn the factor on.
pub(super) async fn send(
    context: Context<'_>,
    user: &User,
    (proven, factor): (&[Factor], SecondFactor),
    (sent, enrols): (&Sent, bool),
    passed: &dyn Passed,
) -> Result<Outcome> {
    let app = context.app;
    let message = message(context, user, sent).await?;
    let code = codes::generate(app)?;
    let mut attempt = attempt(context, user, proven, Step::SoftwareToken)?;
    attempt.step = Step::Code {
        factor,
        hash: attempt.hash(app, code.expose())?,
        enrols: enrols.then(|| sent.address.clone()),
    };
    let details = Details::from(sent);
    let mut parameters = vec![
        (
            "CODE_DELIVERY_DELIVERY_MEDIUM",
            details.medium.as_str().to_owned(),
        ),
        ("CODE_DELIVERY_DESTINATION", details.destination),
    ];
    let name = if factor == SecondFactor::Email {
        ChallengeName::EmailOtp
    } else {
        parameters.push(("USER_ID_FOR_SRP", user.username.clone()));
        ChallengeName::SmsMfa
    };
    let next = Next {
        name,
        parameters: parameters
            .into_iter()
            .map(|(k, v)| (k.to_owned(), v))
            .collect(),
        session: Some(attempt.seal(app)?),
        available: Vec::new(),
    };
    let now = app.clock.now(&user.pool);
    let mut tx = app.store.write(context.actor).await?;
    // The sign-in operations know no LimitExceededException.
    limits::message(app, &mut tx, &user.pool, sent, now)
        .await
        .map_err(|error| match error.code {
            Code::LimitExceeded => Error::rate_exceeded().because(Reason::TooManyTries),
            _ => error,
        })?;
    passed.write(&mut tx).await?;
    tx.commit().await?;
    let delivered = message.send(app, sent, &code).await;
    delivered.map_err(|error| undelivered(context, sent.contact, error))?;
    Ok(Outcome::Challenge(next))
}

/// A code that could not be delivered. The sign-in operations know no CodeDeliveryFailureException;
/// what is nearest in their model says that Cognito may not send.
pub(super) fn undelivered(context: Context<'_>, contact: Contact, error: Error) -> Error {
    if error.code != Code::CodeDeliveryFailure || context.face == Face::Hosted {
        return error;
    }
    let code = match contact {
        Contact::Email => Code::InvalidEmailRoleAccessPolicy,
        Contact::PhoneNumber => Code::InvalidSmsRoleAccessPolicy,
    };
    Error::new(code, error.message)
}

/// The message with a code for signing in, settled.
pub(super) async fn message<'a>(
    context: Context<'a>,
    user: &'a User,
    sent: &Sent,
) -> Result<Message<'a>> {
    let draft = Draft {
        actor: context.actor,
        kind: messages::Kind::Authentication,
        pool: context.pool,
        client: Some(&context.client.id),
        user,
        metadata: context.metadata,
    };
    draft.settle(context.app, sent.contact).await
}

fn challenge(
    context: Context<'_>,
    user: &User,
    (proven, step): (&[Factor], Step),
    (name, parameter): (ChallengeName, Option<(&str, String)>),
) -> Result<Next> {
    let attempt = attempt(context, user, proven, step)?;
    let user_id = ("USER_ID_FOR_SRP", user.username.clone());
    let parameters = parameter.into_iter().chain([user_id]);
    Ok(Next {
        name,
        parameters: parameters.map(|(k, v)| (k.to_owned(), v)).collect(),
        session: Some(attempt.seal(context.app)?),
        available: Vec::new(),
    })
}

/// An attempt at a step of a user who has proven something.
pub(super) fn attempt(
    context: Context<'_>,
    user: &User,
    proven: &[Factor],
    step: Step,
) -> Result<Attempt> {
    let Context { app, client, .. } = context;
    let mut attempt = Attempt::new(app, client, context.face, Who::user(user), step)?;
    attempt.factors = proven.to_vec();
    attempt.goal = context.goal.cloned();
    attempt.event = context.watch.event();
    attempt.device = context.device.cloned();
    attempt.history = context.history.to_vec();
    Ok(attempt)
}

/// Writes what the passed step leaves behind.
pub(super) async fn pass(context: Context<'_>, passed: &dyn Passed) -> Result<()> {
    let mut tx = context.app.store.write(context.actor).await?;
    passed.write(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// A list of factors as a challenge parameter: a JSON list in a text.
fn listed(factors: &[SecondFactor]) -> Result<String> {
    serde_json::to_string(factors).map_err(Error::internal)
}

/// The attempt and the user of an answer about a second factor.
///
/// # Errors: NotAuthorized, InvalidParameter (no `Session`, no `USERNAME`)
pub(super) async fn resume(
    context: Context<'_>,
    typed: Option<&str>,
    session: Option<&Secret<String>>,
) -> Result<(Attempt, User)> {
    let Context { app, client, .. } = context;
    let session = session.ok_or_else(|| Error::missing_parameter("Session"))?;
    let attempt = Attempt::open(app, client, context.face, session.expose()).await?;
    context.watch.resume(&attempt, true);
    let foreign = || Error::invalid_session().because(Reason::ForeignSession);
    let Some(epoch) = attempt.who.epoch().filter(|_| attempt.is_begun()) else {
        return Err(foreign());
    };
    let user = context.resumed(&attempt.who.sub, epoch).await?;
    match typed {
        Some(typed) => context.check_same(typed, &user).await?,
        None if context.face == Face::Hosted => {}
        None => return Err(Error::missing_parameter("USERNAME")),
    }
    Ok((attempt, user))
}

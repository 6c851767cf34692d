//! EMAIL_OTP and SMS_OTP as first factors: a code to a contact takes the password's place
//! (api-auth.md 2). It has eight digits, and is good for this sign-in alone.

use futures_util::future::BoxFuture;

use super::attempt::{Attempt, Factor, Passed, Step};
use super::choice::{self, Choosing};
use super::context::{Context, Subject};
use super::{ChallengeName, Outcome, Parameters, code, second_factor};
use crate::app::App;
use crate::domain::codes::Sent;
use crate::domain::delivery::{self, Details};
use crate::domain::hooks::TokenSource;
use crate::domain::limits::{self, Act};
use crate::domain::mfa::tries;
use crate::domain::{existence, first_factors, records};
use crate::error::{Code as Kind, Error, Reason, Result};
use crate::ids::{PoolId, Sub};
use crate::secret::Secret;
use crate::settings::pool::{Contact, FirstFactor};
use crate::store::db::Tx;
use crate::store::pools::Pool;
use crate::store::users::User;
use crate::time::Timestamp;

/// Digits of a code that stands for a password.
const DIGITS: usize = 8;

/// Whether a `Session` asks for a code that stands for a password.
pub(super) fn asked(app: &App, session: Option<&Secret<String>>) -> bool {
    session.is_some_and(|session| Attempt::asks_first_code(app, session))
}

/// Sends a code and asks for it. To a name that is nobody's none goes out, and nothing tells.
pub(super) async fn send(
    context: Context<'_>,
    choosing: &Choosing<'_>,
    name: ChallengeName,
) -> Result<Outcome> {
    let contact = match name {
        ChallengeName::SmsOtp => Contact::PhoneNumber,
        _ => Contact::Email,
    };
    let sent = match choosing.subject {
        Subject::User(user) => delivery::contact(user, contact),
        Subject::Phantom(_) => {
            let sent = existence::phantom(context.app, context.pool, choosing.typed())?.sent;
            Some(sent)
        }
    };
    let sent = sent.ok_or_else(|| Error::challenge_not_available(name.as_str()))?;
    deliver(context, choosing, (name, &sent), choosing.passed()).await
}

/// Sends another code in place of the last one, which stops working.
///
/// # Errors: NotAuthorized, LimitExceeded, CodeDeliveryFailure
pub(super) async fn send_again(context: Context<'_>, session: &Secret<String>) -> Result<Outcome> {
    let (attempt, subject) = choice::resume(context, None, Some(session)).await?;
    let Step::FirstCode { contact, typed, .. } = &attempt.step else {
        return Err(foreign());
    };
    let context = context.going_on(&attempt);
    let factor = first_factors::code_to(*contact);
    let parameters = Parameters::default();
    let choosing = Choosing {
        typed: Some(typed),
        subject: &subject,
        offered: &[factor],
        parameters: &parameters,
        attempt: None,
    };
    let again = Again {
        pool: &context.pool.id,
        attempt: &attempt,
        now: context.app.clock.now(&context.pool.id),
    };
    let sent = match &subject {
        Subject::User(user) => {
            check_still(context, user, factor).await?;
            delivery::contact(user, *contact).ok_or_else(foreign)?
        }
        Subject::Phantom(_) => existence::phantom(context.app, context.pool, typed)?.sent,
    };
    deliver(context, &choosing, (name_of(*contact), &sent), &again).await
}

/// Checks the code.
///
/// # Errors: CodeMismatch `Invalid code or auth state for the user.`, NotAuthorized
pub(super) async fn answer(
    context: Context<'_>,
    typed: Option<&str>,
    session: Option<&Secret<String>>,
    (name, parameters): (ChallengeName, &Parameters),
) -> Result<Outcome> {
    let Context { app, actor, .. } = context;
    let (attempt, subject) = choice::resume(context, typed, session).await?;
    let Step::FirstCode {
        contact,
        hash,
        address,
        ..
    } = &attempt.step
    else {
        return Err(foreign());
    };
    if name_of(*contact) != name {
        return Err(foreign());
    }
    let context = context.going_on(&attempt);
    let member = match contact {
        Contact::Email => "EMAIL_OTP_CODE",
        Contact::PhoneNumber => "SMS_OTP_CODE",
    };
    let code = parameters.get(member)?.expose();
    let who = (&context.pool.id, subject.sub());
    let tries = tries::count_first(app, actor, who, attempt.nonce()).await?;
    let right = attempt.hashes_to(app, code, hash);
    let (true, Subject::User(user)) = (right, &subject) else {
        let wrong = Error::code_or_state();
        return Err(code::refuse_subject(context, &attempt, subject.sub(), (tries, wrong)).await);
    };
    check_still(context, user, first_factors::code_to(*contact)).await?;
    let passed = Code {
        app,
        pool: context.pool,
        attempt: &attempt,
        sub: &user.sub,
        contact: *contact,
        address,
        now: app.clock.now(&user.pool),
    };
    let after = passed.after(user)?;
    let proven = (vec![Factor::Code(*contact)], TokenSource::Authentication);
    second_factor::go_on(context, after, proven, &passed).await
}

async fn deliver(
    context: Context<'_>,
    choosing: &Choosing<'_>,
    (name, sent): (ChallengeName, &Sent),
    passed: &dyn Passed,
) -> Result<Outcome> {
    let app = context.app;
    let message = match choosing.subject {
        Subject::User(user) => Some(second_factor::message(context, user, sent).await?),
        Subject::Phantom(_) => None,
    };
    let code = app.rng.digits(DIGITS).map(Secret::new)?;
    let mut attempt = choosing.next(context, Step::Choose(Vec::new()))?;
    attempt.step = Step::FirstCode {
        contact: sent.contact,
        hash: attempt.hash(app, code.expose())?,
        address: attempt.hash(app, &sent.address)?,
        typed: choosing.typed().to_owned(),
    };
    let details = Details::from(sent);
    let parameters = vec![
        (
            "CODE_DELIVERY_DELIVERY_MEDIUM",
            details.medium.as_str().to_owned(),
        ),
        ("CODE_DELIVERY_DESTINATION", details.destination),
    ];
    let next = choosing.challenge(name, parameters, attempt.seal(app)?);
    let now = app.clock.now(&context.pool.id);
    let mut tx = app.store.write(context.actor).await?;
    // The sign-in operations know no LimitExceededException.
    limits::message(app, &mut tx, &context.pool.id, sent, now)
        .await
        .map_err(|error| match error.code {
            Kind::LimitExceeded => Error::rate_exceeded().because(Reason::TooManyTries),
            _ => error,
        })?;
    passed.write(&mut tx).await?;
    tx.commit().await?;
    match message {
        Some(message) if context.client.settings.hides_user_existence() => {
            message.send_unseen(app, sent, &code);
        }
        Some(message) => {
            let delivered = message.send(app, sent, &code).await;
            delivered.map_err(|error| second_factor::undelivered(context, sent.contact, error))?;
        }
        None => {}
    }
    Ok(Outcome::Challenge(next))
}

/// Refuses a factor that the user can no longer begin with: the pool's settings, the contact or the
/// user's second factors have changed since the code was sent.
pub(super) async fn check_still(
    context: Context<'_>,
    user: &User,
    factor: FirstFactor,
) -> Result<()> {
    let available = first_factors::of(context.app, context.pool, user).await?;
    if available.contains(&factor) {
        return Ok(());
    }
    Err(foreign())
}

const fn name_of(contact: Contact) -> ChallengeName {
    match contact {
        Contact::Email => ChallengeName::EmailOtp,
        Contact::PhoneNumber => ChallengeName::SmsOtp,
    }
}

/// What is told when a code was not asked for.
pub(super) fn foreign() -> Error {
    Error::invalid_session().because(Reason::ForeignSession)
}

/// The code that another one replaces.
struct Again<'a> {
    pool: &'a PoolId,
    attempt: &'a Attempt,
    now: Timestamp,
}

impl Passed for Again<'_> {
    fn write<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let (pool, sub) = (self.pool, &self.attempt.who.sub);
            let act = Act::ResendAuthenticationCode;
            limits::count(tx, pool, sub, act, self.now).await?;
            self.attempt.consume_in(tx).await
        })
    }
}

/// The right code. It proves the address that it went to.
struct Code<'a> {
    app: &'a App,
    pool: &'a Pool,
    attempt: &'a Attempt,
    sub: &'a Sub,
    contact: Contact,
    /// [`Attempt::hash`] of the address.
    address: &'a str,
    now: Timestamp,
}

impl Code<'_> {
    /// The user as the code leaves them.
    fn after(&self, before: &User) -> Result<User> {
        let address = before.attributes.get(self.contact.as_str());
        let same = |address: &String| self.attempt.hashes_to(self.app, address, self.address);
        if !address.is_some_and(same) {
            return Err(foreign());
        }
        let mut after = before.clone();
        if !records::is_verified(before, self.contact) {
            let flag = records::verified_name(self.contact).to_owned();
            after.attributes.insert(flag, "true".to_owned());
            after.modified = self.now;
        }
        Ok(after)
    }
}

impl Passed for Code<'_> {
    fn write<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            tries::refund_first(tx, &self.pool.id, self.sub).await?;
            self.attempt.consume_in(tx).await?;
            let before = records::lock(tx, self.pool, self.sub).await?;
            let after = self.after(&before)?;
            if after.attributes == before.attributes {
                return Ok(());
            }
            records::save(tx, self.pool, &before, &after)
                .await
                .map_err(records::Refused::alias_exists)
        })
    }
}

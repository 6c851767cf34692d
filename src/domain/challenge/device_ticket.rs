//! DEVICE_SRP_AUTH without its `Session`. Two libraries do not send it: pycognito sends none, and
//! amazon-cognito-identity-js the one of the second factor that it has just answered. Cognito knows
//! whom it asked; here the device's row remembers what such a library has in its hands: A of the
//! password's exchange, which it uses again, or the session that was used up. Neither is known to
//! anybody who has not proven what came before, each works once, and not beside the `Session`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Parameters;
use super::attempt::{Attempt, Before, Factor, Step, Who};
use super::context::Context;
use super::srp::client_public;
use crate::domain::existence;
use crate::error::{Error, Reason, Result};
use crate::ids::{DeviceKey, Sub};
use crate::secret::Secret;
use crate::store::db::Tx;
use crate::store::devices::{self, Ticket};
use crate::store::users::User;

/// The kind of the keyed hashes of tickets.
const KIND: &str = "device-ticket";

/// The ticket of an app that proved the password with this A (base64url).
pub(super) fn of_exchange(a: &str) -> String {
    format!("A/{a}")
}

/// The ticket of an app that answered with the session of this attempt.
pub(super) fn of_attempt(attempt: &Attempt) -> String {
    format!("session/{}", attempt.nonce())
}

/// Remembers what may be sent in place of the session of `asked`.
pub(super) async fn leave(
    context: Context<'_>,
    tx: &mut Tx,
    (user, key): (&User, &DeviceKey),
    (ticket, asked): (&str, &Attempt),
) -> Result<()> {
    let ticket = Ticket {
        hash: hash(context, (&user.sub, user.auth_epoch), key, ticket)?,
        nonce: asked.nonce().to_owned(),
        expires: asked.expires(),
    };
    let owner = (&user.pool, &user.sub);
    Ok(devices::leave_ticket(tx, owner, key, &ticket).await?)
}

/// Whether the answer may have a ticket, though its session is not the right one.
pub(super) fn may_have(session: Option<&Secret<String>>, refused: &Error) -> bool {
    session.is_none() || refused.reason == Some(Reason::ReusedSession)
}

/// The attempt and the user of an answer with a ticket; without one the answer is `refused`.
pub(super) async fn redeem(
    context: Context<'_>,
    typed: Option<&str>,
    session: Option<&Secret<String>>,
    parameters: &Parameters,
    refused: Error,
) -> Result<(Attempt, User)> {
    let (Some(typed), Some(key)) = (typed, context.device) else {
        return Err(refused);
    };
    let held = match session {
        Some(session) => after_factor(context, typed, session).await?,
        None => after_password(context, typed, parameters).await?,
    };
    let Some(held) = held else {
        return Err(refused);
    };
    // A name that is nobody's costs the same statements (security.md G6).
    let (sub, epoch) = (&held.who.0, held.who.1);
    let ticket = hash(context, (sub, epoch), key, &held.ticket)?;
    let Context {
        app, client, face, ..
    } = context;
    let owner = (&context.pool.id, sub);
    let now = app.clock.now(&context.pool.id);
    let mut tx = app.store.write(context.actor).await?;
    let taken = devices::take_ticket(&mut tx, owner, (key, &ticket), now).await?;
    tx.commit().await?;
    let (Some(nonce), Some(user)) = (taken, held.user) else {
        return Err(refused);
    };
    let step = Step::DeviceSrp(key.clone());
    let attempt = Attempt::new(app, client, face, Who::user(&user), step)?;
    let mut attempt = attempt.standing_for(nonce, held.before, key);
    attempt.event = context.watch.event();
    Ok((attempt, user))
}

/// What an app has in its hands, and whose it is.
struct Held {
    who: (Sub, i64),
    user: Option<User>,
    before: Before,
    ticket: String,
}

/// The session of a second factor, used up.
async fn after_factor(
    context: Context<'_>,
    typed: &str,
    session: &Secret<String>,
) -> Result<Option<Held>> {
    let Context {
        app, client, face, ..
    } = context;
    let before = Attempt::open_used(app, client, face, session.expose())?;
    context.watch.resume(&before, true);
    let Some(epoch) = before.who.epoch() else {
        return Ok(None);
    };
    let user = context.resumed(&before.who.sub, epoch).await?;
    context.check_same(typed, &user).await?;
    let ticket = of_attempt(&before);
    let (step, goal, mut factors) = (before.step, before.goal, before.factors);
    factors.extend(step.proves());
    Ok(Some(Held {
        who: (user.sub.clone(), user.auth_epoch),
        user: Some(user),
        before: Before { factors, goal },
        ticket,
    }))
}

/// A of the password's exchange.
async fn after_password(
    context: Context<'_>,
    typed: &str,
    parameters: &Parameters,
) -> Result<Option<Held>> {
    let public = client_public(parameters)?;
    let user = context.find(typed).await?.filter(|user| user.enabled);
    let who = match &user {
        Some(user) => (user.sub.clone(), user.auth_epoch),
        None => (existence::phantom(context.app, context.pool, typed)?.sub, 0),
    };
    Ok(Some(Held {
        who,
        user,
        before: Before {
            factors: vec![Factor::Srp],
            goal: None,
        },
        ticket: of_exchange(&URL_SAFE_NO_PAD.encode(public.as_bytes())),
    }))
}

/// Bound to the client, the user as signed in since, and the device.
fn hash(
    context: Context<'_>,
    (sub, epoch): (&Sub, i64),
    key: &DeviceKey,
    ticket: &str,
) -> Result<String> {
    let client = &context.client.id;
    let bound = format!("{client}/{sub}/{epoch}/{key}/{ticket}");
    context.app.vault.hash(KIND, &bound)
}

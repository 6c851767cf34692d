//! After the first factor: what a user still has to do, and the end of the sign-in.

use futures_util::future::BoxFuture;

use super::attempt::{Attempt, Completes, Factor, Passed, Step};
use super::context::Context;
use super::goal::Standing;
use super::watched::Noted;
use super::{Face, Outcome, custom, device, device_ticket, goal, new_password, second_factor};
use crate::domain::assurance;
use crate::domain::complete::{Completion, complete};
use crate::domain::devices::{self, NewDevice};
use crate::domain::hooks::{self, TokenSource};
use crate::domain::lockout::Admitted;
use crate::domain::mfa::{self, Asked};
use crate::domain::sessions;
use crate::domain::tokens::Issued;
use crate::error::{Error, Reason, Result};
use crate::store::auth_events::Response;
use crate::store::db::Tx;
use crate::store::passwords::Password;
use crate::store::sessions::Session;
use crate::store::users::{Status, User};

/// A password, proven.
pub(super) struct Proof<'a> {
    /// The attempt as counted.
    pub(super) admitted: Admitted<'a>,
    /// The password.
    pub(super) password: &'a Password,
    /// How it was proven.
    pub(super) factor: Factor,
    /// The sealed attempt that the proof answered.
    pub(super) attempt: Option<&'a Attempt>,
}

/// Goes on from a proven password: refusals that only its owner may see, the challenge to choose
/// another, or the end.
pub(super) async fn after_password(
    context: Context<'_>,
    user: User,
    proof: Proof<'_>,
) -> Result<Outcome> {
    let Context { app, actor, .. } = context;
    let now = app.clock.now(&user.pool);
    let expired = proof.password.temporary && proof.password.expires.is_some_and(|end| now >= end);
    let refusal = if expired {
        let reason = Reason::TemporaryPasswordExpired;
        Some(Error::temporary_password_expired().because(reason))
    } else if user.status == Status::ResetRequired {
        Some(Error::password_reset_required())
    } else {
        None
    };
    if let Some(refusal) = refusal {
        proof.admitted.refund(app, actor).await?;
        return Err(refusal);
    }
    if let Some(attempt) = proof.attempt.filter(|attempt| !attempt.history.is_empty()) {
        let mut tx = app.store.write(actor).await?;
        attempt.consume_in(&mut tx).await?;
        proof.admitted.refund_in(&mut tx).await?;
        tx.commit().await?;
        return custom::after_password(context, user, attempt).await;
    }
    if user.status == Status::ForceChangePassword {
        let next = new_password::ask(context, &user, proof.factor)?;
        let mut tx = app.store.write(actor).await?;
        if let Some(attempt) = &proof.attempt {
            attempt.consume_in(&mut tx).await?;
        }
        proof.admitted.refund_in(&mut tx).await?;
        let told = (&user.sub, Response::InProgress);
        context.watch.note(&context, &mut tx, told).await?;
        tx.commit().await?;
        return Ok(Outcome::Challenge(next));
    }
    let goal = goal::after_password(context, &user, proof.factor).await?;
    let context = context.going_for(goal.as_ref().or(context.goal));
    let step = First {
        proof: &proof,
        // The end of a sign-in forgets all failures; before it this one is taken back. A risky sign-in
        // may be asked for more than the pool asks.
        refunds: context.watch.is_on()
            || context.goal.is_some()
            || mfa::asked(context.pool, &user) != Asked::Nothing
            || context.device.is_some(),
    };
    let source = TokenSource::Authentication;
    let done = second_factor::go_on(context, user, (vec![proof.factor], source), &step).await;
    if done.is_err() {
        proof.admitted.refund(app, actor).await?;
    }
    done
}

/// The first factor, passed.
struct First<'a> {
    proof: &'a Proof<'a>,
    refunds: bool,
}

impl Passed for First<'_> {
    fn write<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            if let Some(attempt) = &self.proof.attempt {
                attempt.consume_in(tx).await?;
            }
            if self.refunds {
                self.proof.admitted.refund_in(tx).await?;
            }
            Ok(())
        })
    }

    fn ticket(&self) -> Option<String> {
        match &self.proof.attempt.as_ref()?.step {
            Step::Srp { halves, .. } => Some(device_ticket::of_exchange(&halves.client)),
            _ => None,
        }
    }
}

/// The end of a sign-in: tokens at the API, a browser session on the pages.
pub(super) async fn sign_in(
    context: Context<'_>,
    user: User,
    (proven, source): (&[Factor], TokenSource),
    passed: &dyn Passed,
) -> Result<Outcome> {
    let Context {
        app,
        actor,
        pool,
        client,
        ..
    } = context;
    if !goal::is_reached(context, proven) {
        return Err(Error::invalid_session().because(Reason::ForeignSession));
    }
    let assurance = assurance::of(pool, &goal::methods(context, proven));
    let new = new_device(context, proven)?;
    let known = context.device.filter(|_| proven.contains(&Factor::Device));
    let still = device::Still::of(&user, known);
    let asks = hooks::asks_after_authentication(pool);
    let (user, passed): (User, &dyn Passed) = if asks {
        // Nothing that came before is undone by a refusal, and the function may change the user.
        second_factor::pass(context, passed).await?;
        let event = context.event(&user.username, Some(&user));
        hooks::post_authentication(app, event, is_new_device(context, proven, new.is_some()))
            .await?;
        (context.resumed(&user.sub, user.auth_epoch).await?, &still)
    } else {
        (user, passed)
    };
    let sub = user.sub.clone();
    let standing = Standing { context, passed };
    let noted = Noted {
        context,
        sub: &sub,
        response: Response::Pass,
        passed: &standing,
    };
    let claim = Completes(&noted);
    let event = context.watch.event();
    if context.face == Face::Hosted {
        let who = (user, assurance);
        let proven =
            sessions::open_browser((app, actor), (pool, client), who, (event, known), &claim);
        let proven = proven.await?;
        return Ok(Outcome::Proven(proven));
    }
    let key = new.as_ref().map(|new| &new.key).or(known);
    let session = sessions::new(app, actor, client, (&user, assurance))?;
    let session = Session {
        device_key: key.map(ToString::to_string),
        event_id: event.unwrap_or_else(|| session.event_id.clone()),
        ..session
    };
    let completion = Completion {
        pool,
        client,
        user: &user,
        session: &session,
        new: true,
        refreshable: true,
        source,
        nonce: None,
        decided: None,
        metadata: context.metadata,
        derived: None,
    };
    let issued = complete(app, actor, completion, &claim).await?;
    Ok(Outcome::Tokens(Issued {
        new_device: new,
        ..issued
    }))
}

/// Whether a sign-in is with a device that did not prove itself: on the pages that is a browser that
/// is no remembered device.
fn is_new_device(context: Context<'_>, proven: &[Factor], given: bool) -> bool {
    let browser = context.face == Face::Hosted && devices::tracks(context.pool);
    given || (browser && !proven.contains(&Factor::Device))
}

/// A key for the device of a sign-in that no device proved itself in. A password that an
/// administrator's program sends is typed at no device: such a sign-in has none, and cannot be
/// refreshed where devices are tracked.
fn new_device(context: Context<'_>, proven: &[Factor]) -> Result<Option<NewDevice>> {
    let by_admin = context.face == Face::Admin && proven.first() == Some(&Factor::Password);
    let none = by_admin || context.face == Face::Hosted || proven.contains(&Factor::Device);
    if none || !devices::tracks(context.pool) {
        return Ok(None);
    }
    NewDevice::issue(context.app, context.pool).map(Some)
}

//! A sign-in as threat protection sees it: what is recorded of it, and what its risk leads to
//! (`domain::risk`). In pools without threat protection all of this is a few comparisons in memory.

use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;

use super::attempt::{Attempt, Passed};
use super::context::Context;
use crate::app::App;
use crate::domain::messages::notice::{self, Notice};
use crate::domain::mfa::{self, Asked};
use crate::domain::risk::{self, Mode, events, origin, score};
use crate::error::{Code, Error, Reason, Result};
use crate::ids::{Sub, Uuid};
use crate::secret::Secret;
use crate::settings::risk::{CompromisedAction, TakeoverResponse};
use crate::store::auth_events::{self, Answered, Decision, Kind, Level, NewEvent, Response};
use crate::store::db::Tx;
use crate::store::pools::Pool;
use crate::store::users::User;

/// What one request knows of the event that its sign-in is.
pub(in crate::domain) struct Watch {
    on: bool,
    state: Mutex<State>,
}

#[derive(Clone, Default)]
struct State {
    /// The event, from the sign-in's first request to its last.
    event: Option<Uuid>,
    /// Whose it is.
    sub: Option<Sub>,
    /// Whether a second factor is being answered.
    second: bool,
    /// Whether the first factor was proven in this request.
    proven: bool,
    /// Whether this request has written the event.
    noted: bool,
    decision: Option<Decision>,
    level: Option<Level>,
    compromised: Option<bool>,
    notice: Option<Notice>,
}

/// For what is part of no sign-in.
pub(super) static UNWATCHED: Watch = Watch {
    on: false,
    state: Mutex::new(State {
        event: None,
        sub: None,
        second: false,
        proven: false,
        noted: false,
        decision: None,
        level: None,
        compromised: None,
        notice: None,
    }),
};

impl Watch {
    /// For one request of a sign-in.
    pub(super) fn of(app: &App, pool: &Pool) -> Result<Self> {
        let on = risk::mode(pool) != Mode::Off;
        let event = on.then(|| app.rng.uuid()).transpose()?;
        Ok(Self {
            on,
            state: Mutex::new(State {
                event,
                ..State::default()
            }),
        })
    }

    /// The id of the event, where there is one: the tokens' `event_id`.
    pub(super) fn event(&self) -> Option<Uuid> {
        self.state().event.clone()
    }

    /// Whether anything is recorded.
    pub(super) const fn is_on(&self) -> bool {
        self.on
    }

    /// Whether the sign-in is so risky that more is asked for than the pool asks.
    pub(super) fn asks_for_more(&self) -> bool {
        self.state().decision == Some(Decision::AccountTakeover)
    }

    /// A sign-in goes on: it is the event that it was.
    pub(super) fn resume(&self, attempt: &Attempt, second: bool) {
        if !self.on {
            return;
        }
        let mut state = self.state();
        state.second = second;
        if attempt.event.is_some() {
            state.event.clone_from(&attempt.event);
        }
    }

    /// Somebody is at the door: known by name, or not.
    ///
    /// # Errors: NotAuthorized, where requests from the address are always refused
    pub(super) fn admit(&self, context: &Context<'_>, sub: Option<&Sub>) -> Result<()> {
        let Context { pool, client, .. } = context;
        if self.on {
            self.state().sub = sub.cloned();
        }
        if risk::mode(pool) == Mode::Off {
            return Ok(());
        }
        if risk::is_blocked(pool, client, origin::ip(context.actor)) {
            self.state().decision = Some(Decision::Block);
            return Err(Error::risk_blocked().because(Reason::Risk));
        }
        Ok(())
    }

    /// A password that was proven: whether everybody knows it.
    ///
    /// # Errors: PasswordResetRequired, where compromised passwords are refused
    pub(super) fn saw_password(
        &self,
        context: &Context<'_>,
        password: &Secret<String>,
    ) -> Result<()> {
        let Context { pool, client, .. } = context;
        if !self.on || risk::is_skipped(pool, client, origin::ip(context.actor)) {
            return Ok(());
        }
        let found = risk::compromised::at_sign_in(pool, client, password.expose());
        let mut state = self.state();
        state.proven = true;
        state.compromised = Some(found.is_some());
        if found == Some(CompromisedAction::Block) {
            state.decision = Some(Decision::Block);
            return Err(Error::password_compromised().because(Reason::Risk));
        }
        Ok(())
    }

    /// Writes the event, or what this request adds to it.
    pub(super) async fn note(
        &self,
        context: &Context<'_>,
        tx: &mut Tx,
        (sub, response): (&Sub, Response),
    ) -> Result<()> {
        let answered = match response {
            Response::Fail => Answered::Failure,
            Response::Pass | Response::InProgress => Answered::Success,
        };
        let (password, mfa) = if self.state().second {
            (None, Some(answered))
        } else {
            (Some(answered), None)
        };
        self.write(context, tx, (sub, response), (password, mfa))
            .await
    }

    async fn write(
        &self,
        context: &Context<'_>,
        tx: &mut Tx,
        (sub, response): (&Sub, Response),
        (password, mfa): (Option<Answered>, Option<Answered>),
    ) -> Result<()> {
        let Context {
            app, pool, client, ..
        } = context;
        let state = self.state().clone();
        let Some(id) = state.event.filter(|_| self.on) else {
            return Ok(());
        };
        let event = NewEvent {
            pool: &pool.id,
            sub,
            id: &id,
            kind: Kind::SignIn,
            client: Some(&client.id),
            response,
            // A later step knows of no new risk; it leaves what the first one found.
            decision: state
                .decision
                .or((!state.second).then_some(Decision::NoRisk)),
            level: state.level,
            compromised: state.compromised,
            password,
            mfa,
            origin: &origin::of(app, context.actor)?,
            at: app.clock.now(&pool.id),
        };
        auth_events::put(tx, &event).await?;
        if response == Response::Fail {
            auth_events::trim(tx, &pool.id, sub, events::MOST).await?;
        }
        self.state().noted = true;
        Ok(())
    }

    /// The end of a request: what was refused without being recorded is recorded now, and the user is
    /// told if the configuration says so.
    pub(super) async fn close<T>(&self, context: &Context<'_>, outcome: Result<T>) -> Result<T> {
        if !self.on {
            return outcome;
        }
        let state = self.state().clone();
        if let (Err(error), Some(sub), false) = (&outcome, &state.sub, state.noted)
            && tells_of_the_user(error)
        {
            let password = state.proven.then_some(Answered::Success);
            let mut tx = context.app.store.write(context.actor).await?;
            let refused = (sub, Response::Fail);
            self.write(context, &mut tx, refused, (password, None))
                .await?;
            tx.commit().await?;
        }
        if let Some(notice) = state.notice {
            let about = (context.actor, &context.client.id);
            notice.send(context.app, context.pool, about).await?;
        }
        outcome
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a refusal is about the user's account. Attempts while the user is locked do not count.
fn tells_of_the_user(error: &Error) -> bool {
    let about = matches!(
        error.code,
        Code::NotAuthorized | Code::UserNotConfirmed | Code::PasswordResetRequired
    );
    about && error.reason != Some(Reason::LockedOut)
}

/// What is asked of a user whose first factor is proven: what the pool asks, or more if the sign-in
/// is risky.
///
/// # Errors: NotAuthorized, where such a risk is refused
pub(super) async fn asked(context: Context<'_>, user: &User) -> Result<Asked> {
    assess(context, user, mfa::asked(context.pool, user)).await
}

/// What is asked of a user whose passkey is proven: nothing, unless the sign-in is risky and the
/// passkey does not count for two factors.
///
/// # Errors: NotAuthorized, where such a risk is refused
pub(super) async fn asked_after_passkey(context: Context<'_>, user: &User) -> Result<Asked> {
    if mfa::passkeys_suffice(context.pool, user) {
        let asked = mfa::asked(context.pool, user);
        return assess(context, user, asked).await.map(|_| Asked::Nothing);
    }
    assess(context, user, Asked::Nothing).await
}

async fn assess(context: Context<'_>, user: &User, asked: Asked) -> Result<Asked> {
    let Context {
        app,
        pool,
        client,
        watch,
        ..
    } = context;
    if !watch.on {
        return Ok(asked);
    }
    watch.state().proven = true;
    if risk::is_skipped(pool, client, origin::ip(context.actor)) {
        return Ok(asked);
    }
    let (now, origin) = (app.clock.now(&pool.id), origin::of(app, context.actor)?);
    let level = {
        let mut db = app.store.read().await?;
        score::of_user(&mut db, (&pool.id, &user.sub), &origin, now).await?
    };
    watch.state().level = level;
    let rule = level.and_then(|level| risk::action(pool, client, level));
    let Some((takeover, action)) = rule else {
        return Ok(asked);
    };
    let stronger = stronger(pool, user, asked, action.event_action);
    let outcome = match (&stronger, action.event_action) {
        (None, _) => notice::Outcome::Blocked,
        (_, Some(TakeoverResponse::Nothing) | None) | (Some(Asked::Nothing), _) => {
            notice::Outcome::Nothing
        }
        _ => notice::Outcome::Mfa,
    };
    let mut state = watch.state();
    state.decision = Some(match outcome {
        notice::Outcome::Blocked => Decision::Block,
        notice::Outcome::Mfa => Decision::AccountTakeover,
        notice::Outcome::Nothing => Decision::NoRisk,
    });
    let templates = takeover.notify_configuration.as_ref();
    let templates = templates.filter(|_| action.notify == Some(true));
    let event = state.event.clone();
    state.notice = templates.zip(event).map(|(templates, event)| Notice {
        user: user.clone(),
        event: event.to_string(),
        outcome,
        action: action.event_action.unwrap_or(TakeoverResponse::Nothing),
        configuration: templates.clone(),
        origin,
        at: now,
    });
    stronger.ok_or_else(|| Error::risk_blocked().because(Reason::Risk))
}

/// What is asked in face of a risk; none where the sign-in is refused. Who has proven nothing but a
/// password cannot set a factor up where one is required because of the risk.
fn stronger(
    pool: &Pool,
    user: &User,
    asked: Asked,
    action: Option<TakeoverResponse>,
) -> Option<Asked> {
    match action.unwrap_or(TakeoverResponse::Nothing) {
        TakeoverResponse::Block => None,
        TakeoverResponse::Nothing => Some(asked),
        TakeoverResponse::MfaIfConfigured => Some(match asked {
            Asked::Nothing => mfa::possible(pool, user),
            asked => asked,
        }),
        TakeoverResponse::MfaRequired => match asked {
            Asked::Nothing => Some(mfa::possible(pool, user)).filter(|a| *a != Asked::Nothing),
            Asked::SetUp(_) => None,
            asked => Some(asked),
        },
    }
}

/// A passed step that is recorded with what it writes.
pub(super) struct Noted<'a> {
    pub(super) context: Context<'a>,
    pub(super) sub: &'a Sub,
    pub(super) response: Response,
    pub(super) passed: &'a dyn Passed,
}

impl Passed for Noted<'_> {
    fn write<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.passed.write(tx).await?;
            let told = (self.sub, self.response);
            self.context.watch.note(&self.context, tx, told).await
        })
    }

    fn ticket(&self) -> Option<String> {
        self.passed.ticket()
    }
}

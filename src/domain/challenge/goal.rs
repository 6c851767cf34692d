//! What a sign-in is to reach (USER_AUTH with `TARGET_ACR_VALUES`): a level, from scratch or from what
//! an access token is credited with. Only what is missing is asked for, and there are no tokens
//! before the level is reached; what the pool asks of everybody is asked all the same.
//!
//! Source: Cognito developer guide, "Step-up authentication with the USER_AUTH flow".

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::attempt::{Factor, Passed};
use super::choice::Choosing;
use super::context::{Context, Subject};
use super::{ChallengeName, Parameters};
use crate::domain::access;
use crate::domain::assurance::target::{self, Means, Missing};
use crate::domain::assurance::{self, Level, Method};
use crate::domain::existence;
use crate::domain::mfa::{self, Asked};
use crate::error::{Error, Reason, Result};
use crate::ids::SessionId;
use crate::secret::Secret;
use crate::settings::pool::FirstFactor;
use crate::store::db::Tx;
use crate::store::pools::Pool;
use crate::store::sessions::{self, Assurance};
use crate::store::users::{Factor as SecondFactor, Status, User};

/// The level that a sign-in goes for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Goal {
    level: Level,
    /// What was proven before it.
    credit: Vec<Method>,
    /// The sign-in in which it was: with that the credit ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<SessionId>,
}

impl Goal {
    /// Whether something was proven before.
    pub(super) const fn is_credited(&self) -> bool {
        !self.credit.is_empty()
    }
}

/// What is asked for: levels in the order in which they are wanted, and where to begin.
pub(super) struct Wish<'a> {
    levels: Vec<Level>,
    token: Option<&'a Secret<String>>,
    max_age: Option<i64>,
}

/// Where a sign-in that asks for levels goes.
pub(super) enum Settled {
    /// What counts already is enough.
    Reached,
    /// To the first level that the person can reach, by what is missing.
    For(Goal, Missing),
    /// Nowhere: the person can reach none of them.
    OutOfReach,
}

/// What an access token or a browser's session is worth.
#[derive(Default)]
pub(super) struct Credit {
    /// The level that it names; none where the pool names its levels otherwise by now.
    level: Option<Level>,
    methods: Vec<Method>,
    session: Option<SessionId>,
}

impl Credit {
    /// Of a sign-in that was completed.
    pub(super) fn of(pool: &Pool, (session, assurance): (&SessionId, &Assurance)) -> Self {
        let name = assurance.acr.as_deref();
        Self {
            level: name.and_then(|name| Level::named(pool.settings(), name)),
            methods: assurance::methods(assurance),
            session: Some(session.clone()),
        }
    }
}

/// Settles what a sign-in goes for: the first of these levels that the person can reach, and what
/// leads there.
pub(super) fn settle(levels: &[Level], credit: &Credit, means: &Means) -> Settled {
    for level in levels {
        if credit.level >= Some(*level) {
            return Settled::Reached;
        }
        // Nothing comes of nothing: a sign-in whose level is called otherwise by now would be
        // renewed without a proof.
        let nothing = Credit::default();
        let credit = if level.is_reached(&credit.methods) {
            &nothing
        } else {
            credit
        };
        let goal = Goal {
            level: *level,
            credit: credit.methods.clone(),
            session: credit.session.clone(),
        };
        let missing = target::missing(*level, &goal.credit, means);
        if !missing.is_out_of_reach() {
            return Settled::For(goal, missing);
        }
    }
    Settled::OutOfReach
}

/// What goes on from a password that was typed at a page: the first of the levels that the page asks
/// for which the password and a second factor reach. None where the password is enough, or where
/// something else would have to come first: then the page goes on with what was signed in with.
pub(super) async fn after_password(
    context: Context<'_>,
    user: &User,
    proven: Factor,
) -> Result<Option<Goal>> {
    if context.wanted.is_empty() || context.goal.is_some() {
        return Ok(None);
    }
    let proven: Vec<Method> = proven.method().into_iter().collect();
    let means = target::means(context.app, context.pool, user).await?;
    for level in context.wanted {
        if level.is_reached(&proven) {
            return Ok(None);
        }
        if !target::missing(*level, &proven, &means).seconds.is_empty() {
            return Ok(Some(Goal {
                level: *level,
                credit: Vec::new(),
                session: None,
            }));
        }
    }
    Ok(None)
}

impl<'a> Wish<'a> {
    /// Of a page.
    pub(super) fn of_page(levels: &[Level]) -> Option<Self> {
        (!levels.is_empty()).then(|| Self {
            levels: levels.to_vec(),
            token: None,
            max_age: None,
        })
    }

    /// Reads what a request asks for.
    ///
    /// # Errors: InvalidParameter
    pub(super) fn read(pool: &Pool, parameters: &'a Parameters) -> Result<Option<Self>> {
        let token = parameters.find("ACCESS_TOKEN");
        let max_age = parameters.find("MAX_AGE").map(|text| {
            let seconds = text.expose().parse::<u32>();
            seconds.map_or_else(|_| Err(Error::max_age_no_number()), |n| Ok(n.into()))
        });
        let max_age = max_age.transpose()?;
        let Some(names) = parameters.find("TARGET_ACR_VALUES") else {
            return token.map_or(Ok(None), |_| Err(Error::step_up_without_target()));
        };
        let names = names.expose().split(' ');
        let levels = names.filter_map(|name| Level::named(pool.settings(), name));
        let levels: Vec<Level> = levels.collect();
        if levels.is_empty() {
            return Err(Error::target_unknown());
        }
        Ok(Some(Self {
            levels,
            token,
            max_age,
        }))
    }

    /// What the access token is credited with: it stands, was given to this client for this user, and
    /// the sign-in that it is of is young enough.
    ///
    /// # Errors: NotAuthorized (the token, or whose it is), UserNotFound, PasswordResetRequired
    pub(super) async fn credit(&self, context: Context<'_>, subject: &Subject) -> Result<Credit> {
        let Context {
            app, pool, client, ..
        } = context;
        let Some(token) = self.token else {
            return Ok(Credit::default());
        };
        let (user, session) = access::going_on(app, (pool, client), token).await?;
        if user.sub != *subject.sub() {
            return Err(Error::step_up_user().because(Reason::BadToken));
        }
        let mut db = app.store.read().await?;
        let session = sessions::find(&mut db, &pool.id, &session).await?;
        let revoked = || Error::access_token_revoked().because(Reason::RevokedToken);
        let session = session.ok_or_else(revoked)?;
        // A password that has to be replaced is no credit.
        let counts = user.status == Status::Confirmed;
        let now = app.clock.now(&pool.id);
        if !counts || !assurance::is_fresh(self.max_age, session.auth_at, now) {
            return Ok(Credit::default());
        }
        Ok(Credit::of(pool, (&session.id, &session.assurance)))
    }

    /// Settles what the sign-in goes for: the first level that the person can reach, and what leads
    /// there.
    ///
    /// # Errors: InvalidParameter (reached already, out of reach)
    pub(super) fn settle(&self, credit: &Credit, means: &Means) -> Result<(Goal, Missing)> {
        match settle(&self.levels, credit, means) {
            Settled::For(goal, missing) => Ok((goal, missing)),
            Settled::Reached => Err(Error::target_reached()),
            Settled::OutOfReach => Err(Error::target_out_of_reach()),
        }
    }
}

/// What somebody can prove who begins with one of `firsts`. A name that is nobody's has what is drawn
/// for it, so that being out of reach tells nobody apart.
pub(super) fn means(
    context: Context<'_>,
    choosing: &Choosing<'_>,
    firsts: &[FirstFactor],
) -> Result<Means> {
    let Context { app, pool, .. } = context;
    let seconds = match choosing.subject {
        Subject::User(user) => mfa::provable(pool, user),
        Subject::Phantom(sub) => {
            let sent = existence::phantom(app, pool, choosing.typed())?.sent;
            mfa::provable_by_phantom(app, pool, (sub, sent.contact))?
        }
    };
    Ok(Means {
        firsts: firsts.to_vec(),
        seconds: target::beside_codes(seconds, firsts),
    })
}

/// What a sign-in was made with: what it is credited with, and what was proven in it.
pub(super) fn methods(context: Context<'_>, proven: &[Factor]) -> Vec<Method> {
    let credit = context.goal.map(|goal| goal.credit.iter().copied());
    let proven = proven.iter().filter_map(|factor| factor.method());
    assurance::distinct(credit.into_iter().flatten().chain(proven))
}

/// Whether a sign-in may end as far as its goal goes. One that nothing was proven in is none.
pub(super) fn is_reached(context: Context<'_>, proven: &[Factor]) -> bool {
    context
        .goal
        .is_none_or(|goal| !proven.is_empty() && goal.level.is_reached(&methods(context, proven)))
}

/// What is asked after a first factor, or after what a token is credited with: what leads to the
/// goal, else `floor`, what the pool and the risk ask for.
///
/// # Errors: InvalidParameter (nothing leads there any more)
pub(super) async fn asked(
    context: Context<'_>,
    user: &User,
    (proven, floor): (&[Factor], Asked),
) -> Result<Asked> {
    let Some(goal) = context.goal else {
        return Ok(floor);
    };
    if is_reached(context, proven) {
        let credited = |factor: &SecondFactor| goal.credit.contains(&Method::second(*factor));
        let met = match &floor {
            // The risk of a sign-in is its own: what was proven before does not lessen it.
            _ if context.watch.asks_for_more() => false,
            Asked::One(factor) => credited(factor),
            Asked::Choice(factors) => factors.iter().any(credited),
            Asked::Nothing | Asked::SetUp(_) => false,
        };
        return Ok(if met { Asked::Nothing } else { floor });
    }
    let means = target::means(context.app, context.pool, user).await?;
    let missing = target::missing(goal.level, &methods(context, proven), &means);
    let preferred = user.mfa.preferred;
    let preferred = preferred.filter(|factor| missing.seconds.contains(factor));
    match (missing.seconds.as_slice(), preferred) {
        (_, Some(factor)) | (&[factor], None) => Ok(Asked::One(factor)),
        ([], None) => Err(Error::target_out_of_reach()),
        (several, None) => Ok(Asked::Choice(several.to_vec())),
    }
}

/// The end of a sign-in that is credited with another one: it must stand still.
pub(super) struct Standing<'a> {
    pub(super) context: Context<'a>,
    pub(super) passed: &'a dyn Passed,
}

impl Passed for Standing<'_> {
    fn write<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.passed.write(tx).await?;
            let goal = self.context.goal;
            let Some(session) = goal.and_then(|goal| goal.session.as_ref()) else {
                return Ok(());
            };
            let found = sessions::find(tx, &self.context.pool.id, session).await?;
            if found.is_some_and(|session| session.revoked.is_none()) {
                return Ok(());
            }
            Err(Error::invalid_session().because(Reason::SignedOut))
        })
    }
}

/// Whether a second factor comes first: it is all that is missing, and no other way is preferred.
pub(super) fn begins_with_second(missing: &Missing, preferred: Option<ChallengeName>) -> bool {
    let key = missing.firsts.contains(&FirstFactor::WebAuthn);
    let other = preferred == Some(ChallengeName::WebAuthn) && key;
    !missing.seconds.is_empty() && !other
}

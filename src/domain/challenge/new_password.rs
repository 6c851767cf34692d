//! NEW_PASSWORD_REQUIRED: a user with a temporary password chooses another, and gives what the
//! pool requires and the administrator left out.

use std::collections::BTreeMap;

use futures_util::future::BoxFuture;

use super::attempt::{Attempt, Factor, Passed, Step, Who};
use super::context::Context;
use super::{ChallengeName, Face, Next, Outcome, Parameters, second_factor};
use crate::app::App;
use crate::domain::attributes::{self, Update};
use crate::domain::changes::{self, Asker, What};
use crate::domain::hooks::TokenSource;
use crate::domain::password::{self, Kind, Prepared};
use crate::domain::records::{self, Refused, verified_name};
use crate::domain::risk::compromised;
use crate::error::{Error, Reason, Result};
use crate::secret::Secret;
use crate::settings::pool::Contact;
use crate::settings::risk::PasswordEvent;
use crate::store::db::Tx;
use crate::store::passwords;
use crate::store::pools::Pool;
use crate::store::users::{Attributes, Status, User};
use crate::time::Timestamp;

/// What stands before the names of attributes.
const PREFIX: &str = "userAttributes.";

/// The challenge.
pub(super) fn ask(context: Context<'_>, user: &User, factor: Factor) -> Result<Next> {
    let Context { app, client, .. } = context;
    let mut attempt = Attempt::new(
        app,
        client,
        context.face,
        Who::user(user),
        Step::NewPassword,
    )?;
    attempt.factors.push(factor);
    attempt.event = context.watch.event();
    attempt.device = context.device.cloned();
    attempt.goal = context.goal.cloned();
    let missing = missing(context.pool, &user.attributes);
    let missing: Vec<String> = missing.map(|name| format!("{PREFIX}{name}")).collect();
    let shown = attributes::readable(client, user);
    let parameters = [
        ("USER_ID_FOR_SRP", user.username.clone()),
        ("requiredAttributes", json(&missing)?),
        ("userAttributes", json(&shown)?),
    ];
    Ok(Next {
        name: ChallengeName::NewPasswordRequired,
        parameters: parameters.map(|(k, v)| (k.to_owned(), v)).into(),
        session: Some(attempt.seal(app)?),
        available: Vec::new(),
    })
}

/// Takes the new password.
pub(super) async fn answer(
    context: Context<'_>,
    typed: Option<&str>,
    session: Option<&Secret<String>>,
    parameters: &Parameters,
) -> Result<Outcome> {
    let Context {
        app, pool, client, ..
    } = context;
    let session = session.ok_or_else(|| Error::missing_parameter("Session"))?;
    let attempt = Attempt::open(app, client, context.face, session.expose()).await?;
    context.watch.resume(&attempt, false);
    let foreign = || Error::invalid_session().because(Reason::ForeignSession);
    let (Step::NewPassword, Some(epoch), [_, ..]) = (
        &attempt.step,
        attempt.who.epoch(),
        attempt.factors.as_slice(),
    ) else {
        return Err(foreign());
    };
    let user = context.resumed(&attempt.who.sub, epoch).await?;
    match typed {
        Some(typed) => context.check_same(typed, &user).await?,
        None if context.face == Face::Hosted => {}
        None => return Err(Error::missing_parameter("USERNAME")),
    }
    if user.status != Status::ForceChangePassword {
        return Err(foreign());
    }
    let new = parameters.get("NEW_PASSWORD")?;
    password::check_policy(pool, new.expose())?;
    let event = PasswordEvent::PasswordChange;
    compromised::check_new(pool, Some(client), event, new.expose())?;
    let given = parameters.with_prefix(PREFIX);
    let given = given.map(|(name, value)| (name.to_owned(), value.expose().clone()));
    let after = with_attributes(context, &user, given.collect())?;
    let stored = context.password(&user.sub).await?;
    password::check_history(app, pool, stored.as_ref(), new).await?;
    let prepared = password::prepare(app, pool, &user.sub, &user.username, new).await?;
    let now = app.clock.now(&pool.id);
    let after = User {
        attributes: after,
        status: Status::Confirmed,
        modified: now,
        auth_epoch: user.auth_epoch + 1,
        ..user.clone()
    };
    let change = Change {
        app,
        pool,
        attempt: &attempt,
        before: &user,
        after: &after,
        prepared,
        now,
    };
    let context = context.going_on(&attempt);
    let proven = (attempt.factors.clone(), TokenSource::NewPasswordChallenge);
    second_factor::go_on(context, after.clone(), proven, &change).await
}

/// The user's attributes with those given. What the user has and the pool requires stays as it is.
fn with_attributes(
    context: Context<'_>,
    user: &User,
    given: BTreeMap<String, String>,
) -> Result<Attributes> {
    let Context { pool, client, .. } = context;
    let flags = [Contact::Email, Contact::PhoneNumber].map(verified_name);
    if let Some(name) = given
        .keys()
        .find(|name| flags.contains(&name.as_str()) || *name == "sub")
    {
        return Err(Error::non_mutable(name));
    }
    let required = |name: &str| required(pool).any(|entry| entry == name);
    for (name, value) in &given {
        if required(name) && user.attributes.get(name).is_some_and(|had| had != value) {
            return Err(Error::attribute_provided(name));
        }
    }
    let changed = given
        .into_iter()
        .filter(|(name, value)| user.attributes.get(name) != Some(value));
    let (changed, mut new): (BTreeMap<_, _>, BTreeMap<_, _>) =
        changed.partition(|(name, value)| user.attributes.contains_key(name) || value.is_empty());
    attributes::check_writer(pool, client, changed.keys().chain(new.keys()))?;
    attributes::check_values(pool, &mut new)?;
    let update: Update = attributes::changes(pool, changed)?;
    let mut after = user.attributes.clone();
    update.apply(&mut after)?;
    for contact in [Contact::Email, Contact::PhoneNumber] {
        if new.contains_key(contact.as_str()) {
            new.insert(verified_name(contact).to_owned(), "false".to_owned());
        }
    }
    after.extend(new);
    if let Some(name) = missing(pool, &after).next() {
        return Err(Error::attribute_missing(name));
    }
    Ok(after)
}

/// The new password and what comes with it, written where the sign-in goes on.
struct Change<'a> {
    app: &'a App,
    pool: &'a Pool,
    attempt: &'a Attempt,
    before: &'a User,
    after: &'a User,
    prepared: Prepared,
    now: Timestamp,
}

impl Passed for Change<'_> {
    fn write<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.attempt.consume_in(tx).await?;
            let (pool, sub) = (self.pool, &self.after.sub);
            let locked = records::lock(tx, pool, sub).await?;
            // Locking raises the version by one.
            if locked.version != self.before.version + 1 {
                return Err(Error::concurrent_modification());
            }
            let after = User {
                version: locked.version,
                ..self.after.clone()
            };
            records::save(tx, pool, &locked, &after)
                .await
                .map_err(Refused::alias_exists)?;
            let old = passwords::find(tx, &pool.id, sub).await?;
            let prepared = self.prepared.clone();
            let row = prepared.into_row(pool, old.as_ref(), Kind::Permanent, self.now);
            passwords::set(tx, &pool.id, sub, &row).await?;
            let (before, after) = (&locked.attributes, &after.attributes);
            let mut changed = vec![What::Password];
            changed.extend(What::between(pool, before, after));
            changes::made(self.app, tx, (pool, &locked), Asker::SignIn, &changed).await
        })
    }
}

/// Required attributes, without `sub`.
fn required(pool: &Pool) -> impl Iterator<Item = &str> {
    let schema = pool.document.schema.iter();
    let required = schema.filter(|entry| entry.required == Some(true));
    required
        .filter_map(|entry| entry.name.as_deref())
        .filter(|name| *name != "sub")
}

/// Required attributes that are not there.
fn missing<'a>(pool: &'a Pool, attributes: &'a Attributes) -> impl Iterator<Item = &'a str> {
    required(pool).filter(|name| !attributes.contains_key(*name))
}

fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(Error::internal)
}

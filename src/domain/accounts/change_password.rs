//! A signed-in person chooses another password.

use crate::app::App;
use crate::domain::access::SignedIn;
use crate::domain::changes::{self, Asker, What};
use crate::domain::limits::{self, Act};
use crate::domain::risk::compromised;
use crate::domain::risk::events::{self, Happened};
use crate::domain::{password, records};
use crate::error::{Error, Reason, Result};
use crate::secret::Secret;
use crate::settings::risk::PasswordEvent;
use crate::store::audit::{self, Actor};
use crate::store::auth_events::{Answered, Kind, Response};
use crate::store::passwords::{self, Password};
use crate::store::users::{Status, User};

/// What a person gives to change the password.
pub struct ChangePassword {
    /// The present password; none only for a user who has none.
    pub previous: Option<Secret<String>>,
    /// The new one.
    pub proposed: Secret<String>,
}

/// Changes a password. Ends sign-ins in progress; those that are complete go on, unless the operator
/// wants it otherwise.
///
/// # Errors: InvalidPassword, NotAuthorized (wrong password, stale sign-in), LimitExceeded,
/// PasswordHistoryPolicyViolation, PasswordResetRequired, UserNotConfirmed, UserNotFound
pub async fn change_password(
    app: &App,
    actor: &Actor,
    who: &SignedIn,
    request: ChangePassword,
) -> Result<()> {
    let (pool, user) = (&who.pool, &who.user);
    check_status(user)?;
    let asker = Asker::from(who);
    asker.check_fresh(app, &pool.id)?;
    password::check_policy(pool, request.proposed.expose())?;
    let event = PasswordEvent::PasswordChange;
    compromised::check_new(pool, Some(&who.client), event, request.proposed.expose())?;
    count(app, actor, who).await?;
    let mut db = app.store.read().await?;
    let stored = passwords::find(&mut db, &pool.id, &user.sub).await?;
    drop(db);
    let right = check_previous(app, stored.as_ref(), request.previous.as_ref()).await;
    if let Err(refusal) = right {
        events::note_alone(app, actor, pool, happened(who, Answered::Failure)).await?;
        return Err(refusal);
    }
    password::check_history(app, pool, stored.as_ref(), &request.proposed).await?;
    let prepared =
        password::prepare(app, pool, &user.sub, &user.username, &request.proposed).await?;

    let now = app.clock.now(&pool.id);
    let mut tx = app.store.write(actor).await?;
    let before = records::lock(&mut tx, pool, &user.sub).await?;
    check_status(&before)?;
    let present = passwords::find(&mut tx, &pool.id, &user.sub).await?;
    if !is_same(present.as_ref(), stored.as_ref()) {
        return Err(Error::concurrent_modification());
    }
    let mut after = before.clone();
    after.modified = now;
    after.auth_epoch += 1;
    records::save(&mut tx, pool, &before, &after)
        .await
        .map_err(records::Refused::alias_exists)?;
    let kind = password::Kind::Permanent;
    password::store(&mut tx, pool, &user.sub, (prepared, kind), now).await?;
    changes::made(app, &mut tx, (pool, &before), asker, &[What::Password]).await?;
    tx.audit(audit::Event {
        at: now,
        pool: Some(&pool.id),
        act: "ChangePassword",
        target: Some(user.sub.as_str()),
        refused: None,
    })
    .await?;
    events::note(app, &mut tx, actor, pool, happened(who, Answered::Success)).await?;
    tx.commit().await?;
    Ok(())
}

fn happened(who: &SignedIn, password: Answered) -> Happened<'_> {
    Happened {
        kind: Kind::PasswordChange,
        response: match password {
            Answered::Success => Response::Pass,
            Answered::Failure => Response::Fail,
        },
        password: Some(password),
        sub: &who.user.sub,
        client: Some(&who.client.id),
    }
}

fn check_status(user: &User) -> Result<()> {
    match user.status {
        Status::ResetRequired => Err(Error::password_reset_required()),
        Status::Unconfirmed => Err(Error::user_not_confirmed()),
        _ => Ok(()),
    }
}

/// Every call counts, so that a stolen token is no way to guess the password.
async fn count(app: &App, actor: &Actor, who: &SignedIn) -> Result<()> {
    let (pool, sub) = (&who.pool.id, &who.user.sub);
    let mut tx = app.store.write(actor).await?;
    limits::count(&mut tx, pool, sub, Act::ChangePassword, app.clock.now(pool)).await?;
    tx.commit().await?;
    Ok(())
}

async fn check_previous(
    app: &App,
    stored: Option<&Password>,
    previous: Option<&Secret<String>>,
) -> Result<()> {
    let right = match (stored, previous) {
        (None, None) => true,
        (stored, Some(previous)) => password::verify(app, stored, previous).await?,
        (Some(_), None) => false,
    };
    if right {
        return Ok(());
    }
    Err(Error::incorrect_username_or_password().because(Reason::WrongPassword))
}

fn is_same(a: Option<&Password>, b: Option<&Password>) -> bool {
    a.map(|password| &password.phc) == b.map(|password| &password.phc)
}

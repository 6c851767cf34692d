//! Passwords that administrators set or reset.

use super::{audit, find};
use crate::app::App;
use crate::domain::changes::{self, Asker, What};
use crate::domain::codes::{self, Kind, Owner};
use crate::domain::hooks::Metadata;
use crate::domain::{delivery, password, records, recovery};
use crate::error::{Error, Reason, Result};
use crate::ids::PoolId;
use crate::secret::Secret;
use crate::store::audit::Actor;
use crate::store::passwords;
use crate::store::users::{Status, User};

/// Gives a user a password: a permanent one makes the user CONFIRMED, a temporary one
/// FORCE_CHANGE_PASSWORD, whatever the user was. Tokens go on, unless the operator wants it otherwise; sign-ins in progress
/// end.
///
/// # Errors: UserNotFound, InvalidPassword, PasswordHistoryPolicyViolation
pub async fn set_password(
    app: &App,
    actor: &Actor,
    pool: &PoolId,
    username: &str,
    (plain, kind): (&Secret<String>, password::Kind),
) -> Result<()> {
    let (pool, user) = find(app, pool, username).await?;
    password::check_policy(&pool, plain.expose())?;
    let mut db = app.store.read().await?;
    let stored = passwords::find(&mut db, &pool.id, &user.sub).await?;
    drop(db);
    password::check_history(app, &pool, stored.as_ref(), plain).await?;
    let prepared = password::prepare(app, &pool, &user.sub, &user.username, plain).await?;

    let now = app.clock.now(&pool.id);
    let mut tx = app.store.write(actor).await?;
    let owner = Owner {
        pool: &pool.id,
        sub: &user.sub,
    };
    codes::forget(&mut tx, owner, Kind::SignUp).await?;
    codes::forget(&mut tx, owner, Kind::Forgot).await?;
    let before = records::lock(&mut tx, &pool, &user.sub).await?;
    let mut after = before.clone();
    after.status = match kind {
        password::Kind::Permanent => Status::Confirmed,
        password::Kind::Temporary => Status::ForceChangePassword,
    };
    after.modified = now;
    after.auth_epoch += 1;
    records::save(&mut tx, &pool, &before, &after)
        .await
        .map_err(records::Refused::alias_exists)?;
    password::store(&mut tx, &pool, &user.sub, (prepared, kind), now).await?;
    // Whoever has a temporary password has not had the account to themselves yet.
    let theirs = before.status != Status::ForceChangePassword;
    let changed = theirs.then_some(What::Password);
    let whose = (&pool, &before);
    changes::made(app, &mut tx, whose, Asker::Nobody, changed.as_slice()).await?;
    audit(
        &mut tx,
        &pool,
        ("AdminSetUserPassword", &user.sub),
        None,
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Makes a user choose a new password: sends a reset code, and until it is used no sign-in succeeds.
///
/// # Errors: UserNotFound, NotAuthorized (state, disabled), InvalidParameter (no verified contact),
/// CodeDeliveryFailure, what a trigger refuses with
pub async fn reset_password(
    app: &App,
    actor: &Actor,
    pool: &PoolId,
    username: &str,
    metadata: &Metadata,
) -> Result<()> {
    let (pool, user) = find(app, pool, username).await?;
    check_resettable(&user)?;
    let sent = delivery::for_reset(&pool, &user)?;
    let message = recovery::draft(actor, (&pool, None), &user, metadata)
        .settle(app, sent.contact)
        .await?;
    let code = codes::generate(app)?;

    let now = app.clock.now(&pool.id);
    let mut tx = app.store.write(actor).await?;
    let owner = Owner {
        pool: &pool.id,
        sub: &user.sub,
    };
    codes::issue(app, &mut tx, (owner, Kind::Forgot), &code, &sent).await?;
    let before = records::lock(&mut tx, &pool, &user.sub).await?;
    check_resettable(&before)?;
    let mut after = before.clone();
    after.status = Status::ResetRequired;
    after.modified = now;
    after.auth_epoch += 1;
    records::save(&mut tx, &pool, &before, &after)
        .await
        .map_err(records::Refused::alias_exists)?;
    audit(
        &mut tx,
        &pool,
        ("AdminResetUserPassword", &user.sub),
        None,
        now,
    )
    .await?;
    tx.commit().await?;
    message.send(app, &sent, &code).await
}

fn check_resettable(user: &User) -> Result<()> {
    if !user.enabled {
        return Err(Error::user_is_disabled().because(Reason::UserDisabled));
    }
    match user.status {
        Status::Confirmed | Status::ResetRequired => Ok(()),
        Status::Unconfirmed | Status::ForceChangePassword | Status::ExternalProvider => {
            Err(Error::password_cannot_be_reset())
        }
    }
}

//! Confirming, enabling, disabling and deleting a user.

use super::{audit, find};
use crate::app::App;
use crate::domain::accounts::check_unconfirmed;
use crate::domain::codes::{self, Kind, Owner};
use crate::domain::hooks::{self, ConfirmationSource, Event, Metadata};
use crate::domain::{records, revocation};
use crate::error::Result;
use crate::ids::PoolId;
use crate::store::audit::Actor;
use crate::store::users::Status;

/// Confirms a sign-up without a code. Contacts stay as they are (api.md 2, AdminConfirmSignUp).
///
/// # Errors: UserNotFound, NotAuthorized `User cannot be confirmed. Current status is …`, what a
/// trigger refuses with
pub async fn confirm_sign_up(
    app: &App,
    actor: &Actor,
    pool: &PoolId,
    username: &str,
    metadata: &Metadata,
) -> Result<()> {
    let (pool, user) = find(app, pool, username).await?;
    let now = app.clock.now(&pool.id);
    let mut tx = app.store.write(actor).await?;
    let owner = Owner {
        pool: &pool.id,
        sub: &user.sub,
    };
    codes::forget(&mut tx, owner, Kind::SignUp).await?;
    let before = records::lock(&mut tx, &pool, &user.sub).await?;
    check_unconfirmed(&before)?;
    let mut after = before.clone();
    after.status = Status::Confirmed;
    after.modified = now;
    records::save(&mut tx, &pool, &before, &after)
        .await
        .map_err(records::Refused::alias_exists)?;
    audit(&mut tx, &pool, ("AdminConfirmSignUp", &user.sub), None, now).await?;
    tx.commit().await?;
    let event = Event {
        actor,
        pool: &pool,
        client: None,
        username: &after.username,
        user: Some(&after),
        metadata,
        validation: &Metadata::new(),
        hides: false,
    };
    hooks::post_confirmation(app, event, ConfirmationSource::ConfirmSignUp).await
}

/// Lets a user in or keeps the user out. Disabling ends the user's tokens and sign-ins in progress;
/// enabling brings none of them back.
///
/// # Errors: UserNotFound
pub async fn set_enabled(
    app: &App,
    actor: &Actor,
    pool: &PoolId,
    username: &str,
    enabled: bool,
) -> Result<()> {
    let (pool, user) = find(app, pool, username).await?;
    let now = app.clock.now(&pool.id);
    let mut tx = app.store.write(actor).await?;
    let before = records::lock(&mut tx, &pool, &user.sub).await?;
    if before.enabled != enabled {
        let mut after = before.clone();
        after.enabled = enabled;
        after.modified = now;
        records::save(&mut tx, &pool, &before, &after)
            .await
            .map_err(records::Refused::alias_exists)?;
    }
    if !enabled {
        revocation::end_all(&mut tx, &pool.id, &user.sub, now).await?;
    }
    let act = if enabled {
        "AdminEnableUser"
    } else {
        "AdminDisableUser"
    };
    audit(&mut tx, &pool, (act, &user.sub), None, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Deletes a user with all that belongs to the user. Name and aliases are free again; the `sub` is
/// never given to anybody else.
///
/// # Errors: UserNotFound
pub async fn delete(app: &App, actor: &Actor, pool: &PoolId, username: &str) -> Result<()> {
    let (pool, user) = find(app, pool, username).await?;
    let now = app.clock.now(&pool.id);
    let mut tx = app.store.write(actor).await?;
    records::delete(&mut tx, &pool, &user.sub).await?;
    audit(&mut tx, &pool, ("AdminDeleteUser", &user.sub), None, now).await?;
    tx.commit().await?;
    Ok(())
}

//! Attributes that administrators change.

use super::{audit, find};
use crate::app::App;
use crate::domain::attributes::{self, Given, Update};
use crate::domain::changes::{self, Asker, What};
use crate::domain::contact_change;
use crate::domain::hooks::Metadata;
use crate::domain::records;
use crate::error::Result;
use crate::ids::PoolId;
use crate::store::audit::Actor;

/// Changes attributes. A contact with a new value loses its verification unless the same call gives
/// it, and where the pool verifies by itself a code goes to the new value (api.md 2).
///
/// # Errors: UserNotFound, InvalidParameter, AliasExists, CodeDeliveryFailure, what a trigger
/// refuses with
pub async fn update_attributes(
    app: &App,
    actor: &Actor,
    pool: &PoolId,
    username: &str,
    (given, metadata): (Vec<Given>, &Metadata),
) -> Result<()> {
    let (pool, user) = find(app, pool, username).await?;
    let update = attributes::changes(&pool, attributes::values(given)?)?;
    let change = contact_change::Change {
        act: "AdminUpdateUserAttributes",
        pool: &pool,
        client: None,
        user: &user,
        metadata,
        asker: Asker::Nobody,
    };
    contact_change::apply(app, actor, change, update).await?;
    Ok(())
}

/// Takes attributes away; a contact takes its verification with it.
///
/// # Errors: UserNotFound, InvalidParameter
pub async fn delete_attributes(
    app: &App,
    actor: &Actor,
    pool: &PoolId,
    username: &str,
    names: Vec<String>,
) -> Result<()> {
    let (pool, user) = find(app, pool, username).await?;
    let update: Update = attributes::removals(&pool, names)?;
    let now = app.clock.now(&pool.id);
    let mut tx = app.store.write(actor).await?;
    let before = records::lock(&mut tx, &pool, &user.sub).await?;
    let mut after = before.clone();
    update.apply(&mut after.attributes)?;
    after.modified = now;
    records::save(&mut tx, &pool, &before, &after)
        .await
        .map_err(records::Refused::alias_exists)?;
    let changed = What::between(&pool, &before.attributes, &after.attributes);
    changes::made(app, &mut tx, (&pool, &before), Asker::Nobody, &changed).await?;
    audit(
        &mut tx,
        &pool,
        ("AdminDeleteUserAttributes", &user.sub),
        None,
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

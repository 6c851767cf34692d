//! UpdateDeviceStatus: whether a device is remembered.

use super::{check_tracked, find, key, unknown};
use crate::app::App;
use crate::domain::changes::Asker;
use crate::error::Result;
use crate::ids::Sub;
use crate::store::audit::{Actor, Event};
use crate::store::devices;
use crate::store::pools::Pool;

/// Remembers a user's device, or does so no more: then it proves nothing at sign-in. Without a
/// status nothing changes. To remember one takes a fresh sign-in: it may spare the second factor.
///
/// # Errors: ResourceNotFound `Device does not exist.`, NotAuthorized (stale sign-in), InvalidUserPoolConfiguration
pub async fn set_remembered(
    app: &App,
    actor: &Actor,
    (pool, sub): (&Pool, &Sub),
    (device, remembered): (&str, Option<bool>),
    (act, asker): (&str, Asker<'_>),
) -> Result<()> {
    check_tracked(pool)?;
    let device = key(device)?;
    let Some(remembered) = remembered else {
        return find(app, (&pool.id, sub), &device).await.map(drop);
    };
    if remembered {
        asker.check_fresh(app, &pool.id)?;
    }
    let now = app.clock.now(&pool.id);
    let mut tx = app.store.write(actor).await?;
    let owner = (&pool.id, sub);
    if !devices::set_remembered(&mut tx, owner, &device, remembered, now).await? {
        return Err(unknown());
    }
    let done = Event {
        at: now,
        pool: Some(&pool.id),
        act,
        target: Some(sub.as_str()),
        refused: None,
    };
    tx.audit(done).await?;
    Ok(tx.commit().await?)
}

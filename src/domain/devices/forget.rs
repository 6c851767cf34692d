//! ForgetDevice: a device is nobody's any more, and what it was given ends.

use super::{check_tracked, key, unknown};
use crate::app::App;
use crate::error::Result;
use crate::ids::Sub;
use crate::store::audit::{Actor, Event};
use crate::store::pools::Pool;
use crate::store::{devices, sessions};

/// Forgets a user's device. Its refresh tokens stop working, sign-ins that it has not finished fail,
/// and a browser is asked to sign in again; access tokens last as long as they would.
///
/// # Errors: ResourceNotFound `Device does not exist.`, InvalidUserPoolConfiguration
pub async fn forget(
    app: &App,
    actor: &Actor,
    (pool, sub): (&Pool, &Sub),
    device: &str,
    act: &str,
) -> Result<()> {
    check_tracked(pool)?;
    let device = key(device)?;
    let now = app.clock.now(&pool.id);
    let mut tx = app.store.write(actor).await?;
    sessions::hold_user(&mut tx, &pool.id, sub).await?;
    // The device goes first: that waits for a sign-in that proves it just now, whose session is
    // there then.
    if !devices::delete(&mut tx, &pool.id, sub, &device).await? {
        return Err(unknown());
    }
    sessions::end_device(&mut tx, (&pool.id, sub), &device, now).await?;
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

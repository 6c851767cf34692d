//! Lockout (api-auth.md 4): five wrong passwords lock a user for a second, each further one for
//! twice as long, up to 15 minutes; 15 quiet minutes or a sign-in forget them. One count per user,
//! whatever name was typed and whichever flow it was (security.md G8 to G10).
//!
//! An attempt counts as a failure until it has succeeded, so that parallel guesses cannot slip past
//! the lock. Attempts at one user take turns on a node: else the right passwords of a few parallel
//! sign-ins would lock each other out.

use tokio::sync::MutexGuard;

use crate::app::App;
use crate::error::{Error, Reason, Result};
use crate::ids::{PoolId, Sub};
use crate::store::audit::Actor;
use crate::store::db::{DbError, OnUnique, Tx};
use crate::store::lockouts::{self, Claim};

/// An attempt that was let through. It counts as a failure unless it is taken back, or all
/// failures are forgotten at the end of the sign-in.
pub(super) struct Admitted<'a> {
    pool: &'a PoolId,
    sub: &'a Sub,
    claim: Claim,
    _turn: MutexGuard<'a, ()>,
}

/// Lets an attempt through, or refuses it while the user is locked. Call it before the password is
/// evaluated.
///
/// # Errors: NotAuthorized `Password attempts exceeded`
pub(super) async fn admit<'a>(
    app: &'a App,
    actor: &Actor,
    pool: &'a PoolId,
    sub: &'a Sub,
) -> Result<Admitted<'a>> {
    let turn = app.turns.take((pool, sub)).await;
    let mut tx = app.store.write(actor).await?;
    let at = app.clock.now(pool);
    let claimed = lockouts::claim(&mut tx, pool, sub, at)
        .await
        .on_orphan(|| Error::pool_not_found(pool.as_str()))??;
    tx.commit().await?;
    let locked = || Error::password_attempts_exceeded().because(Reason::LockedOut);
    Ok(Admitted {
        pool,
        sub,
        claim: claimed.ok_or_else(locked)?,
        _turn: turn,
    })
}

impl Admitted<'_> {
    /// The password was wrong. A lock begins now, not when the attempt was let through, which may
    /// have waited for its hash for longer than the lock lasts.
    pub(super) async fn failed(self, app: &App, actor: &Actor) -> Result<()> {
        if !self.claim.locks() {
            return Ok(());
        }
        let mut tx = app.store.write(actor).await?;
        let now = app.clock.now(self.pool);
        lockouts::settle(&mut tx, self.pool, self.sub, self.claim, now).await?;
        Ok(tx.commit().await?)
    }

    /// Takes the attempt back: the password was not wrong, though the sign-in is not complete.
    pub(super) async fn refund(self, app: &App, actor: &Actor) -> Result<()> {
        let mut tx = app.store.write(actor).await?;
        self.refund_in(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    /// The same, as part of another write.
    pub(super) async fn refund_in(&self, tx: &mut Tx) -> Result<(), DbError> {
        lockouts::refund(tx, self.pool, self.sub, self.claim).await
    }
}

/// Counts a failure that was no password: a sign-in that used up its tries of a code.
pub(super) async fn fail(app: &App, actor: &Actor, pool: &PoolId, sub: &Sub) -> Result<()> {
    let mut tx = app.store.write(actor).await?;
    let now = app.clock.now(pool);
    // While the user is locked, failures do not count.
    let claimed = lockouts::claim(&mut tx, pool, sub, now).await?;
    if let Some(claim) = claimed.filter(|claim| claim.locks()) {
        lockouts::settle(&mut tx, pool, sub, claim, now).await?;
    }
    Ok(tx.commit().await?)
}

/// Forgets all failures of a user, who has signed in (or was given a new password).
pub async fn clear(tx: &mut Tx, pool: &PoolId, sub: &Sub) -> Result<(), DbError> {
    lockouts::clear(tx, pool, sub).await
}

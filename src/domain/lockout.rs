//! Lockout (api-auth.md 4): five wrong passwords lock a user for a second, each further one for
//! twice as long, up to 15 minutes; 15 quiet minutes or a sign-in forget them. One count per user,
//! whatever name was typed and whichever flow it was (security.md G8 to G10).

use crate::app::App;
use crate::error::{Error, Reason, Result};
use crate::ids::{PoolId, Sub};
use crate::store::audit::Actor;
use crate::store::db::{DbError, Tx};
use crate::store::lockouts;
use crate::store::users::User;
use crate::time::Timestamp;

/// An attempt that was let through. It counts as a failure unless it is taken back.
#[must_use]
pub(super) struct Attempt<'a> {
    user: &'a User,
    failures: i64,
    at: Timestamp,
}

/// Lets an attempt through, or refuses it while the user is locked. Call it before the password is
/// evaluated.
///
/// # Errors: NotAuthorized `Password attempts exceeded`
pub(super) async fn admit<'a>(app: &App, actor: &Actor, user: &'a User) -> Result<Attempt<'a>> {
    let at = app.clock.now(&user.pool);
    let mut tx = app.store.write(actor).await?;
    let claimed = lockouts::claim(&mut tx, &user.pool, &user.sub, at).await?;
    tx.commit().await?;
    let locked = || Error::password_attempts_exceeded().because(Reason::LockedOut);
    let failures = claimed.ok_or_else(locked)?;
    Ok(Attempt { user, failures, at })
}

impl Attempt<'_> {
    /// Takes the attempt back: the password was right, though the sign-in is not complete yet.
    pub(super) async fn refund(self, app: &App, actor: &Actor) -> Result<()> {
        let mut tx = app.store.write(actor).await?;
        let claim = (self.failures, self.at);
        lockouts::refund(&mut tx, &self.user.pool, &self.user.sub, claim).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Leaves it to the sign-in's completion to forget all failures.
    pub(super) fn keep(self) {}
}

/// Forgets all failures of a user, who has signed in (or was given a new password).
pub async fn clear(tx: &mut Tx, pool: &PoolId, sub: &Sub) -> Result<(), DbError> {
    lockouts::clear(tx, pool, sub).await
}

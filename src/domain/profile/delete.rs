//! A person leaves.

use super::check_status;
use crate::app::App;
use crate::domain::access::SignedIn;
use crate::domain::changes::Asker;
use crate::domain::records;
use crate::error::Result;
use crate::store::audit::{self, Actor};

/// Deletes the own account with all that belongs to it.
///
/// # Errors: UserNotFound, NotAuthorized (stale sign-in), PasswordResetRequired, UserNotConfirmed
pub async fn delete(app: &App, actor: &Actor, who: &SignedIn) -> Result<()> {
    check_status(who)?;
    let (pool, sub) = (&who.pool, &who.user.sub);
    Asker::from(who).check_fresh(app, &pool.id)?;
    let mut tx = app.store.write(actor).await?;
    records::delete(&mut tx, pool, sub).await?;
    tx.audit(audit::Event {
        at: app.clock.now(&pool.id),
        pool: Some(&pool.id),
        act: "DeleteUser",
        target: Some(sub.as_str()),
        refused: None,
    })
    .await?;
    tx.commit().await?;
    Ok(())
}

//! Test control: back to the beginning, for the whole server or one pool.

use crate::app::App;
use crate::domain::pools;
use crate::error::Result;
use crate::ids::PoolId;
use crate::store::audit::{Actor, Event};
use crate::store::reset;

/// Removes every pool, message, record and bend of the clock, and what calls mapped triggers to.
pub async fn everything(app: &App, actor: &Actor) -> Result<()> {
    let mut tx = app.store.write(actor).await?;
    reset::all_pools(&mut tx).await?;
    tx.audit(event(app, None)).await?;
    tx.commit().await?;
    if let Some(mailbox) = &app.mailbox {
        mailbox.delete(None);
    }
    if let Some(journal) = &app.lambda.journal {
        journal.clear();
    }
    app.lambda.clear();
    app.clock.reset();
    app.signing.clear();
    Ok(())
}

/// Removes a pool's users and all they left; the pool, its clients and groups stay.
pub async fn users_of(app: &App, actor: &Actor, pool: &PoolId) -> Result<()> {
    pools::get(app, pool).await?;
    let mut tx = app.store.write(actor).await?;
    reset::users_of_pool(&mut tx, pool).await?;
    tx.audit(event(app, Some(pool))).await?;
    tx.commit().await?;
    Ok(())
}

fn event<'a>(app: &App, pool: Option<&'a PoolId>) -> Event<'a> {
    Event {
        at: app.clock.server_now(),
        pool,
        act: "Reset",
        target: None,
        refused: None,
    }
}

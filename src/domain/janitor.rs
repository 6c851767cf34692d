//! The janitor: removes what has run out and nobody will ask for again.
//!
//! Every node runs one; they take small bites, so that nothing waits long for them.

use std::time::Duration;

use crate::app::App;
use crate::error::Result;
use crate::store::audit::Actor;
use crate::store::{consumed, lockouts, sessions};
use crate::time::Span;

/// How often it looks.
const PAUSE: Duration = Duration::from_mins(1);
/// Rows of one kind in one transaction.
const BITE: i64 = 500;
/// Quiet time after which failures do not count any more.
const QUIET: Span = Span::minutes(15);
/// A refresh in a session's last moment gives access tokens that live up to a day longer, and they
/// are judged by their session.
const LAST_TOKEN: Span = Span::hours(25);

/// Sweeps for as long as it is polled.
pub async fn run(app: &App) {
    loop {
        tokio::time::sleep(PAUSE).await;
        app.hashing.release_idle();
        match sweep(app).await {
            Ok(0) => {}
            Ok(removed) => tracing::debug!(removed, "swept"),
            Err(error) => tracing::warn!(?error, "sweeping failed; it will be tried again"),
        }
    }
}

/// Removes everything that has run out; gives the number of rows.
pub async fn sweep(app: &App) -> Result<u64> {
    let mut removed = 0;
    loop {
        let now = app.clock.server_now();
        let mut tx = app.store.write(&Actor::default()).await?;
        let bites = [
            consumed::prune(&mut tx, now, BITE).await?,
            lockouts::prune(&mut tx, now.minus(QUIET), BITE).await?,
            sessions::prune(&mut tx, now.minus(LAST_TOKEN), BITE).await?,
        ];
        tx.commit().await?;
        removed += bites.iter().sum::<u64>();
        if bites.iter().all(|bite| *bite < BITE.unsigned_abs()) {
            return Ok(removed);
        }
    }
}

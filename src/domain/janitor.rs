//! The janitor: removes what has run out and nobody will ask for again, and has signing keys take
//! their turns.
//!
//! Every node runs one. Each bite is a small write of its own, so that nothing waits long: on SQLite
//! there is one writer, and sign-ins queue behind it.

use std::time::Duration;

use crate::app::App;
use crate::error::Result;
use crate::store::audit::Actor;
use crate::store::{
    attempts, auth_events, authorization_codes, codes, consumed, lockouts, passkeys, sessions,
};
use crate::time::{Span, Timestamp};

use super::limits;
use super::risk::events;
use super::rotation;

/// How often it looks.
const PAUSE: Duration = Duration::from_mins(1);
/// Rows of one kind in one transaction.
const BITE: i64 = 100;
/// Quiet time after which failures do not count any more.
const QUIET: Span = Span::minutes(15);
/// A refresh in a session's last moment gives access tokens that live up to a day longer, and they
/// are judged by their session.
const LAST_TOKEN: Span = Span::hours(25);

/// Sweeps for as long as it is polled.
pub async fn run(app: &App) {
    loop {
        tokio::time::sleep(PAUSE).await;
        round(app).await;
    }
}

/// Everything that is done once a minute: sweeps, and moves signing keys on.
pub async fn round(app: &App) {
    app.hashing.release_idle();
    match sweep(app).await {
        Ok(0) => {}
        Ok(removed) => tracing::debug!(removed, "swept"),
        Err(error) => tracing::warn!(?error, "sweeping failed; it will be tried again"),
    }
    if let Err(error) = rotation::tend(app).await {
        tracing::warn!(
            ?error,
            "signing keys were not looked at; it will be tried again"
        );
    }
}

/// What runs out.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Attempts,
    AuthEvents,
    AuthorizationCodes,
    Codes,
    Consumed,
    Lockouts,
    /// Registrations of passkeys that were not completed.
    Registrations,
    /// Their refresh tokens go with them.
    Sessions,
}

const KINDS: [Kind; 8] = [
    Kind::Attempts,
    Kind::AuthEvents,
    Kind::AuthorizationCodes,
    Kind::Codes,
    Kind::Consumed,
    Kind::Lockouts,
    Kind::Registrations,
    Kind::Sessions,
];

/// Removes everything that has run out; gives the number of rows.
pub async fn sweep(app: &App) -> Result<u64> {
    let mut removed = 0;
    for kind in KINDS {
        loop {
            let bite = bite(app, kind, app.clock.server_now()).await?;
            removed += bite;
            if bite < BITE.unsigned_abs() {
                break;
            }
        }
    }
    Ok(removed)
}

async fn bite(app: &App, kind: Kind, now: Timestamp) -> Result<u64> {
    let mut tx = app.store.write(&Actor::default()).await?;
    let rows = match kind {
        Kind::Attempts => attempts::prune(&mut tx, now.minus(limits::LONGEST), BITE).await?,
        Kind::AuthEvents => auth_events::prune(&mut tx, now.minus(events::KEPT), BITE).await?,
        Kind::AuthorizationCodes => authorization_codes::prune(&mut tx, now, BITE).await?,
        Kind::Codes => codes::prune(&mut tx, now, BITE).await?,
        Kind::Consumed => consumed::prune(&mut tx, now, BITE).await?,
        Kind::Lockouts => lockouts::prune(&mut tx, now.minus(QUIET), BITE).await?,
        Kind::Registrations => passkeys::prune(&mut tx, now, BITE).await?,
        Kind::Sessions => sessions::prune(&mut tx, now.minus(LAST_TOKEN), BITE).await?,
    };
    if rows > 0 {
        tx.commit().await?;
    }
    Ok(rows)
}

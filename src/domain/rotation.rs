//! Signing keys take turns (docs/adr/0018; security.md E5): announced, signing, retired, gone.
//!
//! Keys that come next are published for as long as anybody may go on with a document that lacks
//! them, and those that have signed for as long as a token of theirs may live; in between nothing
//! that verifies tokens notices. Every step is one transaction under the pool's epoch, with the times
//! in its conditions: of many nodes that take it at once one does.

use crate::app::App;
use crate::domain::clients::LONGEST_TOKEN;
use crate::domain::{keys, pools};
use crate::error::{Error, Result};
use crate::ids::PoolId;
use crate::signing::TokenUse;
use crate::store::audit::{Actor, Event};
use crate::store::db::Tx;
use crate::store::pools as pool_rows;
use crate::store::signing_keys::{self, Announced, SealedKey, State};
use crate::time::{Span, Timestamp};

/// How long others may keep a JWKS document without asking again (its `max-age`).
pub const JWKS_LIFETIME: Span = Span::seconds(60);
/// How far clocks, of nodes and of those who verify, may be apart.
const CLOCKS: Span = Span::minutes(5);
/// How long a key is published before it signs, and after it has signed last. A client's tokens may
/// get their longest life at any time, so that is what counts.
pub const OVERLAP: Span = LONGEST_TOKEN.plus(JWKS_LIFETIME).plus(CLOCKS);
/// Pools that are moved on in one go.
const STEPS: i64 = 100;
/// Pools that get new keys in one go: each costs two.
const NEW: i64 = 10;

/// A key as operators see it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Its id.
    pub kid: String,
    /// What it signs.
    pub token_use: TokenUse,
    /// What it is for at present.
    pub state: State,
    /// Since when.
    pub since: Timestamp,
    /// When that ends at the earliest; none for keys that sign until others are announced.
    pub until: Option<Timestamp>,
}

/// The published keys of a pool, oldest first.
///
/// # Errors: ResourceNotFound
pub async fn list(app: &App, pool: &PoolId) -> Result<Vec<Shown>> {
    // They are made now if they were not needed yet.
    keys::of_pool(app, pool).await?;
    let rows = rows(app, pool).await?;
    Ok(rows.into_iter().map(shown).collect())
}

fn shown(key: SealedKey) -> Shown {
    let waits = key.state != State::Signing;
    Shown {
        kid: key.kid,
        token_use: key.token_use,
        state: key.state,
        since: key.moved,
        until: waits.then(|| key.moved.plus(OVERLAP)),
    }
}

/// Takes the steps that are due in a pool, and announces its next keys unless they are: what an
/// operator asks for.
///
/// # Errors: ResourceNotFound
pub async fn begin(app: &App, actor: &Actor, pool: &PoolId) -> Result<()> {
    pools::get(app, pool).await?;
    step(app, actor, pool).await?;
    announce(app, actor, pool).await
}

/// Takes the steps that are due in any pool, and announces the next keys of those whose keys are as
/// old as the operator allows. What fails is logged, and tried again the next time.
pub async fn tend(app: &App) -> Result<()> {
    let now = app.clock.server_now();
    let nobody = Actor::default();
    let due = {
        let mut db = app.store.read().await?;
        signing_keys::due(&mut db, now.minus(OVERLAP), STEPS).await?
    };
    for pool in due {
        if let Err(error) = step(app, &nobody, &pool).await {
            tracing::warn!(%pool, ?error, "signing keys were not moved on");
        }
    }
    let Some(every) = app.config.rotate_keys else {
        return Ok(());
    };
    // They sign until the next have been announced for long enough.
    let age = every.minus(OVERLAP).max(Span::ms(0));
    let old = {
        let mut db = app.store.read().await?;
        signing_keys::old(&mut db, now.minus(age), NEW).await?
    };
    for pool in old {
        if let Err(error) = announce(app, &nobody, &pool).await {
            tracing::warn!(%pool, ?error, "signing keys were not announced");
        }
    }
    Ok(())
}

/// Makes and announces the keys that will sign next, unless there are some.
async fn announce(app: &App, actor: &Actor, pool: &PoolId) -> Result<()> {
    // What never signed and was never shown has no turn to end: the first keys are made now.
    keys::of_pool(app, pool).await?;
    let waits = |key: &SealedKey| key.state == State::Announced;
    if rows(app, pool).await?.iter().any(waits) {
        return Ok(());
    }
    let mut made = Vec::new();
    for token_use in [TokenUse::Id, TokenUse::Access] {
        let kid = keys::new_kid(app)?;
        let sealed = keys::made(app, pool, &kid).await?;
        made.push((kid, token_use, sealed));
    }
    let now = app.clock.now(pool);
    let mut tx = app.store.write(actor).await?;
    lock(&mut tx, pool).await?;
    for (kid, token_use, sealed) in &made {
        let key = Announced {
            kid,
            token_use: *token_use,
            sealed,
        };
        if !signing_keys::announce(&mut tx, pool, key, now).await? {
            return Ok(());
        }
        audit(&mut tx, (pool, now), "AnnounceSigningKey", kid).await?;
    }
    tx.commit().await?;
    app.signing.forget_pool(pool);
    Ok(())
}

/// Lets announced keys sign, and removes retired ones, where their time has come.
async fn step(app: &App, actor: &Actor, pool: &PoolId) -> Result<()> {
    let now = app.clock.now(pool);
    let since = now.minus(OVERLAP);
    let mut tx = app.store.write(actor).await?;
    lock(&mut tx, pool).await?;
    let retired = signing_keys::retire(&mut tx, pool, now, since).await?;
    let signing = signing_keys::sign(&mut tx, pool, now, since).await?;
    let gone = signing_keys::remove(&mut tx, pool, since).await?;
    if retired.is_empty() && signing.is_empty() && gone.is_empty() {
        return Ok(());
    }
    for (act, kids) in [
        ("RetireSigningKey", &retired),
        ("UseSigningKey", &signing),
        ("RemoveSigningKey", &gone),
    ] {
        for kid in kids {
            audit(&mut tx, (pool, now), act, kid).await?;
        }
    }
    tx.commit().await?;
    app.signing.forget_pool(pool);
    for kid in &gone {
        app.signing.forget(kid);
    }
    Ok(())
}

/// Other writes to the pool wait, and every node is told.
async fn lock(tx: &mut Tx, pool: &PoolId) -> Result<()> {
    if pool_rows::bump_epoch(tx, pool).await? {
        return Ok(());
    }
    Err(Error::pool_not_found(pool.as_str()))
}

async fn rows(app: &App, pool: &PoolId) -> Result<Vec<SealedKey>> {
    let mut db = app.store.read().await?;
    signing_keys::of_pool(&mut db, pool).await
}

async fn audit(
    tx: &mut Tx,
    (pool, at): (&PoolId, Timestamp),
    act: &'static str,
    kid: &str,
) -> Result<()> {
    let event = Event {
        at,
        pool: Some(pool),
        act,
        target: Some(kid),
        refused: None,
    };
    tx.audit(event).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_for_longer_than_any_token_lives() {
        assert!(OVERLAP > LONGEST_TOKEN.plus(JWKS_LIFETIME));
    }
}

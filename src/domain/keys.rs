//! The signing keys of pools: two that sign, one for ID tokens and one for access tokens, and beside
//! them those that will be next and those that were (`domain::rotation`).
//!
//! Making a key costs up to 200 ms, so a new pool only reserves the ids; the key itself is made,
//! sealed and attached when the pool first signs or shows its keys. Of several nodes that do so at
//! once one wins, and the others read what it wrote.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::app::App;
use crate::error::{Code, Error, Result};
use crate::ids::PoolId;
use crate::secret::Secret;
pub use crate::signing::Published;
use crate::signing::{Jwk, Jws, Moment, PoolKeys, SigningKey, TokenUse};
use crate::store::audit::{Actor, Event};
use crate::store::db::Tx;
use crate::store::signing_keys::{self, SealedKey, State};
use crate::vault::Place;

/// Reserves the ids of a new pool's two keys, in the transaction that makes the pool.
pub async fn reserve(app: &App, tx: &mut Tx, pool: &PoolId) -> Result<()> {
    let now = app.clock.now(pool);
    for token_use in [TokenUse::Id, TokenUse::Access] {
        signing_keys::reserve(tx, pool, &new_kid(app)?, token_use, now).await?;
    }
    Ok(())
}

/// The id of a new key.
pub(super) fn new_kid(app: &App) -> Result<String> {
    Ok(STANDARD.encode(app.rng.bytes::<32>()?))
}

/// The pool's JWKS document, ready to send (api-auth.md 9.4). While the database is away it is the
/// one last known.
///
/// # Errors: ResourceNotFound `User pool {id} does not exist.`
pub async fn jwks(app: &App, pool: &PoolId) -> Result<Published> {
    match of_pool(app, pool).await {
        Ok(keys) => Ok(keys.jwks),
        Err(error) if error.code == Code::Internal => {
            let Some((_, keys)) = app.signing.pool(pool, moment(app, pool)) else {
                return Err(error);
            };
            tracing::warn!(%error, "signing keys cannot be read; showing those known");
            Ok(keys.jwks)
        }
        Err(error) => Err(error),
    }
}

/// The pool's keys, ready to sign: those of a moment ago at most, so that none signs that is gone.
pub(super) async fn of_pool(app: &App, pool: &PoolId) -> Result<PoolKeys> {
    let now = moment(app, pool);
    if let Some((true, keys)) = app.signing.pool(pool, now) {
        return Ok(keys);
    }
    let rows = {
        let mut db = app.store.read().await?;
        signing_keys::of_pool(&mut db, pool).await?
    };
    load(app, pool, rows, now).await
}

/// The key that a token names, if it is one of ours and is still there.
pub(super) async fn of_token(app: &App, token: &Jws<'_>) -> Result<Option<Arc<SigningKey>>> {
    let Some(kid) = token.kid() else {
        return Ok(None);
    };
    let now = Moment {
        elapsed: app.clock.elapsed(),
        now: app.clock.server_now(),
    };
    if let Some((true, key)) = app.signing.key(&kid, now) {
        return Ok(Some(key));
    }
    let mut db = app.store.read().await?;
    let row = signing_keys::by_kid(&mut db, &kid).await?;
    drop(db);
    // A key without material has signed nothing.
    if let Some(row) = row.filter(|row| row.sealed.is_some()) {
        return parsed(app, row, now).await.map(Some);
    }
    app.signing.forget(&kid);
    Ok(None)
}

fn moment(app: &App, pool: &PoolId) -> Moment {
    Moment {
        elapsed: app.clock.elapsed(),
        now: app.clock.now(pool),
    }
}

async fn load(app: &App, pool: &PoolId, rows: Vec<SealedKey>, read: Moment) -> Result<PoolKeys> {
    let (mut id, mut access, mut others) = (None, None, Vec::new());
    for row in rows {
        let state = row.state;
        let key = parsed(app, row, read).await?;
        match (state, key.token_use) {
            (State::Signing, TokenUse::Id) => id = Some(key),
            (State::Signing, TokenUse::Access) => access = Some(key),
            (State::Announced | State::Retired, _) => others.push(key),
        }
    }
    let (Some(id), Some(access)) = (id, access) else {
        return Err(Error::pool_not_found(pool.as_str()));
    };
    let published = [&id, &access].into_iter().chain(&others);
    let published: Vec<Jwk<'_>> = published.map(|key| key.jwk()).collect();
    let jwks = document(&published)?;
    let keys = PoolKeys { id, access, jwks };
    app.signing.keep_pool(pool, &keys, read);
    Ok(keys)
}

fn document(keys: &[Jwk<'_>]) -> Result<Published> {
    #[derive(Serialize)]
    struct Document<'a> {
        keys: &'a [Jwk<'a>],
    }
    let bytes = serde_json::to_vec(&Document { keys }).map_err(Error::internal)?;
    Ok(Published::new(bytes))
}

async fn parsed(app: &App, row: SealedKey, read: Moment) -> Result<Arc<SigningKey>> {
    if let Some((_, key)) = app.signing.key(&row.kid, read) {
        app.signing.keep(&key, read);
        return Ok(key);
    }
    let sealed = match &row.sealed {
        Some(sealed) => sealed.clone(),
        None => attached(app, &row).await?,
    };
    let place = format!("{}/{}", row.pool, row.kid);
    let der = app.vault.open(sealed_in(&place), &sealed)?;
    let key = SigningKey::parse(&row.pool, &row.kid, row.token_use, der.expose())?;
    let key = Arc::new(key);
    app.signing.keep(&key, read);
    Ok(key)
}

/// Makes a key for a reserved id and gives what is then stored for it, sealed.
async fn attached(app: &App, row: &SealedKey) -> Result<String> {
    let _turn = app.signing.making.lock().await;
    if let Some(sealed) = stored(app, &row.kid).await? {
        return Ok(sealed);
    }
    let sealed = made(app, &row.pool, &row.kid).await?;
    let now = app.clock.now(&row.pool);
    let mut tx = app.store.write(&Actor::default()).await?;
    if signing_keys::attach(&mut tx, (&row.pool, &row.kid), &sealed, now).await? {
        let event = Event {
            at: now,
            pool: Some(&row.pool),
            act: "AttachSigningKey",
            target: Some(&row.kid),
            refused: None,
        };
        tx.audit(event).await?;
        tx.commit().await?;
        return Ok(sealed);
    }
    drop(tx);
    let missing = || Error::pool_not_found(row.pool.as_str());
    stored(app, &row.kid).await?.ok_or_else(missing)
}

/// Makes a key, sealed for its row.
pub(super) async fn made(app: &App, pool: &PoolId, kid: &str) -> Result<String> {
    let source = Arc::clone(&app.keys);
    let made = tokio::task::spawn_blocking(move || source.generate()).await;
    let der: Secret<Vec<u8>> = made.map_err(Error::internal)??;
    app.vault
        .seal(sealed_in(&format!("{pool}/{kid}")), der.expose())
}

async fn stored(app: &App, kid: &str) -> Result<Option<String>> {
    let mut db = app.store.read().await?;
    let row = signing_keys::by_kid(&mut db, kid).await?;
    Ok(row.and_then(|row| row.sealed))
}

const fn sealed_in(row: &str) -> Place<'_> {
    Place {
        table: "signing_keys",
        column: "sealed",
        row,
    }
}

//! The signing keys of pools: two each, one for ID tokens and one for access tokens.
//!
//! Making a key costs up to 200 ms, so a new pool only reserves the ids; the key itself is made,
//! sealed and attached when the pool first signs or shows its keys. Of several nodes that do so at
//! once one wins, and the others read what it wrote.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::app::App;
use crate::error::{Error, Result};
use crate::ids::PoolId;
use crate::signing::{Jwk, Jws, PoolKeys, SigningKey, TokenUse};
use crate::store::audit::{Actor, Event};
use crate::store::db::Tx;
use crate::store::signing_keys::{self, SealedKey};
use crate::vault::Place;

/// Reserves the ids of a new pool's two keys, in the transaction that makes the pool.
pub async fn reserve(app: &App, tx: &mut Tx, pool: &PoolId) -> Result<()> {
    let now = app.clock.now(pool);
    for token_use in [TokenUse::Id, TokenUse::Access] {
        let kid = STANDARD.encode(app.rng.bytes::<32>()?);
        signing_keys::reserve(tx, pool, &kid, token_use, now).await?;
    }
    Ok(())
}

/// The pool's JWKS document, ready to send (api-auth.md 9.4).
///
/// # Errors: ResourceNotFound `User pool {id} does not exist.`
pub async fn jwks(app: &App, pool: &PoolId) -> Result<Arc<[u8]>> {
    of_pool(app, pool).await.map(|keys| keys.jwks)
}

/// The pool's keys, ready to sign. While the database is away, those known are used.
pub(super) async fn of_pool(app: &App, pool: &PoolId) -> Result<PoolKeys> {
    let known = app.signing.pool(pool, app.clock.elapsed());
    if let Some((true, keys)) = known {
        return Ok(keys);
    }
    match (read(app, pool).await, known) {
        (Ok(rows), _) => load(app, pool, rows).await,
        (Err(error), Some((_, keys))) => {
            tracing::warn!(%error, "signing keys cannot be read; using those known");
            Ok(keys)
        }
        (Err(error), None) => Err(error),
    }
}

/// The key that a token names, if it is one of ours.
pub(super) async fn of_token(app: &App, token: &Jws<'_>) -> Result<Option<Arc<SigningKey>>> {
    let Some(kid) = token.kid() else {
        return Ok(None);
    };
    if let Some(key) = app.signing.key(&kid) {
        return Ok(Some(key));
    }
    let mut db = app.store.read().await?;
    let row = signing_keys::by_kid(&mut db, &kid).await?;
    drop(db);
    // A key without material has signed nothing.
    match row.filter(|row| row.sealed.is_some()) {
        Some(row) => parsed(app, row).await.map(Some),
        None => Ok(None),
    }
}

async fn read(app: &App, pool: &PoolId) -> Result<Vec<SealedKey>> {
    let mut db = app.store.read().await?;
    signing_keys::of_pool(&mut db, pool).await
}

async fn load(app: &App, pool: &PoolId, rows: Vec<SealedKey>) -> Result<PoolKeys> {
    let (mut id, mut access) = (None, None);
    for row in rows {
        let key = parsed(app, row).await?;
        match key.token_use {
            TokenUse::Id => id = Some(key),
            TokenUse::Access => access = Some(key),
        }
    }
    let (Some(id), Some(access)) = (id, access) else {
        return Err(Error::pool_not_found(pool.as_str()));
    };
    let jwks = document(&[id.jwk(), access.jwk()])?;
    let keys = PoolKeys { id, access, jwks };
    app.signing.keep_pool(pool, &keys, app.clock.elapsed());
    Ok(keys)
}

fn document(keys: &[Jwk<'_>]) -> Result<Arc<[u8]>> {
    #[derive(Serialize)]
    struct Document<'a> {
        keys: &'a [Jwk<'a>],
    }
    let bytes = serde_json::to_vec(&Document { keys }).map_err(Error::internal)?;
    Ok(bytes.into())
}

async fn parsed(app: &App, row: SealedKey) -> Result<Arc<SigningKey>> {
    if let Some(key) = app.signing.key(&row.kid) {
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
    app.signing.keep(&key);
    Ok(key)
}

/// Makes a key for a reserved id and gives what is then stored for it, sealed.
async fn attached(app: &App, row: &SealedKey) -> Result<String> {
    let _turn = app.signing.making.lock().await;
    if let Some(sealed) = stored(app, &row.kid).await? {
        return Ok(sealed);
    }
    let source = Arc::clone(&app.keys);
    let made = tokio::task::spawn_blocking(move || source.generate()).await;
    let der = made.map_err(Error::internal)??;
    let place = format!("{}/{}", row.pool, row.kid);
    let sealed = app.vault.seal(sealed_in(&place), der.expose())?;
    let mut tx = app.store.write(&Actor::default()).await?;
    if signing_keys::attach(&mut tx, &row.pool, &row.kid, sealed.clone()).await? {
        let event = Event {
            at: app.clock.now(&row.pool),
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

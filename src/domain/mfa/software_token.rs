//! Software tokens: an authenticator app's secret, first waiting for its first code, then in use.

use data_encoding::BASE32_NOPAD;

use super::totp::{self, SECRET_BYTES};
use super::{offers, tries};
use crate::app::App;
use crate::domain::access::SignedIn;
use crate::domain::changes::{self, Asker, What};
use crate::domain::{admin_users, records};
use crate::error::{Error, Reason, Result};
use crate::ids::{PoolId, Sub};
use crate::secret::Secret;
use crate::store::audit::{Actor, Event};
use crate::store::db::Tx;
use crate::store::pools::Pool;
use crate::store::software_tokens::{self, Proven};
use crate::store::users::{Factor, Mfa};
use crate::vault::Place;

/// Gives a signed-in user a new secret, in base32. It works once [`verify`] has seen a code of it;
/// until then one that is in use stays in use.
///
/// # Errors: SoftwareTokenMFANotFound (the pool does not offer it), NotAuthorized (stale sign-in)
pub async fn associate(app: &App, actor: &Actor, who: &SignedIn) -> Result<Secret<String>> {
    check_offered(&who.pool)?;
    Asker::from(who).check_fresh(app, &who.pool.id)?;
    let secret = new_secret(app)?;
    let (pool, sub) = (&who.pool.id, &who.user.sub);
    let sealed = seal(app, (pool, sub), secret.expose())?;
    let mut tx = app.store.write(actor).await?;
    software_tokens::put_pending(&mut tx, pool, sub, &sealed).await?;
    audit(app, &mut tx, (pool, sub), "AssociateSoftwareToken", None).await?;
    tx.commit().await?;
    Ok(shown(secret.expose()))
}

/// Puts the waiting secret of a signed-in user in use. Whether it is asked for at sign-in is
/// another question (SetUserMFAPreference).
///
/// # Errors: SoftwareTokenMFANotFound (not offered, or none is waiting),
/// EnableSoftwareTokenMFA (wrong code), NotAuthorized (stale sign-in, too many wrong codes)
pub async fn verify(
    app: &App,
    actor: &Actor,
    who: &SignedIn,
    (code, name): (&str, Option<&str>),
) -> Result<()> {
    check_offered(&who.pool)?;
    let asker = Asker::from(who);
    asker.check_fresh(app, &who.pool.id)?;
    let (pool, sub) = (&who.pool.id, &who.user.sub);
    let stored = {
        let mut db = app.store.read().await?;
        software_tokens::find(&mut db, pool, sub).await?
    };
    let pending = stored.and_then(|stored| stored.pending);
    let sealed = pending.ok_or_else(Error::software_token_not_begun)?;
    let secret = open(app, (pool, sub), &sealed)?;
    let mut tx = app.store.write(actor).await?;
    tries::count_day(app, &mut tx, (pool, sub)).await?;
    let step = totp::step_of(secret.expose(), code, app.clock.now(pool));
    let refused = step.is_none().then_some(Reason::WrongCode);
    audit(app, &mut tx, (pool, sub), "VerifySoftwareToken", refused).await?;
    let Some(step) = step else {
        tx.commit().await?;
        return Err(Error::software_token_not_proven().because(Reason::WrongCode));
    };
    let proven = Proven {
        secret: &sealed,
        name,
        step,
    };
    let before = records::lock(&mut tx, &who.pool, sub).await?;
    if !software_tokens::prove(&mut tx, pool, sub, proven).await? {
        return Err(Error::concurrent_modification());
    }
    tries::refund(&mut tx, pool, sub).await?;
    changes::made(app, &mut tx, (&who.pool, &before), asker, &[What::App]).await?;
    Ok(tx.commit().await?)
}

/// Takes a user's software token away, and the wish to be asked for it.
///
/// # Errors: ResourceNotFound, UserNotFound
pub async fn delete(
    app: &App,
    actor: &Actor,
    pool: &PoolId,
    (username, act): (&str, &str),
) -> Result<()> {
    let (pool, user) = admin_users::find(app, pool, username).await?;
    let mut tx = app.store.write(actor).await?;
    let before = records::lock(&mut tx, &pool, &user.sub).await?;
    let had = software_tokens::delete(&mut tx, &pool.id, &user.sub).await?;
    let mut after = before.clone();
    turn_off(&mut after.mfa, Factor::SoftwareToken);
    if after.mfa != before.mfa {
        after.modified = app.clock.now(&pool.id);
        records::save(&mut tx, &pool, &before, &after)
            .await
            .map_err(records::Refused::alias_exists)?;
    }
    if had {
        let changed = [What::Factors];
        changes::made(app, &mut tx, (&pool, &before), Asker::Nobody, &changed).await?;
    }
    audit(app, &mut tx, (&pool.id, &user.sub), act, None).await?;
    Ok(tx.commit().await?)
}

/// Refuses where the pool does not offer software tokens.
///
/// # Errors: SoftwareTokenMFANotFound
pub(in crate::domain) fn check_offered(pool: &Pool) -> Result<()> {
    if offers(pool, Factor::SoftwareToken) {
        return Ok(());
    }
    Err(Error::software_token_not_offered())
}

/// A new secret.
pub(in crate::domain) fn new_secret(app: &App) -> Result<Secret<Vec<u8>>> {
    Ok(Secret::new(app.rng.bytes::<SECRET_BYTES>()?.to_vec()))
}

/// A secret as people copy it into their app.
pub(in crate::domain) fn shown(secret: &[u8]) -> Secret<String> {
    Secret::new(BASE32_NOPAD.encode(secret))
}

/// Seals a secret for its row.
pub(in crate::domain) fn seal(
    app: &App,
    (pool, sub): (&PoolId, &Sub),
    secret: &[u8],
) -> Result<String> {
    let row = format!("{pool}/{sub}");
    app.vault.seal(place(&row), secret)
}

/// Opens the secret of a row.
pub(in crate::domain) fn open(
    app: &App,
    (pool, sub): (&PoolId, &Sub),
    sealed: &str,
) -> Result<Secret<Vec<u8>>> {
    let row = format!("{pool}/{sub}");
    app.vault.open(place(&row), sealed)
}

/// The waiting secret and the one in use are the same value in two places.
const fn place(row: &str) -> Place<'_> {
    Place {
        table: "software_tokens",
        column: "secret",
        row,
    }
}

/// Stops asking for a factor.
pub(super) fn turn_off(mfa: &mut Mfa, factor: Factor) {
    mfa.enabled.remove(&factor);
    if mfa.preferred == Some(factor) {
        mfa.preferred = None;
    }
}

async fn audit(
    app: &App,
    tx: &mut Tx,
    (pool, sub): (&PoolId, &Sub),
    act: &str,
    refused: Option<Reason>,
) -> Result<()> {
    tx.audit(Event {
        at: app.clock.now(pool),
        pool: Some(pool),
        act,
        target: Some(sub.as_str()),
        refused,
    })
    .await
}

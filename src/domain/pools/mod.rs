//! User pools: made, described, listed, changed, deleted (api.md 3.1).

mod check;
mod create;
mod messages;
mod mfa;
mod schema;
mod shown;
mod tags;
pub(crate) mod tiers;
mod update;

use crate::app::App;
use crate::domain::catalogue;
use crate::domain::paging::{Ask, List, Page};
use crate::error::{Error, Result};
use crate::ids::PoolId;
use crate::settings::pool::DeletionProtection;
use crate::store::audit::{Actor, Event};
use crate::store::db::Tx;
use crate::store::domains;
use crate::store::pools::{self, Listed, Pool};

pub use create::{NewPool, create};
pub use mfa::{MfaConfig, get_mfa_config, set_mfa_config};
pub use schema::add_custom_attributes;
pub use shown::Described;
pub use tags::{list_tags, tag, untag};
pub use update::{Replacement, update};

/// How often a change is tried again when another write came first.
const TRIES: usize = 3;
/// The most rows of a page.
const MOST: i64 = 60;

/// The pool of an id, in whatever region and account it was made.
///
/// # Errors: ResourceNotFound `User pool {id} does not exist.`
pub async fn get(app: &App, pool: &PoolId) -> Result<Pool> {
    let known = catalogue::pool(app, pool).await?;
    let known = known.ok_or_else(|| Error::pool_not_found(pool.as_str()))?;
    Ok(known.pool.clone())
}

/// The pool of an id as it is stored now, to be shown or changed.
///
/// # Errors: ResourceNotFound.
pub(in crate::domain) async fn stored(app: &App, pool: &PoolId) -> Result<Pool> {
    let mut db = app.store.read().await?;
    pools::find(&mut db, pool)
        .await?
        .ok_or_else(|| Error::pool_not_found(pool.as_str()))
}

/// Whether there is any pool, of whatever region and account.
pub async fn any(app: &App) -> Result<bool> {
    let mut db = app.store.read().await?;
    Ok(!pools::newest(&mut db, 1).await?.is_empty())
}

/// A pool with its domains and the number of its users.
///
/// # Errors: ResourceNotFound.
pub async fn describe(app: &App, pool: &PoolId) -> Result<Described> {
    let mut db = app.store.read().await?;
    let found = pools::find(&mut db, pool).await?;
    let pool = found.ok_or_else(|| Error::pool_not_found(pool.as_str()))?;
    let domains = domains::of_pool(&mut db, &pool.id).await?;
    let named = |custom| {
        let mut of_kind = domains.iter().filter(|domain| domain.custom == custom);
        of_kind.next().map(|domain| domain.domain.clone())
    };
    let (domain, custom_domain) = (named(false), named(true));
    let users = pools::count_users(&mut db, &pool.id).await?;
    Ok(Described {
        pool,
        users,
        domain,
        custom_domain,
    })
}

/// The pools of a region and account, by id.
///
/// # Errors: InvalidParameter (token).
pub async fn list(app: &App, account: &str, region: &str, ask: &Ask) -> Result<Page<Listed>> {
    let scope = format!("{account}/{region}");
    let list = List {
        operation: "ListUserPools",
        scope: &scope,
        parameters: "",
    };
    let after: Option<String> = list.after(app, ask)?;
    let count = ask.rows(MOST);
    let mut db = app.store.read().await?;
    let owner = (account, region);
    let rows = pools::page(&mut db, owner, after.as_deref(), count + 1).await?;
    list.page(app, rows, count, |pool| pool.id.clone())
}

/// Deletes a pool with everything in it.
///
/// # Errors: ResourceNotFound; InvalidParameter, while deletion protection is active or a domain
/// is attached.
pub async fn delete(app: &App, actor: &Actor, id: &PoolId) -> Result<()> {
    let mut tx = app.store.write(actor).await?;
    let pool = lock(&mut tx, id).await?;
    if pool.settings().deletion_protection == Some(DeletionProtection::Active) {
        return Err(Error::deletion_protected());
    }
    if !domains::of_pool(&mut tx, id).await?.is_empty() {
        return Err(Error::pool_has_domain());
    }
    pools::delete(&mut tx, id).await?;
    tx.audit(Event {
        at: app.clock.now(id),
        pool: Some(id),
        act: "DeleteUserPool",
        target: None,
        refused: None,
    })
    .await?;
    tx.commit().await?;
    app.signing.forget_pool(id);
    Ok(())
}

/// Makes a write to a pool, or to what belongs to it, wait for others of the kind, and tells every
/// node of it; gives the pool as it is now.
///
/// # Errors: ResourceNotFound.
pub(crate) async fn lock(tx: &mut Tx, pool: &PoolId) -> Result<Pool> {
    let missing = || Error::pool_not_found(pool.as_str());
    if !pools::bump_epoch(tx, pool).await? {
        return Err(missing());
    }
    pools::find(tx, pool).await?.ok_or_else(missing)
}

/// Changes a pool by `apply` while other changes wait, for operations that may not fail because of
/// another write.
///
/// # Errors: ResourceNotFound, and those of `apply`.
async fn change_in_turn(
    app: &App,
    actor: &Actor,
    id: &PoolId,
    act: &str,
    apply: impl FnOnce(&mut Pool) -> Result<()>,
) -> Result<()> {
    let mut tx = app.store.write(actor).await?;
    let mut pool = lock(&mut tx, id).await?;
    apply(&mut pool)?;
    pool.modified = app.clock.now(id);
    if !pools::update(&mut tx, &pool).await? {
        return Err(Error::concurrent_modification());
    }
    tx.audit(Event {
        at: pool.modified,
        pool: Some(id),
        act,
        target: None,
        refused: None,
    })
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Changes a pool by `apply`, which sees it as it is now. When another write comes between, the
/// change is made again on what that write left.
///
/// # Errors: ResourceNotFound, ConcurrentModification, and those of `apply`.
pub(in crate::domain) async fn change(
    app: &App,
    actor: &Actor,
    id: &PoolId,
    act: &str,
    apply: impl Fn(&mut Pool) -> Result<()>,
) -> Result<Pool> {
    for _ in 0..TRIES {
        let mut pool = stored(app, id).await?;
        apply(&mut pool)?;
        pool.modified = app.clock.now(id);
        let mut tx = app.store.write(actor).await?;
        if !pools::update(&mut tx, &pool).await? {
            continue;
        }
        tx.audit(Event {
            at: pool.modified,
            pool: Some(id),
            act,
            target: None,
            refused: None,
        })
        .await?;
        tx.commit().await?;
        return Ok(pool);
    }
    Err(Error::concurrent_modification())
}

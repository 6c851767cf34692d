//! Groups of a pool and who is in them (api.md 2 and 3.4).

use crate::app::App;
use crate::domain::paging::{Ask, List, Page};
use crate::domain::{pools, usernames};
use crate::error::{Error, Result};
use crate::ids::{PoolId, Sub};
use crate::store::audit::{Actor, Event};
use crate::store::db::{Conn, OnUnique, Tx};
use crate::store::groups::{self, Group, Rank};
use crate::store::pools::Pool;
use crate::store::users::User;

/// The most rows of a page.
const MOST: i64 = 60;

/// A user's groups, the most important first: by precedence, those without one last, then by name.
pub async fn of_user(db: &mut Conn, pool: &PoolId, sub: &Sub) -> Result<Vec<Group>> {
    groups::of_user(db, pool, sub).await
}

/// What a group is to be. When one is changed, what is not given stays.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Its pool.
    pub pool: PoolId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The IAM role of its members.
    pub role_arn: Option<String>,
    /// Its rank.
    pub precedence: Option<i64>,
}

/// Makes a group.
///
/// # Errors: ResourceNotFound, GroupExists, LimitExceeded.
pub async fn create(app: &App, actor: &Actor, wanted: Wanted) -> Result<Group> {
    let pool = pools::get(app, &wanted.pool).await?;
    let now = app.clock.now(&pool.id);
    let group = Group {
        pool: pool.id,
        name: wanted.name,
        description: wanted.description,
        role_arn: wanted.role_arn,
        precedence: wanted.precedence,
        created: now,
        modified: now,
        version: 1,
    };
    let mut tx = app.store.write(actor).await?;
    let made = groups::insert(&mut tx, &group)
        .await
        .on_orphan(|| Error::pool_not_found(group.pool.as_str()))?
        .on_unique(Error::group_exists)?;
    if !made {
        return Err(Error::limit_exceeded("Group"));
    }
    finish(app, tx, ("CreateGroup", &group.pool), &group.name).await?;
    Ok(group)
}

/// A group.
///
/// # Errors: ResourceNotFound.
pub async fn get(app: &App, pool: &PoolId, name: &str) -> Result<Group> {
    pools::get(app, pool).await?;
    let mut db = app.store.read().await?;
    let found = groups::find(&mut db, pool, name).await?;
    found.ok_or_else(Error::group_not_found)
}

/// Changes what is given of a group.
///
/// # Errors: ResourceNotFound.
pub async fn update(app: &App, actor: &Actor, wanted: Wanted) -> Result<Group> {
    let pool = pools::get(app, &wanted.pool).await?;
    let change = groups::Change {
        description: wanted.description.as_deref(),
        role_arn: wanted.role_arn.as_deref(),
        precedence: wanted.precedence,
        modified: app.clock.now(&pool.id),
    };
    let mut tx = app.store.write(actor).await?;
    let changed = groups::update(&mut tx, &pool.id, &wanted.name, change).await?;
    let group = changed.ok_or_else(Error::group_not_found)?;
    finish(app, tx, ("UpdateGroup", &pool.id), &group.name).await?;
    Ok(group)
}

/// Deletes a group; its members stay users.
///
/// # Errors: ResourceNotFound.
pub async fn delete(app: &App, actor: &Actor, pool: &PoolId, name: &str) -> Result<()> {
    let pool = pools::get(app, pool).await?;
    let mut tx = app.store.write(actor).await?;
    if !groups::delete(&mut tx, &pool.id, name).await? {
        return Err(Error::group_not_found());
    }
    finish(app, tx, ("DeleteGroup", &pool.id), name).await
}

/// The groups of a pool, by name.
///
/// # Errors: ResourceNotFound, InvalidParameter (token).
pub async fn list(app: &App, pool: &PoolId, ask: &Ask) -> Result<Page<Group>> {
    pools::get(app, pool).await?;
    let list = List {
        operation: "ListGroups",
        scope: pool.as_str(),
        parameters: "",
    };
    let after: Option<String> = list.after(app, ask)?;
    let count = ask.rows(MOST);
    let mut db = app.store.read().await?;
    let rows = groups::page(&mut db, pool, after.as_deref(), count + 1).await?;
    list.page(app, rows, count, |group| group.name.clone())
}

/// Puts a user into a group; being there already is no error.
///
/// # Errors: ResourceNotFound, UserNotFound, InvalidParameter (a user is in at most 100 groups).
pub async fn add_user(
    app: &App,
    actor: &Actor,
    pool: &PoolId,
    (name, username): (&str, &str),
) -> Result<()> {
    let (pool, user) = member(app, pool, name, username).await?;
    let now = app.clock.now(&pool.id);
    let mut tx = app.store.write(actor).await?;
    let added = groups::add_member(&mut tx, &user, name, now)
        .await
        .on_orphan(Error::group_not_found)??;
    if !added && !groups::has_member(&mut tx, &user, name).await? {
        return Err(Error::too_many_groups());
    }
    let target = format!("{} {name}", user.sub);
    finish(app, tx, ("AdminAddUserToGroup", &pool.id), &target).await
}

/// Takes a user out of a group; not being there is no error.
///
/// # Errors: ResourceNotFound, UserNotFound.
pub async fn remove_user(
    app: &App,
    actor: &Actor,
    pool: &PoolId,
    (name, username): (&str, &str),
) -> Result<()> {
    let (pool, user) = member(app, pool, name, username).await?;
    let mut tx = app.store.write(actor).await?;
    groups::remove_member(&mut tx, &user, name).await?;
    let target = format!("{} {name}", user.sub);
    finish(app, tx, ("AdminRemoveUserFromGroup", &pool.id), &target).await
}

/// The groups of a user, the most important first.
///
/// # Errors: ResourceNotFound, UserNotFound, InvalidParameter (token).
pub async fn list_of_user(
    app: &App,
    pool: &PoolId,
    username: &str,
    ask: &Ask,
) -> Result<Page<Group>> {
    let pool = pools::get(app, pool).await?;
    let mut db = app.store.read().await?;
    let user = usernames::get(&mut db, &pool, username).await?;
    let list = List {
        operation: "AdminListGroupsForUser",
        scope: pool.id.as_str(),
        parameters: user.sub.as_str(),
    };
    let after: Option<Rank> = list.after(app, ask)?;
    let count = ask.rows(MOST);
    let rows = groups::page_of_user(&mut db, &user, after.as_ref(), count + 1).await?;
    list.page(app, rows, count, Group::rank)
}

/// The members of a group, by sub.
///
/// # Errors: ResourceNotFound, InvalidParameter (token).
pub async fn members(app: &App, pool: &PoolId, name: &str, ask: &Ask) -> Result<Page<User>> {
    let group = get(app, pool, name).await?;
    let list = List {
        operation: "ListUsersInGroup",
        scope: pool.as_str(),
        parameters: &group.name,
    };
    let after: Option<String> = list.after(app, ask)?;
    let count = ask.rows(MOST);
    let mut db = app.store.read().await?;
    let rows = groups::members(&mut db, &group, after.as_deref(), count + 1).await?;
    list.page(app, rows, count, |user| user.sub.clone())
}

/// The pool and the user of a membership, whose group must exist too.
async fn member(app: &App, pool: &PoolId, name: &str, username: &str) -> Result<(Pool, User)> {
    let pool = pools::get(app, pool).await?;
    let mut db = app.store.read().await?;
    let group = groups::find(&mut db, &pool.id, name).await?;
    group.ok_or_else(Error::group_not_found)?;
    let user = usernames::get(&mut db, &pool, username).await?;
    Ok((pool, user))
}

async fn finish(app: &App, mut tx: Tx, (act, pool): (&str, &PoolId), target: &str) -> Result<()> {
    tx.audit(Event {
        at: app.clock.now(pool),
        pool: Some(pool),
        act,
        target: Some(target),
        refused: None,
    })
    .await?;
    tx.commit().await?;
    Ok(())
}

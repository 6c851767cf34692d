//! What happened to users' accounts: written beside what it tells of, listed for administrators.

use super::{Mode, check_enabled, mode, origin};
use crate::app::App;
use crate::domain::paging::{Ask, List, Page};
use crate::domain::{pools, usernames};
use crate::error::Result;
use crate::ids::{ClientId, PoolId, Sub};
use crate::store::audit::Actor;
use crate::store::auth_events::{self, Answered, Decision, Event, Kind, NewEvent, Response};
use crate::store::db::Tx;
use crate::store::pools::Pool;
use crate::time::Span;

/// How long events are kept. Source: Cognito developer guide, "Viewing user event history".
pub(in crate::domain) const KEPT: Span = Span::days(730);
/// How many events of one user are kept.
pub(in crate::domain) const MOST: i64 = 1000;
/// The most events of a page.
const ROWS: i64 = 60;

/// Something that happened outside a sign-in.
#[derive(Clone, Copy, Debug)]
pub(in crate::domain) struct Happened<'a> {
    /// What.
    pub kind: Kind,
    /// How it ended.
    pub response: Response,
    /// How the password was answered, where one was asked for.
    pub password: Option<Answered>,
    /// To whom: a user, or a phantom.
    pub sub: &'a Sub,
    /// By which client.
    pub client: Option<&'a ClientId>,
}

/// Writes an event into the transaction of what it tells of; nothing without threat protection.
pub(in crate::domain) async fn note(
    app: &App,
    tx: &mut Tx,
    actor: &Actor,
    pool: &Pool,
    happened: Happened<'_>,
) -> Result<()> {
    if mode(pool) == Mode::Off {
        return Ok(());
    }
    let event = NewEvent {
        pool: &pool.id,
        sub: happened.sub,
        id: &app.rng.uuid()?,
        kind: happened.kind,
        client: happened.client,
        response: happened.response,
        decision: Some(Decision::NoRisk),
        level: None,
        compromised: Some(false),
        password: happened.password,
        mfa: None,
        origin: &origin::of(app, actor)?,
        at: app.clock.now(&pool.id),
    };
    auth_events::put(tx, &event).await?;
    Ok(auth_events::trim(tx, &pool.id, happened.sub, MOST).await?)
}

/// The same in a transaction of its own, for what writes nothing else.
pub(in crate::domain) async fn note_alone(
    app: &App,
    actor: &Actor,
    pool: &Pool,
    happened: Happened<'_>,
) -> Result<()> {
    if mode(pool) == Mode::Off {
        return Ok(());
    }
    let mut tx = app.store.write(actor).await?;
    note(app, &mut tx, actor, pool, happened).await?;
    Ok(tx.commit().await?)
}

/// The events of a user, the newest first.
///
/// # Errors: ResourceNotFound, UserNotFound, UserPoolAddOnNotEnabled, InvalidParameter (token)
pub async fn list(app: &App, pool: &PoolId, username: &str, ask: &Ask) -> Result<Page<Event>> {
    let pool = pools::get(app, pool).await?;
    check_enabled(&pool)?;
    let mut db = app.store.read().await?;
    let user = usernames::get(&mut db, &pool, username).await?;
    let list = List {
        operation: "AdminListUserAuthEvents",
        scope: pool.id.as_str(),
        parameters: user.sub.as_str(),
    };
    let after: Option<(i64, String)> = list.after(app, ask)?;
    let count = ask.rows(ROWS);
    let owner = (&pool.id, &user.sub);
    let rows = auth_events::page(&mut db, owner, after.as_ref(), count + 1).await?;
    list.page(app, rows, count, |event| {
        (event.created.ms(), event.id.clone())
    })
}

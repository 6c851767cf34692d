//! What administrators and users say about events.

use serde::{Deserialize, Serialize};

use super::check_enabled;
use crate::app::App;
use crate::domain::{pools, usernames};
use crate::error::{Error, Reason, Result};
use crate::ids::{PoolId, Sub};
use crate::secret::Secret;
use crate::store::audit::{self, Actor};
use crate::store::auth_events::{self, Feedback};
use crate::store::pools::Pool;
use crate::time::{Span, Timestamp};

const PURPOSE: &str = "feedback";
/// How long the links of a notification work.
const VALIDITY: Span = Span::days(30);

/// What a `FeedbackToken` holds: it speaks for one event of one user.
#[derive(Serialize, Deserialize)]
struct Token {
    pool: PoolId,
    sub: Sub,
    event: String,
    until: Timestamp,
}

/// The token that a notification carries.
pub(in crate::domain) fn token(
    app: &App,
    (pool, sub): (&PoolId, &Sub),
    event: &str,
) -> Result<String> {
    let token = Token {
        pool: pool.clone(),
        sub: sub.clone(),
        event: event.to_owned(),
        until: app.clock.now(pool).plus(VALIDITY),
    };
    app.vault.seal_token(PURPOSE, &token)
}

/// An administrator says what an event was.
///
/// # Errors: ResourceNotFound (pool, event), UserNotFound, UserPoolAddOnNotEnabled
pub async fn admin_feedback(
    app: &App,
    actor: &Actor,
    (pool, username): (&PoolId, &str),
    (event, said): (&str, Feedback),
) -> Result<()> {
    let (pool, sub) = named(app, pool, username).await?;
    let act = ("AdminUpdateAuthEventFeedback", "Admin");
    store(app, actor, (&pool, &sub), (event, said), act).await
}

/// A user says what an event was, with the token of the notification.
///
/// # Errors: those of [`admin_feedback`], NotAuthorized (token)
pub async fn feedback(
    app: &App,
    actor: &Actor,
    (pool, username): (&PoolId, &str),
    (event, said): (&str, Feedback),
    text: &Secret<String>,
) -> Result<()> {
    let (pool, sub) = named(app, pool, username).await?;
    let token: Option<Token> = app.vault.open_token(PURPOSE, text.expose());
    let now = app.clock.now(&pool.id);
    let fits = |t: &Token| t.pool == pool.id && t.sub == sub && t.event == event && now < t.until;
    if !token.is_some_and(|token| fits(&token)) {
        return Err(Error::feedback_token().because(Reason::BadToken));
    }
    let act = ("UpdateAuthEventFeedback", "User");
    store(app, actor, (&pool, &sub), (event, said), act).await
}

async fn named(app: &App, pool: &PoolId, username: &str) -> Result<(Pool, Sub)> {
    let pool = pools::get(app, pool).await?;
    check_enabled(&pool)?;
    let mut db = app.store.read().await?;
    let user = usernames::get(&mut db, &pool, username).await?;
    Ok((pool, user.sub))
}

async fn store(
    app: &App,
    actor: &Actor,
    (pool, sub): (&Pool, &Sub),
    (event, said): (&str, Feedback),
    (act, by): (&str, &str),
) -> Result<()> {
    let now = app.clock.now(&pool.id);
    let mut tx = app.store.write(actor).await?;
    if !auth_events::feedback(&mut tx, (&pool.id, sub), event, (said, by, now)).await? {
        return Err(Error::auth_event_not_found());
    }
    tx.audit(audit::Event {
        at: now,
        pool: Some(&pool.id),
        act,
        target: Some(sub.as_str()),
        refused: None,
    })
    .await?;
    tx.commit().await?;
    Ok(())
}

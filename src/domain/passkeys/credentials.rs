//! A user's own passkeys: ListWebAuthnCredentials and DeleteWebAuthnCredential.

use super::{MOST, is_offered, relying_party};
use crate::app::App;
use crate::domain::access::SignedIn;
use crate::domain::changes::{self, Asker, What};
use crate::domain::paging::{Ask, List, Page};
use crate::domain::records;
use crate::error::{Code, Error, Result};
use crate::store::audit::{Actor, Event};
use crate::store::passkeys::{self, Passkey};
use crate::store::pools::Pool;
use crate::store::users::{Status, User};

/// The passkeys of a signed-in user, the oldest first.
///
/// # Errors: InvalidParameter (token)
pub async fn list(app: &App, who: &SignedIn, ask: &Ask) -> Result<Page<Passkey>> {
    let (pool, sub) = (&who.pool.id, &who.user.sub);
    let list = List {
        operation: "ListWebAuthnCredentials",
        scope: pool.as_str(),
        parameters: sub.as_str(),
    };
    let after: Option<(i64, String)> = list.after(app, ask)?;
    let count = ask.rows(i64::try_from(MOST).map_err(Error::internal)?);
    let mut db = app.store.read().await?;
    let rows = passkeys::page(&mut db, pool, sub, (after, count + 1)).await?;
    list.page(app, rows, count, |passkey| {
        (passkey.created.ms(), passkey.id.clone())
    })
}

/// Whether a user could have passkeys and has none yet.
pub async fn has_none(app: &App, pool: &Pool, user: &User) -> Result<bool> {
    if !is_offered(pool) || user.status != Status::Confirmed {
        return Ok(false);
    }
    let mut db = app.store.read().await?;
    let party = relying_party::of(app, &mut db, pool).await?;
    let passkeys = passkeys::of_user(&mut db, &pool.id, &user.sub).await?;
    Ok(party.is_some() && passkeys.is_empty())
}

/// Deletes a passkey of a signed-in user.
///
/// # Errors: ResourceNotFound, NotAuthorized (stale sign-in)
pub async fn delete(app: &App, actor: &Actor, who: &SignedIn, id: &str) -> Result<()> {
    let (pool, sub) = (&who.pool.id, &who.user.sub);
    let asker = Asker::from(who);
    asker.check_fresh(app, pool)?;
    let mut tx = app.store.write(actor).await?;
    let before = records::lock(&mut tx, &who.pool, sub).await;
    // The operation's model knows of no user who is gone.
    let before = before.map_err(|error| match error.code {
        Code::UserNotFound => Error::invalid_access_token(),
        _ => error,
    })?;
    // No id has a NUL in it, and PostgreSQL cannot be asked for one.
    if id.contains('\0') || !passkeys::delete(&mut tx, pool, sub, id).await? {
        return Err(Error::webauthn_credential_not_found());
    }
    let changed = [What::PasskeyRemoved];
    changes::made(app, &mut tx, (&who.pool, &before), asker, &changed).await?;
    tx.audit(Event {
        at: app.clock.now(pool),
        pool: Some(pool),
        act: "DeleteWebAuthnCredential",
        target: Some(sub.as_str()),
        refused: None,
    })
    .await?;
    Ok(tx.commit().await?)
}

//! Ending what was given: one refresh token, one sign-in, everything of a user.

use crate::app::App;
use crate::domain::complete::REFRESH;
use crate::domain::user_sessions::{self, Associated};
use crate::domain::{clients, pools, usernames};
use crate::error::{Code, Error, Result};
use crate::ids::{ClientId, PoolId, SessionId, Sub};
use crate::secret::Secret;
use crate::store::audit::{Actor, Event};
use crate::store::clients::Client;
use crate::store::db::Tx;
use crate::store::{refresh_tokens, sessions};
use crate::time::Timestamp;

/// Revokes a refresh token of this client, with the access tokens of its sign-in. A token that is
/// unknown, another client's or revoked already changes nothing. With `LINKED`, where sessions are
/// tracked, the browser session that the sign-in came from ends too. The caller has checked the
/// client's secret.
///
/// # Errors: UnsupportedTokenType (an access or ID token), UnsupportedOperation (revocation is off)
pub async fn revoke_token(
    app: &App,
    actor: &Actor,
    client: &Client,
    (token, associated): (&Secret<String>, Associated),
) -> Result<()> {
    if !client.settings.token_revocation() {
        return Err(Error::revocation_disabled());
    }
    if token.expose().split('.').count() == 3 {
        return Err(Error::unsupported_token_type());
    }
    let hashes = app.vault.hashes(REFRESH, token.expose());
    let found = {
        let mut db = app.store.read().await?;
        let Some(token) = refresh_tokens::find(&mut db, &hashes).await? else {
            return Ok(());
        };
        sessions::find(&mut db, &token.pool, &token.session).await?
    };
    let Some(session) = found.filter(|s| s.pool == client.pool && s.client == client.id) else {
        return Ok(());
    };
    let now = app.clock.now(&session.pool);
    let linked = match associated {
        Associated::None => false,
        Associated::Linked => {
            let pool = pools::get(app, &session.pool).await?;
            pool.document.sessions.tracks()
        }
    };
    let mut tx = app.store.write(actor).await?;
    if sessions::revoke(&mut tx, &session.pool, &session.id, now).await? {
        if linked {
            user_sessions::revoke_linked(&mut tx, &session, now).await?;
        }
        let event = Event {
            at: now,
            pool: Some(&session.pool),
            act: "RevokeToken",
            target: Some(session.sub.as_str()),
            refused: None,
        };
        tx.audit(event).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The client that RevokeToken names. The operation has no ResourceNotFound in the model.
///
/// # Errors: InvalidParameter
pub async fn client(app: &App, client: &ClientId) -> Result<Client> {
    let found = clients::public(app, client).await;
    found
        .map(|(_, client)| client)
        .map_err(|error| match error.code {
            Code::ResourceNotFound => Error::invalid_parameter(error.message),
            _ => error,
        })
}

/// Signs the user of a name out everywhere (AdminUserGlobalSignOut).
///
/// # Errors: ResourceNotFound, UserNotFound
pub async fn sign_out_named(
    app: &App,
    actor: &Actor,
    pool: &PoolId,
    username: &str,
    act: &str,
) -> Result<()> {
    let pool = pools::get(app, pool).await?;
    let user = {
        let mut db = app.store.read().await?;
        usernames::get(&mut db, &pool, username).await?
    };
    sign_out_user(app, actor, &pool.id, &user.sub, act).await
}

/// Signs a user out everywhere (GlobalSignOut).
pub async fn sign_out_user(
    app: &App,
    actor: &Actor,
    pool: &PoolId,
    sub: &Sub,
    act: &str,
) -> Result<()> {
    let now = app.clock.now(pool);
    let mut tx = app.store.write(actor).await?;
    end_all(&mut tx, pool, sub, now).await?;
    let event = Event {
        at: now,
        pool: Some(pool),
        act,
        target: Some(sub.as_str()),
        refused: None,
    };
    tx.audit(event).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends all tokens and sign-ins in progress of a user, as part of another write (disabling).
/// Browser sessions stay; they are worth nothing while the user is disabled.
pub async fn end_all(tx: &mut Tx, pool: &PoolId, sub: &Sub, now: Timestamp) -> Result<()> {
    Ok(sessions::end_user(tx, pool, sub, now).await?)
}

/// Ends one token session, as part of another write (a code that is used twice).
pub async fn end_session(
    tx: &mut Tx,
    pool: &PoolId,
    session: &SessionId,
    now: Timestamp,
) -> Result<()> {
    sessions::revoke(tx, pool, session, now).await?;
    Ok(())
}

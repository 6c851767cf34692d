//! Authorization codes: given for a browser's sign-in, exchanged once for tokens (oauth.md 4.4;
//! security.md D1 to D5).

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::future::BoxFuture;

use super::authorize::Request;
use super::refusal::{OAuthCode, Refused};
use super::{pkce, scopes};
use crate::app::App;
use crate::domain::complete::{self, Asked};
use crate::domain::hooks::{Metadata, TokenSource};
use crate::domain::overrides::Overrides;
use crate::domain::sessions::{Proven, device_of};
use crate::domain::tokens::{self, Claim, Exchange, Issued};
use crate::domain::{catalogue, revocation};
use crate::error::{Error, Reason, Result};
use crate::ids::{PoolId, SessionId};
use crate::settings::client::{ClientSettings, OAuthFlow};
use crate::store::audit::{Actor, Event};
use crate::store::authorization_codes::{self as store, AuthorizationCode};
use crate::store::clients::Client;
use crate::store::db::Tx;
use crate::store::pools::Pool;
use crate::store::{sessions, users};
use crate::time::{Span, Timestamp};

/// How long a code works. Source: Cognito developer guide, "Authorize endpoint".
pub const LIFETIME: Span = Span::minutes(5);

const KIND: &str = "authorization_code";

/// Gives a code for a browser's sign-in, be it a moment old or an hour. The trigger is asked about the
/// tokens here, where the browser can still be told what it refuses (triggers.md 3.2).
///
/// # Errors: NotImplemented (the pool asks for more than is built), what the trigger refuses with
pub async fn issue(app: &App, actor: &Actor, request: &Request, proven: &Proven) -> Result<String> {
    let asked = Asked {
        pool: &request.pool,
        client: &request.client,
        user: &proven.user,
        source: TokenSource::HostedAuth,
        scope: &request.scopes.join(" "),
        metadata: &Metadata::new(),
    };
    let overrides = complete::decide(app, actor, asked).await?;
    let now = app.clock.now(&request.pool.id);
    let code = new_code(app)?;
    let hash = app.vault.hash(KIND, &code)?;
    let row = AuthorizationCode {
        client: request.client.id.clone(),
        sub: proven.user.sub.clone(),
        redirect_uri: request.redirect_uri.clone(),
        scopes: request.scopes.clone(),
        challenge: request.challenge.clone(),
        nonce: request.nonce.clone(),
        resource: request.resource.clone(),
        sso: proven.session.clone(),
        event_id: proven.event_id.clone(),
        auth_at: proven.auth_at,
        auth_epoch: proven.user.auth_epoch,
        overrides: (!overrides.is_none())
            .then(|| serde_json::to_string(&overrides))
            .transpose()
            .map_err(Error::internal)?,
        expires: now.plus(LIFETIME),
        used: None,
        session: None,
    };
    let mut tx = app.store.write(actor).await?;
    store::insert(&mut tx, &request.pool.id, &hash, &row).await?;
    let event = Event {
        at: now,
        pool: Some(&request.pool.id),
        act: "Authorize",
        target: Some(proven.user.sub.as_str()),
        refused: None,
    };
    tx.audit(event).await?;
    tx.commit().await?;
    Ok(code)
}

/// 128 random bits in the shape of a UUID, as Cognito's codes look.
fn new_code(app: &App) -> Result<String> {
    let hex = format!("{:032x}", u128::from_be_bytes(app.rng.bytes()?));
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    let parts = [
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32),
    ];
    Ok(parts.join("-"))
}

/// A code as a client hands it in.
pub struct Redeem<'a> {
    /// The code.
    pub code: &'a str,
    /// `redirect_uri`: the one of the authorization request.
    pub redirect_uri: &'a str,
    /// The PKCE verifier.
    pub verifier: Option<&'a str>,
}

/// Exchanges a code of this client for tokens.
///
/// A wrong client leaves the code alone; a wrong verifier uses it up, so that guessing does not
/// pay. A second use with the right proof ends what the first one gave out (RFC 6749 4.1.2).
pub async fn redeem(
    app: &App,
    actor: &Actor,
    (pool, client): (&Pool, &Client),
    redeem: Redeem<'_>,
) -> Result<Issued, Refused> {
    let now = app.clock.now(&pool.id);
    let found = find(app, pool, redeem.code).await?;
    let (hash, code) = found.ok_or_else(Refused::invalid_grant)?;
    if code.client != client.id || code.expires <= now {
        return Err(Refused::invalid_grant());
    }
    if code.redirect_uri != redeem.redirect_uri {
        // Cognito has a code of its own for it (oauth.md 4.4); RFC 6749 5.2 does not.
        return Err(if app.profile(Some(&pool.id)).is_strict() {
            Refused::invalid_grant()
        } else {
            Refused::new(OAuthCode::UnauthorizedClient)
        });
    }
    if !pkce::proves(code.challenge.as_deref(), redeem.verifier) {
        burn(app, actor, pool, &hash).await?;
        return Err(Refused::invalid_grant());
    }
    if let Some(session) = &code.session {
        end(app, actor, pool, session).await?;
        return Err(Refused::invalid_grant());
    }
    if code.used.is_some() {
        return Err(Refused::invalid_grant());
    }
    let scopes = still_allowed(app, pool, client, &code.scopes).await?;
    let proven = proven(app, pool, &code).await?;
    let decided = match &code.overrides {
        Some(text) => serde_json::from_str(text).map_err(Error::internal)?,
        None => Overrides::default(),
    };
    let exchange = Exchange {
        pool,
        client,
        proven: &proven,
        scopes: &scopes,
        nonce: code.nonce.as_deref(),
        resource: code.resource.as_deref(),
        decided: Some(&decided),
        refreshable: true,
    };
    let claim = Once {
        pool: &pool.id,
        hash: &hash,
        now,
        lost: AtomicBool::new(false),
    };
    match tokens::exchange(app, actor, exchange, &claim).await {
        Err(_) if claim.lost.load(Ordering::Relaxed) => {
            reused(app, actor, pool, redeem.code).await?;
            Err(Refused::invalid_grant())
        }
        other => Ok(other?),
    }
}

/// Uses up the code in the transaction that stores the tokens' session.
struct Once<'a> {
    pool: &'a PoolId,
    hash: &'a str,
    now: Timestamp,
    lost: AtomicBool,
}

impl Claim for Once<'_> {
    fn claim<'a>(&'a self, tx: &'a mut Tx, session: &'a SessionId) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            if store::claim(tx, self.pool, self.hash, Some(session), self.now).await? {
                return Ok(());
            }
            self.lost.store(true, Ordering::Relaxed);
            Err(Error::invalid_session().because(Reason::ReusedSession))
        })
    }
}

/// The code under any of the hashes it may be stored by.
async fn find(app: &App, pool: &Pool, code: &str) -> Result<Option<(String, AuthorizationCode)>> {
    if code.len() != 36 {
        return Ok(None);
    }
    let mut db = app.store.read().await?;
    for hash in app.vault.hashes(KIND, code) {
        if let Some(row) = store::find(&mut db, &pool.id, &hash).await? {
            return Ok(Some((hash, row)));
        }
    }
    Ok(None)
}

async fn burn(app: &App, actor: &Actor, pool: &Pool, hash: &str) -> Result<()> {
    let now = app.clock.now(&pool.id);
    let mut tx = app.store.write(actor).await?;
    if store::claim(&mut tx, &pool.id, hash, None, now).await? {
        audit_reuse(&mut tx, pool, now, Reason::BadToken).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Another request with this code was faster: what it got is ended.
async fn reused(app: &App, actor: &Actor, pool: &Pool, code: &str) -> Result<()> {
    let row = find(app, pool, code).await?.map(|(_, row)| row);
    if let Some(session) = row.and_then(|row| row.session) {
        end(app, actor, pool, &session).await?;
    }
    Ok(())
}

async fn end(app: &App, actor: &Actor, pool: &Pool, session: &SessionId) -> Result<()> {
    let now = app.clock.now(&pool.id);
    let mut tx = app.store.write(actor).await?;
    revocation::end_session(&mut tx, &pool.id, session, now).await?;
    audit_reuse(&mut tx, pool, now, Reason::ReusedSession).await?;
    tx.commit().await?;
    Ok(())
}

async fn audit_reuse(tx: &mut Tx, pool: &Pool, at: Timestamp, reason: Reason) -> Result<()> {
    tx.audit(Event {
        at,
        pool: Some(&pool.id),
        act: "Token",
        target: None,
        refused: Some(reason),
    })
    .await
}

/// Flow and scopes are checked again at the finish (security.md C15). A scope that its resource
/// server no longer has is left out; one that the client lost refuses the code.
async fn still_allowed(
    app: &App,
    pool: &Pool,
    client: &Client,
    granted: &[String],
) -> Result<Vec<String>, Refused> {
    if !client.settings.allows_oauth(OAuthFlow::Code) {
        return Err(Refused::new(OAuthCode::UnauthorizedClient));
    }
    let allowed = client
        .settings
        .allowed_oauth_scopes
        .as_deref()
        .unwrap_or_default();
    if !granted.iter().all(|scope| allowed.contains(scope)) {
        return Err(Refused::invalid_grant());
    }
    if !can_read(&client.settings, granted) {
        return Err(Refused::invalid_grant());
    }
    Ok(existing(app, pool, granted.to_vec()).await?)
}

/// Without the scopes of resource servers that are gone.
pub(in crate::domain) async fn existing(
    app: &App,
    pool: &Pool,
    mut granted: Vec<String>,
) -> Result<Vec<String>> {
    if granted.iter().any(|scope| scopes::is_custom(scope)) {
        let known = catalogue::pool(app, &pool.id).await?;
        let known = known.as_ref().map_or(&[][..], |known| &known.scopes);
        let exists = |scope: &String| scope == scopes::REGISTER || known.contains(scope);
        granted.retain(|scope| !scopes::is_custom(scope) || exists(scope));
    }
    Ok(granted)
}

/// A client that asks for an e-mail address or phone number must be able to read it and whether it
/// is verified. Source: Cognito developer guide, "Token endpoint", `invalid_grant`.
pub(super) fn can_read(client: &ClientSettings, granted: &[String]) -> bool {
    let Some(readable) = &client.read_attributes else {
        return true;
    };
    let reads = |name: &str| readable.iter().any(|attribute| attribute == name);
    let asks = |name: &str| granted.iter().any(|scope| scope == name);
    (!asks("email") || reads("email") && reads("email_verified"))
        && (!asks("phone") || reads("phone_number") && reads("phone_number_verified"))
}

/// The sign-in behind a code, if its browser session was not ended and its user may still sign in
/// as then. That the session's hour is over does not matter: the code has its own time.
async fn proven(app: &App, pool: &Pool, code: &AuthorizationCode) -> Result<Proven, Refused> {
    let mut db = app.store.read().await?;
    let session = sessions::find(&mut db, &pool.id, &code.sso).await?;
    let session = session.filter(|session| session.revoked.is_none());
    let session = session.ok_or_else(Refused::invalid_grant)?;
    let user = users::by_sub(&mut db, &pool.id, &code.sub).await?;
    let user = user
        .filter(|user| user.enabled && user.auth_epoch == code.auth_epoch)
        .ok_or_else(Refused::invalid_grant)?;
    Ok(Proven {
        user,
        device: device_of(&session),
        session: code.sso.clone(),
        auth_at: code.auth_at,
        event_id: code.event_id.clone(),
        assurance: session.assurance,
        expires: code.expires,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_with_its_proof_or_not_at_all() {
        let mut client = ClientSettings::default();
        let email = ["email".to_owned()];
        assert!(can_read(&client, &email));
        client.read_attributes = Some(vec!["email".into()]);
        assert!(!can_read(&client, &email));
        assert!(can_read(
            &client,
            &["openid".to_owned(), "profile".to_owned()]
        ));
        client.read_attributes = Some(vec!["email".into(), "email_verified".into()]);
        assert!(can_read(&client, &email));
    }
}

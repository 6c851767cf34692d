//! Tokens: what a completed sign-in is given.

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use crate::app::App;
use crate::domain::claims::ClientClaims;
use crate::domain::complete::{Completion, complete};
use crate::domain::devices::NewDevice;
use crate::domain::hooks::{self, Metadata, TokenSource};
use crate::domain::issuer;
use crate::domain::issuing::changed;
use crate::domain::keys;
use crate::domain::overrides::Overrides;
use crate::domain::sessions::{self, Proven};
use crate::error::{Error, Reason, Result};
use crate::ids::SessionId;
use crate::signing::TokenUse;
use crate::store::audit::{Actor, Event};
use crate::store::clients::Client;
use crate::store::db::Tx;
use crate::store::devices;
use crate::store::pools::Pool;
use crate::store::sessions::Session;
use crate::time::Span;

/// The tokens of one answer.
#[derive(Clone)]
pub struct Issued {
    /// The access token.
    pub access_token: String,
    /// The ID token; none when a hosted sign-in did not ask for `openid`.
    pub id_token: Option<String>,
    /// The refresh token; none in the answer to a refresh, unless refresh tokens rotate.
    pub refresh_token: Option<String>,
    /// Lifetime of the access token; of the ID token, where that alone was made from another token.
    pub lifetime: Span,
    /// The scopes of the access token, joined by spaces.
    pub scope: String,
    /// The key that the sign-in's device was given, if it had none.
    pub new_device: Option<NewDevice>,
}

/// What a completed sign-in uses up, in the transaction that stores it: of many requests with the
/// same proof one wins.
pub trait Claim: Send + Sync {
    /// Uses it up for the session that is being stored, or refuses.
    fn claim<'a>(&'a self, tx: &'a mut Tx, session: &'a SessionId) -> BoxFuture<'a, Result<()>>;
}

/// Nothing to use up.
pub(in crate::domain) struct Nothing;

impl Claim for Nothing {
    fn claim<'a>(&'a self, _tx: &'a mut Tx, _session: &'a SessionId) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }
}

/// A browser's sign-in that becomes tokens (the `authorization_code` and the implicit grant).
pub struct Exchange<'a> {
    /// The pool.
    pub pool: &'a Pool,
    /// The client that gets the tokens.
    pub client: &'a Client,
    /// The sign-in. Its user has the `auth_epoch` of the moment the code was made, so that a
    /// sign-out since then refuses the tokens.
    pub proven: &'a Proven,
    /// The granted scopes.
    pub scopes: &'a [String],
    /// `nonce` of the authorization request.
    pub nonce: Option<&'a str>,
    /// `resource` of the authorization request.
    pub resource: Option<&'a str>,
    /// What the trigger said when the code was given; none asks it now.
    pub decided: Option<&'a Overrides>,
    /// Whether there is a refresh token among them; the implicit grant never gives one.
    pub refreshable: bool,
}

/// Mints the tokens of a browser's sign-in. `claim` uses up the code, if there is one.
///
/// # Errors: NotAuthorized (disabled, signed out since), UserNotFound, what `claim` refuses with
pub async fn exchange(
    app: &App,
    actor: &Actor,
    exchange: Exchange<'_>,
    claim: &dyn Claim,
) -> Result<Issued> {
    let (client, proven) = (exchange.client, exchange.proven);
    let who = (&proven.user, proven.assurance.clone());
    let new = sessions::new(app, actor, client, who)?;
    let last = client.settings.access_token_lifetime();
    let last = last.max(client.settings.id_token_lifetime());
    let expires = if exchange.refreshable {
        new.expires
    } else {
        new.created.plus(last)
    };
    let session = Session {
        auth_at: proven.auth_at,
        event_id: proven.event_id.clone(),
        origin: Some(proven.session.clone()),
        device_key: proven.device.as_ref().map(ToString::to_string),
        scope: exchange.scopes.join(" "),
        resource: exchange.resource.map(str::to_owned),
        expires,
        ..new
    };
    let completion = Completion {
        pool: exchange.pool,
        client,
        user: &proven.user,
        session: &session,
        new: true,
        refreshable: exchange.refreshable,
        source: TokenSource::HostedAuth,
        nonce: exchange.nonce,
        decided: exchange.decided,
        metadata: &Metadata::new(),
        derived: None,
    };
    let claim = OnDevice { proven, claim };
    complete(app, actor, completion, &claim).await
}

/// What tokens for a browser's sign-in use up, where the device that the browser is is there still:
/// who forgets it ends what it was given, so it may not be given more beside that.
struct OnDevice<'a> {
    proven: &'a Proven,
    claim: &'a dyn Claim,
}

impl Claim for OnDevice<'_> {
    fn claim<'a>(&'a self, tx: &'a mut Tx, session: &'a SessionId) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.claim.claim(tx, session).await?;
            let Some(key) = &self.proven.device else {
                return Ok(());
            };
            let user = &self.proven.user;
            if devices::hold_any(tx, (&user.pool, &user.sub), key).await? {
                return Ok(());
            }
            Err(Error::invalid_session().because(Reason::UnknownDevice))
        })
    }
}

/// Mints an access token for a client itself. The caller has checked secret, grant and scopes.
///
/// # Errors: what the trigger refuses with
pub async fn client_credentials(
    app: &App,
    actor: &Actor,
    (pool, client): (&Pool, &Client),
    scopes: &[String],
    metadata: &Metadata,
) -> Result<Issued> {
    let event = hooks::Event {
        actor,
        pool,
        client: Some(&client.id),
        username: "ClientCredentials",
        user: None,
        metadata,
        validation: &Metadata::new(),
        hides: false,
    };
    let scope = scopes.join(" ");
    let source = TokenSource::ClientCredentials;
    let overrides = hooks::pre_token_generation(app, event, source, &scope).await?;
    let keys = keys::of_pool(app, &pool.id).await?;
    let now = app.clock.now(&pool.id);
    let lifetime = client.settings.access_token_lifetime();
    let issuer = issuer::of(app, pool);
    let jti = app.rng.uuid()?;
    let claims = ClientClaims {
        sub: client.id.as_str(),
        token_use: TokenUse::Access,
        scope: &scope,
        auth_time: now.seconds(),
        iss: &issuer,
        exp: now.plus(lifetime).seconds(),
        iat: now.seconds(),
        version: 2,
        jti: jti.as_str(),
        client_id: client.id.as_str(),
    };
    let change = |token: &mut Map<String, Value>| {
        overrides.change_access(token, client.id.as_str());
    };
    let access_token = changed(&keys.access, &claims, (&overrides, change))?;
    let mut tx = app.store.write(actor).await?;
    let done = Event {
        at: now,
        pool: Some(&pool.id),
        act: "ClientCredentials",
        target: Some(client.id.as_str()),
        refused: None,
    };
    tx.audit(done).await?;
    tx.commit().await?;
    Ok(Issued {
        access_token,
        id_token: None,
        refresh_token: None,
        lifetime,
        scope: overrides.scope_of(&scope),
        new_device: None,
    })
}

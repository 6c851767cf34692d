//! The end of every sign-in. [`complete`] is the only function that mints a user's tokens: API
//! sign-in, code exchange and refresh all go through it.
//!
//! Everything that takes time (triggers, signatures) comes first; then one short transaction uses
//! up the proof, checks that the user has not been disabled or signed out meanwhile, and stores the
//! session. Tokens leave only when it is committed.

use serde_json::Value;

use crate::app::App;
use crate::domain::groups;
use crate::domain::hooks::{self, Metadata, TokenSource};
use crate::domain::issuing::Issuing;
use crate::domain::keys;
use crate::domain::lockout;
use crate::domain::overrides::Overrides;
use crate::domain::refresh_token;
use crate::domain::tokens::{Claim, Issued};
use crate::domain::user_sessions;
use crate::error::{Error, Reason, Result};
use crate::signing::TokenUse;
use crate::store::audit::{Actor, Event};
use crate::store::clients::Client;
use crate::store::db::{OnUnique, Tx};
use crate::store::pools::Pool;
use crate::store::refresh_tokens::{self, RefreshToken};
use crate::store::sessions::{self, Session};
use crate::store::users::User;

/// A sign-in, with every factor proven.
pub(super) struct Completion<'a> {
    /// The pool.
    pub(super) pool: &'a Pool,
    /// The client that gets the tokens.
    pub(super) client: &'a Client,
    /// The user as read when the sign-in was checked.
    pub(super) user: &'a User,
    /// The session that the tokens hang off.
    pub(super) session: &'a Session,
    /// Whether the session is new and is to be stored.
    pub(super) new: bool,
    /// Whether there is a refresh token among the tokens.
    pub(super) refreshable: bool,
    /// Why tokens are made.
    pub(super) source: TokenSource,
    /// `nonce` of the authorization request.
    pub(super) nonce: Option<&'a str>,
    /// What the trigger said when it was asked before; none asks it now.
    pub(super) decided: Option<&'a Overrides>,
    /// `ClientMetadata`, where it reaches the triggers.
    pub(super) metadata: &'a Metadata,
    /// For a token that is made from another.
    pub(super) derived: Option<&'a Derived>,
}

/// What a token that is made from another is like (`domain::exchange`).
pub(super) struct Derived {
    /// Which one it is.
    pub(super) wanted: TokenUse,
    /// `aud` of an access token.
    pub(super) audience: Option<String>,
    /// `act`: who acts for the user.
    pub(super) act: Option<Value>,
    /// When the token that it is made from ends, in seconds: it ends then, too.
    pub(super) ends: i64,
}

/// Tokens that the trigger is asked about.
pub(super) struct Asked<'a> {
    /// The pool.
    pub(super) pool: &'a Pool,
    /// The client that gets the tokens.
    pub(super) client: &'a Client,
    /// The user.
    pub(super) user: &'a User,
    /// Why tokens are made.
    pub(super) source: TokenSource,
    /// The granted scopes.
    pub(super) scope: &'a str,
    /// `ClientMetadata`, where it reaches the triggers.
    pub(super) metadata: &'a Metadata,
}

/// What the PreTokenGeneration trigger makes of a user's tokens.
///
/// # Errors: what the trigger refuses with
pub(super) async fn decide(app: &App, actor: &Actor, asked: Asked<'_>) -> Result<Overrides> {
    let event = hooks::Event {
        actor,
        pool: asked.pool,
        client: Some(&asked.client.id),
        username: &asked.user.username,
        user: Some(asked.user),
        metadata: asked.metadata,
        validation: &Metadata::new(),
        hides: asked.client.settings.hides_user_existence(),
    };
    hooks::pre_token_generation(app, event, asked.source, asked.scope).await
}

/// Mints the tokens of a sign-in.
///
/// # Errors: what the triggers and `claim` refuse with; NotAuthorized when the user was disabled or
/// signed out since the proof
pub(super) async fn complete(
    app: &App,
    actor: &Actor,
    completion: Completion<'_>,
    claim: &dyn Claim,
) -> Result<Issued> {
    let overrides = if let Some(decided) = completion.decided {
        decided.clone()
    } else {
        let asked = Asked {
            pool: completion.pool,
            client: completion.client,
            user: completion.user,
            source: completion.source,
            scope: &completion.session.scope,
            metadata: completion.metadata,
        };
        decide(app, actor, asked).await?
    };
    let keys = keys::of_pool(app, &completion.pool.id).await?;
    let groups = {
        let mut db = app.store.read().await?;
        groups::of_user(&mut db, &completion.pool.id, &completion.user.sub).await?
    };
    let now = app.clock.now(&completion.pool.id);
    let issuing = Issuing {
        completion: &completion,
        groups: &groups,
        overrides: &overrides,
        now,
    };
    let mut issued = issuing.sign(app, &keys)?;
    let (pool, session) = (&completion.pool.id, completion.session);
    let refresh_token = if completion.refreshable {
        Some(refresh_token::new(app, session)?)
    } else {
        None
    };

    // Who makes a token from another is a service somewhere else: the user's session stays at the
    // address and device that it was last used from.
    let elsewhere = Actor::default();
    let user_at = match completion.derived {
        Some(_) => &elsewhere,
        None => actor,
    };
    let mut tx = app.store.write(actor).await?;
    claim.claim(&mut tx, &session.id).await?;
    hold(&mut tx, completion.user).await?;
    if completion.new {
        sessions::insert(&mut tx, session)
            .await
            .on_orphan(|| Error::client_not_found(completion.client.id.as_str()))??;
    } else if !sessions::touch(&mut tx, session, (now, user_at)).await? {
        return Err(Error::refresh_token_revoked().because(Reason::RevokedToken));
    }
    let tracked = (session, completion.new);
    user_sessions::track(&mut tx, user_at, completion.pool, tracked, now).await?;
    if let Some(token) = &refresh_token {
        let row = RefreshToken {
            pool: pool.clone(),
            hash: app.vault.hash(REFRESH, token.expose())?,
            session: session.id.clone(),
            expires: session.expires,
            used: None,
        };
        refresh_tokens::insert(&mut tx, &row, now).await?;
    }
    let (proves, act) = act(&completion);
    if proves {
        lockout::clear(&mut tx, pool, &completion.user.sub).await?;
    }
    let done = Event {
        at: now,
        pool: Some(pool),
        act,
        target: Some(completion.user.sub.as_str()),
        refused: None,
    };
    tx.audit(done).await?;
    tx.commit().await?;
    issued.refresh_token = refresh_token.map(|token| token.expose().clone());
    Ok(issued)
}

/// The kind of the keyed hashes of refresh tokens.
pub(super) const REFRESH: &str = "refresh_token";

/// Whether tokens of this kind end a sign-in in which the user proved a password; and the act's
/// name in the audit.
const fn act(completion: &Completion<'_>) -> (bool, &'static str) {
    match completion.source {
        TokenSource::Authentication
        | TokenSource::NewPasswordChallenge
        | TokenSource::AuthenticateDevice => (true, "SignIn"),
        TokenSource::HostedAuth if completion.refreshable => (false, "ExchangeCode"),
        TokenSource::HostedAuth => (false, "ImplicitGrant"),
        TokenSource::RefreshTokens | TokenSource::RefreshOperation => (false, "RefreshTokens"),
        TokenSource::ClientCredentials => (false, "ClientCredentials"),
        TokenSource::Exchange => (false, "GetDerivedToken"),
    }
}

/// Makes sure that nothing has ended the user's sign-ins in progress, and that nothing does until
/// the transaction ends.
pub(super) async fn hold(tx: &mut Tx, user: &User) -> Result<()> {
    let held = sessions::hold_user(tx, &user.pool, &user.sub).await?;
    let held = held.ok_or_else(|| Error::user_does_not_exist().because(Reason::UnknownUser))?;
    if !held.enabled {
        return Err(Error::user_is_disabled().because(Reason::UserDisabled));
    }
    if held.auth_epoch != user.auth_epoch {
        return Err(Error::invalid_session().because(Reason::SignedOut));
    }
    Ok(())
}

//! Token exchange (GetDerivedToken; RFC 8693): a token of the pool becomes another, for one service.
//!
//! The new token belongs to the sign-in of the one it is made from: it ends with it, at the latest
//! when that token would have ended, and is revoked with it. So an exchange never makes access last
//! longer. Where an actor is named the token says so (`act`), and says it from then on.
//!
//! Source: the model's documentation of GetDerivedToken; RFC 8693 2, 4.1.

mod handed;

use serde_json::{Value, json};

use crate::app::App;
use crate::domain::clients;
use crate::domain::complete::{Completion, Derived, complete};
use crate::domain::hooks::{Metadata, TokenSource};
use crate::domain::tokens::Nothing;
use crate::error::{Error, Reason, Result};
use crate::ids::ClientId;
use crate::names;
use crate::secret::Secret;
use crate::settings::client::AuthFlowSetting;
use crate::signing::TokenUse;
use crate::store::audit::Actor;
use crate::store::clients::Client;
use crate::store::pools::Pool;
use crate::store::resource_servers;
use crate::store::sessions::Session;

pub use handed::{Handed, Kind};

use handed::{ACTOR, SUBJECT, Subject};

names! {
    /// `IssuedTokenTypeIdentifierType`.
    pub enum Wanted { Access = "ACCESS_TOKEN", Id = "ID_TOKEN" }
}

/// Whom the new token is for.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// A name.
    Audience(&'a str),
    /// A resource server of the pool.
    Resource(&'a str),
}

/// An exchange that is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// The client that gets the new token.
    pub client: &'a ClientId,
    /// What proves the client.
    pub proof: Proof<'a>,
    /// The token that becomes another.
    pub subject: Handed<'a>,
    /// Who acts for the user.
    pub actor: Option<Handed<'a>>,
    /// The scopes it is to have; none: those of the subject token.
    pub scopes: &'a [String],
    /// Whom it is for.
    pub target: Option<Target<'a>>,
    /// What it is to be.
    pub wanted: Wanted,
}

/// What proves that the client asks.
#[derive(Clone, Copy, Debug)]
pub enum Proof<'a> {
    /// An administrator asks; a secret may come along.
    Admin(Option<&'a Secret<String>>),
    /// The client asks, with its secret if it has one.
    Client(Option<&'a Secret<String>>),
}

/// What an exchange gives.
pub struct Exchanged {
    /// The token.
    pub token: String,
    /// Its lifetime in seconds.
    pub seconds: i64,
    /// The scopes of an access token.
    pub scopes: Option<Vec<String>>,
}

/// Exchanges a token.
///
/// # Errors: ResourceNotFound (client, resource server, provider), NotAuthorized (secret, tokens,
/// disabled), InvalidParameter (flow, kinds), UserNotFound, what the trigger refuses with
pub async fn exchange(app: &App, caller: &Actor, ask: Exchange<'_>) -> Result<Exchanged> {
    let (pool, client) = clients::public(app, ask.client).await?;
    let secret = match ask.proof {
        Proof::Admin(None) => None,
        Proof::Admin(secret) | Proof::Client(secret) => Some(secret),
    };
    if let Some(secret) = secret {
        let secret = secret.map(|secret| secret.expose().as_str());
        if !clients::check_secret(app, &client, secret)? {
            return Err(Error::client_secret_not_verified().because(Reason::BadClientSecret));
        }
    }
    let flow = match ask.actor {
        Some(_) => AuthFlowSetting::AllowTokenExchangeDelegation,
        None => AuthFlowSetting::AllowTokenExchangeImpersonation,
    };
    if !client.settings.lists_flow(flow) {
        return Err(Error::flow_not_enabled(flow.as_str()));
    }
    let audience = audience(app, &pool, &ask).await?;
    let subject = handed::subject(app, &pool, &ask.subject).await?;
    let acts = match &ask.actor {
        Some(actor) => Some(handed::actor(app, &pool, actor).await?),
        None => None,
    };
    let act = chain(acts, subject.act.clone());
    issue(
        app,
        caller,
        (&pool, &client),
        &ask,
        (subject, act, audience),
    )
    .await
}

/// An ID token is for the client that asks and for no other: naming one would let a client sign its
/// users in anywhere.
async fn audience(app: &App, pool: &Pool, ask: &Exchange<'_>) -> Result<Option<String>> {
    let Some(target) = ask.target else {
        return Ok(None);
    };
    if ask.wanted == Wanted::Id {
        return Err(Error::audience_of_id_token());
    }
    match target {
        Target::Audience(name) => Ok(Some(name.to_owned())),
        Target::Resource(identifier) => {
            let mut db = app.store.read().await?;
            let found = resource_servers::find(&mut db, &pool.id, identifier).await?;
            let found = found.ok_or_else(|| Error::resource_server_not_found(identifier))?;
            Ok(Some(found.identifier))
        }
    }
}

/// `act`: who acts now, and within who acted before (RFC 8693 4.1). Without an actor those before
/// stay: an exchange does not make a delegation forgotten.
fn chain(now: Option<String>, before: Option<Value>) -> Option<Value> {
    let Some(now) = now else { return before };
    let mut act = json!({ "sub": now });
    if let (Some(members), Some(before)) = (act.as_object_mut(), before) {
        members.insert("act".to_owned(), before);
    }
    Some(act)
}

async fn issue(
    app: &App,
    caller: &Actor,
    (pool, client): (&Pool, &Client),
    ask: &Exchange<'_>,
    (subject, act, audience): (Subject, Option<Value>, Option<String>),
) -> Result<Exchanged> {
    let granted = granted(client, ask, &subject);
    let scope = match (ask.wanted, subject.kind) {
        // The claims of an ID token are those that its sign-in was granted.
        (Wanted::Id, Kind::Id) => subject.session.scope.clone(),
        _ => granted.join(" "),
    };
    let session = Session {
        client: client.id.clone(),
        scope,
        ..subject.session
    };
    let derived = Derived {
        wanted: match ask.wanted {
            Wanted::Access => TokenUse::Access,
            Wanted::Id => TokenUse::Id,
        },
        audience,
        act,
        ends: subject.ends,
    };
    let completion = Completion {
        pool,
        client,
        user: &subject.user,
        session: &session,
        new: false,
        refreshable: false,
        source: TokenSource::Exchange,
        nonce: None,
        decided: None,
        metadata: &Metadata::new(),
        derived: Some(&derived),
    };
    let issued = complete(app, caller, completion, &Nothing).await;
    let issued = issued.map_err(|error| match error.reason {
        // Ended between the check and the answer.
        Some(Reason::RevokedToken | Reason::SignedOut) => Error::handed_token_revoked(SUBJECT),
        _ => error,
    })?;
    let (token, scopes) = match ask.wanted {
        Wanted::Access => (Some(issued.access_token), Some(granted)),
        Wanted::Id => (issued.id_token, None),
    };
    let missing = || Error::internal(anyhow::anyhow!("the token that was asked for is made"));
    Ok(Exchanged {
        token: token.ok_or_else(missing)?,
        seconds: issued.lifetime.as_seconds(),
        scopes,
    })
}

/// What is asked for, held by the subject token, and allowed to the client; without a wish what the
/// subject token holds. An ID token holds none.
fn granted(client: &Client, ask: &Exchange<'_>, subject: &Subject) -> Vec<String> {
    if ask.scopes.is_empty() {
        return subject.scopes.clone();
    }
    let allowed = client.settings.allowed_oauth_scopes.as_deref();
    let allowed = allowed.unwrap_or_default();
    let mut granted: Vec<String> = Vec::new();
    for scope in ask.scopes {
        if subject.scopes.contains(scope) && allowed.contains(scope) && !granted.contains(scope) {
            granted.push(scope.clone());
        }
    }
    granted
}

impl<'a> Exchange<'a> {
    /// A token as the subject.
    pub fn subject(token: &'a Secret<String>, kind: Kind, provider: Option<&'a str>) -> Handed<'a> {
        Handed {
            role: SUBJECT,
            token,
            kind,
            provider,
        }
    }

    /// A token as the actor.
    pub fn actor(token: &'a Secret<String>, kind: Kind, provider: Option<&'a str>) -> Handed<'a> {
        Handed {
            role: ACTOR,
            token,
            kind,
            provider,
        }
    }
}

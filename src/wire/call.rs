//! Who calls, as types: an operation names its caller in its first argument, so an admin operation
//! cannot be written without the proof of an IAM caller.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::app::App;
use crate::domain::access::{self, SignedIn};
use crate::error::{Code, Error, Result};
use crate::secret::Secret;
use crate::store::audit::{Actor, ActorKind};

/// One request for an operation, its caller admitted.
pub struct Call<C> {
    /// The server.
    pub app: Arc<App>,
    /// The proof of who calls.
    pub caller: C,
    /// Who is behind it, for audit rows.
    pub actor: Actor,
    /// Region of the credential scope, else the server's.
    pub region: String,
    /// The access key if it is 12 digits, else the server's account.
    pub account: String,
    /// The operation's audit name.
    pub act: &'static str,
}

/// What a request shows before its caller is admitted.
pub struct Incoming {
    /// The server.
    pub app: Arc<App>,
    /// The body, checked against the model.
    pub body: Value,
    /// Address, agent and request id.
    pub actor: Actor,
    /// Region of the credential scope, else the server's.
    pub region: String,
    /// The access key if it is 12 digits, else the server's account.
    pub account: String,
    /// Access key id of the signature, if there is one.
    pub access_key: Option<String>,
    /// The operation's audit name.
    pub act: &'static str,
    /// The exceptions that the operation's model lists.
    pub errors: &'static [&'static str],
}

/// The kind of caller an operation takes (api.md 1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallerKind {
    /// Anybody who knows a client id.
    Public,
    /// A user with an access token in the body.
    Token,
    /// A user with an access token, or with a sign-in in progress.
    TokenOrSession,
    /// A signed request of an administrator.
    Iam,
    /// A signed request, or a client with its secret in the body.
    IamOrClient,
}

/// A type of caller: how it proves itself.
pub trait Caller: Sized + Send + 'static {
    /// Admits the request's caller, or refuses.
    fn admit(incoming: &mut Incoming) -> BoxFuture<'_, Result<Self>>;
}

/// Anybody who knows a client id.
pub struct Public(());

/// A user with a valid access token.
pub struct Token(pub SignedIn);

/// An administrator. In dev mode every well-formed or absent signature is accepted.
pub struct Iam(());

/// An administrator, who signed the request, or an app client, which proves itself in the body: the
/// operation checks that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IamOrClient {
    /// A signed request.
    Iam,
    /// An unsigned one.
    Client,
}

/// A user with a valid access token, or in the middle of a sign-in that carries `Session`; the
/// operation checks that one itself.
pub enum TokenOrSession {
    /// An access token.
    Token(Box<SignedIn>),
    /// A `Session`.
    Session(Secret<String>),
}

impl Caller for TokenOrSession {
    fn admit(incoming: &mut Incoming) -> BoxFuture<'_, Result<Self>> {
        Box::pin(async {
            let text = |name: &str| {
                let text = incoming.body.get(name).and_then(Value::as_str);
                text.map(|text| Secret::new(text.to_owned()))
            };
            if text("AccessToken").is_some() {
                let Token(user) = Token::admit(incoming).await?;
                return Ok(Self::Token(Box::new(user)));
            }
            let session = text("Session").ok_or_else(Error::token_or_session_missing)?;
            incoming.actor.kind = ActorKind::Public;
            Ok(Self::Session(session))
        })
    }
}

/// Where an operation's model does not know what may be wrong with the user behind a token, the
/// token is no good.
fn narrowed(errors: &[&str], error: Error) -> Error {
    let of_user = matches!(
        error.code,
        Code::PasswordResetRequired | Code::UserNotConfirmed | Code::UserNotFound
    );
    if !of_user || errors.contains(&error.code.name()) {
        return error;
    }
    let narrowed = Error::invalid_access_token();
    match error.reason {
        Some(reason) => narrowed.because(reason),
        None => narrowed,
    }
}

impl Caller for Public {
    fn admit(incoming: &mut Incoming) -> BoxFuture<'_, Result<Self>> {
        incoming.actor.kind = ActorKind::Public;
        Box::pin(async { Ok(Self(())) })
    }
}

impl Caller for Iam {
    fn admit(incoming: &mut Incoming) -> BoxFuture<'_, Result<Self>> {
        incoming.actor.kind = ActorKind::Admin;
        incoming.actor.id = incoming.access_key.clone();
        Box::pin(async { Ok(Self(())) })
    }
}

impl Caller for IamOrClient {
    fn admit(incoming: &mut Incoming) -> BoxFuture<'_, Result<Self>> {
        Box::pin(async {
            if incoming.access_key.is_some() {
                Iam::admit(incoming).await?;
                return Ok(Self::Iam);
            }
            Public::admit(incoming).await?;
            Ok(Self::Client)
        })
    }
}

impl Caller for Token {
    fn admit(incoming: &mut Incoming) -> BoxFuture<'_, Result<Self>> {
        Box::pin(async {
            let token = incoming.body.get("AccessToken").and_then(Value::as_str);
            let token = Secret::new(token.ok_or_else(Error::invalid_access_token)?.to_owned());
            let user = access::user_operation(&incoming.app, &token).await;
            let user = user.map_err(|error| narrowed(incoming.errors, error))?;
            incoming.actor.kind = ActorKind::User;
            incoming.actor.id = Some(user.user.sub.to_string());
            Ok(Self(user))
        })
    }
}

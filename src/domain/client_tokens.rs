//! A client's own access token without a domain (GetClientToken): what `client_credentials` gives,
//! for clients whose one flow is `ALLOW_CLIENT_TOKEN_AUTH`.
//!
//! Source: the model's documentation of GetClientToken.

use crate::app::App;
use crate::domain::clients;
use crate::domain::hooks::Metadata;
use crate::domain::oauth::{codes, scopes};
use crate::domain::tokens::{self, Issued};
use crate::error::{Code, Error, Reason, Result};
use crate::ids::ClientId;
use crate::secret::Secret;
use crate::settings::client::AuthFlowSetting;
use crate::store::audit::Actor;

/// A client asks for a token.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The client.
    pub client: &'a ClientId,
    /// One of its secrets.
    pub secret: &'a Secret<String>,
    /// The scopes it wants; none: all of its own.
    pub scopes: &'a [String],
    /// `ClientMetadata`.
    pub metadata: &'a Metadata,
}

/// Gives a client its token.
///
/// # Errors: ResourceNotFound (client), NotAuthorized (secret, or what the trigger refuses with),
/// InvalidParameter (flow, scopes)
pub async fn issue(app: &App, actor: &Actor, ask: Ask<'_>) -> Result<Issued> {
    let (pool, client) = clients::public(app, ask.client).await?;
    // A client without a secret has nothing to speak for itself with (security.md D14).
    if !clients::check_secret(app, &client, Some(ask.secret.expose()))? {
        return Err(Error::client_secret_not_verified().because(Reason::BadClientSecret));
    }
    let flow = AuthFlowSetting::AllowClientToken;
    if !client.settings.lists_flow(flow) {
        return Err(Error::flow_not_enabled(flow.as_str()));
    }
    let asked = ask.scopes.join(" ");
    let scopes = scopes::of_client(&client.settings, Some(&asked));
    let scopes = scopes.map_err(|_| Error::client_scopes())?;
    let scopes = codes::existing(app, &pool, scopes).await?;
    if scopes.is_empty() {
        return Err(Error::client_scopes());
    }
    let at = (&pool, &client);
    let issued = tokens::client_credentials(app, actor, at, &scopes, ask.metadata).await;
    issued.map_err(untold)
}

/// The operation's model has no exceptions for triggers: no token is given, and why.
fn untold(error: Error) -> Error {
    match error.code {
        Code::UserLambdaValidation | Code::UnexpectedLambda | Code::InvalidLambdaResponse => {
            Error::new(Code::NotAuthorized, error.message.clone()).because(Reason::Trigger)
        }
        _ => error,
    }
}

//! The token endpoint: a code, a refresh token, or the client itself becomes tokens (oauth.md 4).

use super::client_auth::{self, Credentials};
use super::codes::{self, Redeem};
use super::refusal::{OAuthCode, Refused};
use super::scopes;
use crate::app::App;
use crate::domain::hooks::Metadata;
use crate::domain::refresh::{self, Door, Refresh};
use crate::domain::tokens::{self, Issued};
use crate::ids::PoolId;
use crate::secret::Secret;
use crate::settings::client::OAuthFlow;
use crate::store::audit::Actor;
use crate::store::clients::Client;
use crate::store::pools::Pool;

/// Longest `aws_client_metadata` that is read.
const METADATA_LIMIT: usize = 8 * 1024;

/// A request for tokens; what a grant does not use is not looked at.
#[derive(Clone, Debug, Default)]
#[expect(
    missing_docs,
    reason = "the parameters of oauth.md 4.2 by their own names"
)]
pub struct TokenRequest {
    pub grant_type: Option<String>,
    pub credentials: Credentials,
    pub code: Option<String>,
    pub redirect_uri: Option<String>,
    pub code_verifier: Option<String>,
    pub refresh_token: Option<Secret<String>>,
    pub scope: Option<String>,
    pub aws_client_metadata: Option<String>,
}

enum Grant {
    Code,
    Refresh,
    Client,
}

/// Tokens for a request on a pool's domain, or on the bare host (`pool` unknown).
pub async fn tokens(
    app: &App,
    actor: &Actor,
    pool: Option<&PoolId>,
    request: &TokenRequest,
) -> Result<Issued, Refused> {
    let grant = match request.grant_type.as_deref() {
        Some("authorization_code") => Grant::Code,
        Some("refresh_token") => Grant::Refresh,
        Some("client_credentials") => Grant::Client,
        Some(_) => return Err(Refused::new(OAuthCode::UnsupportedGrantType)),
        None => return Err(Refused::invalid_request("grant_type is required")),
    };
    let (pool, client) = client_auth::authenticate(app, pool, &request.credentials).await?;
    let at = (&pool, &client);
    match grant {
        Grant::Code => by_code(app, actor, at, request).await,
        Grant::Refresh => by_refresh_token(app, actor, at, request).await,
        Grant::Client => by_client(app, actor, at, request).await,
    }
}

async fn by_code(
    app: &App,
    actor: &Actor,
    (pool, client): (&Pool, &Client),
    request: &TokenRequest,
) -> Result<Issued, Refused> {
    if !client.settings.allows_oauth(OAuthFlow::Code) {
        return Err(Refused::new(OAuthCode::UnauthorizedClient));
    }
    let redeem = Redeem {
        code: required(request.code.as_deref(), "code is required")?,
        redirect_uri: required(request.redirect_uri.as_deref(), "redirect_uri is required")?,
        verifier: request.code_verifier.as_deref(),
    };
    codes::redeem(app, actor, (pool, client), redeem).await
}

/// A client that may not use OAuth refreshes by the API, where its flows are checked.
async fn by_refresh_token(
    app: &App,
    actor: &Actor,
    (pool, client): (&Pool, &Client),
    request: &TokenRequest,
) -> Result<Issued, Refused> {
    if client.settings.allowed_oauth_flows_user_pool_client != Some(true) {
        return Err(Refused::new(OAuthCode::UnauthorizedClient));
    }
    let token = request.refresh_token.as_ref();
    let token = token.ok_or_else(|| Refused::invalid_request("refresh_token is required"))?;
    let refresh = Refresh {
        door: Door::Endpoint,
        token,
        device_key: None,
        metadata: &Metadata::new(),
    };
    Ok(refresh::refresh(app, actor, pool, client, refresh).await?)
}

/// Only a client with a secret can speak for itself (security.md D14).
async fn by_client(
    app: &App,
    actor: &Actor,
    (pool, client): (&Pool, &Client),
    request: &TokenRequest,
) -> Result<Issued, Refused> {
    if !client.settings.allows_oauth(OAuthFlow::ClientCredentials) || client.secrets.is_empty() {
        return Err(Refused::new(OAuthCode::UnauthorizedClient));
    }
    let invalid_scope = |_| Refused::new(OAuthCode::InvalidScope);
    let scopes = scopes::of_client(&client.settings, request.scope.as_deref());
    let scopes = codes::existing(app, pool, scopes.map_err(invalid_scope)?).await?;
    if scopes.is_empty() {
        return Err(Refused::new(OAuthCode::InvalidScope));
    }
    let metadata = metadata(request.aws_client_metadata.as_deref())?;
    Ok(tokens::client_credentials(app, actor, (pool, client), &scopes, &metadata).await?)
}

fn metadata(text: Option<&str>) -> Result<Metadata, Refused> {
    let malformed =
        || Refused::invalid_request("aws_client_metadata must be a JSON object of texts");
    match text {
        None => Ok(Metadata::new()),
        Some(text) if text.len() > METADATA_LIMIT => Err(malformed()),
        Some(text) => serde_json::from_str(text).map_err(|_| malformed()),
    }
}

fn required<'a>(value: Option<&'a str>, missing: &'static str) -> Result<&'a str, Refused> {
    value.ok_or_else(|| Refused::invalid_request(missing))
}

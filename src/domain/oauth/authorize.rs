//! The authorization request: the one check that authorize and every page run on the query
//! (oauth.md 2.3; security.md C1 to C3, C15).

use std::borrow::Cow;

use super::asked::{self, Fault};
use super::hint::{self, Hint};
use super::refusal::OAuthCode;
use super::{redirects, sites};
use crate::app::App;
use crate::domain::assurance::{self, Level};
use crate::domain::challenge::{self, Need};
use crate::domain::issuer;
use crate::domain::sessions::Proven;
use crate::error::{Error, Result};
use crate::ids::{ClientId, PoolId};
use crate::settings::client::OAuthFlow;
use crate::store::clients::Client;
use crate::store::pools::Pool;

pub use super::asked::Prompt;

/// `state`, `nonce` and `login_hint` are taken up to this length, or refused; never cut.
pub const MAX_OPAQUE: usize = 4096;

/// The identity provider of the pool itself.
pub const COGNITO: &str = "COGNITO";

/// The query's parameters that have a meaning, decoded. Empty values count as absent, except that
/// an empty `state` is still echoed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the parameters of oauth.md 2.1 by their own names"
)]
pub struct Params {
    pub response_type: Option<String>,
    pub client_id: Option<String>,
    pub redirect_uri: Option<String>,
    pub state: Option<String>,
    pub scope: Option<String>,
    pub identity_provider: Option<String>,
    pub idp_identifier: Option<String>,
    pub code_challenge: Option<String>,
    pub code_challenge_method: Option<String>,
    pub nonce: Option<String>,
    pub login_hint: Option<String>,
    pub prompt: Option<String>,
    pub resource: Option<String>,
    pub max_age: Option<String>,
    pub acr_values: Option<String>,
    pub id_token_hint: Option<String>,
    pub response_mode: Option<String>,
    pub request: Option<String>,
    pub request_uri: Option<String>,
    pub registration: Option<String>,
}

/// A request that may go on to sign-in.
#[derive(Clone, Debug)]
pub struct Request {
    /// The pool.
    pub pool: Pool,
    /// The app client.
    pub client: Client,
    /// Where the answer goes: a registered URL.
    pub redirect_uri: String,
    /// What is asked for: a code, or tokens at once (the implicit grant).
    pub flow: OAuthFlow,
    /// Whether the answer travels in the fragment: tokens always do.
    pub fragment: bool,
    /// The scopes asked for.
    pub scopes: Vec<String>,
    /// Echoed as it came.
    pub state: Option<String>,
    /// Goes into the ID token.
    pub nonce: Option<String>,
    /// The PKCE challenge (S256).
    pub challenge: Option<String>,
    /// Fills in the user name.
    pub login_hint: Option<String>,
    /// Whether a page may or must be shown.
    pub prompt: Prompt,
    /// Most seconds since the sign-in.
    pub max_age: Option<i64>,
    /// Whom the client expects to be signed in, told by an ID token of this pool (a sub).
    pub expected: Option<String>,
    /// The API that the access token is for.
    pub resource: Option<String>,
    /// Levels of authentication, the most wanted first: the first that the person can reach is what
    /// the sign-in has to come to. Empty: whatever it comes to.
    pub levels: Vec<Level>,
    /// Whether the identity provider that was asked for can be used; the pool itself always can.
    pub provider_available: bool,
    /// `iss` of the answer, where the standards want it (RFC 9207).
    pub iss: Option<String>,
}

/// A request that may not.
#[derive(Debug)]
pub enum Refusal {
    /// A required parameter is missing: told on our own page.
    Missing(&'static str),
    /// Client or redirect URI cannot be trusted: told on our own page.
    Local {
        /// The code shown.
        code: &'static str,
        /// The client id as it was sent.
        client_id: String,
    },
    /// Told to the client.
    Back(Box<Back>),
    /// Our fault.
    Failed(Error),
}

/// An error answer to the client.
#[derive(Debug)]
pub struct Back {
    /// The registered URL it goes to.
    pub redirect_uri: String,
    /// Whether the answer travels in the fragment (`response_type=token`).
    pub fragment: bool,
    /// Echoed as it came.
    pub state: Option<String>,
    /// `iss`, where the standards want it (RFC 9207).
    pub iss: Option<String>,
    /// `error`.
    pub code: OAuthCode,
    /// `error_description`.
    pub description: Option<Cow<'static, str>>,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Back {
    /// The URL to send the browser to; parameters in the order Cognito sends them.
    pub fn location(&self) -> String {
        let mut pairs = Vec::new();
        if let Some(description) = &self.description {
            pairs.push(("error_description", description.as_ref()));
        }
        if let Some(state) = &self.state {
            pairs.push(("state", state));
        }
        pairs.push(("error", self.code.as_str()));
        pairs.extend(self.iss.as_deref().map(|iss| ("iss", iss)));
        if self.fragment {
            redirects::with_fragment(&self.redirect_uri, &pairs)
        } else {
            redirects::with_query(&self.redirect_uri, &pairs)
        }
    }
}

impl Request {
    /// The URL that brings an answer to the client.
    pub fn location(&self, answer: &[(&str, &str)]) -> String {
        let state = self.state.as_ref().map(|state| ("state", state.as_str()));
        let iss = self.iss.as_ref().map(|iss| ("iss", iss.as_str()));
        let pairs: Vec<_> = answer.iter().copied().chain(state).chain(iss).collect();
        if self.fragment {
            redirects::with_fragment(&self.redirect_uri, &pairs)
        } else {
            redirects::with_query(&self.redirect_uri, &pairs)
        }
    }

    /// The URL that tells the client, in its query, how a visit to one of our pages ended.
    pub fn told(&self, answer: &[(&str, &str)]) -> String {
        let state = self.state.as_ref().map(|state| ("state", state.as_str()));
        let pairs: Vec<_> = answer.iter().copied().chain(state).collect();
        if pairs.is_empty() {
            return self.redirect_uri.clone();
        }
        redirects::with_query(&self.redirect_uri, &pairs)
    }

    /// An error for the client.
    pub fn back(&self, code: OAuthCode) -> Back {
        Back {
            redirect_uri: self.redirect_uri.clone(),
            fragment: self.fragment,
            state: self.state.clone(),
            iss: self.iss.clone(),
            code,
            description: None,
        }
    }

    /// Whether a browser's session answers the request without a page: it is of whom the client
    /// expects, and recent enough.
    pub fn takes(&self, app: &App, proven: &Proven) -> bool {
        let now = app.clock.now(&self.pool.id);
        self.provider_available
            && assurance::is_fresh(self.max_age, proven.auth_at, now)
            && self.is_expected(proven)
            && proven.serves(app, &self.pool, &self.client)
    }

    /// Whether it takes a browser's session that its user has just chosen, for itself or to prove
    /// more: one that `prompt=login` does not want is none to choose.
    pub fn takes_chosen(&self, app: &App, proven: &Proven) -> bool {
        let asks = match self.prompt {
            Prompt::Choose => true,
            Prompt::IfNeeded => !self.levels.is_empty(),
            Prompt::Always | Prompt::Never => false,
        };
        asks && self.takes(app, proven)
    }

    /// What a browser's session that it takes lacks to what it asks for.
    pub async fn need(&self, app: &App, proven: &Proven) -> Result<Need> {
        challenge::need(app, &self.pool, proven, &self.levels).await
    }

    /// Whether the client expects this user, or says nothing.
    pub(super) fn is_expected(&self, proven: &Proven) -> bool {
        let expected = self.expected.as_deref();
        expected.is_none_or(|sub| sub == proven.user.sub.as_str())
    }
}

/// Checks a request made on a pool's domain, or on the bare host (`pool` unknown).
pub async fn check(app: &App, pool: Option<&PoolId>, params: &Params) -> Result<Request, Refusal> {
    let (pool, client) = trusted_client(app, pool, params).await?;
    let redirect_uri = trusted_redirect(&client, params)?;
    let profile = app.profile(Some(&pool.id));
    let iss = profile.is_strict().then(|| issuer::of(app, &pool));
    let refuse = |fault: Fault| {
        let (code, description) = fault.told(profile);
        Refusal::Back(Box::new(Back {
            redirect_uri: redirect_uri.clone(),
            fragment: params.response_type.as_deref() == Some("token"),
            state: params.state.clone().filter(|s| s.len() <= MAX_OPAQUE),
            iss: iss.clone(),
            code,
            description,
        }))
    };
    let asked = asked::read((&pool, &client), params, profile).map_err(refuse)?;
    let hint = match &params.id_token_hint {
        Some(token) => hint::read(app, Some(&pool.id), token).await?,
        None => None,
    };
    if profile.is_strict() && params.id_token_hint.is_some() && hint.is_none() {
        return Err(refuse(Fault::invalid(
            "id_token_hint is not an ID token of this issuer",
        )));
    }
    Ok(Request {
        redirect_uri,
        flow: asked.flow,
        fragment: asked.fragment,
        scopes: asked.scopes,
        state: params.state.clone(),
        nonce: params.nonce.clone(),
        challenge: asked.challenge,
        login_hint: params.login_hint.clone(),
        prompt: asked.prompt,
        max_age: asked.max_age,
        expected: hint.map(|Hint { sub, .. }| sub),
        resource: asked.resource,
        levels: asked.levels,
        provider_available: provider_available(params),
        iss,
        pool,
        client,
    })
}

/// Checks a visit that an app sends its user on, to a page that answers with nothing secret
/// (`/passkeys/add`): client and redirect URI are checked as ever, the rest has no meaning there.
pub async fn check_entry(
    app: &App,
    pool: Option<&PoolId>,
    params: &Params,
) -> Result<Request, Refusal> {
    let (_, client) = trusted_client(app, pool, params).await?;
    let code = client.settings.allows_oauth(OAuthFlow::Code);
    let entry = Params {
        response_type: Some(if code { "code" } else { "token" }.to_owned()),
        client_id: params.client_id.clone(),
        redirect_uri: params.redirect_uri.clone(),
        state: params.state.clone(),
        // No code leaves this way, so there is nothing for a challenge to protect.
        code_challenge: Some("0".repeat(43)),
        code_challenge_method: Some("S256".to_owned()),
        ..Params::default()
    };
    check(app, pool, &entry).await
}

/// Phase A, first half: the client exists on this site and may use OAuth.
async fn trusted_client(
    app: &App,
    pool: Option<&PoolId>,
    params: &Params,
) -> Result<(Pool, Client), Refusal> {
    let sent = params
        .client_id
        .as_deref()
        .ok_or(Refusal::Missing("client_id"))?;
    let local = |code| Refusal::Local {
        code,
        client_id: sent.to_owned(),
    };
    let id = ClientId::parse(sent).map_err(|_| local("invalid_request"))?;
    let found = sites::client(app, pool, &id).await?;
    let (pool, client) = found.ok_or_else(|| local("invalid_request"))?;
    let settings = &client.settings;
    let providers = settings.supported_identity_providers.as_deref();
    let has_provider = providers.unwrap_or_default().iter().any(|p| p == COGNITO);
    if settings.allowed_oauth_flows_user_pool_client != Some(true) || !has_provider {
        return Err(local("unauthorized_client"));
    }
    Ok((pool, client))
}

/// Phase A, second half: the answer goes to a registered URL.
fn trusted_redirect(client: &Client, params: &Params) -> Result<String, Refusal> {
    let settings = &client.settings;
    // The default stands in only where it cannot be mistaken: one provider (oauth.md 2.1).
    let one_provider = settings
        .supported_identity_providers
        .as_deref()
        .map(<[_]>::len)
        == Some(1);
    let default = settings.default_redirect_uri.as_deref();
    let asked = params
        .redirect_uri
        .as_deref()
        .or(default.filter(|_| one_provider))
        .ok_or(Refusal::Missing("redirect_uri"))?;
    let registered = redirects::find(settings.callback_urls.as_deref(), asked);
    registered.map(str::to_owned).ok_or_else(|| Refusal::Local {
        code: "redirect_mismatch",
        client_id: client.id.to_string(),
    })
}

/// The pool itself is the only provider there is until federation is built.
fn provider_available(params: &Params) -> bool {
    let provider = params.identity_provider.as_deref();
    provider.is_none_or(|name| name == COGNITO) && params.idp_identifier.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_travel_in_cognitos_order() {
        let mut back = Back {
            redirect_uri: "https://a/cb?x=1".into(),
            fragment: false,
            state: Some("a b".into()),
            iss: None,
            code: OAuthCode::InvalidRequest,
            description: Some("invalid_scope".into()),
        };
        assert_eq!(
            back.location(),
            "https://a/cb?x=1&error_description=invalid_scope&state=a+b&error=invalid_request"
        );
        back.fragment = true;
        back.description = None;
        back.iss = Some("https://i/p".into());
        assert_eq!(
            back.location(),
            "https://a/cb?x=1#state=a+b&error=invalid_request&iss=https%3A%2F%2Fi%2Fp"
        );
    }
}

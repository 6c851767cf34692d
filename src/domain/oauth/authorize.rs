//! The authorization request: the one check that authorize and every page run on the query
//! (oauth.md 2.3; security.md C1 to C3, C15).

use std::borrow::Cow;

use super::refusal::OAuthCode;
use super::{pkce, redirects, scopes, sites};
use crate::app::App;
use crate::error::Error;
use crate::ids::{ClientId, PoolId};
use crate::settings::client::{ClientSettings, OAuthFlow};
use crate::store::clients::Client;
use crate::store::pools::Pool;

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
    /// Whether the identity provider that was asked for can be used; the pool itself always can.
    pub provider_available: bool,
}

/// `prompt` (OpenID Connect Core 3.1.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// A browser session is enough; else a page.
    IfNeeded,
    /// No page: a browser session or an error.
    Never,
    /// A page, whatever session there is.
    Always,
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
        if self.fragment {
            redirects::with_fragment(&self.redirect_uri, &pairs)
        } else {
            redirects::with_query(&self.redirect_uri, &pairs)
        }
    }
}

impl Request {
    /// The URL that brings an answer to the client: in the query, or, where it is tokens, in the
    /// fragment, which browsers send to nobody.
    pub fn location(&self, answer: &[(&str, &str)]) -> String {
        let state = self.state.as_ref().map(|state| ("state", state.as_str()));
        let pairs: Vec<_> = answer.iter().copied().chain(state).collect();
        match self.flow {
            OAuthFlow::Implicit => redirects::with_fragment(&self.redirect_uri, &pairs),
            _ => redirects::with_query(&self.redirect_uri, &pairs),
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
            fragment: self.flow == OAuthFlow::Implicit,
            state: self.state.clone(),
            code,
            description: None,
        }
    }
}

/// Checks a request made on a pool's domain, or on the bare host (`pool` unknown).
pub async fn check(app: &App, pool: Option<&PoolId>, params: &Params) -> Result<Request, Refusal> {
    let (pool, client) = trusted_client(app, pool, params).await?;
    let redirect_uri = trusted_redirect(&client, params)?;
    let refuse = |refused: (OAuthCode, Option<Cow<'static, str>>)| {
        Refusal::Back(Box::new(Back {
            redirect_uri: redirect_uri.clone(),
            fragment: params.response_type.as_deref() == Some("token"),
            state: params.state.clone().filter(|s| s.len() <= MAX_OPAQUE),
            code: refused.0,
            description: refused.1,
        }))
    };
    let asked = asked(&client.settings, params).map_err(refuse)?;
    Ok(Request {
        redirect_uri,
        flow: asked.flow,
        scopes: asked.scopes,
        state: params.state.clone(),
        nonce: params.nonce.clone(),
        challenge: asked.challenge,
        login_hint: params.login_hint.clone(),
        prompt: asked.prompt,
        provider_available: provider_available(params),
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

struct Asked {
    flow: OAuthFlow,
    scopes: Vec<String>,
    challenge: Option<String>,
    prompt: Prompt,
}

/// Phase B: everything that may be told to the client. Cognito puts the standard's code into
/// `error_description` and `invalid_request` into `error` (oauth.md 2.3, observed).
fn asked(
    settings: &ClientSettings,
    params: &Params,
) -> Result<Asked, (OAuthCode, Option<Cow<'static, str>>)> {
    let invalid = |text: &'static str| (OAuthCode::InvalidRequest, Some(Cow::Borrowed(text)));
    let flow = match params.response_type.as_deref() {
        Some("code") => OAuthFlow::Code,
        Some("token") => OAuthFlow::Implicit,
        Some(_) => return Err(invalid("unsupported_response_type")),
        None => return Err((OAuthCode::InvalidRequest, None)),
    };
    if !settings.allows_oauth(flow) {
        return Err(invalid("unauthorized_client"));
    }
    let opaque = [&params.state, &params.nonce, &params.login_hint];
    if opaque
        .iter()
        .any(|v| v.as_ref().is_some_and(|v| v.len() > MAX_OPAQUE))
    {
        return Err(invalid(
            "state, nonce or login_hint is longer than 4096 bytes",
        ));
    }
    let challenge = pkce::challenge(
        params.code_challenge.as_deref(),
        params.code_challenge_method.as_deref(),
    )
    .map_err(|_| invalid("code_challenge must come with code_challenge_method S256"))?;
    let scopes =
        scopes::of_user(settings, params.scope.as_deref()).map_err(|_| invalid("invalid_scope"))?;
    let prompt = prompt(params.prompt.as_deref()).ok_or_else(|| invalid("invalid prompt"))?;
    if params.resource.is_some() {
        let text = "The resource parameter is not implemented by Poolhouse yet";
        return Err((OAuthCode::InvalidTarget, Some(text.into())));
    }
    Ok(Asked {
        flow,
        scopes,
        challenge,
        prompt,
    })
}

/// `none` stands alone; values other than `none` and `login` are for identity providers.
fn prompt(text: Option<&str>) -> Option<Prompt> {
    let values: Vec<&str> = text
        .unwrap_or_default()
        .split(' ')
        .filter(|v| !v.is_empty())
        .collect();
    let has = |name: &str| values.contains(&name);
    match (has("none"), has("login")) {
        (true, _) => (values.len() == 1).then_some(Prompt::Never),
        (false, true) => Some(Prompt::Always),
        (false, false) => Some(Prompt::IfNeeded),
    }
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
    fn prompts() {
        assert_eq!(prompt(None), Some(Prompt::IfNeeded));
        assert_eq!(prompt(Some("none")), Some(Prompt::Never));
        assert_eq!(prompt(Some("login consent")), Some(Prompt::Always));
        assert_eq!(prompt(Some("none login")), None);
    }

    #[test]
    fn errors_travel_in_cognitos_order() {
        let mut back = Back {
            redirect_uri: "https://a/cb?x=1".into(),
            fragment: false,
            state: Some("a b".into()),
            code: OAuthCode::InvalidRequest,
            description: Some("invalid_scope".into()),
        };
        assert_eq!(
            back.location(),
            "https://a/cb?x=1&error_description=invalid_scope&state=a+b&error=invalid_request"
        );
        back.fragment = true;
        back.description = None;
        assert_eq!(
            back.location(),
            "https://a/cb?x=1#state=a+b&error=invalid_request"
        );
    }
}

//! What an authorization request asks for: everything that, when it is wrong, may be told to the
//! client (oauth.md 2.3, phase B).

use std::borrow::Cow;

use super::refusal::OAuthCode;
use super::{pkce, resource, scopes};
use crate::domain::assurance::Level;
use crate::settings::client::{ClientSettings, OAuthFlow};
use crate::settings::pool::Tier;
use crate::settings::profile::Profile;
use crate::store::clients::Client;
use crate::store::pools::Pool;

use super::authorize::{MAX_OPAQUE, Params};

/// `prompt` (OpenID Connect Core 3.1.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// A browser session is enough; else a page.
    IfNeeded,
    /// No page: a browser session or an error.
    Never,
    /// The sign-in page, whatever session there is.
    Always,
    /// A page where the session's user can be taken or another one signed in.
    Choose,
}

/// What is wrong with a request, in the words of the standards.
#[derive(Debug)]
pub(super) struct Fault {
    code: OAuthCode,
    text: Option<&'static str>,
}

impl Fault {
    /// A request that cannot be read, and why.
    pub(super) const fn invalid(text: &'static str) -> Self {
        Self {
            code: OAuthCode::InvalidRequest,
            text: Some(text),
        }
    }

    const fn of(code: OAuthCode) -> Self {
        Self { code, text: None }
    }

    const fn saying(mut self, text: &'static str) -> Self {
        self.text = Some(text);
        self
    }

    /// `error` and `error_description`. Cognito puts some of the standard's codes into
    /// `error_description` and `invalid_request` into `error` (oauth.md 2.3, observed).
    pub(super) fn told(self, profile: Profile) -> (OAuthCode, Option<Cow<'static, str>>) {
        let hidden = matches!(
            self.code,
            OAuthCode::UnsupportedResponseType
                | OAuthCode::UnauthorizedClient
                | OAuthCode::InvalidScope
        );
        if hidden && !profile.is_strict() {
            let description = Cow::Borrowed(self.code.as_str());
            return (OAuthCode::InvalidRequest, Some(description));
        }
        (self.code, self.text.map(Cow::Borrowed))
    }
}

/// A request that makes sense.
pub(super) struct Asked {
    pub(super) flow: OAuthFlow,
    pub(super) fragment: bool,
    pub(super) scopes: Vec<String>,
    pub(super) challenge: Option<String>,
    pub(super) prompt: Prompt,
    pub(super) max_age: Option<i64>,
    pub(super) resource: Option<String>,
    pub(super) levels: Vec<Level>,
}

/// Reads what a request asks for.
pub(super) fn read(
    (pool, client): (&Pool, &Client),
    params: &Params,
    profile: Profile,
) -> Result<Asked, Fault> {
    let settings = &client.settings;
    if profile.is_strict() {
        check_unsupported(params)?;
    }
    let flow = flow(settings, params)?;
    let opaque = [&params.state, &params.nonce, &params.login_hint];
    if opaque
        .iter()
        .any(|v| v.as_ref().is_some_and(|v| v.len() > MAX_OPAQUE))
    {
        return Err(Fault::invalid(
            "state, nonce or login_hint is longer than 4096 bytes",
        ));
    }
    let challenge = pkce::challenge(
        params.code_challenge.as_deref(),
        params.code_challenge_method.as_deref(),
    );
    let challenge = challenge
        .map_err(|_| Fault::invalid("code_challenge must come with code_challenge_method S256"))?;
    // RFC 9700 2.1.1: only PKCE protects the codes of a client that cannot keep a secret.
    let public = client.secrets.is_empty() && flow == OAuthFlow::Code;
    if profile.is_strict() && public && challenge.is_none() {
        return Err(Fault::invalid(
            "code_challenge is required of clients without a secret",
        ));
    }
    let scopes = scopes::of_user(settings, params.scope.as_deref());
    let scopes = scopes.map_err(|_| Fault::of(OAuthCode::InvalidScope))?;
    let fragment = match params
        .response_mode
        .as_deref()
        .filter(|_| profile.is_strict())
    {
        None => flow == OAuthFlow::Implicit,
        Some("query") if flow == OAuthFlow::Code => false,
        Some("fragment") => true,
        Some(_) => return Err(Fault::invalid("response_mode is not supported here")),
    };
    Ok(Asked {
        flow,
        fragment,
        scopes,
        challenge,
        prompt: prompt(params.prompt.as_deref(), profile)
            .ok_or(Fault::invalid("invalid prompt"))?,
        max_age: max_age(params.max_age.as_deref(), profile)?,
        resource: asked_resource(pool, params)?,
        levels: levels(pool, params),
    })
}

/// What Cognito ignores and the standards want told (OpenID Connect Core 3.1.2.6). Requests in
/// objects of their own are not read, so their parameters must not be guessed from what is beside.
fn check_unsupported(params: &Params) -> Result<(), Fault> {
    if params.request.is_some() {
        return Err(Fault::of(OAuthCode::RequestNotSupported));
    }
    if params.request_uri.is_some() {
        return Err(Fault::of(OAuthCode::RequestUriNotSupported));
    }
    if params.registration.is_some() {
        return Err(Fault::of(OAuthCode::RegistrationNotSupported));
    }
    Ok(())
}

fn flow(settings: &ClientSettings, params: &Params) -> Result<OAuthFlow, Fault> {
    let flow = match params.response_type.as_deref() {
        Some("code") => OAuthFlow::Code,
        Some("token") => OAuthFlow::Implicit,
        Some(_) => return Err(Fault::of(OAuthCode::UnsupportedResponseType)),
        None => return Err(Fault::of(OAuthCode::InvalidRequest)),
    };
    if !settings.allows_oauth(flow) {
        return Err(Fault::of(OAuthCode::UnauthorizedClient));
    }
    Ok(flow)
}

/// `none` stands alone. `consent` is for identity providers: apps of a pool need none here.
fn prompt(text: Option<&str>, profile: Profile) -> Option<Prompt> {
    let values: Vec<&str> = text
        .unwrap_or_default()
        .split(' ')
        .filter(|v| !v.is_empty())
        .collect();
    let has = |name: &str| values.contains(&name);
    let known = |value: &&str| ["none", "login", "select_account", "consent"].contains(value);
    if profile.is_strict() && !values.iter().all(known) {
        return None;
    }
    if has("none") {
        return (values.len() == 1).then_some(Prompt::Never);
    }
    Some(if has("login") {
        Prompt::Always
    } else if has("select_account") {
        Prompt::Choose
    } else {
        Prompt::IfNeeded
    })
}

/// Seconds since the sign-in. Cognito does not know the parameter, so what it cannot mean is ignored
/// in its profile.
fn max_age(text: Option<&str>, profile: Profile) -> Result<Option<i64>, Fault> {
    let Some(text) = text else { return Ok(None) };
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    // More seconds than fit are no limit.
    let seconds = digits.then(|| text.parse::<i64>().unwrap_or(i64::MAX));
    if seconds.is_none() && profile.is_strict() {
        return Err(Fault::invalid("max_age must be a number of seconds"));
    }
    Ok(seconds)
}

/// `acr_values`: levels by their names in the pool, the most wanted first. What names no level is
/// ignored, and so is everything where the plan has no levels.
///
/// Source: Cognito developer guide, "Authorize endpoint", `acr_values`
fn levels(pool: &Pool, params: &Params) -> Vec<Level> {
    let settings = pool.settings();
    if settings.tier() == Tier::Lite {
        return Vec::new();
    }
    let values = params.acr_values.as_deref().unwrap_or_default().split(' ');
    let mut levels = Vec::new();
    for level in values.filter_map(|name| Level::named(settings, name)) {
        if !levels.contains(&level) {
            levels.push(level);
        }
    }
    levels
}

fn asked_resource(pool: &Pool, params: &Params) -> Result<Option<String>, Fault> {
    let Some(text) = params.resource.as_deref() else {
        return Ok(None);
    };
    let invalid = Fault::of(OAuthCode::InvalidTarget);
    if pool.settings().tier() == Tier::Lite {
        return Err(invalid.saying("resource needs the Essentials or the Plus plan"));
    }
    if !resource::may_be(text) {
        return Err(invalid.saying("resource must be one https, localhost or app URL"));
    }
    Ok(Some(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts() {
        let both = [Profile::Parity, Profile::Strict];
        for (text, expected) in [
            (None, Some(Prompt::IfNeeded)),
            (Some("none"), Some(Prompt::Never)),
            (Some("login consent"), Some(Prompt::Always)),
            (Some("select_account login"), Some(Prompt::Always)),
            (Some("select_account"), Some(Prompt::Choose)),
            (Some("consent"), Some(Prompt::IfNeeded)),
            (Some("none login"), None),
        ] {
            for profile in both {
                assert_eq!(prompt(text, profile), expected, "{text:?} {profile:?}");
            }
        }
        assert_eq!(
            prompt(Some("create"), Profile::Parity),
            Some(Prompt::IfNeeded)
        );
        assert_eq!(prompt(Some("create"), Profile::Strict), None);
    }

    #[test]
    fn ages() {
        let parity = |text| max_age(Some(text), Profile::Parity).unwrap();
        let strict = |text| max_age(Some(text), Profile::Strict).ok();
        for text in ["0", "1", "10000", "99999999999999999999"] {
            assert_eq!(strict(text), Some(parity(text)), "{text}");
        }
        assert_eq!(parity("10000"), Some(10_000));
        assert_eq!(parity("99999999999999999999"), Some(i64::MAX));
        for text in ["-1", "1.5", "soon", "+1"] {
            assert_eq!((parity(text), strict(text)), (None, None), "{text}");
        }
    }
}

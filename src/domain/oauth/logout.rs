//! `/logout`: where a browser goes after its session has ended (oauth.md 5.3; security.md C4, C5).
//!
//! Cognito's own forms, and beside them RP-Initiated Logout 1.0, which discovery announces by
//! `end_session_endpoint` and generic libraries use.

use super::authorize::Refusal;
use super::hint::{self, Hint};
use super::{redirects, sites};
use crate::app::App;
use crate::domain::pools;
use crate::error::Result;
use crate::ids::{ClientId, PoolId};
use crate::store::clients::Client;
use crate::store::pools::Pool;

/// What decides where to go.
#[derive(Clone, Debug, Default)]
#[expect(
    missing_docs,
    reason = "the parameters of oauth.md 5.3 by their own names"
)]
pub struct Params {
    pub client_id: Option<String>,
    pub logout_uri: Option<String>,
    pub redirect_uri: Option<String>,
    pub response_type: Option<String>,
    pub post_logout_redirect_uri: Option<String>,
    pub id_token_hint: Option<String>,
    pub state: Option<String>,
}

/// A request that may end the session.
#[derive(Debug)]
pub struct Request {
    /// The pool whose session ends.
    pub pool: Pool,
    /// The client; none: nobody says which.
    pub client: Option<Client>,
    /// Where to go then.
    pub then: Then,
    /// Who is asked first: the person at the browser, unless the hint names them.
    pub asks: Asks,
}

/// Whether the person has to agree before the session ends.
#[derive(Debug, PartialEq, Eq)]
pub enum Asks {
    /// No.
    Nobody,
    /// Everybody but this user (a sub), who has been told of by an ID token.
    EverybodyBut(String),
    /// Everybody: nothing shows that the client knows whose session it is.
    Everybody,
}

/// Where to go.
#[derive(Debug, PartialEq, Eq)]
pub enum Then {
    /// To a registered logout URL.
    Leave(String),
    /// To the sign-in page, for the same client; the whole request is checked again there.
    SignInAgain,
    /// Nowhere: nothing was asked.
    Stay,
}

/// Checks a request. A `logout_uri` that is not registered counts as not given (observed: the
/// answer then complains of the missing `redirect_uri`). A hint must hold, whatever comes with it.
/// Differs from AWS: a request that asks for no URL at all ends the session too, where Cognito
/// answers the same complaint; and the parameters of RP-Initiated Logout have their meaning.
pub async fn check(app: &App, pool: Option<&PoolId>, params: &Params) -> Result<Request, Refusal> {
    let hint = match &params.id_token_hint {
        None => None,
        Some(token) => Some(hinted(app, pool, params, token).await?),
    };
    let sent = params.client_id.as_deref();
    let sent = sent.or(hint.as_ref().map(|hint| hint.client.as_str()));
    let Some(sent) = sent else {
        return unnamed(app, pool, params).await;
    };
    let local = |code| local(code, sent);
    if hint.as_ref().is_some_and(|hint| hint.client != sent) {
        return Err(local("invalid_request"));
    }
    let id = ClientId::parse(sent).map_err(|_| local("invalid_request"))?;
    let found = sites::client(app, pool, &id).await?;
    let (pool, client) = found.ok_or_else(|| local("invalid_request"))?;
    if hint.as_ref().is_some_and(|hint| hint.pool != pool.id) {
        return Err(local("invalid_request"));
    }
    let (then, asks) = goes(&client, params, hint.as_ref())?;
    Ok(Request {
        pool,
        client: Some(client),
        then,
        asks,
    })
}

/// A request that names no client. By the standard it may end the session of the site's pool, if the
/// person agrees, and leads nowhere (RP-Initiated Logout 1.0 2, 3).
async fn unnamed(app: &App, pool: Option<&PoolId>, params: &Params) -> Result<Request, Refusal> {
    let urls = [
        &params.logout_uri,
        &params.redirect_uri,
        &params.post_logout_redirect_uri,
    ];
    let site = pool.filter(|pool| app.profile(Some(pool)).is_strict());
    let Some(site) = site.filter(|_| urls.iter().all(|url| url.is_none())) else {
        return Err(Refusal::Missing("client_id"));
    };
    Ok(Request {
        pool: pools::get(app, site).await?,
        client: None,
        then: Then::Stay,
        asks: Asks::Everybody,
    })
}

/// The user and client of a hint; one that does not hold refuses the request.
async fn hinted(
    app: &App,
    pool: Option<&PoolId>,
    params: &Params,
    token: &str,
) -> Result<Hint, Refusal> {
    let refused = || {
        let client = params.client_id.as_deref().unwrap_or_default();
        local("invalid_request", client)
    };
    hint::read(app, pool, token).await?.ok_or_else(refused)
}

fn local(code: &'static str, client_id: &str) -> Refusal {
    Refusal::Local {
        code,
        client_id: client_id.to_owned(),
    }
}

fn goes(client: &Client, params: &Params, hint: Option<&Hint>) -> Result<(Then, Asks), Refusal> {
    let registered = |asked: &Option<String>| {
        let urls = client.settings.logout_urls.as_deref();
        let found = redirects::find(urls, asked.as_deref()?);
        found.map(str::to_owned)
    };
    if let Some(url) = registered(&params.logout_uri) {
        return Ok((Then::Leave(url), Asks::Nobody));
    }
    let asks = match hint {
        Some(hint) => Asks::EverybodyBut(hint.sub.clone()),
        None if params.post_logout_redirect_uri.is_some() => Asks::Everybody,
        None => Asks::Nobody,
    };
    if params.post_logout_redirect_uri.is_some() {
        let url = registered(&params.post_logout_redirect_uri);
        let url = url.ok_or_else(|| local("redirect_mismatch", client.id.as_str()))?;
        let state = params.state.as_deref().map(|state| ("state", state));
        let url = match state {
            Some(state) => redirects::with_query(&url, &[state]),
            None => url,
        };
        return Ok((Then::Leave(url), asks));
    }
    let nothing_asked = params.logout_uri.is_none() && params.redirect_uri.is_none();
    if nothing_asked && params.response_type.is_none() {
        return Ok((Then::Stay, asks));
    }
    sign_in_again(client, params).map(|then| (then, asks))
}

fn sign_in_again(client: &Client, params: &Params) -> Result<Then, Refusal> {
    let asked = params.redirect_uri.as_deref();
    let asked = asked.ok_or(Refusal::Missing("redirect_uri"))?;
    if redirects::find(client.settings.callback_urls.as_deref(), asked).is_none() {
        return Err(local("redirect_mismatch", client.id.as_str()));
    }
    if params.response_type.is_none() {
        return Err(Refusal::Missing("response_type"));
    }
    Ok(Then::SignInAgain)
}

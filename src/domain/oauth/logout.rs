//! `/logout`: where a browser goes after its session has ended (oauth.md 5.3; security.md C4, C5).

use super::authorize::Refusal;
use super::{redirects, sites};
use crate::app::App;
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
}

/// A request that may end the session.
#[derive(Debug)]
pub struct Request {
    /// The pool whose session ends.
    pub pool: Pool,
    /// The client.
    pub client: Client,
    /// Where to go then.
    pub then: Then,
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

/// Checks a request. A logout URL that is not registered counts as not given (observed: the answer
/// then complains of the missing `redirect_uri`). Differs from AWS: a request that asks for no URL
/// at all ends the session too, where Cognito answers the same complaint.
pub async fn check(app: &App, pool: Option<&PoolId>, params: &Params) -> Result<Request, Refusal> {
    let sent = params.client_id.as_deref();
    let sent = sent.ok_or(Refusal::Missing("client_id"))?;
    let local = |code| Refusal::Local {
        code,
        client_id: sent.to_owned(),
    };
    let id = ClientId::parse(sent).map_err(|_| local("invalid_request"))?;
    let found = sites::client(app, pool, &id).await?;
    let (pool, client) = found.ok_or_else(|| local("invalid_request"))?;
    let registered = params
        .logout_uri
        .as_deref()
        .and_then(|asked| redirects::find(client.settings.logout_urls.as_deref(), asked));
    let nothing_asked = params.logout_uri.is_none() && params.redirect_uri.is_none();
    let then = match registered {
        Some(url) => Then::Leave(url.to_owned()),
        None if nothing_asked && params.response_type.is_none() => Then::Stay,
        None => sign_in_again(&client, params, local)?,
    };
    Ok(Request { pool, client, then })
}

fn sign_in_again(
    client: &Client,
    params: &Params,
    local: impl Fn(&'static str) -> Refusal,
) -> Result<Then, Refusal> {
    let asked = params.redirect_uri.as_deref();
    let asked = asked.ok_or(Refusal::Missing("redirect_uri"))?;
    if redirects::find(client.settings.callback_urls.as_deref(), asked).is_none() {
        return Err(local("redirect_mismatch"));
    }
    if params.response_type.is_none() {
        return Err(Refusal::Missing("response_type"));
    }
    Ok(Then::SignInAgain)
}

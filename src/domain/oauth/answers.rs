//! What a client is told about a browser's sign-in: a code to exchange, or, by the implicit grant,
//! the tokens themselves in the fragment (oauth.md 2.2; RFC 6749 4.2.2).

use super::authorize::Request;
use super::codes;
use super::refusal::OAuthCode;
use crate::app::App;
use crate::domain::challenge::Need;
use crate::domain::sessions::Proven;
use crate::domain::tokens::{self, Exchange, Nothing};
use crate::error::{Reason, Result};
use crate::settings::client::OAuthFlow;
use crate::store::audit::Actor;

/// The URL that brings the browser back to the client with its answer, be the sign-in a moment old
/// or an hour. The request was checked right before: also that the client may use its flow.
///
/// # Errors: NotAuthorized (disabled, signed out since). What a trigger refuses is told to the client.
pub async fn location(
    app: &App,
    actor: &Actor,
    request: &Request,
    proven: &Proven,
) -> Result<String> {
    let strict = app.profile(Some(&request.pool.id)).is_strict();
    if strict && !request.is_expected(proven) {
        return Ok(request.back(OAuthCode::LoginRequired).location());
    }
    // Whatever the way that led here: nothing is given for less than what was asked for.
    if request.need(app, proven).await? != Need::Nothing {
        let code = OAuthCode::UnmetAuthenticationRequirements;
        return Ok(request.back(code).location());
    }
    let given = if request.flow == OAuthFlow::Implicit {
        tokens_location(app, actor, request, proven).await
    } else {
        let code = codes::issue(app, actor, request, proven).await;
        code.map(|code| request.location(&[("code", &code)]))
    };
    match given {
        // A trigger's refusal is for the client to show, with the blank at its end that Cognito's has.
        Err(error) if error.reason == Some(Reason::Trigger) => {
            let mut back = request.back(if strict {
                OAuthCode::AccessDenied
            } else {
                OAuthCode::InvalidRequest
            });
            back.description = Some(format!("{} ", error.message).into());
            Ok(back.location())
        }
        given => given,
    }
}

/// Tokens at once. There is no later request that could be refused, so everything that redeeming a
/// code checks is checked here.
async fn tokens_location(
    app: &App,
    actor: &Actor,
    request: &Request,
    proven: &Proven,
) -> Result<String> {
    if !codes::can_read(&request.client.settings, &request.scopes) {
        if app.profile(Some(&request.pool.id)).is_strict() {
            return Ok(request.back(OAuthCode::InvalidScope).location());
        }
        let mut back = request.back(OAuthCode::InvalidRequest);
        back.description = Some("invalid_grant".into());
        return Ok(back.location());
    }
    tracing::warn!(
        client = request.client.id.as_str(),
        "the implicit grant puts tokens into an address; the code grant with PKCE does not"
    );
    let scopes = codes::existing(app, &request.pool, request.scopes.clone()).await?;
    let exchange = Exchange {
        pool: &request.pool,
        client: &request.client,
        proven,
        scopes: &scopes,
        nonce: request.nonce.as_deref(),
        resource: request.resource.as_deref(),
        decided: None,
        refreshable: false,
    };
    let issued = tokens::exchange(app, actor, exchange, &Nothing).await?;
    let lifetime = issued.lifetime.as_seconds().to_string();
    let mut pairs = Vec::new();
    if let Some(token) = &issued.id_token {
        pairs.push(("id_token", token.as_str()));
    }
    pairs.extend([
        ("access_token", issued.access_token.as_str()),
        ("expires_in", &lifetime),
        ("token_type", "Bearer"),
    ]);
    Ok(request.location(&pairs))
}

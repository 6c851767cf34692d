//! `GET /logout`: ends the browser session and goes on to a registered URL.

use axum::http::{StatusCode, header};
use axum::response::Response;
use form_urlencoded::Serializer;

use crate::domain::oauth::authorize::Refusal;
use crate::domain::oauth::logout::{self, Params, Then};
use crate::site::query::{Malformed, Pairs};
use crate::site::refusal::What;
use crate::site::visit::Visit;
use crate::site::{answer, browser, refusal};

const REDIRECT: StatusCode = StatusCode::FOUND;

/// Parameters that go on to the sign-in page; those of identity providers do not (oauth.md 5.3).
const KEPT: &[&str] = &[
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
];

pub(super) async fn get(visit: Visit) -> Response {
    let read = Pairs::parse(&visit.query).and_then(|pairs| Ok((params(&pairs)?, pairs)));
    let (params, pairs) = match read {
        Ok(read) => read,
        Err(malformed) => return refusal::malformed(&visit, malformed, REDIRECT),
    };
    let request = match logout::check(&visit.app, visit.pool.as_ref(), &params).await {
        Ok(request) => request,
        Err(refused) => return refusal::answer(&visit, &refused, REDIRECT),
    };
    let removal = match browser::end(&visit, &request.pool).await {
        Ok(removal) => removal,
        Err(error) => return refusal::answer(&visit, &Refusal::Failed(error), REDIRECT),
    };
    let mut response = match &request.then {
        Then::Leave(url) => answer::redirect(&visit, REDIRECT, url),
        Then::SignInAgain => {
            let scopes = request.client.settings.allowed_oauth_scopes.as_deref();
            let scopes = scopes.unwrap_or_default().join(" ");
            let location = format!("{}/login?{}", visit.base, sign_in_query(&pairs, &scopes));
            answer::redirect(&visit, REDIRECT, &location)
        }
        Then::Stay => refusal::plain(&visit, What::SignedOut),
    };
    if let Some(removal) = removal {
        response.headers_mut().append(header::SET_COOKIE, removal);
    }
    response
}

fn params(pairs: &Pairs) -> Result<Params, Malformed> {
    for name in KEPT {
        pairs.raw_one(name)?;
    }
    Ok(Params {
        client_id: pairs.one("client_id")?,
        logout_uri: pairs.one("logout_uri")?,
        redirect_uri: pairs.one("redirect_uri")?,
        response_type: pairs.one("response_type")?,
    })
}

/// What is kept of the query; a missing `scope` becomes all scopes of the client.
fn sign_in_query(pairs: &Pairs, all_scopes: &str) -> String {
    let mut query = Serializer::new(String::new());
    let kept = |(name, value): &(&str, &str)| KEPT.contains(name) && !value.is_empty();
    query.extend_pairs(pairs.iter().filter(kept));
    if !pairs.iter().any(|pair| pair.0 == "scope" && kept(&pair)) {
        query.append_pair("scope", all_scopes);
    }
    query.finish()
}

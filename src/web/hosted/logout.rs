//! `/logout`: ends the browser session and goes on to a registered URL.
//!
//! A GET does it at once where Cognito does, or where an ID token shows that the client knows whose
//! session it is; else a page asks first. A POST is either the answer to that page or the request
//! itself as a form (RP-Initiated Logout 1.0 2): browsers send no session along with a form from
//! elsewhere, so that one is sent on to be asked by GET.

use askama::Template;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use form_urlencoded::Serializer;

use super::csrf::{self, Browser};
use super::views::{NoticeForm, NoticePage};
use super::{look, page};
use crate::domain::oauth::authorize::Refusal;
use crate::domain::oauth::logout::{self, Asks, Params, Request, Then};
use crate::error::{Error, Result};
use crate::site::query::{Malformed, Pairs};
use crate::site::refusal::What;
use crate::site::visit::Visit;
use crate::site::{answer, browser, refusal};
use crate::text::Text;
use crate::web::csp;

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
    let (request, pairs) = match checked(&visit, StatusCode::FOUND).await {
        Ok(checked) => checked,
        Err(response) => return response,
    };
    match must_ask(&visit, &request).await {
        Ok(false) => leave(&visit, &request, &pairs, StatusCode::FOUND).await,
        Ok(true) => ask(&visit, &request)
            .await
            .unwrap_or_else(|error| refusal::failed(&visit, &error)),
        Err(error) => refusal::failed(&visit, &error),
    }
}

pub(super) async fn post(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let sent = std::str::from_utf8(&body).ok();
    // What is not plain text could not be carried on in a query.
    let sent = sent.filter(|sent| sent.bytes().all(|b| b.is_ascii_graphic()));
    let Some(sent) = sent.filter(|_| page::is_form(&headers)) else {
        return refusal::plain(&visit, What::BadForm);
    };
    let token = match Pairs::parse(sent).and_then(|pairs| pairs.raw_one("_csrf")) {
        Ok(Some(token)) => token,
        Ok(None) => {
            let location = format!("{}/logout?{sent}", visit.base);
            return answer::redirect(&visit, StatusCode::SEE_OTHER, &location);
        }
        Err(_) => return refusal::plain(&visit, What::BadForm),
    };
    if csrf::check(&visit, &token).is_none() {
        tracing::info!("form without this browser's token");
        return refusal::plain(&visit, What::ForeignForm);
    }
    match checked(&visit, StatusCode::SEE_OTHER).await {
        Ok((request, pairs)) => leave(&visit, &request, &pairs, StatusCode::SEE_OTHER).await,
        Err(response) => response,
    }
}

async fn checked(visit: &Visit, redirect: StatusCode) -> Result<(Request, Pairs), Response> {
    let read = Pairs::parse(&visit.query).and_then(|pairs| Ok((params(&pairs)?, pairs)));
    let (params, pairs) = read.map_err(|error| refusal::malformed(visit, error, redirect))?;
    let checked = logout::check(&visit.app, visit.pool.as_ref(), &params).await;
    let request = checked.map_err(|refused| refusal::answer(visit, &refused, redirect))?;
    Ok((request, pairs))
}

/// Whether the person at the browser has to agree first: one who is not signed in has nothing to
/// lose.
async fn must_ask(visit: &Visit, request: &Request) -> Result<bool> {
    if request.asks == Asks::Nobody {
        return Ok(false);
    }
    let Some(proven) = browser::session(visit, &request.pool).await? else {
        return Ok(false);
    };
    Ok(match &request.asks {
        Asks::EverybodyBut(sub) => proven.user.sub.as_str() != sub,
        Asks::Everybody | Asks::Nobody => true,
    })
}

async fn ask(visit: &Visit, request: &Request) -> Result<Response> {
    let chrome = look::of_visit(visit).await;
    let token = Browser::of(visit)?.token(visit)?;
    let cookie = csrf::cookie(visit, &token);
    let notice = NoticePage {
        heading: chrome.say(Text::SignOutHeading),
        message: Some(chrome.say(Text::SignOutText).to_owned()),
        form: Some(NoticeForm {
            action: format!("{}/logout?{}", visit.base, visit.query),
            csrf: token,
            button: chrome.say(Text::SignOut),
        }),
        link: None,
        chrome,
    };
    let html = notice.render().map_err(Error::internal)?;
    let settings = request.client.as_ref().map(|client| &client.settings);
    let urls = settings.map(|settings| settings.logout_urls.iter().chain(&settings.callback_urls));
    let urls = urls.into_iter().flatten().flatten();
    let policy = csp::hosted(urls.map(String::as_str));
    let mut response = answer::page(visit, StatusCode::OK, html, &policy);
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn leave(visit: &Visit, request: &Request, pairs: &Pairs, status: StatusCode) -> Response {
    let removal = match browser::end(visit, &request.pool).await {
        Ok(removal) => removal,
        Err(error) => return refusal::answer(visit, &Refusal::Failed(error), status),
    };
    let mut response = match &request.then {
        Then::Leave(url) => answer::redirect(visit, status, url),
        Then::SignInAgain => {
            let client = request.client.as_ref();
            let scopes = client.and_then(|c| c.settings.allowed_oauth_scopes.as_deref());
            let scopes = scopes.unwrap_or_default().join(" ");
            let location = format!("{}/login?{}", visit.base, sign_in_query(pairs, &scopes));
            answer::redirect(visit, status, &location)
        }
        Then::Stay => refusal::plain(visit, What::SignedOut),
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
        post_logout_redirect_uri: pairs.one("post_logout_redirect_uri")?,
        id_token_hint: pairs.one("id_token_hint")?,
        state: pairs.raw_one("state")?,
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

//! `/confirmUser`: what the link in a mail opens (oauth.md 8.6). Programs that look at mail open links
//! too, so opening it only asks; the button confirms the account (security.md C18). For the pools of
//! `--confirm-on-get` opening it is enough, as on Cognito.

use askama::Template;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use serde_json::json;

use super::csrf::{self, Browser};
use super::views::{ErrorPage, NoticeForm, NoticePage};
use super::{look, page};
use crate::domain::accounts::{self, ConfirmSignUp};
use crate::domain::hooks::Metadata;
use crate::domain::messages::links as mail_links;
use crate::domain::oauth::{links, sites};
use crate::error::{Error, Result};
use crate::ids::ClientId;
use crate::secret::Secret;
use crate::site::answer;
use crate::site::query::Pairs;
use crate::site::refusal::{self, What};
use crate::site::visit::Visit;
use crate::store::clients::Client;
use crate::store::pools::Pool;
use crate::text::Text;
use crate::web::csp;

/// What a link says.
struct Link {
    pool: Pool,
    client: Client,
    username: String,
    code: Secret<String>,
}

pub(super) async fn show(visit: Visit, method: Method) -> Response {
    let link = match read(&visit).await {
        Ok(link) => link,
        Err(response) => return response,
    };
    if method == Method::GET && mail_links::confirm_on_get(&visit.app, &link.pool.id) {
        return confirm(&visit, link).await;
    }
    ask(&visit)
        .await
        .unwrap_or_else(|error| refusal::failed(&visit, &error))
}

pub(super) async fn submit(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let link = match read(&visit).await {
        Ok(link) => link,
        Err(response) => return response,
    };
    let sent = std::str::from_utf8(&body).ok();
    let sent = sent.filter(|_| page::is_form(&headers));
    let token = sent.and_then(|sent| Pairs::parse(sent).ok()?.raw_one("_csrf").ok());
    let Some(token) = token else {
        return refusal::plain(&visit, What::BadForm);
    };
    if csrf::check(&visit, &token.unwrap_or_default()).is_none() {
        tracing::info!("form without this browser's token");
        return refusal::plain(&visit, What::ForeignForm);
    }
    confirm(&visit, link).await
}

/// Reads the link; one that leads nowhere gets a page that says so.
async fn read(visit: &Visit) -> Result<Link, Response> {
    let mistrusted = || refusal::plain(visit, What::Mistrusted("invalid_request".to_owned()));
    let pairs = Pairs::parse(&visit.query).map_err(|_| mistrusted())?;
    let told = |what| refusal::plain(visit, what);
    let client = one(&pairs, "client_id").map_err(told)?;
    let username = one(&pairs, "user_name").map_err(told)?;
    let code = one(&pairs, "confirmation_code").map_err(told)?;
    let members = json!({ "ClientId": client, "Username": username, "ConfirmationCode": code });
    if page::check_shapes("ConfirmSignUp", &members).is_some() {
        return Err(mistrusted());
    }
    let id = ClientId::parse(client).map_err(|_| mistrusted())?;
    let found = sites::client(&visit.app, visit.pool.as_ref(), &id).await;
    let found = found.map_err(|error| refusal::failed(visit, &error))?;
    let (pool, client) = found.ok_or_else(mistrusted)?;
    Ok(Link {
        pool,
        client,
        username,
        code: Secret::new(code),
    })
}

/// A parameter that must be there once and hold something.
fn one(pairs: &Pairs, name: &'static str) -> Result<String, What> {
    let malformed = |_| What::Mistrusted("invalid_request".to_owned());
    let value = pairs.one(name).map_err(malformed)?;
    let value = value.filter(|value| !value.is_empty());
    value.ok_or(What::Missing(name))
}

async fn ask(visit: &Visit) -> Result<Response> {
    let chrome = look::of_visit(visit).await;
    let token = Browser::of(visit)?.token(visit)?;
    let cookie = csrf::cookie(visit, &token);
    let notice = NoticePage {
        heading: chrome.say(Text::ConfirmHeading),
        message: Some(chrome.say(Text::ConfirmFromLink).to_owned()),
        form: Some(NoticeForm {
            action: format!("{}/confirmUser?{}", visit.base, visit.query),
            csrf: token,
            button: chrome.say(Text::ConfirmButton),
        }),
        link: None,
        chrome,
    };
    let html = notice.render().map_err(Error::internal)?;
    let mut response = answer::page(visit, StatusCode::OK, html, &csp::hosted([]));
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn confirm(visit: &Visit, link: Link) -> Response {
    let Link {
        pool,
        client,
        username,
        code,
    } = link;
    let confirm = ConfirmSignUp {
        username,
        code,
        force_alias_creation: false,
        metadata: Metadata::new(),
        expected: None,
    };
    let (app, actor) = (&visit.app, &visit.actor);
    let done = accounts::confirm_sign_up(app, actor, &pool, &client, confirm).await;
    let (status, html) = match done {
        Ok(_) => (StatusCode::OK, confirmed(visit, &client).await.render()),
        Err(error) if page::is_for_people(&error) => {
            let page = ErrorPage {
                chrome: look::of_visit(visit).await,
                message: error.message.into_owned(),
            };
            (StatusCode::BAD_REQUEST, page.render())
        }
        Err(error) => return refusal::failed(visit, &error),
    };
    match html {
        Ok(html) => answer::page(visit, status, html, &csp::hosted([])),
        Err(error) => refusal::failed(visit, &Error::internal(error)),
    }
}

async fn confirmed(visit: &Visit, client: &Client) -> NoticePage {
    let chrome = look::of_visit(visit).await;
    let sign_in = links::sign_in(client);
    let sign_in = sign_in.map(|query| format!("{}/login?{query}", visit.base));
    NoticePage {
        heading: chrome.say(Text::Confirmed),
        message: None,
        form: None,
        link: sign_in.map(|href| (href, chrome.say(Text::SignIn))),
        chrome,
    }
}

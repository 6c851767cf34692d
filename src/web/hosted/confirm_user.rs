//! `/confirmUser`: where the link of a confirmation mail leads (oauth.md 8.6).
//!
//! Mail scanners and previews open links too, so opening it changes nothing: a page with one button
//! confirms by POST (security.md C18). The query is a link's own and no authorization request.

use askama::Template;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde_json::json;

use super::csrf::{self, Browser};
use super::page;
use super::views::{ErrorPage, NoticeForm, NoticePage};
use crate::domain::accounts::{self, ConfirmSignUp};
use crate::domain::hooks::Metadata;
use crate::domain::oauth::sites;
use crate::error::{Error, Result};
use crate::ids::ClientId;
use crate::secret::Secret;
use crate::site::query::Pairs;
use crate::site::refusal::What;
use crate::site::visit::Visit;
use crate::site::{answer, refusal};
use crate::store::clients::Client;
use crate::store::pools::Pool;
use crate::text::Text;
use crate::web::csp;
use crate::web::form::{Field, Form};

/// A link whose client is known here.
struct Link {
    pool: Pool,
    client: Client,
    username: String,
    code: String,
}

/// The form is only a button.
#[derive(PartialEq)]
enum NoField {}

impl Field for NoField {
    fn parse(_: &str) -> Option<Self> {
        None
    }
    fn name(&self) -> std::borrow::Cow<'static, str> {
        match *self {}
    }
    fn is_secret(&self) -> bool {
        match *self {}
    }
}

pub(super) async fn show(visit: Visit) -> Response {
    if let Err(response) = read(&visit).await {
        return response;
    }
    ask(&visit).unwrap_or_else(|error| refusal::failed(&visit, &error))
}

pub(super) async fn submit(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let link = match read(&visit).await {
        Ok(link) => link,
        Err(response) => return response,
    };
    let form = Some(&body).filter(|_| page::is_form(&headers));
    let form = form.and_then(|body| Form::<NoField>::parse(body).ok());
    let Some(form) = form else {
        return refusal::plain(&visit, What::BadForm);
    };
    if csrf::check(&visit, form.csrf.expose()).is_none() {
        tracing::info!("form without this browser's token");
        return refusal::plain(&visit, What::ForeignForm);
    }
    let confirm = ConfirmSignUp {
        username: link.username,
        code: Secret::new(link.code),
        force_alias_creation: false,
        metadata: Metadata::new(),
    };
    let (app, actor) = (&visit.app, &visit.actor);
    let chrome = page::chrome();
    let shown = match accounts::confirm_sign_up(app, actor, &link.pool, &link.client, confirm).await
    {
        Ok(_) => {
            let heading = chrome.say(Text::Confirmed);
            let notice = NoticePage {
                chrome,
                heading,
                message: None,
                form: None,
                link: None,
            };
            html(&visit, StatusCode::OK, &notice)
        }
        Err(error) if page::is_for_people(&error) => {
            let message = error.message.into_owned();
            html(
                &visit,
                StatusCode::BAD_REQUEST,
                &ErrorPage { chrome, message },
            )
        }
        Err(error) => Err(error),
    };
    shown.unwrap_or_else(|error| refusal::failed(&visit, &error))
}

/// The link, as far as it can be read without looking at its user.
async fn read(visit: &Visit) -> Result<Link, Response> {
    let mistrusted = || What::Mistrusted("invalid_request".to_owned());
    let told = |what: What| refusal::plain(visit, what);
    let unreadable = || told(mistrusted());
    let pairs = Pairs::parse(&visit.query).map_err(|_| unreadable())?;
    let one = |name: &'static str| {
        let value = pairs.one(name).map_err(|_| mistrusted())?;
        value.ok_or(What::Missing(name))
    };
    let client = one("client_id").map_err(told)?;
    let username = one("user_name").map_err(told)?;
    let code = one("confirmation_code").map_err(told)?;
    let members = json!({
        "ClientId": client, "Username": username, "ConfirmationCode": code,
    });
    if page::check_shapes("ConfirmSignUp", &members).is_some() {
        return Err(unreadable());
    }
    let id = ClientId::parse(client).map_err(|_| unreadable())?;
    let found = sites::client(&visit.app, visit.pool.as_ref(), &id).await;
    let found = found.map_err(|error| refusal::failed(visit, &error))?;
    let (pool, client) = found.ok_or_else(unreadable)?;
    Ok(Link {
        pool,
        client,
        username,
        code,
    })
}

fn ask(visit: &Visit) -> Result<Response> {
    let chrome = page::chrome();
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
    let mut response = html(visit, StatusCode::OK, &notice)?;
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn html(visit: &Visit, status: StatusCode, page: &impl Template) -> Result<Response> {
    let html = page.render().map_err(Error::internal)?;
    Ok(answer::page(visit, status, html, &csp::hosted([])))
}

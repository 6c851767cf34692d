//! `/authEventFeedback`: what the links of a notification open. Opening one only asks; the button says
//! whether the sign-in was the user's (security.md C18).

use askama::Template;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use super::csrf::{self, Browser};
use super::look;
use super::page;
use super::views::{ErrorPage, NoticeForm, NoticePage};
use crate::domain::risk;
use crate::error::{Error, Result};
use crate::ids::PoolId;
use crate::secret::Secret;
use crate::site::answer;
use crate::site::query::Pairs;
use crate::site::refusal::{self, What};
use crate::site::visit::Visit;
use crate::store::auth_events::Feedback;
use crate::text::Text;
use crate::web::csp;

/// What a link says.
struct Link {
    pool: PoolId,
    username: String,
    event: String,
    token: Secret<String>,
    said: Feedback,
}

pub(super) async fn show(visit: Visit) -> Response {
    match read(&visit) {
        Ok(link) => ask(&visit, &link)
            .await
            .unwrap_or_else(|error| refusal::failed(&visit, &error)),
        Err(what) => refusal::plain(&visit, what),
    }
}

pub(super) async fn submit(visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let link = match read(&visit) {
        Ok(link) => link,
        Err(what) => return refusal::plain(&visit, what),
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
    let owner = (&link.pool, link.username.as_str());
    let said = (link.event.as_str(), link.said);
    let (app, actor) = (&visit.app, &visit.actor);
    let (status, html) = match risk::feedback(app, actor, owner, said, &link.token).await {
        Ok(()) => (StatusCode::OK, thanks(&visit).await.render()),
        Err(error) if page::is_for_people(&error) => {
            let page = ErrorPage {
                chrome: look::of_visit(&visit).await,
                message: error.message.into_owned(),
            };
            (StatusCode::BAD_REQUEST, page.render())
        }
        Err(error) => return refusal::failed(&visit, &error),
    };
    match html {
        Ok(html) => answer::page(&visit, status, html, &csp::hosted([])),
        Err(error) => refusal::failed(&visit, &Error::internal(error)),
    }
}

/// Reads the link. It works under the path of its pool only: it names no client.
fn read(visit: &Visit) -> Result<Link, What> {
    let mistrusted = || What::Mistrusted("invalid_request".to_owned());
    let pairs = Pairs::parse(&visit.query).map_err(|_| mistrusted())?;
    let one = |name: &'static str| {
        let value = pairs.one(name).map_err(|_| mistrusted())?;
        let value = value.filter(|value| !value.is_empty() && value.len() <= 4096);
        value.ok_or(What::Missing(name))
    };
    let said = match one("feedback_value")?.as_str() {
        "valid" => Feedback::Valid,
        "invalid" => Feedback::Invalid,
        _ => return Err(mistrusted()),
    };
    Ok(Link {
        pool: visit.pool.clone().ok_or_else(mistrusted)?,
        username: one("user_name")?,
        event: one("event_id")?,
        token: Secret::new(one("feedback_token")?),
        said,
    })
}

async fn ask(visit: &Visit, link: &Link) -> Result<Response> {
    let chrome = look::of_visit(visit).await;
    let token = Browser::of(visit)?.token(visit)?;
    let cookie = csrf::cookie(visit, &token);
    let (question, button) = match link.said {
        Feedback::Valid => (Text::FeedbackWasMe, Text::FeedbackValid),
        Feedback::Invalid => (Text::FeedbackWasNotMe, Text::FeedbackInvalid),
    };
    let notice = NoticePage {
        heading: chrome.say(Text::FeedbackHeading),
        message: Some(chrome.say(question).to_owned()),
        form: Some(NoticeForm {
            action: format!("{}/authEventFeedback?{}", visit.base, visit.query),
            csrf: token,
            button: chrome.say(button),
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

async fn thanks(visit: &Visit) -> NoticePage {
    let chrome = look::of_visit(visit).await;
    NoticePage {
        heading: chrome.say(Text::FeedbackThanks),
        message: Some(chrome.say(Text::FeedbackNext).to_owned()),
        form: None,
        link: None,
        chrome,
    }
}

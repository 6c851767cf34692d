//! Pages that only say something: errors, and that one is signed out.

use askama::Template;
use axum::http::header;
use axum::response::Response;

use super::look;
use super::views::{ErrorPage, NoticePage, SignedOutPage};
use crate::error::Error;
use crate::site::answer;
use crate::site::query::Pairs;
use crate::site::refusal::{self, Plain, What};
use crate::site::visit::Visit;
use crate::text::{Text, fill};
use crate::web::chrome::Chrome;
use crate::web::csp;

/// `/error`: the code chooses a fixed text; nothing of the query is shown.
pub(super) async fn error(visit: Visit) -> Response {
    let pairs = Pairs::parse(&visit.query).unwrap_or_default();
    let code = pairs.one("error").ok().flatten().unwrap_or_default();
    refusal::plain(&visit, What::Mistrusted(code))
}

/// Renders the page that an endpoint asked for; its cookies stay.
pub(super) async fn render(mut response: Response) -> Response {
    let Some(Plain { visit, what }) = response.extensions_mut().remove::<Plain>() else {
        return response;
    };
    let Ok(html) = html(look::of_visit(&visit).await, &what) else {
        return answer::failed(&Error::internal(anyhow::anyhow!("a page does not render")));
    };
    let mut page = answer::page(&visit, what.status(), html, &csp::hosted([]));
    for cookie in response.headers().get_all(header::SET_COOKIE) {
        page.headers_mut()
            .append(header::SET_COOKIE, cookie.clone());
    }
    page
}

fn html(chrome: Chrome, what: &What) -> askama::Result<String> {
    match what {
        What::SignedOut => {
            let page = SignedOutPage {
                chrome,
                sign_in_href: None,
            };
            page.render()
        }
        What::AwaitsAdministrator => {
            let page = NoticePage {
                heading: chrome.say(Text::AwaitsAdministratorHeading),
                message: Some(chrome.say(Text::AwaitsAdministrator).to_owned()),
                form: None,
                link: None,
                chrome,
            };
            page.render()
        }
        What::Unavailable => {
            let page = NoticePage {
                heading: chrome.say(Text::UnavailableHeading),
                message: Some(chrome.say(Text::Unavailable).to_owned()),
                form: None,
                link: None,
                chrome,
            };
            page.render()
        }
        what => {
            let message = message(&chrome, what);
            ErrorPage { chrome, message }.render()
        }
    }
}

fn message(chrome: &Chrome, what: &What) -> String {
    let say = |key| chrome.say(key).to_owned();
    match what {
        What::Missing(name) => fill(chrome.say(Text::ErrorMissing), &[("name", name)]),
        What::ForeignForm => say(Text::ErrorForeignForm),
        What::BadForm => say(Text::ErrorBadForm),
        What::Mistrusted(code) => say(match code.as_str() {
            "redirect_mismatch" => Text::ErrorRedirectMismatch,
            "unauthorized_client" => Text::ErrorUnauthorizedClient,
            _ => Text::ErrorInvalidRequest,
        }),
        What::NoSignUp => Error::sign_up_not_permitted().message.into_owned(),
        What::NoSuchProvider => say(Text::ErrorNoSuchProvider),
        What::TooMany => say(Text::ErrorTooMany),
        What::NotBuilt(text) => text.clone(),
        What::Internal | What::SignedOut | What::AwaitsAdministrator | What::Unavailable => {
            say(Text::ErrorInternal)
        }
    }
}

//! The preview, answered.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::views::{PageLink, PreviewPage};
use crate::app::App;
use crate::domain::branding::Version;
use crate::domain::{clients, terms};
use crate::error::{Code, Error, Result};
use crate::ids::ClientId;
use crate::store::clients::Client;
use crate::text::{Locale, Text};
use crate::web::chrome::Chrome;
use crate::web::csp;
use crate::web::form::Form;
use crate::web::hosted::look;
use crate::web::hosted::views::{
    ConfirmPage, ErrorPage, ForgotPasswordPage, SignInField, SignInPage, SignUpPage, TermsLinks,
};
use crate::web::parts::{Attribute, Delivery, Medium, PasswordRules, Person};

/// The pages that can be looked at, by the names in their addresses.
const PAGES: &[(&str, Text)] = &[
    ("sign-in", Text::SignIn),
    ("refused", Text::PreviewRefused),
    ("sign-up", Text::SignUp),
    ("confirm", Text::ConfirmTitle),
    ("forgot", Text::ForgotTitle),
    ("error", Text::ErrorTitle),
];

/// Which page, in which language.
#[derive(Deserialize)]
pub struct Asked {
    page: Option<String>,
    lang: Option<String>,
}

impl Asked {
    fn locale(&self) -> Locale {
        let tag = self.lang.as_deref().and_then(Locale::from_tag);
        tag.unwrap_or_default()
    }
}

/// A client with what its pages draw.
struct Dressed {
    client: Client,
    version: Version,
    chrome: Option<Chrome>,
}

/// `GET /_poolhouse/branding/{client}`
pub async fn overview(
    State(app): State<Arc<App>>,
    Path(client): Path<String>,
    Query(asked): Query<Asked>,
) -> Response {
    answer(filled(&app, &client, &asked).await, csp::MAILBOX)
}

async fn filled(app: &App, client: &str, asked: &Asked) -> Result<String> {
    let dressed = dressed(app, client, asked.locale()).await?;
    let wanted = asked.page.as_deref().unwrap_or("sign-in");
    let home = super::path(dressed.client.id.as_str());
    let chrome = Chrome::new(Locale::default());
    let tag = asked.locale().tag();
    let pages = PAGES.iter().map(|(name, title)| PageLink {
        title: chrome.say(*title).to_owned(),
        href: format!("{home}?page={name}&lang={tag}"),
        current: *name == wanted,
    });
    let known = PAGES.iter().find(|(name, _)| *name == wanted);
    let shown = known.filter(|_| dressed.chrome.is_some());
    let page = PreviewPage {
        pages: pages.collect(),
        shown: shown.map(|(name, _)| format!("{home}/pages/{name}?lang={tag}")),
        state: (mark(&dressed), format!("{home}/state")),
        client: dressed.client.name,
        chrome,
    };
    page.render().map_err(Error::internal)
}

/// `GET /_poolhouse/branding/{client}/state`: a text that changes when the look does.
pub async fn state(State(app): State<Arc<App>>, Path(client): Path<String>) -> Response {
    match dressed(&app, &client, Locale::default()).await {
        Ok(dressed) => ([(header::CACHE_CONTROL, "no-store")], mark(&dressed)).into_response(),
        Err(error) => failed(&error),
    }
}

/// Everything that is drawn is named by its hash.
fn mark(dressed: &Dressed) -> String {
    format!("{:?} {:?}", dressed.version, dressed.chrome)
}

/// `GET /_poolhouse/branding/{client}/pages/{page}`: for a frame of the overview.
pub async fn page(
    State(app): State<Arc<App>>,
    Path((client, page)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    answer(sample(&app, &client, &page, &asked).await, csp::PREVIEW)
}

async fn sample(app: &App, client: &str, page: &str, asked: &Asked) -> Result<String> {
    let dressed = dressed(app, client, asked.locale()).await?;
    let version = dressed.version;
    let Some(chrome) = dressed.chrome else {
        return Err(Error::client_not_found(client));
    };
    let nowhere = "#".to_owned();
    let sign_in = SignInPage {
        action: nowhere.clone(),
        csrf: String::new(),
        form: Form::default(),
        person: Person::Username,
        chooses: false,
        notice: None,
        forgot_href: Some(nowhere.clone()),
        sign_up_href: Some(nowhere.clone()),
        passkey: None,
        idps: Vec::new(),
        chrome: chrome.clone(),
    };
    let html = match page {
        "sign-in" => sign_in.render(),
        "refused" => {
            let text = Error::incorrect_username_or_password().message;
            let form = Form::default().with(SignInField::Username, "jane");
            SignInPage {
                form: form.in_language(chrome.locale).refused(text),
                ..sign_in
            }
            .render()
        }
        "sign-up" => return sign_up(app, &dressed.client, version, chrome).await,
        "confirm" => {
            let page = ConfirmPage {
                action: nowhere.clone(),
                resend_action: nowhere.clone(),
                csrf: String::new(),
                form: Form::default(),
                delivery: Some(Delivery {
                    medium: Medium::Email,
                    destination: "j***@e***".to_owned(),
                }),
                by_link: false,
                notice: Some(chrome.say(Text::Resent).to_owned()),
                sign_in_href: nowhere,
                chrome,
            };
            page.render()
        }
        "forgot" => {
            let page = ForgotPasswordPage {
                action: nowhere.clone(),
                csrf: String::new(),
                form: Form::default(),
                person: Person::Username,
                sign_in_href: nowhere,
                chrome,
            };
            page.render()
        }
        "error" => {
            let message = chrome.say(Text::ErrorInternal).to_owned();
            ErrorPage { chrome, message }.render()
        }
        _ => return Err(Error::client_not_found(page)),
    };
    html.map_err(Error::internal)
}

async fn sign_up(app: &App, client: &Client, version: Version, chrome: Chrome) -> Result<String> {
    let language = chrome.locale.terms_key();
    let terms = terms::shown(app, &client.pool, &client.id, language).await?;
    let terms = terms.filter(|_| version == Version::Managed);
    let page = SignUpPage {
        action: "#".to_owned(),
        csrf: String::new(),
        form: Form::default(),
        person: Some(Person::Username),
        attributes: vec![Attribute("email".to_owned())],
        rules: PasswordRules {
            minimum_length: 8,
            lowercase: true,
            uppercase: true,
            numbers: true,
            symbols: true,
        },
        sign_in_href: "#".to_owned(),
        terms: terms.map(|(terms, privacy)| TermsLinks { terms, privacy }),
        chrome,
    };
    page.render().map_err(Error::internal)
}

async fn dressed(app: &App, client: &str, locale: Locale) -> Result<Dressed> {
    let missing = || Error::client_not_found(client);
    if app.mailbox.is_none() {
        return Err(missing());
    }
    let id = ClientId::parse(client).map_err(|_| missing())?;
    let (_, client) = clients::public(app, &id).await?;
    let (version, chrome) = look::of_preview(app, &client, locale).await?;
    Ok(Dressed {
        client,
        version,
        chrome,
    })
}

fn answer(html: Result<String>, policy: &'static str) -> Response {
    match html {
        Ok(html) => {
            let headers = [
                (header::CONTENT_SECURITY_POLICY, policy),
                (header::CACHE_CONTROL, "no-store"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (header::REFERRER_POLICY, "no-referrer"),
            ];
            (headers, Html(html)).into_response()
        }
        Err(error) => failed(&error),
    }
}

fn failed(error: &Error) -> Response {
    if error.code == Code::ResourceNotFound {
        return (StatusCode::NOT_FOUND, "Not found\n").into_response();
    }
    tracing::error!(cause = ?error.cause(), "the preview failed");
    (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong\n").into_response()
}

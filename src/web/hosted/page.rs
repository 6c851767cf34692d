//! What every hosted page has in common: the checked request it serves, the browser it talks to,
//! and the three things it can do: show itself, go to another page, or finish.

use std::sync::OnceLock;

use askama::Template;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::future::BoxFuture;
use serde_json::Value;

use super::csrf::{self, Browser};
use super::kept::Devices;
use super::step::{Step, Told};
use super::{add_passkey, login, look};
use crate::domain::branding::Version;
use crate::domain::challenge::{self, Need};
use crate::domain::devices::browser;
use crate::domain::oauth::authorize::{self, Request};
use crate::domain::oauth::{answers, made};
use crate::domain::sessions::Proven;
use crate::error::{Code, Error, Result};
use crate::ids::Sub;
use crate::settings::pool::Contact;
use crate::site::query::{self, Malformed, Pairs};
use crate::site::refusal::{self, What};
use crate::site::visit::Visit;
use crate::site::{answer, browser as sso};
use crate::text::Text;
use crate::web::chrome::Chrome;
use crate::web::csp;
use crate::web::form::{Field, Form};
use crate::wire::model::{self, Refused};

/// Longest form of a page: all attributes at their full length fit.
pub(super) const FORM_LIMIT: usize = 128 * 1024;

/// One request for a page.
pub(super) struct Page {
    /// Who is here and where.
    pub visit: Visit,
    /// The authorization request that the pages serve.
    pub request: Request,
    /// The browser before it signs in.
    pub browser: Browser,
    /// What happened on the page before.
    pub step: Option<Step>,
    /// The devices that the browser keeps.
    pub devices: Devices,
    /// What the user said about remembering the device, if that was asked.
    pub remember: Option<bool>,
    /// Classic or managed login.
    pub version: Version,
    /// What surrounds the page.
    chrome: Chrome,
    /// The token of the page's forms, once there is one.
    token: OnceLock<String>,
    cookies: Vec<HeaderValue>,
}

impl Page {
    /// A page that is asked for: its query is checked as authorize checks it.
    pub async fn open(visit: Visit) -> Result<Self, Response> {
        let request = checked(&visit, StatusCode::FOUND).await?;
        let browser = Browser::of(&visit).map_err(|error| refusal::failed(&visit, &error))?;
        Self::new(visit, request, browser).await
    }

    /// The same for a page that an app sends its user to by itself.
    pub async fn open_entry(visit: Visit) -> Result<Self, Response> {
        let request = checked_entry(&visit, StatusCode::FOUND).await?;
        let browser = Browser::of(&visit).map_err(|error| refusal::failed(&visit, &error))?;
        Self::new(visit, request, browser).await
    }

    /// A form that is sent: its query is checked again, and its token must be this browser's.
    pub async fn submitted<F: Field>(
        visit: Visit,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<(Self, Form<F>), Response> {
        let request = checked(&visit, StatusCode::SEE_OTHER).await?;
        Self::with_form(visit, request, headers, body).await
    }

    /// The same for a page that an app sends its user to by itself.
    pub async fn submitted_entry<F: Field>(
        visit: Visit,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<(Self, Form<F>), Response> {
        let request = checked_entry(&visit, StatusCode::SEE_OTHER).await?;
        Self::with_form(visit, request, headers, body).await
    }

    async fn with_form<F: Field>(
        visit: Visit,
        request: Request,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<(Self, Form<F>), Response> {
        if !is_form(headers) {
            return Err(refusal::plain(&visit, What::BadForm));
        }
        let submitted = Form::<F>::parse(body);
        let submitted = submitted.map_err(|_| refusal::plain(&visit, What::BadForm))?;
        let Some(browser) = csrf::check(&visit, submitted.csrf.expose()) else {
            tracing::info!("form without this browser's token");
            return Err(refusal::plain(&visit, What::ForeignForm));
        };
        let page = Self::new(visit, request, browser).await?;
        let form = submitted.form.in_language(page.chrome.locale);
        Ok((page, form))
    }

    async fn new(visit: Visit, request: Request, browser: Browser) -> Result<Self, Response> {
        let chrome = look::of_client(&visit, &request.client).await;
        let chrome = chrome.map_err(|error| refusal::failed(&visit, &error))?;
        let (version, chrome) = chrome;
        let Some(chrome) = chrome else {
            return Err(refusal::plain(&visit, What::Unavailable));
        };
        let step = Step::of(&visit, &browser);
        let devices = Devices::of(&visit);
        let cookies = look::language_cookie(&visit, version);
        Ok(Self {
            version,
            chrome,
            devices,
            remember: None,
            visit,
            request,
            browser,
            step,
            token: OnceLock::new(),
            cookies: cookies.into_iter().collect(),
        })
    }

    /// What surrounds the page.
    pub fn chrome(&self) -> Chrome {
        self.chrome.clone()
    }

    /// A text in the language of the page.
    pub fn say(&self, key: Text) -> &'static str {
        self.chrome.say(key)
    }

    /// A link to a page of the same flow: the query is carried as it came (oauth.md 1.2).
    pub fn href(&self, path: &str) -> String {
        format!("{}{path}?{}", self.visit.base, self.visit.query)
    }

    /// The token of the page's forms; the page brings it as a cookie too (oauth.md 3).
    pub fn csrf(&self) -> Result<String> {
        if let Some(token) = self.token.get() {
            return Ok(token.clone());
        }
        let token = self.browser.token(&self.visit)?;
        Ok(self.token.get_or_init(|| token).clone())
    }

    /// Forgets the step with the answer.
    pub fn leave_step(&mut self) {
        self.cookies.extend(Step::none(&self.visit));
    }

    /// Sets a cookie with the answer.
    pub fn bring(&mut self, cookie: Option<HeaderValue>) {
        self.cookies.extend(cookie);
    }

    /// Shows the page.
    pub fn show(self, status: StatusCode, template: &impl Template) -> Response {
        self.render(status, template, false)
    }

    /// Shows a page with our script for passkeys.
    pub fn show_scripted(self, status: StatusCode, template: &impl Template) -> Response {
        self.render(status, template, true)
    }

    fn render(mut self, status: StatusCode, template: &impl Template, scripted: bool) -> Response {
        if let Some(token) = self.token.get() {
            self.cookies.extend(csrf::cookie(&self.visit, token));
        }
        let html = match template.render() {
            Ok(html) => html,
            Err(error) => return refusal::failed(&self.visit, &Error::internal(error)),
        };
        let callbacks = self.request.client.settings.callback_urls.as_deref();
        let callbacks = callbacks.unwrap_or_default().iter().map(String::as_str);
        let policy = if scripted {
            csp::scripted(callbacks)
        } else {
            csp::hosted(callbacks)
        };
        let response = answer::page(&self.visit, status, html, &policy);
        with_cookies(response, self.cookies)
    }

    /// Goes back to the app that sent the user here, and tells it how that ended.
    pub fn tell_app(self, status: StatusCode, told: &[(&str, &str)]) -> Response {
        let location = self.request.told(told);
        let response = answer::redirect(&self.visit, status, &location);
        with_cookies(response, self.cookies)
    }

    /// Goes to another page of the flow.
    pub fn go(self, path: &str) -> Response {
        let location = self.href(path);
        let response = answer::redirect(&self.visit, StatusCode::SEE_OTHER, &location);
        with_cookies(response, self.cookies)
    }

    /// Goes to another page with something to know there.
    pub fn step_to(mut self, path: &str, step: Step) -> Response {
        match step.cookie(&self.visit, &self.browser) {
            Ok(cookie) => {
                self.cookies.extend(cookie);
                self.go(path)
            }
            Err(error) => refusal::failed(&self.visit, &error),
        }
    }

    /// The same after a password reset: the browser gets a new id first.
    pub fn renewed_step_to(mut self, path: &str, step: Step) -> Response {
        match self.renew() {
            Ok(()) => self.step_to(path, step),
            Err(error) => refusal::failed(&self.visit, &error),
        }
    }

    /// Gives the browser a new id.
    fn renew(&mut self) -> Result<()> {
        self.browser = Browser::new(&self.visit)?;
        self.cookies.clear();
        self.cookies.extend(self.browser.cookie(&self.visit)?);
        Ok(())
    }

    /// Signed in: the browser gets a session and a new id, whatever it brought is dead (security.md
    /// C8), and the client gets its answer, before which the device may be asked about and a passkey
    /// offered.
    pub async fn finish(mut self, proven: &Proven) -> Response {
        match self.signed_in(proven).await {
            Ok(()) => Box::pin(self.settled(proven)).await,
            Err(error) => refusal::failed(&self.visit, &error),
        }
    }

    /// Goes on with who has just signed in, after what the request asks for and the sign-in lacks.
    pub async fn settled(self, proven: &Proven) -> Response {
        match self.request.need(&self.visit.app, proven).await {
            Ok(Need::More) => self.step_up(proven).await,
            Ok(Need::Nothing) => self.offer(proven).await,
            Ok(Need::OutOfReach) => self.leave(proven).await,
            Err(error) => refusal::failed(&self.visit, &error),
        }
    }

    /// With a session that this browser had: the client gets its answer, after what the request asks
    /// for and the session lacks.
    pub async fn go_on_with(self, proven: &Proven) -> Response {
        match self.request.need(&self.visit.app, proven).await {
            Ok(Need::More) => self.step_up(proven).await,
            Ok(Need::Nothing | Need::OutOfReach) => self.leave(proven).await,
            Err(error) => refusal::failed(&self.visit, &error),
        }
    }

    /// Asks for what the session lacks. Its end comes back to [`Page::finish`].
    fn step_up(self, proven: &Proven) -> BoxFuture<'_, Response> {
        Box::pin(async move {
            let (app, actor) = (&self.visit.app, &self.visit.actor);
            let whose = (&self.request.pool, &self.request.client);
            let asked = (proven, self.request.levels.as_slice());
            let username = proven.user.username.clone();
            match challenge::step_up(app, actor, whose, asked).await {
                Ok(Some(outcome)) => login::go_on(self, username, outcome).await,
                Ok(None) => self.leave(proven).await,
                Err(error) if is_for_people(&error) => {
                    let told = Told::Again(error.message.into_owned());
                    self.step_to("/login", Step::SignIn { username, told })
                }
                Err(error) => refusal::failed(&self.visit, &error),
            }
        })
    }

    /// The browser becomes a device, where the pool tracks them, and a passkey may be offered.
    async fn offer(mut self, proven: &Proven) -> Response {
        let mut proven = proven.clone();
        match self.settle(&mut proven).await {
            Ok(Due::Device) => self.step_to("/device", Step::RememberDevice),
            Ok(Due::Passkey) => self.step_to("/passkey/add", Step::AddPasskey),
            Ok(Due::Nothing) => self.leave(&proven).await,
            Err(error) => refusal::failed(&self.visit, &error),
        }
    }

    async fn settle(&mut self, proven: &mut Proven) -> Result<Due> {
        let (app, actor) = (&self.visit.app, &self.visit.actor);
        let pool = &self.request.pool;
        let kept = self.devices.kept();
        let told = (kept.as_slice(), self.remember);
        if let Some(settled) = browser::settle(app, actor, (pool, proven), told).await? {
            let owner = (&pool.id, &proven.user.sub);
            let now = app.clock.server_now();
            let mut devices = self.devices.clone().with(settled.kept.clone());
            let asks = settled.asks && !devices.is_later(owner, now);
            if self.remember == Some(false) {
                devices = devices.put_off(owner, now);
            }
            proven.device = Some(settled.kept.key().clone());
            self.cookies.extend(devices.cookie(&self.visit)?);
            if asks {
                return Ok(Due::Device);
            }
        }
        if add_passkey::is_due(self, proven).await? {
            return Ok(Due::Passkey);
        }
        Ok(Due::Nothing)
    }

    /// Gives the client its answer.
    pub async fn leave(mut self, proven: &Proven) -> Response {
        let (app, actor) = (&self.visit.app, &self.visit.actor);
        match answers::location(app, actor, &self.request, proven).await {
            Ok(location) => {
                self.leave_step();
                let response = answer::redirect(&self.visit, StatusCode::SEE_OTHER, &location);
                with_cookies(response, self.cookies)
            }
            Err(error) => refusal::failed(&self.visit, &error),
        }
    }

    /// The same for the owner of an account that was made in this browser and is confirmed now; one
    /// who may not sign in is told so on the sign-in page.
    pub async fn finish_for(
        self,
        (sub, contact): (&Sub, Option<Contact>),
        username: String,
    ) -> Response {
        let (app, actor) = (&self.visit.app, &self.visit.actor);
        let (pool, client) = (&self.request.pool, &self.request.client);
        let kept = self.devices.kept();
        match made::prove(app, actor, (pool, client), (sub, contact), &kept).await {
            Ok(outcome) => Box::pin(login::go_on(self, username, outcome)).await,
            Err(error) if is_for_people(&error) => {
                let told = Told::Again(error.message.into_owned());
                self.step_to("/login", Step::SignIn { username, told })
            }
            Err(error) => refusal::failed(&self.visit, &error),
        }
    }

    /// Remembers the sign-in.
    async fn signed_in(&mut self, proven: &Proven) -> Result<()> {
        sso::end(&self.visit, &self.request.pool).await?;
        self.renew()?;
        let (visit, pool) = (&self.visit, &self.request.pool);
        self.cookies
            .extend(sso::remember(visit, pool, proven).await?);
        Ok(())
    }
}

/// What is shown before the client gets its answer.
enum Due {
    /// Whether to remember the device.
    Device,
    /// The offer of a passkey.
    Passkey,
    /// Nothing more.
    Nothing,
}

/// Whether an error's text is for the person at the page.
pub(super) const fn is_for_people(error: &Error) -> bool {
    !matches!(
        error.code,
        Code::Internal | Code::NotImplemented | Code::ConcurrentModification
    )
}

/// What is wrong with the values of a form by the model of the operation that takes them, in the
/// words of the API: the page lets nothing through that the API would not.
pub(super) fn check_shapes(operation: &str, members: &Value) -> Option<String> {
    match model::idp().check(operation, members) {
        Ok(()) => None,
        Err(Refused::Serialization(text) | Refused::Invalid(text)) => Some(text),
    }
}

fn params(visit: &Visit) -> Result<authorize::Params, Malformed> {
    Pairs::parse(&visit.query).and_then(|pairs| query::params(&pairs))
}

async fn checked_entry(visit: &Visit, redirect: StatusCode) -> Result<Request, Response> {
    let params = params(visit);
    let params = params.map_err(|error| refusal::malformed(visit, error, redirect))?;
    authorize::check_entry(&visit.app, visit.pool.as_ref(), &params)
        .await
        .map_err(|refused| refusal::answer(visit, &refused, redirect))
}

async fn checked(visit: &Visit, redirect: StatusCode) -> Result<Request, Response> {
    let params = params(visit);
    let params = params.map_err(|error| refusal::malformed(visit, error, redirect))?;
    authorize::check(&visit.app, visit.pool.as_ref(), &params)
        .await
        .map_err(|refused| refusal::answer(visit, &refused, redirect))
}

pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

fn with_cookies(mut response: Response, cookies: Vec<HeaderValue>) -> Response {
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

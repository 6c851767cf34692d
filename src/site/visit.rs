//! One request to a pool's domain, as every endpoint and page receives it.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::cookies::Cookies;
use super::{OverTls, Site};
use crate::app::App;
use crate::domain::oauth::sites;
use crate::ids::PoolId;
use crate::store::audit::{Actor, ActorKind, Wrote};

/// Who is here and where.
#[derive(Clone)]
pub struct Visit {
    /// The server.
    pub app: Arc<App>,
    /// The pool of the domain; on the bare host the request's client decides.
    pub pool: Option<PoolId>,
    /// What stands before the paths of pages and cookies: `/{poolId}` or empty.
    pub base: String,
    /// The domain's name, where the request's host names it.
    pub domain: Option<String>,
    /// What the browser asks for in `Accept-Language`.
    pub languages: String,
    /// Address, agent and request id.
    pub actor: Actor,
    /// The browser's cookies.
    pub cookies: Cookies,
    /// Whether the browser came by https: this request did, or all do (behind a proxy).
    pub secure: bool,
    /// The query as it was sent.
    pub query: String,
}

impl Visit {
    /// What a cookie that stands for a person is called here. Where the site is all of an https host,
    /// the strict profile has browsers hold it to that host: `__Host-` (security.md C9). Cognito's
    /// names have no prefix.
    pub fn cookie_name(&self, name: &'static str) -> Cow<'static, str> {
        let whole_host = self.secure && self.base.is_empty();
        if whole_host && self.app.profile(self.pool.as_ref()).is_strict() {
            return Cow::Owned(format!("__Host-{name}"));
        }
        Cow::Borrowed(name)
    }
}

impl FromRequestParts<Arc<App>> for Visit {
    type Rejection = Response;

    /// Answers 404 where nothing is: on a domain that does not exist, and outside of domains.
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let not_found = || (StatusCode::NOT_FOUND, "Not found\n").into_response();
        let (pool, base, domain) = match parts.extensions.get::<Site>() {
            Some(Site::Domain { pool, base, name }) => {
                (Some(pool.clone()), base.clone(), name.clone())
            }
            Some(Site::Bare) => (None, String::new(), None),
            Some(Site::Api) | None => return Err(not_found()),
        };
        if let Some(pool) = &pool {
            match sites::is_open(app, pool).await {
                Ok(true) => {}
                Ok(false) => return Err(not_found()),
                Err(error) => return Err(super::answer::failed(&error)),
            }
        }
        Ok(Self {
            app: Arc::clone(app),
            pool,
            base,
            domain,
            languages: languages(parts),
            actor: actor(parts, app),
            cookies: Cookies::read(&parts.headers),
            secure: parts.extensions.get::<OverTls>().is_some()
                || app.public_url.starts_with("https:"),
            query: parts.uri.query().unwrap_or_default().to_owned(),
        })
    }
}

/// At most so much of `Accept-Language` is looked at.
const LONGEST_LANGUAGES: usize = 512;

fn languages(parts: &Parts) -> String {
    let header = parts.headers.get(header::ACCEPT_LANGUAGE);
    let text = header.and_then(|header| header.to_str().ok());
    let text = text.filter(|text| text.len() <= LONGEST_LANGUAGES);
    text.unwrap_or_default().to_owned()
}

fn actor(parts: &Parts, app: &App) -> Actor {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let agent = parts.headers.get(header::USER_AGENT);
    Actor {
        kind: ActorKind::Public,
        id: None,
        request_id: app.rng.uuid().ok().map(|id| id.to_string()),
        ip: peer.map(|ConnectInfo(address)| address.ip().to_string()),
        agent: agent.and_then(|a| a.to_str().ok()).map(str::to_owned),
        told: None,
        wrote: Wrote::default(),
    }
}

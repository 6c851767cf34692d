//! Dynamic client registration (RFC 7591; oauth.md 5.4): an app makes its own client at the pool's
//! domain, openly or with a token of a client that may register others, within what the pool's
//! `DcrConfiguration` allows.
//!
//! Source: RFC 7591; the model's documentation of `DcrConfigurationType`.

mod caller;
mod metadata;

use std::borrow::Cow;

use super::refusal::{OAuthCode, Refused};
use super::{scopes, sites};
use crate::app::App;
use crate::domain::clients::{self, Described, NewClient};
use crate::domain::pools;
use crate::error::{Code, Error};
use crate::ids::PoolId;
use crate::secret::Secret;
use crate::settings::client::{
    AuthFlowSetting, ClientSettings, ExistenceErrors, OAuthFlow as Flow,
};
use crate::settings::pool::DcrConfiguration;
use crate::store::audit::Actor;
use crate::store::pools::Pool;

pub use metadata::{Method, Wish};

use metadata::Checked;

/// A client that registered itself.
pub struct Registered {
    /// The client, with its secret.
    pub described: Described,
    /// How it proves itself at the token endpoint.
    pub method: Method,
}

/// Why there is no new client.
pub enum Denied {
    /// Registration is off in this pool: there is no such endpoint.
    Off,
    /// A token is needed.
    NoToken,
    /// The token is no good.
    BadToken,
    /// The token is not for this.
    NoScope,
    /// What is asked for is not possible.
    Refused(Refused),
}

impl<E: Into<Refused>> From<E> for Denied {
    fn from(refused: E) -> Self {
        Self::Refused(refused.into())
    }
}

/// Registers a client on a pool's domain, or on the bare host (`site` unknown), where only a token
/// says which pool it is.
pub async fn register(
    app: &App,
    actor: &Actor,
    (site, token): (Option<&PoolId>, Option<&Secret<String>>),
    wish: Wish,
) -> Result<Registered, Denied> {
    let named = match (site, token) {
        (Some(pool), _) => Some(pool.clone()),
        (None, Some(token)) => Some(caller::pool_of(app, token).await?.ok_or(Denied::BadToken)?),
        (None, None) => None,
    };
    let named = named.ok_or(Denied::Off)?;
    if !sites::is_open(app, &named).await? {
        return Err(Denied::Off);
    }
    let pool = pools::get(app, &named).await?;
    let configuration = configuration(&pool).ok_or(Denied::Off)?;
    let open = match token {
        Some(token) => {
            caller::check(app, &pool, token).await?;
            false
        }
        None if configuration.open_dcr_enabled == Some(true) => true,
        None => return Err(Denied::NoToken),
    };
    let checked = metadata::check(wish, configuration, open)?;
    let method = checked.method;
    let flow = checked.flow;
    let permits = |pool: &Pool| configuration_permits(pool, open, flow);
    let made = clients::register(app, actor, new_client(&pool, checked), permits).await;
    Ok(Registered {
        described: made.map_err(refusal)?,
        method,
    })
}

/// The configuration of a pool in which clients may register; none where they may not.
pub fn configuration(pool: &Pool) -> Option<&DcrConfiguration> {
    let configuration = pool.settings().dcr_configuration.as_ref();
    configuration.filter(|configuration| configuration.enable_status.as_deref() != Some("Disabled"))
}

/// The grants that a registration may ask for. A list that names none refuses all.
fn permitted(configuration: &DcrConfiguration, open: bool) -> Vec<Flow> {
    let (list, unset): (_, &[Flow]) = if open {
        (&configuration.open_dcr_grant_types, &[Flow::Code])
    } else {
        let both = &[Flow::Code, Flow::ClientCredentials];
        (&configuration.authenticated_grant_types, both)
    };
    let Some(list) = list else {
        return unset.to_vec();
    };
    let flows = list.iter().filter_map(|name| match name.as_str() {
        "code" => Some(Flow::Code),
        "client_credentials" => Some(Flow::ClientCredentials),
        // `implicit` may stand there, and means nothing.
        _ => None,
    });
    flows.collect()
}

/// A client of others: it signs people in on the domain's pages and nowhere else.
fn new_client(pool: &Pool, checked: Checked) -> NewClient {
    NewClient {
        pool: pool.id.clone(),
        id: None,
        name: checked.name,
        generate_secret: checked.method != Method::None,
        secret: None,
        settings: ClientSettings {
            explicit_auth_flows: Some(vec![AuthFlowSetting::AllowRefreshToken]),
            supported_identity_providers: Some(vec!["COGNITO".to_owned()]),
            callback_urls: Some(checked.redirect_uris),
            logout_urls: Some(checked.logout_uris),
            allowed_oauth_flows: Some(vec![checked.flow]),
            allowed_oauth_scopes: Some(checked.scopes),
            allowed_oauth_flows_user_pool_client: Some(true),
            prevent_user_existence_errors: Some(ExistenceErrors::Enabled),
            ..ClientSettings::default()
        },
    }
}

/// What is asked again while the client is stored.
fn configuration_permits(pool: &Pool, open: bool, flow: Flow) -> bool {
    configuration(pool).is_some_and(|configuration| {
        permitted(configuration, open).contains(&flow)
            && (!open || configuration.open_dcr_enabled == Some(true))
    })
}

/// The rules of clients as RFC 7591 tells them.
fn refusal(error: Error) -> Refused {
    let told = |code: OAuthCode, text: Cow<'static, str>| Refused::new(code).saying(text);
    let mut refused = match error.code {
        Code::InvalidParameter | Code::InvalidOAuthFlow | Code::ScopeDoesNotExist => {
            told(OAuthCode::InvalidClientMetadata, error.message.clone())
        }
        Code::LimitExceeded => told(
            OAuthCode::TemporarilyUnavailable,
            "The user pool takes no more clients".into(),
        ),
        _ => return error.into(),
    };
    refused.cause = Some(error);
    refused
}

/// Whether a registered client may be given a scope, beside the standard ones.
fn may_have(configuration: &DcrConfiguration, scope: &str) -> bool {
    let allowed = configuration.allowed_scopes.as_deref().unwrap_or_default();
    scope != scopes::REGISTER && allowed.iter().any(|name| name == scope)
}

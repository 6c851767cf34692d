//! A client's OAuth settings: which grants, scopes and URLs go together.

use super::check::Against;
use super::urls;
use crate::domain::oauth::scopes::{BUILT_IN, REGISTER};
use crate::error::{Error, Result};
use crate::settings::client::{ClientSettings, OAuthFlow};

/// Checks the OAuth members. They are checked also while `AllowedOAuthFlowsUserPoolClient` is off
/// and they do not count yet.
pub(super) fn check(settings: &ClientSettings, against: &Against<'_>) -> Result<()> {
    let flows = settings.allowed_oauth_flows.as_deref().unwrap_or_default();
    let scopes = settings.allowed_oauth_scopes.as_deref().unwrap_or_default();
    let callbacks = settings.callback_urls.as_deref().unwrap_or_default();
    let logouts = settings.logout_urls.as_deref().unwrap_or_default();

    for url in callbacks {
        urls::check(url, "callback")?;
    }
    for url in logouts {
        urls::check(url, "logout")?;
    }
    let redirect = settings.default_redirect_uri.as_ref();
    if redirect.is_some_and(|url| !callbacks.contains(url)) {
        return Err(Error::default_redirect());
    }
    let exists = |scope: &str| {
        BUILT_IN.contains(&scope)
            || scope == REGISTER
            || against.scopes.iter().any(|custom| custom == scope)
    };
    if let Some(scope) = scopes.iter().find(|scope| !exists(scope)) {
        return Err(Error::scope_does_not_exist(scope));
    }
    machine(flows, scopes, against.secret)?;
    registrar(flows, scopes, against.registered)?;

    if settings.allowed_oauth_flows_user_pool_client != Some(true) {
        return Ok(());
    }
    if flows.is_empty() || scopes.is_empty() {
        return Err(Error::oauth_incomplete());
    }
    let browser = |flow: &OAuthFlow| *flow != OAuthFlow::ClientCredentials;
    if flows.iter().any(browser) && callbacks.is_empty() {
        return Err(Error::callback_urls_required());
    }
    Ok(())
}

/// The client credentials grant is for machines: alone, with a secret, and without the scopes that
/// speak of a person.
fn machine(flows: &[OAuthFlow], scopes: &[String], secret: bool) -> Result<()> {
    if !flows.contains(&OAuthFlow::ClientCredentials) {
        return Ok(());
    }
    if flows.len() > 1 {
        return Err(Error::client_credentials_alone());
    }
    if !secret {
        return Err(Error::client_credentials_secret());
    }
    let personal = scopes
        .iter()
        .find(|scope| BUILT_IN.contains(&scope.as_str()));
    match personal {
        Some(scope) => Err(Error::scope_of_persons(scope)),
        None => Ok(()),
    }
}

/// The scope that lets a client register others is for machines, and for none that registered itself
/// (oauth.md 5.4).
fn registrar(flows: &[OAuthFlow], scopes: &[String], registered: bool) -> Result<()> {
    if !scopes.iter().any(|scope| scope == REGISTER) {
        return Ok(());
    }
    if registered {
        return Err(Error::registered_registrar());
    }
    let browser = |flow: &OAuthFlow| *flow != OAuthFlow::ClientCredentials;
    if flows.iter().any(browser) {
        return Err(Error::registrar_in_browser());
    }
    Ok(())
}

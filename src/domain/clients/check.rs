//! What a client's settings must satisfy beyond the shapes of the model.

use super::{flows, oauth, permissions, validity};
use crate::error::{Error, Result};
use crate::settings::client::ClientSettings;
use crate::store::pools::Pool;

/// What a client's settings are checked against.
pub(super) struct Against<'a> {
    /// Its pool.
    pub pool: &'a Pool,
    /// The pool's custom scopes.
    pub scopes: &'a [String],
    /// Whether the client has a secret.
    pub secret: bool,
    /// Whether it registered itself.
    pub registered: bool,
    /// `creating` or `updating`, for messages.
    pub verb: &'a str,
}

/// Drops empty lists, which count as not given, and repeated entries: the lists are sets.
pub(super) fn settle(settings: &mut ClientSettings) {
    fn set<T: PartialEq>(list: &mut Option<Vec<T>>) {
        let given = list.take().unwrap_or_default();
        let mut kept: Vec<T> = Vec::with_capacity(given.len());
        for item in given {
            if !kept.contains(&item) {
                kept.push(item);
            }
        }
        *list = Some(kept).filter(|kept| !kept.is_empty());
    }
    set(&mut settings.read_attributes);
    set(&mut settings.write_attributes);
    set(&mut settings.explicit_auth_flows);
    set(&mut settings.supported_identity_providers);
    set(&mut settings.callback_urls);
    set(&mut settings.logout_urls);
    set(&mut settings.allowed_oauth_flows);
    set(&mut settings.allowed_oauth_scopes);
}

/// Checks all settings of a client.
pub(super) fn settings(settings: &ClientSettings, against: &Against<'_>) -> Result<()> {
    validity::check(settings)?;
    flows::check(settings, against)?;
    permissions::check(settings, against)?;
    providers(settings, against.pool)?;
    oauth::check(settings, against)?;
    let context = settings.enable_propagate_additional_user_context_data;
    if context == Some(true) && !against.secret {
        return Err(Error::user_context_secret());
    }
    Ok(())
}

/// Only the pool itself is a provider: others are not built.
fn providers(settings: &ClientSettings, pool: &Pool) -> Result<()> {
    let named = settings.supported_identity_providers.as_deref();
    let unknown = named
        .unwrap_or_default()
        .iter()
        .find(|name| *name != "COGNITO");
    match unknown {
        Some(name) => Err(Error::provider_not_found(name, pool.id.as_str())),
        None => Ok(()),
    }
}

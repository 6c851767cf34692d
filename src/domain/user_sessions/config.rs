//! The session settings of pools and clients: full replacements.

use std::sync::Arc;

use crate::app::App;
use crate::domain::{clients, pools};
use crate::error::{Error, Result};
use crate::ids::{ClientId, PoolId};
use crate::settings::pool::Tier;
use crate::settings::sessions::{PoolSessions, SsoSession, TokenSession, Tracking};
use crate::store::audit::Actor;
use crate::store::pools::Pool;

/// A client's session settings with all defaults filled in.
pub struct ClientConfig {
    /// `SSOSession`.
    pub sso: SsoSession,
}

/// The settings of a pool, defaults filled in.
///
/// # Errors: ResourceNotFound
pub async fn pool_config(app: &App, pool: &PoolId) -> Result<PoolSessions> {
    Ok(shown(&pools::stored(app, pool).await?))
}

/// Replaces the settings of a pool. Those of its clients stay, and sleep while sessions are not
/// tracked.
///
/// # Errors: ResourceNotFound, FeatureUnavailableInTier, ConcurrentModification
pub async fn set_pool_config(
    app: &App,
    actor: &Actor,
    pool: &PoolId,
    (tracking, tokens): (Tracking, TokenSession),
) -> Result<PoolSessions> {
    let apply = |pool: &mut Pool| {
        check_tier(pool)?;
        let sessions = &mut Arc::make_mut(&mut pool.document).sessions;
        sessions.user_session_tracking = Some(tracking);
        sessions.token_session = Some(tokens.clone());
        Ok(())
    };
    let act = "SetUserPoolSessionConfiguration";
    let changed = pools::change(app, actor, pool, act, apply).await?;
    Ok(shown(&changed))
}

/// The settings of a client, defaults filled in.
///
/// # Errors: ResourceNotFound
pub async fn client_config(app: &App, pool: &PoolId, client: &ClientId) -> Result<ClientConfig> {
    let described = clients::describe(app, pool, client).await?;
    let minutes = described.client.extras.sso_minutes();
    Ok(ClientConfig {
        sso: SsoSession {
            max_validity_minutes: Some(minutes),
        },
    })
}

/// Replaces the settings of a client.
///
/// # Errors: ResourceNotFound, OperationNotEnabled, FeatureUnavailableInTier, ConcurrentModification
pub async fn set_client_config(
    app: &App,
    actor: &Actor,
    (pool, client): (&PoolId, &ClientId),
    sso: SsoSession,
) -> Result<ClientConfig> {
    let act = "SetUserPoolClientSessionConfiguration";
    let minutes = sso.max_validity_minutes.unwrap_or_default();
    let check = |pool: &mut Pool| {
        check_tier(pool)?;
        if !pool.document.sessions.tracks() {
            return Err(Error::tracking_not_enabled());
        }
        let longest = pool.document.sessions.kept_minutes();
        if minutes > longest {
            let sessions = &mut Arc::make_mut(&mut pool.document).sessions;
            sessions.longest_minutes = Some(minutes);
        }
        Ok(())
    };
    let set = sso.clone();
    clients::change_extras(app, actor, (pool, client), act, check, |extras| {
        extras.sso_session = Some(set);
    })
    .await?;
    Ok(ClientConfig { sso })
}

fn check_tier(pool: &Pool) -> Result<()> {
    let tier = pool.settings().tier();
    if tier == Tier::Lite {
        return Err(Error::feature_unavailable(
            "User session tracking",
            tier.as_str(),
        ));
    }
    Ok(())
}

fn shown(pool: &Pool) -> PoolSessions {
    let sessions = &pool.document.sessions;
    PoolSessions {
        user_session_tracking: Some(sessions.user_session_tracking.unwrap_or(Tracking::Disabled)),
        token_session: Some(TokenSession {
            max_per_user: Some(sessions.max_per_user()),
        }),
        longest_minutes: None,
    }
}

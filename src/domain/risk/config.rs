//! SetRiskConfiguration and DescribeRiskConfiguration: full replacements, for a pool or for one of its
//! clients. A client without settings of its own has the pool's.

use std::sync::Arc;

use super::{check_enabled, ranges};
use crate::app::App;
use crate::domain::{clients, pools};
use crate::error::{Error, Result};
use crate::ids::{ClientId, PoolId};
use crate::settings::risk::{RiskConfiguration, StoredRisk};
use crate::store::audit::Actor;
use crate::store::pools::Pool;
use crate::time::Timestamp;

/// A risk configuration and whose it is.
#[derive(Clone, Debug)]
pub struct Configured {
    /// The pool.
    pub pool: PoolId,
    /// The client, if it is a client's.
    pub client: Option<ClientId>,
    /// What is set.
    pub configuration: RiskConfiguration,
    /// When it was set last; none if never.
    pub modified: Option<Timestamp>,
}

/// Replaces the configuration of a pool or client; an empty one resets it.
///
/// # Errors: ResourceNotFound, UserPoolAddOnNotEnabled, InvalidParameter (ranges, notifications),
/// ConcurrentModification
pub async fn set(
    app: &App,
    actor: &Actor,
    (pool, client): (&PoolId, Option<&ClientId>),
    configuration: RiskConfiguration,
) -> Result<Configured> {
    const ACT: &str = "SetRiskConfiguration";
    let now = app.clock.now(pool);
    let kept = configuration != RiskConfiguration::default();
    let stored = kept.then(|| StoredRisk {
        configuration: configuration.clone(),
        modified: now,
    });
    if let Some(client) = client {
        let allow = |pool: &mut Pool| {
            check_enabled(pool)?;
            check(&configuration)
        };
        clients::change_extras(app, actor, (pool, client), ACT, allow, |extras| {
            extras.risk = stored;
        })
        .await?;
    } else {
        let apply = |pool: &mut Pool| {
            check_enabled(pool)?;
            check(&configuration)?;
            Arc::make_mut(&mut pool.document).risk.clone_from(&stored);
            Ok(())
        };
        pools::change(app, actor, pool, ACT, apply).await?;
    }
    Ok(Configured {
        pool: pool.clone(),
        client: client.cloned(),
        configuration,
        modified: Some(now),
    })
}

/// The configuration of a pool or client, without what a client inherits.
///
/// # Errors: ResourceNotFound, UserPoolAddOnNotEnabled
pub async fn describe(app: &App, pool: &PoolId, client: Option<&ClientId>) -> Result<Configured> {
    let found = pools::stored(app, pool).await?;
    check_enabled(&found)?;
    let stored = match client {
        Some(client) => {
            let described = clients::describe(app, pool, client).await?;
            described.client.extras.risk.clone()
        }
        None => found.document.risk.clone(),
    };
    let (configuration, modified) = match stored {
        Some(stored) => (stored.configuration, Some(stored.modified)),
        None => (RiskConfiguration::default(), None),
    };
    Ok(Configured {
        pool: pool.clone(),
        client: client.cloned(),
        configuration,
        modified,
    })
}

fn check(configuration: &RiskConfiguration) -> Result<()> {
    if let Some(exceptions) = &configuration.risk_exception_configuration {
        let lists = [
            exceptions.blocked_ip_range_list.as_deref(),
            exceptions.skipped_ip_range_list.as_deref(),
        ];
        for range in lists.into_iter().flatten().flatten() {
            ranges::check(range)?;
        }
    }
    let takeover = configuration.account_takeover_risk_configuration.as_ref();
    let Some(takeover) = takeover else {
        return Ok(());
    };
    let actions = takeover.actions.clone().unwrap_or_default();
    let levels = [
        actions.low_action,
        actions.medium_action,
        actions.high_action,
    ];
    let notifies = levels
        .iter()
        .flatten()
        .any(|level| level.notify == Some(true));
    if notifies && takeover.notify_configuration.is_none() {
        return Err(Error::notify_configuration_required());
    }
    Ok(())
}

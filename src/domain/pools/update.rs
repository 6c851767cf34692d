//! UpdateUserPool: a replacement. What the request omits goes back to its default.
//!
//! Kept: the schema, alias and user name attributes, case sensitivity and id, which never change;
//! the name, the tags, the plan, the client registration settings, either half of `Policies` and
//! `MfaConfiguration`, unless the request has them. The documentation says of none but the plan that it
//! is kept. Source for the last two: the authors of the deployment tool cdkd, who measured it on AWS
//! in August 2026 by calls that did reset other members.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{check, create, mfa, tiers};
use crate::app::App;
use crate::error::{Error, Result};
use crate::ids::PoolId;
use crate::settings::pool::{Mfa, Policies, PoolSettings, Tier};
use crate::store::audit::Actor;
use crate::store::domains;
use crate::store::pools::Pool;

/// What a pool is to be from now on.
#[derive(Clone, Debug, Default)]
pub struct Replacement {
    /// Its new name, if it gets one.
    pub name: Option<String>,
    /// Its settings.
    pub settings: PoolSettings,
    /// Its tags; without them it keeps those that it has. Terraform relies on that: it changes
    /// settings without naming the tags.
    pub tags: Option<BTreeMap<String, String>>,
}

/// Replaces a pool's settings.
///
/// # Errors: ResourceNotFound, InvalidParameter, FeatureUnavailableInTier, TierChangeNotAllowed,
/// UserPoolTagging, ConcurrentModification.
pub async fn update(app: &App, actor: &Actor, id: &PoolId, new: &Replacement) -> Result<()> {
    let managed_login = {
        let mut db = app.store.read().await?;
        let domains = domains::of_pool(&mut db, id).await?;
        domains.iter().any(|domain| domain.managed_login() >= 2)
    };
    let apply = |pool: &mut Pool| replace(pool, new, managed_login);
    super::change(app, actor, id, "UpdateUserPool", apply).await?;
    Ok(())
}

fn replace(pool: &mut Pool, new: &Replacement, managed_login: bool) -> Result<()> {
    let before = pool.settings();
    let mut settings = PoolSettings {
        alias_attributes: before.alias_attributes.clone(),
        username_attributes: before.username_attributes.clone(),
        username_configuration: before.username_configuration.clone(),
        ..new.settings.clone()
    };
    create::settle(&mut settings);
    let tier = new.settings.user_pool_tier.or(before.user_pool_tier);
    settings.user_pool_tier = tier;
    let registration = settings.dcr_configuration.take();
    settings.dcr_configuration = registration.or(before.dcr_configuration.clone());
    settings.mfa_configuration = settings.mfa_configuration.or(before.mfa_configuration);
    settings.policies = policies(settings.policies.take(), before.policies.as_ref());

    check::settings(&settings, &pool.region)?;
    if let Some(tags) = &new.tags {
        check::tags(tags)?;
    }
    tiers::settings(&settings)?;
    let above_lite = managed_login
        || pool.document.sessions.tracks()
        || tiers::mfa(&pool.document.mfa, Tier::Lite).is_err();
    if settings.tier() == Tier::Lite && above_lite {
        return Err(Error::lower_tier());
    }

    let document = Arc::make_mut(&mut pool.document);
    document.settings = settings;
    if let Some(tags) = &new.tags {
        document.tags.clone_from(tags);
    }
    mfa::follow(document);
    if document.settings.mfa() != Mfa::Off && !mfa::has_factor(&document.mfa) {
        return Err(Error::sms_configuration_required());
    }
    if let Some(name) = &new.name {
        pool.name.clone_from(name);
    }
    Ok(())
}

/// The password and the sign-in policy, each as it is given, else as it was.
fn policies(given: Option<Policies>, before: Option<&Policies>) -> Option<Policies> {
    let Some(before) = before else { return given };
    let given = given.unwrap_or_default();
    Some(Policies {
        password_policy: given.password_policy.or(before.password_policy.clone()),
        sign_in_policy: given.sign_in_policy.or(before.sign_in_policy.clone()),
    })
}

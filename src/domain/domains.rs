//! Domains: where a pool's pages and OAuth endpoints are (api.md 3.4).

use crate::app::App;
use crate::domain::pools::{self, tiers};
use crate::error::{Error, Result};
use crate::ids::PoolId;
use crate::settings::domain::DomainSettings;
use crate::store::audit::{Actor, Event};
use crate::store::db::{OnUnique, Tx};
use crate::store::domains::{self, Document, Domain};
use crate::store::pools::Pool;

/// Words that a prefix may not contain.
const RESERVED: [&str; 3] = ["aws", "amazon", "cognito"];

/// The domain of a name and its pool; none when nobody has it.
pub async fn find(app: &App, name: &str) -> Result<Option<(Domain, Pool)>> {
    let mut db = app.store.read().await?;
    let Some(domain) = domains::find(&mut db, name).await? else {
        return Ok(None);
    };
    let pool = crate::store::pools::find(&mut db, &domain.pool).await?;
    Ok(pool.map(|pool| (domain, pool)))
}

/// Gives a pool a domain: a custom one if the settings have a certificate, else a prefix.
///
/// # Errors: ResourceNotFound, InvalidParameter, FeatureUnavailableInTier.
pub async fn create(
    app: &App,
    actor: &Actor,
    pool: &PoolId,
    name: &str,
    settings: DomainSettings,
) -> Result<Domain> {
    let custom = settings.custom_domain_config.is_some();
    let distribution = app.rng.text(b"abcdefghijklmnopqrstuvwxyz0123456789", 13)?;
    let mut tx = app.store.write(actor).await?;
    let pool = pools::lock(&mut tx, pool).await?;
    check_name(name, custom)?;
    check_version(&settings, &pool)?;
    let others = domains::of_pool(&mut tx, &pool.id).await?;
    if others.iter().any(|other| other.custom == custom) {
        return Err(Error::domain_exists());
    }
    let now = app.clock.now(&pool.id);
    let domain = Domain {
        pool: pool.id,
        domain: name.to_owned(),
        custom,
        document: Document {
            settings,
            distribution: format!("d{distribution}.cloudfront.net"),
            modified: Some(now),
            switches: 0,
        },
        created: now,
        version: 1,
    };
    domains::insert(&mut tx, &domain)
        .await
        .on_unique(Error::domain_taken)?;
    finish(app, tx, "CreateUserPoolDomain", &domain).await?;
    Ok(domain)
}

/// Changes a domain's page version, certificate or routing; what is not given stays. Another page
/// version signs all browsers out of the domain (oauth.md 1.1).
///
/// # Errors: InvalidParameter, FeatureUnavailableInTier, ConcurrentModification.
pub async fn update(
    app: &App,
    actor: &Actor,
    pool: &PoolId,
    name: &str,
    settings: DomainSettings,
) -> Result<Domain> {
    let mut tx = app.store.write(actor).await?;
    let pool = pools::lock(&mut tx, pool).await.map_err(not_found)?;
    let found = domains::find(&mut tx, name).await?;
    let found = found.filter(|domain| domain.pool == pool.id);
    let mut domain = found.ok_or_else(Error::domain_not_found)?;
    if settings.custom_domain_config.is_some() && !domain.custom {
        return Err(Error::prefix_domain_certificate());
    }
    check_version(&settings, &pool)?;
    let pages = domain.managed_login();
    let before = domain.document.settings;
    domain.document.settings = DomainSettings {
        managed_login_version: settings
            .managed_login_version
            .or(before.managed_login_version),
        custom_domain_config: settings
            .custom_domain_config
            .or(before.custom_domain_config),
        routing: settings.routing.or(before.routing),
    };
    if domain.managed_login() != pages {
        domain.document.switches += 1;
    }
    domain.document.modified = Some(app.clock.now(&pool.id));
    if !domains::update(&mut tx, &domain).await? {
        return Err(Error::concurrent_modification());
    }
    finish(app, tx, "UpdateUserPoolDomain", &domain).await?;
    Ok(domain)
}

/// Takes a domain from its pool.
///
/// # Errors: InvalidParameter.
pub async fn delete(app: &App, actor: &Actor, pool: &PoolId, name: &str) -> Result<()> {
    let mut tx = app.store.write(actor).await?;
    let pool = pools::lock(&mut tx, pool).await.map_err(not_found)?;
    let found = domains::find(&mut tx, name).await?;
    let found = found.filter(|domain| domain.pool == pool.id);
    let domain = found.ok_or_else(Error::domain_not_found)?;
    domains::delete(&mut tx, &pool.id, name).await?;
    finish(app, tx, "DeleteUserPoolDomain", &domain).await
}

fn not_found(error: Error) -> Error {
    if error.code == crate::error::Code::ResourceNotFound {
        return Error::domain_not_found();
    }
    error
}

fn check_name(name: &str, custom: bool) -> Result<()> {
    if custom {
        let label =
            |label: &str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
        let whole = name.contains('.') && name.split('.').all(label);
        return if whole {
            Ok(())
        } else {
            Err(Error::custom_domain_name())
        };
    }
    if name.contains('.') {
        return Err(Error::domain_pattern(name));
    }
    let reserved = RESERVED.iter().find(|word| name.contains(**word));
    reserved.map_or(Ok(()), |word| Err(Error::domain_reserved(word)))
}

fn check_version(settings: &DomainSettings, pool: &Pool) -> Result<()> {
    let version = settings.managed_login_version.unwrap_or(1);
    if !(1..=2).contains(&version) {
        return Err(Error::managed_login_version());
    }
    tiers::managed_login(version, pool.settings().tier())
}

async fn finish(app: &App, mut tx: Tx, act: &str, domain: &Domain) -> Result<()> {
    tx.audit(Event {
        at: app.clock.now(&domain.pool),
        pool: Some(&domain.pool),
        act,
        target: Some(&domain.domain),
        refused: None,
    })
    .await?;
    tx.commit().await?;
    Ok(())
}

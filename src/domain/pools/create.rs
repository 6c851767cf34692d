//! CreateUserPool.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Described, check, messages, mfa, schema, tiers};
use crate::app::App;
use crate::domain::keys;
use crate::error::{Error, Result};
use crate::ids::PoolId;
use crate::settings::pool::{Mfa, PoolDocument, PoolSettings, SchemaAttribute};
use crate::store::audit::{Actor, Event};
use crate::store::db::OnUnique;
use crate::store::pools::{self, Pool};

/// The tag that fixes a new pool's id, as LocalStack's users know it.
const CUSTOM_ID: &str = "_custom_id_";

/// A pool to be made.
#[derive(Clone, Debug, Default)]
pub struct NewPool {
    /// Its id where the caller fixes one; else the `_custom_id_` tag's, else a new one.
    pub id: Option<PoolId>,
    /// The region it is made in.
    pub region: String,
    /// The account it belongs to.
    pub account: String,
    /// Its display name.
    pub name: String,
    /// Its settings.
    pub settings: PoolSettings,
    /// Changes to the standard attributes, and custom ones.
    pub schema: Vec<SchemaAttribute>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// Makes a pool and reserves the ids of its two signing keys.
///
/// # Errors: InvalidParameter, FeatureUnavailableInTier, UserPoolTagging.
pub async fn create(app: &App, actor: &Actor, new: NewPool) -> Result<Described> {
    let id = match &new.id {
        Some(id) => id.clone(),
        None => choose_id(app, &new)?,
    };
    let document = document(new.settings, new.schema, new.tags, &new.region)?;
    let now = app.clock.now(&id);
    let pool = Pool {
        id,
        region: new.region,
        account: new.account,
        name: new.name,
        document: Arc::new(document),
        created: now,
        modified: now,
        version: 1,
        epoch: i64::from(u32::from_be_bytes(app.rng.bytes()?)),
    };
    let mut tx = app.store.write(actor).await?;
    pools::insert(&mut tx, &pool)
        .await
        .on_unique(Error::custom_id_taken)?;
    keys::reserve(app, &mut tx, &pool.id).await?;
    tx.audit(Event {
        at: now,
        pool: Some(&pool.id),
        act: "CreateUserPool",
        target: None,
        refused: None,
    })
    .await?;
    tx.commit().await?;
    Ok(Described {
        pool,
        users: 0,
        domain: None,
        custom_domain: None,
    })
}

fn choose_id(app: &App, new: &NewPool) -> Result<PoolId> {
    match new.tags.get(CUSTOM_ID) {
        Some(id) => PoolId::parse(id.as_str()).map_err(|_| Error::custom_id()),
        None => app.rng.pool_id(&new.region),
    }
}

fn document(
    mut settings: PoolSettings,
    given: Vec<SchemaAttribute>,
    tags: BTreeMap<String, String>,
    region: &str,
) -> Result<PoolDocument> {
    let schema = schema::build(given)?;
    settle(&mut settings);
    check::settings(&settings, region)?;
    check::tags(&tags)?;
    if settings.mfa() != Mfa::Off && settings.sms_configuration.is_none() {
        return Err(Error::sms_configuration_required());
    }
    tiers::settings(&settings)?;
    let mut document = PoolDocument {
        settings,
        schema,
        tags,
        ..PoolDocument::default()
    };
    mfa::follow(&mut document);
    Ok(document)
}

/// Fills in what the service stores when it is not said.
pub(super) fn settle(settings: &mut PoolSettings) {
    messages::align(settings);
    if let Some(registration) = &mut settings.dcr_configuration {
        let status = &mut registration.enable_status;
        status.get_or_insert_with(|| "Enabled".to_owned());
    }
}

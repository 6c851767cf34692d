//! Managed-login branding styles: made, changed, described, deleted.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::theme::Theme;
use super::{defaults, finish, hash, merge, pictures};
use crate::app::App;
use crate::domain::{clients, pools};
use crate::error::{Error, Result};
use crate::ids::{ClientId, PoolId};
use crate::settings::branding::{AssetCategory, ColorMode, Extension};
use crate::store::audit::Actor;
use crate::store::brandings::{self, Asset, Branding, Drawing, Look};
use crate::store::db::OnUnique;

/// The most styles of a pool.
const MOST: i64 = 100;
/// The most pictures of a style.
const MOST_ASSETS: usize = 40;

/// A picture as it is given.
#[derive(Clone, Debug)]
pub struct Given {
    /// What it is for.
    pub category: AssetCategory,
    /// When it is shown.
    pub color_mode: ColorMode,
    /// What kind of file it is said to be.
    pub extension: Extension,
    /// The file; none refers to one that the style has.
    pub bytes: Option<Vec<u8>>,
    /// Its id.
    pub resource_id: Option<String>,
}

/// What is to be set. What is not given stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// `UseCognitoProvidedValues`.
    pub provided: Option<bool>,
    /// `Settings`.
    pub settings: Option<Map<String, Value>>,
    /// `Assets`.
    pub assets: Option<Vec<Given>>,
}

/// A style as answers show it.
#[derive(Clone, Debug)]
pub struct Style {
    /// The style.
    pub branding: Branding,
    /// Its settings, merged with the defaults if that was asked for.
    pub settings: Option<Map<String, Value>>,
}

/// Makes the style of a client.
///
/// # Errors: ResourceNotFound, InvalidParameter, ManagedLoginBrandingExists, LimitExceeded
pub async fn create(
    app: &App,
    actor: &Actor,
    pool: &PoolId,
    client: &ClientId,
    changes: Changes,
) -> Result<Style> {
    let id = app.rng.uuid()?.to_string();
    let mut tx = app.store.write(actor).await?;
    let pool = pools::lock(&mut tx, pool).await?.id;
    clients::in_pool(&mut tx, &pool, client).await?;
    let now = app.clock.now(&pool);
    let mut branding = Branding {
        pool,
        id,
        client: client.clone(),
        provided: false,
        settings: None,
        assets: Vec::new(),
        created: now,
        modified: now,
        version: 1,
    };
    let settings = apply(&mut branding, None, changes)?;
    let drawing = draw(&branding, settings.as_ref());
    let count = brandings::count(&mut tx, &branding.pool).await?;
    brandings::insert(&mut tx, &branding, &drawing)
        .await
        .on_unique(|| Error::branding_exists(client.as_str()))?;
    if count >= MOST {
        return Err(Error::limit_exceeded("Managed login branding"));
    }
    finish(
        app,
        tx,
        "CreateManagedLoginBranding",
        &branding.pool,
        &branding.id,
    )
    .await?;
    Ok(Style { branding, settings })
}

/// Changes a style: settings are merged into those it has, a picture takes the place of the one for
/// the same purpose and mode.
///
/// # Errors: ResourceNotFound, InvalidParameter, ConcurrentModification
pub async fn update(
    app: &App,
    actor: &Actor,
    pool: &PoolId,
    id: &str,
    changes: Changes,
) -> Result<Style> {
    let mut tx = app.store.write(actor).await?;
    let pool = pools::lock(&mut tx, pool).await?.id;
    let found = brandings::find(&mut tx, &pool, id).await?;
    let mut branding = found.ok_or_else(|| Error::branding_not_found(id))?;
    let before = parsed(&branding)?;
    let settings = apply(&mut branding, before, changes)?;
    branding.modified = app.clock.now(&pool);
    let drawing = draw(&branding, settings.as_ref());
    if !brandings::update(&mut tx, &branding, &drawing).await? {
        return Err(Error::concurrent_modification());
    }
    finish(app, tx, "UpdateManagedLoginBranding", &pool, id).await?;
    Ok(Style { branding, settings })
}

/// Deletes a style: managed login has no pages for its client any more.
///
/// # Errors: ResourceNotFound.
pub async fn delete(app: &App, actor: &Actor, pool: &PoolId, id: &str) -> Result<()> {
    let mut tx = app.store.write(actor).await?;
    let pool = pools::lock(&mut tx, pool).await?.id;
    if !brandings::delete(&mut tx, &pool, id).await? {
        return Err(Error::branding_not_found(id));
    }
    finish(app, tx, "DeleteManagedLoginBranding", &pool, id).await
}

/// A style; `merged` puts the defaults under its settings.
///
/// # Errors: ResourceNotFound.
pub async fn describe(app: &App, pool: &PoolId, id: &str, merged: bool) -> Result<Style> {
    pools::get(app, pool).await?;
    let mut db = app.store.read().await?;
    let found = brandings::find(&mut db, pool, id).await?;
    shown(found.ok_or_else(|| Error::branding_not_found(id))?, merged)
}

/// The style of a client.
///
/// # Errors: ResourceNotFound.
pub async fn describe_by_client(
    app: &App,
    pool: &PoolId,
    client: &ClientId,
    merged: bool,
) -> Result<Style> {
    pools::get(app, pool).await?;
    let mut db = app.store.read().await?;
    clients::in_pool(&mut db, pool, client).await?;
    let found = brandings::of_client(&mut db, pool, client).await?;
    let missing = || Error::branding_of_client_not_found(client.as_str());
    shown(found.ok_or_else(missing)?, merged)
}

fn shown(branding: Branding, merged: bool) -> Result<Style> {
    let mut settings = parsed(&branding)?;
    if merged {
        let mut whole = Value::Object(defaults::settings());
        merge(&mut whole, &Value::Object(settings.unwrap_or_default()));
        settings = whole.as_object().cloned();
    }
    Ok(Style { branding, settings })
}

fn parsed(branding: &Branding) -> Result<Option<Map<String, Value>>> {
    let settings = branding.settings.as_deref();
    let settings = settings.map(serde_json::from_str).transpose();
    settings.map_err(Error::internal)
}

/// Puts changes into a style; gives its settings as they are then.
fn apply(
    branding: &mut Branding,
    before: Option<Map<String, Value>>,
    changes: Changes,
) -> Result<Option<Map<String, Value>>> {
    if changes.provided == Some(true) {
        if changes.settings.is_some() {
            return Err(Error::branding_values());
        }
        if changes.assets.is_some_and(|assets| !assets.is_empty()) {
            return Err(Error::branding_assets());
        }
        branding.provided = true;
        branding.settings = None;
        branding.assets = Vec::new();
        return Ok(None);
    }
    let settings = match (before, changes.settings) {
        (Some(before), Some(over)) => {
            let mut whole = Value::Object(before);
            merge(&mut whole, &Value::Object(over));
            whole.as_object().cloned()
        }
        (before, given) => given.or(before),
    };
    if settings.is_some() {
        branding.provided = false;
    } else if !branding.provided || changes.provided == Some(false) {
        return Err(Error::branding_values());
    }
    let assets = changes.assets.unwrap_or_default();
    if branding.provided && !assets.is_empty() {
        return Err(Error::branding_assets());
    }
    put_assets(&mut branding.assets, assets)?;
    let text = settings.as_ref().map(serde_json::to_string).transpose();
    branding.settings = text.map_err(Error::internal)?;
    Ok(settings)
}

/// What tells one picture of a style from another: icons of identity providers have ids of their
/// own.
fn place(asset: &Asset) -> (AssetCategory, ColorMode, Option<&str>) {
    let icon = asset.category == AssetCategory::IdpButtonIcon;
    let id = asset.resource_id.as_deref().filter(|_| icon);
    (asset.category, asset.color_mode, id)
}

fn put_assets(assets: &mut Vec<Asset>, given: Vec<Given>) -> Result<()> {
    let mut new: Vec<Asset> = Vec::new();
    for given in given {
        let asset = checked(assets, given)?;
        if new.iter().any(|other| place(other) == place(&asset)) {
            let (category, mode) = (asset.category.as_str(), asset.color_mode.as_str());
            return Err(Error::asset_twice(category, mode));
        }
        new.push(asset);
    }
    for asset in new {
        match assets
            .iter_mut()
            .find(|other| place(other) == place(&asset))
        {
            Some(other) => *other = asset,
            None => assets.push(asset),
        }
    }
    if assets.len() > MOST_ASSETS {
        return Err(Error::too_many_assets());
    }
    Ok(())
}

fn checked(assets: &[Asset], given: Given) -> Result<Asset> {
    let category = given.category.as_str();
    let (digest, bytes) = if let Some(bytes) = given.bytes.filter(|bytes| !bytes.is_empty()) {
        if !pictures::is(given.extension, &bytes) {
            return Err(Error::asset_format(category, given.extension.as_str()));
        }
        (hash(&bytes), URL_SAFE_NO_PAD.encode(bytes))
    } else {
        let id = given.resource_id.as_deref();
        let same = |asset: &&Asset| {
            id.is_some() && asset.resource_id.as_deref() == id && asset.extension == given.extension
        };
        let known = assets.iter().find(same);
        let known = known.ok_or_else(|| Error::asset_without_bytes(category))?;
        (known.digest.clone(), known.bytes.clone())
    };
    Ok(Asset {
        category: given.category,
        color_mode: given.color_mode,
        extension: given.extension,
        resource_id: given.resource_id,
        digest,
        bytes,
    })
}

fn draw(branding: &Branding, settings: Option<&Map<String, Value>>) -> Drawing {
    let (sheet, look) = match settings {
        Some(settings) => {
            let theme = Theme {
                settings,
                assets: &branding.assets,
            };
            (theme.sheet(), theme.look())
        }
        None => (String::new(), Look::default()),
    };
    // Without rules there is nothing to serve.
    let digest = if sheet.is_empty() {
        String::new()
    } else {
        hash(sheet.as_bytes())
    };
    Drawing {
        sheet,
        digest,
        look,
    }
}

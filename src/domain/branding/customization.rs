//! SetUICustomization and GetUICustomization: the look of the classic pages.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{finish, hash, pictures, sheet};
use crate::app::App;
use crate::domain::{clients, pools};
use crate::error::{Error, Result};
use crate::ids::{ClientId, PoolId};
use crate::store::audit::Actor;
use crate::store::db::Conn;
use crate::store::domains;
use crate::store::ui_customizations::{self, ALL_CLIENTS, New, UiCustomization};
use crate::time::Timestamp;

/// What is to be set. What is not given is removed.
#[derive(Clone, Debug)]
pub struct Customization {
    /// The pool.
    pub pool: PoolId,
    /// The client; none for all that have no look of their own.
    pub client: Option<ClientId>,
    /// The CSS.
    pub css: Option<String>,
    /// The logo.
    pub image: Option<Vec<u8>>,
}

/// A look, as answers show it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The pool.
    pub pool: PoolId,
    /// A client's id, or `ALL`.
    pub scope: String,
    /// The CSS as it was given.
    pub css: Option<String>,
    /// Where the logo is.
    pub image_url: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub modified: Timestamp,
}

/// Sets the look of a client's classic pages, or that of all clients without their own; without
/// CSS and logo, takes it away.
///
/// # Errors: ResourceNotFound; InvalidParameter (no domain, CSS, logo)
pub async fn set(app: &App, actor: &Actor, wanted: Customization) -> Result<Shown> {
    let css = wanted
        .css
        .as_deref()
        .map(str::trim)
        .filter(|css| !css.is_empty());
    let compiled = css.map(sheet::compile).transpose()?;
    let compiled = compiled.map(|sheet| {
        let digest = hash(sheet.as_bytes());
        (sheet, digest)
    });
    let image = wanted.image.as_deref().filter(|image| !image.is_empty());
    let image = image.map(|bytes| {
        let extension = pictures::logo(bytes).ok_or_else(Error::logo_format)?;
        Ok::<_, Error>((hash(bytes), extension, URL_SAFE_NO_PAD.encode(bytes)))
    });
    let image = image.transpose()?;
    let mut tx = app.store.write(actor).await?;
    let pool = pools::lock(&mut tx, &wanted.pool).await?.id;
    if let Some(client) = &wanted.client {
        clients::in_pool(&mut tx, &pool, client).await?;
    }
    if domains::of_pool(&mut tx, &pool).await?.is_empty() {
        return Err(Error::customization_without_domain());
    }
    let scope = wanted.client.as_ref().map_or(ALL_CLIENTS, ClientId::as_str);
    let before = ui_customizations::find(&mut tx, &pool, scope).await?;
    let now = app.clock.now(&pool);
    let new = New {
        pool: &pool,
        client: wanted.client.as_ref(),
        css: wanted
            .css
            .as_deref()
            .zip(compiled.as_ref())
            .map(|(given, (sheet, digest))| (given, sheet.as_str(), digest.as_str())),
        image: image
            .as_ref()
            .map(|(digest, extension, bytes)| (digest.as_str(), *extension, bytes.as_str())),
        at: now,
    };
    let shown = UiCustomization {
        scope: scope.to_owned(),
        css: new.css.map(|(given, ..)| given.to_owned()),
        sheet_digest: new.css.map(|(.., digest)| digest.to_owned()),
        image: new
            .image
            .map(|(digest, extension, _)| (digest.to_owned(), extension)),
        created: before.map_or(now, |before| before.created),
        modified: now,
    };
    if new.css.is_none() && new.image.is_none() {
        ui_customizations::delete(&mut tx, &pool, scope).await?;
    } else {
        ui_customizations::put(&mut tx, new).await?;
    }
    finish(app, tx, "SetUICustomization", &pool, scope).await?;
    Ok(show(app, &pool, shown))
}

/// The look of a client's classic pages; that of all clients if it has none, or none is named.
///
/// # Errors: ResourceNotFound.
pub async fn get(app: &App, pool: &PoolId, client: Option<&ClientId>) -> Result<Option<Shown>> {
    pools::get(app, pool).await?;
    let mut db = app.store.read().await?;
    if let Some(client) = client {
        clients::in_pool(&mut db, pool, client).await?;
    }
    let found = of_client(&mut db, pool, client).await?;
    Ok(found.map(|found| show(app, pool, found)))
}

/// What counts for a client: its own look, else that of all.
pub(super) async fn of_client(
    db: &mut Conn,
    pool: &PoolId,
    client: Option<&ClientId>,
) -> Result<Option<UiCustomization>> {
    if let Some(client) = client {
        let own = ui_customizations::find(db, pool, client.as_str()).await?;
        if own.is_some() {
            return Ok(own);
        }
    }
    ui_customizations::find(db, pool, ALL_CLIENTS).await
}

fn show(app: &App, pool: &PoolId, found: UiCustomization) -> Shown {
    let image = found.image;
    Shown {
        pool: pool.clone(),
        scope: found.scope,
        css: found.css,
        image_url: image.map(|(digest, extension)| {
            format!("{}/_brand/{digest}.{}", app.site(pool), extension.suffix())
        }),
        created: found.created,
        modified: found.modified,
    }
}

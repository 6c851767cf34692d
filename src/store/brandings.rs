//! Managed-login branding styles with their pictures.

use serde::{Deserialize, Serialize};

use super::db::{Conn, DbError, Tx, encoded};
use crate::error::{Error, Result};
use crate::ids::{ClientId, PoolId};
use crate::settings::branding::{AssetCategory, ColorMode, Extension};
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    BY_ID = "SELECT branding_id, client_id, provided, settings, created_ms, modified_ms, version \
             FROM managed_login_brandings WHERE pool_id = $1 AND branding_id = $2";
    BY_CLIENT = "SELECT branding_id, client_id, provided, settings, created_ms, modified_ms, version \
                 FROM managed_login_brandings WHERE pool_id = $1 AND client_id = $2";
    LOOK = "SELECT sheet_digest, look FROM managed_login_brandings WHERE pool_id = $1 AND client_id = $2";
    SHEET = "SELECT sheet FROM managed_login_brandings WHERE pool_id = $1 AND sheet_digest = $2 LIMIT 1";
    COUNT = "SELECT COUNT(*) FROM managed_login_brandings WHERE pool_id = $1";
    INSERT = "INSERT INTO managed_login_brandings (pool_id, branding_id, client_id, provided, settings, \
              look, sheet, sheet_digest, created_ms, modified_ms, version) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, 1)";
    UPDATE = "UPDATE managed_login_brandings SET provided = $4, settings = $5, look = $6, sheet = $7, \
              sheet_digest = $8, modified_ms = $9, version = version + 1 \
              WHERE pool_id = $1 AND branding_id = $2 AND version = $3";
    DELETE = "DELETE FROM managed_login_brandings WHERE pool_id = $1 AND branding_id = $2";
    ASSETS = "SELECT category, color_mode, extension, resource_id, digest, bytes FROM branding_assets \
              WHERE pool_id = $1 AND branding_id = $2 ORDER BY position";
    ASSET = "SELECT extension, bytes FROM branding_assets WHERE pool_id = $1 AND digest = $2 LIMIT 1";
    ADD_ASSET = "INSERT INTO branding_assets (pool_id, branding_id, position, category, color_mode, \
                 extension, resource_id, digest, bytes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    DELETE_ASSETS = "DELETE FROM branding_assets WHERE pool_id = $1 AND branding_id = $2";
}

/// A style, one per client.
#[derive(Clone, Debug)]
pub struct Branding {
    /// The pool.
    pub pool: PoolId,
    /// Its id: a version 4 UUID.
    pub id: String,
    /// The client whose pages it is for.
    pub client: ClientId,
    /// `UseCognitoProvidedValues`.
    pub provided: bool,
    /// The settings as they were given, as JSON text; none with provided values.
    pub settings: Option<String>,
    /// Its pictures, in the order they were given.
    pub assets: Vec<Asset>,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub modified: Timestamp,
    /// Raised by every change.
    pub version: i64,
}

/// A picture of a style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// What it is for.
    pub category: AssetCategory,
    /// When it is shown.
    pub color_mode: ColorMode,
    /// What kind of file it is.
    pub extension: Extension,
    /// Its id, if it was given one.
    pub resource_id: Option<String>,
    /// The hash that its address carries.
    pub digest: String,
    /// The file, as base64url.
    pub bytes: String,
}

/// What a style makes of the pages beside their stylesheet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// The colours of the pages whatever the browser prefers; none: as it prefers.
    pub mode: Option<Mode>,
    /// Whether it is the customer's own: then our mark does not show.
    pub own: bool,
    /// Whether logos stand in a banner of its own, as classic pages have it.
    pub banner: bool,
    /// The file of the tab's icon.
    pub favicon: Option<String>,
    /// The logo of the form.
    pub form_logo: Option<Placed>,
    /// The strip above the page.
    pub header: Option<Strip>,
    /// The strip below the page.
    pub footer: Option<Strip>,
    /// What illustrates the pages.
    #[serde(default)]
    pub graphics: Graphics,
}

/// The pictures of pages about one way to sign in each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Graphics {
    /// Codes by e-mail.
    pub email: Option<Picture>,
    /// Codes by text message.
    pub sms: Option<Picture>,
    /// An authenticator app.
    pub app: Option<Picture>,
    /// Passwords.
    pub password: Option<Picture>,
    /// Passkeys.
    pub passkey: Option<Picture>,
}

/// The files of a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// For light pages.
    pub light: Option<String>,
    /// For dark pages.
    pub dark: Option<String>,
}

/// A strip along the page; it may be there without a logo.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strip {
    /// Its logo.
    pub logo: Option<Placed>,
}

/// One of the two colour schemes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// A logo and where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// The file for light pages.
    pub light: Option<String>,
    /// The file for dark pages.
    pub dark: Option<String>,
    /// Start, centre or end of its line.
    pub align: Align,
    /// Whether it stands below what it belongs to.
    pub below: bool,
    /// Whether it stands outside of the form.
    pub outside: bool,
}

/// Where in its line something stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Align {
    /// Where lines begin.
    Start,
    /// In the middle.
    #[default]
    Center,
    /// Where lines end.
    End,
}

/// What is drawn: the stylesheet with its hash, and the rest.
#[derive(Clone, Debug)]
pub struct Drawing {
    /// Rules after those of our own stylesheet.
    pub sheet: String,
    /// Their hash.
    pub digest: String,
    /// What is not style.
    pub look: Look,
}

#[derive(sqlx::FromRow)]
struct Row {
    branding_id: String,
    client_id: String,
    provided: bool,
    settings: Option<String>,
    created_ms: i64,
    modified_ms: i64,
    version: i64,
}

#[derive(sqlx::FromRow)]
struct AssetRow {
    category: String,
    color_mode: String,
    extension: String,
    resource_id: Option<String>,
    digest: String,
    bytes: String,
}

impl TryFrom<AssetRow> for Asset {
    type Error = Error;
    fn try_from(row: AssetRow) -> Result<Self> {
        Ok(Self {
            category: AssetCategory::try_from(row.category).map_err(Error::internal)?,
            color_mode: ColorMode::try_from(row.color_mode).map_err(Error::internal)?,
            extension: Extension::try_from(row.extension).map_err(Error::internal)?,
            resource_id: row.resource_id,
            digest: row.digest,
            bytes: row.bytes,
        })
    }
}

async fn whole(db: &mut Conn, pool: &PoolId, row: Option<Row>) -> Result<Option<Branding>> {
    let Some(row) = row else {
        return Ok(None);
    };
    let assets: Vec<AssetRow> = db.all(ASSETS, args![pool, &row.branding_id]).await?;
    let assets: Result<Vec<Asset>> = assets.into_iter().map(Asset::try_from).collect();
    Ok(Some(Branding {
        pool: pool.clone(),
        id: row.branding_id,
        client: ClientId::parse(row.client_id).map_err(Error::internal)?,
        provided: row.provided,
        settings: row.settings,
        assets: assets?,
        created: Timestamp::from_ms(row.created_ms),
        modified: Timestamp::from_ms(row.modified_ms),
        version: row.version,
    }))
}

/// The style of an id.
pub async fn find(db: &mut Conn, pool: &PoolId, id: &str) -> Result<Option<Branding>> {
    let row = db.optional(BY_ID, args![pool, id]).await?;
    whole(db, pool, row).await
}

/// The style of a client.
pub async fn of_client(
    db: &mut Conn,
    pool: &PoolId,
    client: &ClientId,
) -> Result<Option<Branding>> {
    let row = db.optional(BY_CLIENT, args![pool, client]).await?;
    whole(db, pool, row).await
}

/// What the pages of a client draw, if it has a style: the hash of the stylesheet and the rest.
pub async fn look(
    db: &mut Conn,
    pool: &PoolId,
    client: &ClientId,
) -> Result<Option<(String, Look)>> {
    let row: Option<(String, String)> = db.optional(LOOK, args![pool, client]).await?;
    let Some((digest, look)) = row else {
        return Ok(None);
    };
    let look = serde_json::from_str(&look).map_err(Error::internal)?;
    Ok(Some((digest, look)))
}

/// The stylesheet with a hash.
pub async fn sheet(db: &mut Conn, pool: &PoolId, digest: &str) -> Result<Option<String>, DbError> {
    let row: Option<(String,)> = db.optional(SHEET, args![pool, digest]).await?;
    Ok(row.map(|(sheet,)| sheet))
}

/// The picture with a hash, as base64url, and its kind.
pub async fn asset(
    db: &mut Conn,
    pool: &PoolId,
    digest: &str,
) -> Result<Option<(Extension, String)>> {
    let row: Option<(String, String)> = db.optional(ASSET, args![pool, digest]).await?;
    let Some((extension, bytes)) = row else {
        return Ok(None);
    };
    let extension = Extension::try_from(extension).map_err(Error::internal)?;
    Ok(Some((extension, bytes)))
}

/// How many styles a pool has.
pub async fn count(db: &mut Conn, pool: &PoolId) -> Result<i64, DbError> {
    let (count,): (i64,) = db.one(COUNT, args![pool]).await?;
    Ok(count)
}

/// Adds a style. A unique violation means that the client has one.
pub async fn insert(tx: &mut Tx, branding: &Branding, drawing: &Drawing) -> Result<(), DbError> {
    let args = args![
        &branding.pool,
        &branding.id,
        &branding.client,
        branding.provided,
        branding.settings.as_deref(),
        encoded(&drawing.look)?,
        &drawing.sheet,
        &drawing.digest,
        branding.created
    ];
    tx.execute(INSERT, args).await?;
    add_assets(tx, branding).await
}

/// Writes a style back, if nobody else has changed it since it was read; says whether it was.
pub async fn update(tx: &mut Tx, branding: &Branding, drawing: &Drawing) -> Result<bool, DbError> {
    let args = args![
        &branding.pool,
        &branding.id,
        branding.version,
        branding.provided,
        branding.settings.as_deref(),
        encoded(&drawing.look)?,
        &drawing.sheet,
        &drawing.digest,
        branding.modified
    ];
    if tx.execute(UPDATE, args).await? != 1 {
        return Ok(false);
    }
    let owner = args![&branding.pool, &branding.id];
    tx.execute(DELETE_ASSETS, owner).await?;
    add_assets(tx, branding).await?;
    Ok(true)
}

async fn add_assets(tx: &mut Tx, branding: &Branding) -> Result<(), DbError> {
    for (position, asset) in (0_i64..).zip(&branding.assets) {
        let args = args![
            &branding.pool,
            &branding.id,
            position,
            asset.category.as_str(),
            asset.color_mode.as_str(),
            asset.extension.as_str(),
            asset.resource_id.as_deref(),
            &asset.digest,
            &asset.bytes
        ];
        tx.execute(ADD_ASSET, args).await?;
    }
    Ok(())
}

/// Deletes a style; says whether it was there.
pub async fn delete(tx: &mut Tx, pool: &PoolId, id: &str) -> Result<bool, DbError> {
    let rows = tx.execute(DELETE, args![pool, id]).await?;
    Ok(rows == 1)
}

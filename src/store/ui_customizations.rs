//! The look of the classic pages (SetUICustomization).

use super::db::{Conn, DbError, Tx};
use crate::error::{Error, Result};
use crate::ids::{ClientId, PoolId};
use crate::settings::branding::Extension;
use crate::time::Timestamp;
use crate::{args, statements};

statements! {
    OF_SCOPE = "SELECT scope, css, sheet_digest, image_digest, extension, created_ms, modified_ms \
                FROM ui_customizations WHERE pool_id = $1 AND scope = $2";
    SHEET = "SELECT sheet FROM ui_customizations WHERE pool_id = $1 AND sheet_digest = $2 LIMIT 1";
    IMAGE = "SELECT extension, image FROM ui_customizations \
             WHERE pool_id = $1 AND image_digest = $2 LIMIT 1";
    PUT = "INSERT INTO ui_customizations (pool_id, scope, client_id, css, sheet, sheet_digest, \
           image_digest, extension, image, created_ms, modified_ms) \
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) \
           ON CONFLICT (pool_id, scope) DO UPDATE SET css = $4, sheet = $5, sheet_digest = $6, \
           image_digest = $7, extension = $8, image = $9, modified_ms = $10";
    DELETE = "DELETE FROM ui_customizations WHERE pool_id = $1 AND scope = $2";
}

/// The scope of what counts for every client that has no look of its own.
pub const ALL_CLIENTS: &str = "ALL";

/// A look without its files.
#[derive(Clone, Debug)]
pub struct UiCustomization {
    /// A client's id, or [`ALL_CLIENTS`].
    pub scope: String,
    /// The CSS as it was given.
    pub css: Option<String>,
    /// The hash of what is served of it.
    pub sheet_digest: Option<String>,
    /// The logo: its hash and kind.
    pub image: Option<(String, Extension)>,
    /// When it was made.
    pub created: Timestamp,
    /// When it last changed.
    pub modified: Timestamp,
}

/// A look to be written.
#[derive(Clone, Copy, Debug)]
pub struct New<'a> {
    /// The pool.
    pub pool: &'a PoolId,
    /// The client; none for all.
    pub client: Option<&'a ClientId>,
    /// The CSS as given, what is served of it, and the hash of that.
    pub css: Option<(&'a str, &'a str, &'a str)>,
    /// The logo: its hash, kind and bytes (base64url).
    pub image: Option<(&'a str, Extension, &'a str)>,
    /// Now.
    pub at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    scope: String,
    css: Option<String>,
    sheet_digest: Option<String>,
    image_digest: Option<String>,
    extension: Option<String>,
    created_ms: i64,
    modified_ms: i64,
}

impl TryFrom<Row> for UiCustomization {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        let extension = row.extension.map(Extension::try_from).transpose();
        let extension = extension.map_err(Error::internal)?;
        Ok(Self {
            scope: row.scope,
            css: row.css,
            sheet_digest: row.sheet_digest,
            image: row.image_digest.zip(extension),
            created: Timestamp::from_ms(row.created_ms),
            modified: Timestamp::from_ms(row.modified_ms),
        })
    }
}

/// The look of a scope.
pub async fn find(db: &mut Conn, pool: &PoolId, scope: &str) -> Result<Option<UiCustomization>> {
    let row: Option<Row> = db.optional(OF_SCOPE, args![pool, scope]).await?;
    row.map(UiCustomization::try_from).transpose()
}

/// The stylesheet with a hash.
pub async fn sheet(db: &mut Conn, pool: &PoolId, digest: &str) -> Result<Option<String>, DbError> {
    let row: Option<(Option<String>,)> = db.optional(SHEET, args![pool, digest]).await?;
    Ok(row.and_then(|(sheet,)| sheet))
}

/// The logo with a hash, as base64url, and its kind.
pub async fn image(
    db: &mut Conn,
    pool: &PoolId,
    digest: &str,
) -> Result<Option<(Extension, String)>> {
    let row: Option<(Option<String>, Option<String>)> =
        db.optional(IMAGE, args![pool, digest]).await?;
    let Some((Some(extension), Some(image))) = row else {
        return Ok(None);
    };
    let extension = Extension::try_from(extension).map_err(Error::internal)?;
    Ok(Some((extension, image)))
}

/// Writes a look, in place of the one that its scope has.
pub async fn put(tx: &mut Tx, new: New<'_>) -> Result<(), DbError> {
    let scope = new.client.map_or(ALL_CLIENTS, ClientId::as_str);
    let args = args![
        new.pool,
        scope,
        new.client,
        new.css.map(|(given, ..)| given),
        new.css.map(|(_, sheet, _)| sheet),
        new.css.map(|(.., digest)| digest),
        new.image.map(|(digest, ..)| digest),
        new.image.map(|(_, extension, _)| extension.as_str()),
        new.image.map(|(.., bytes)| bytes),
        new.at
    ];
    tx.execute(PUT, args).await.map(drop)
}

/// Removes the look of a scope.
pub async fn delete(tx: &mut Tx, pool: &PoolId, scope: &str) -> Result<(), DbError> {
    tx.execute(DELETE, args![pool, scope]).await.map(drop)
}

//! The files of a look, by the hash in their address.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::app::App;
use crate::error::{Error, Result};
use crate::ids::PoolId;
use crate::settings::branding::Extension;
use crate::store::{brandings, ui_customizations};

/// A picture.
#[derive(Clone, Debug)]
pub struct File {
    /// What kind of file it is.
    pub extension: Extension,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// The picture of a pool with this hash.
pub async fn picture(app: &App, pool: &PoolId, digest: &str) -> Result<Option<File>> {
    let mut db = app.store.read().await?;
    let found = match brandings::asset(&mut db, pool, digest).await? {
        Some(found) => Some(found),
        None => ui_customizations::image(&mut db, pool, digest).await?,
    };
    let Some((extension, bytes)) = found else {
        return Ok(None);
    };
    let bytes = URL_SAFE_NO_PAD.decode(bytes).map_err(Error::internal)?;
    Ok(Some(File { extension, bytes }))
}

/// The rules of a pool with this hash.
pub async fn stylesheet(app: &App, pool: &PoolId, digest: &str) -> Result<Option<String>> {
    let mut db = app.store.read().await?;
    let found = brandings::sheet(&mut db, pool, digest).await?;
    match found {
        Some(found) => Ok(Some(found)),
        None => Ok(ui_customizations::sheet(&mut db, pool, digest).await?),
    }
}

//! The signing keys of pools: two each, one for ID tokens and one for access tokens.

use std::sync::Arc;

use crate::app::App;
use crate::error::{Error, Result};
use crate::ids::PoolId;

/// The pool's JWKS document, ready to send (api-auth.md 9.4).
///
/// # Errors: ResourceNotFound `User pool {id} does not exist.`
pub async fn jwks(_app: &App, pool: &PoolId) -> Result<Arc<[u8]>> {
    Err(Error::pool_not_found(pool.as_str()))
}

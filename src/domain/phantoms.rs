//! Phantoms: names that are no user's, where a client hides which users exist.
//!
//! A phantom has ids and salts like a user's, the same ones every time, and its attempts are
//! counted like a user's; so neither an answer nor its time tells that there is nobody
//! (security.md G5, G6).

use crate::app::App;
use crate::error::{Error, Result};
use crate::ids::{PoolId, Sub};

/// The `sub` of a phantom. `key` is the name in the form in which names are compared.
pub fn sub(app: &App, pool: &PoolId, key: &str) -> Result<Sub> {
    let bytes = app.vault.derive("phantom", &format!("{pool}/{key}"))?;
    let number = bytes.first_chunk().copied().map_or(0, u128::from_be_bytes);
    // A version 4 UUID, as a user's is.
    let number = number & !(0xf << 76) & !(0b11 << 62) | 4 << 76 | 0b10 << 62;
    let hex = format!("{number:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    let parts = [
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32),
    ];
    Sub::parse(parts.join("-")).map_err(Error::internal)
}

/// Further bytes of a phantom: `kind` names what they are for.
pub fn bytes(app: &App, kind: &str, pool: &PoolId, sub: &Sub) -> Result<[u8; 32]> {
    app.vault.derive(kind, &format!("{pool}/{sub}"))
}

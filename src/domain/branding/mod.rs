//! What makes the pages a customer's own: the look of the classic pages, and managed-login styles
//! (oauth.md 8.4, 8.5).
//!
//! What is set is checked and turned into rules of a stylesheet once, when it is written; a page
//! reads the outcome. Stylesheet and pictures are served by hash from our own origin.

mod customization;
mod defaults;
mod files;
mod look;
mod pictures;
mod sheet;
mod styles;
mod theme;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::Value;

use crate::app::App;
use crate::error::Result;
use crate::ids::PoolId;
use crate::store::audit::Event;
use crate::store::db::Tx;

pub use customization::{Customization, Shown, get, set};
pub use files::{File, picture, stylesheet};
pub use look::{Drawn, Version, of_client, switches, version};
pub use styles::{Changes, Given, Style, create, delete, describe, describe_by_client, update};

/// A hash that an address carries: half of the SHA-256, in hexadecimal digits.
fn hash(bytes: &[u8]) -> String {
    let digest = digest(&SHA256, bytes);
    let half = digest.as_ref().iter().take(16);
    let half = half.fold(0_u128, |hash, byte| (hash << 8) | u128::from(*byte));
    format!("{half:032x}")
}

/// Puts a document over another: objects are merged, everything else is replaced.
fn merge(under: &mut Value, over: &Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (name, value) in over {
                merge(under.entry(name.as_str()).or_insert(Value::Null), value);
            }
        }
        (under, over) => *under = over.clone(),
    }
}

async fn finish(app: &App, mut tx: Tx, act: &str, pool: &PoolId, target: &str) -> Result<()> {
    tx.audit(Event {
        at: app.clock.now(pool),
        pool: Some(pool),
        act,
        target: Some(target),
        refused: None,
    })
    .await?;
    tx.commit().await?;
    Ok(())
}

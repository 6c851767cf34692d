//! GetDevice and ListDevices.

use super::{check_tracked, find, key};
use crate::app::App;
use crate::domain::paging::{Ask, List, Page};
use crate::error::Result;
use crate::ids::Sub;
use crate::store::devices::{self, Device};
use crate::store::pools::Pool;

/// The most rows of a page.
const MOST: i64 = 60;

/// A device of a user.
///
/// # Errors: ResourceNotFound `Device does not exist.`, InvalidUserPoolConfiguration
pub async fn get(app: &App, (pool, sub): (&Pool, &Sub), device: &str) -> Result<Device> {
    check_tracked(pool)?;
    find(app, (&pool.id, sub), &key(device)?).await
}

/// The devices of a user, by key.
///
/// # Errors: InvalidParameter (token), InvalidUserPoolConfiguration
pub async fn list(
    app: &App,
    (pool, sub): (&Pool, &Sub),
    operation: &str,
    ask: &Ask,
) -> Result<Page<Device>> {
    check_tracked(pool)?;
    let list = List {
        operation,
        scope: pool.id.as_str(),
        parameters: sub.as_str(),
    };
    let after: Option<String> = list.after(app, ask)?;
    let count = ask.rows(MOST);
    let mut db = app.store.read().await?;
    let owner = (&pool.id, sub);
    let rows = devices::page(&mut db, owner, after.as_deref(), count + 1).await?;
    list.page(app, rows, count, |device| device.key.to_string())
}

//! Which keys there are.

use super::Home;
use crate::app::App;
use crate::error::{Error, Result};
use crate::ids::KeyArn;
use crate::store::pools;
use crate::time::Timestamp;

/// A key.
#[derive(Clone, Debug)]
pub struct Described {
    /// Its ARN.
    pub key: KeyArn,
    /// When its oldest pool was made.
    pub since: Timestamp,
}

/// DescribeKey.
///
/// # Errors: NotFound.
pub async fn describe(app: &App, home: &Home, key_id: &str) -> Result<Described> {
    find(app, home, key_id).await
}

/// The key of an id in any of its forms, if a pool has it.
///
/// # Errors: NotFound.
pub(super) async fn find(app: &App, home: &Home, key_id: &str) -> Result<Described> {
    let key = named(home, key_id)?;
    let mut db = app.store.read().await?;
    let since = pools::key_since(&mut db, &key).await?;
    let since = since.ok_or_else(|| {
        let alias = arn(home, key_id);
        if alias == key.as_str() {
            Error::key_not_found(&alias)
        } else {
            Error::alias_not_found(&alias)
        }
    })?;
    Ok(Described { key, since })
}

/// The key that an id names: an ARN or id of a key, an ARN or name of an alias.
///
/// # Errors: NotFound, for what is none of these.
pub(super) fn named(home: &Home, key_id: &str) -> Result<KeyArn> {
    KeyArn::of(&arn(home, key_id)).ok_or_else(|| Error::invalid_key_id(key_id))
}

fn arn(home: &Home, key_id: &str) -> String {
    if key_id.starts_with("arn:") {
        return key_id.to_owned();
    }
    let kind = if key_id.starts_with("alias/") {
        ""
    } else {
        "key/"
    };
    let Home { region, account } = home;
    format!("arn:aws:kms:{region}:{account}:{kind}{key_id}")
}

//! What administrators do with users.

mod attributes;
mod create;
mod invitation;
mod password;
mod state;

use crate::app::App;
use crate::domain::{pools, usernames};
use crate::error::{Reason, Result};
use crate::ids::{PoolId, Sub};
use crate::store::audit;
use crate::store::db::Tx;
use crate::store::pools::Pool;
use crate::store::users::User;
use crate::time::Timestamp;

pub use attributes::{delete_attributes, update_attributes};
pub use create::{NewUser, create};
pub use invitation::{Invite, resend};
pub use password::{reset_password, set_password};
pub use state::{confirm_sign_up, delete, set_enabled};

/// A pool and one of its users, by user name, alias or `sub`.
///
/// # Errors: ResourceNotFound (pool), UserNotFound `User does not exist.`
pub async fn find(app: &App, pool: &PoolId, username: &str) -> Result<(Pool, User)> {
    let pool = pools::get(app, pool).await?;
    let mut db = app.store.read().await?;
    let user = usernames::get(&mut db, &pool, username).await?;
    Ok((pool, user))
}

/// Tells of an act, in its transaction.
async fn audit(
    tx: &mut Tx,
    pool: &Pool,
    (act, sub): (&str, &Sub),
    refused: Option<Reason>,
    now: Timestamp,
) -> Result<()> {
    tx.audit(audit::Event {
        at: now,
        pool: Some(&pool.id),
        act,
        target: Some(sub.as_str()),
        refused,
    })
    .await
}

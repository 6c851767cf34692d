//! Attributes that administrators change.

use super::find;
use crate::app::App;
use crate::domain::attributes::{self, Given};
use crate::domain::changes::Asker;
use crate::domain::contact_change;
use crate::domain::hooks::Metadata;
use crate::error::Result;
use crate::ids::PoolId;
use crate::store::audit::Actor;

/// Changes attributes. A contact with a new value loses its verification unless the same call gives
/// it, and where the pool verifies by itself a code goes to the new value (api.md 2).
///
/// # Errors: UserNotFound, InvalidParameter, AliasExists, CodeDeliveryFailure, what a trigger
/// refuses with
pub async fn update_attributes(
    app: &App,
    actor: &Actor,
    pool: &PoolId,
    username: &str,
    (given, metadata): (Vec<Given>, &Metadata),
) -> Result<()> {
    let (pool, user) = find(app, pool, username).await?;
    let update = attributes::changes(&pool, attributes::values(given)?)?;
    let change = contact_change::Change {
        act: "AdminUpdateUserAttributes",
        pool: &pool,
        client: None,
        user: &user,
        metadata,
        asker: Asker::Nobody,
    };
    contact_change::apply(app, actor, change, update).await?;
    Ok(())
}

/// Takes attributes away; a contact takes its verification with it, and codes that it waits for.
///
/// # Errors: UserNotFound, InvalidParameter
pub async fn delete_attributes(
    app: &App,
    actor: &Actor,
    pool: &PoolId,
    username: &str,
    names: Vec<String>,
) -> Result<()> {
    let (pool, user) = find(app, pool, username).await?;
    let update = attributes::removals(&pool, names)?;
    let metadata = Metadata::new();
    let change = contact_change::Change {
        act: "AdminDeleteUserAttributes",
        pool: &pool,
        client: None,
        user: &user,
        metadata: &metadata,
        asker: Asker::Nobody,
    };
    contact_change::apply(app, actor, change, update).await?;
    Ok(())
}

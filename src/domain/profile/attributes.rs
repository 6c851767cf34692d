//! Changing the own attributes, as far as the client may write them.

use super::check_status;
use crate::app::App;
use crate::domain::access::SignedIn;
use crate::domain::attributes::{self, Given, Update};
use crate::domain::contact_change::{self, Change};
use crate::domain::delivery::Details;
use crate::domain::hooks::Metadata;
use crate::error::Result;
use crate::store::audit::Actor;

/// Changes attributes; gives where codes for new contacts went.
///
/// # Errors: NotAuthorized (an attribute that the client may not write), InvalidParameter,
/// AliasExists, PasswordResetRequired, UserNotConfirmed, CodeDeliveryFailure, what a trigger
/// refuses with
pub async fn update_attributes(
    app: &App,
    actor: &Actor,
    who: &SignedIn,
    given: Vec<Given>,
    metadata: &Metadata,
) -> Result<Vec<Details>> {
    check_status(who)?;
    let values = attributes::values(given)?;
    attributes::check_writer(&who.pool, &who.client, values.keys())?;
    let update = attributes::changes(&who.pool, values)?;
    let change = change(who, "UpdateUserAttributes", metadata);
    contact_change::apply(app, actor, change, update).await
}

/// Takes attributes away; a contact takes its verification with it.
///
/// # Errors: NotAuthorized (an attribute that the client may not write), InvalidParameter,
/// PasswordResetRequired, UserNotConfirmed
pub async fn delete_attributes(
    app: &App,
    actor: &Actor,
    who: &SignedIn,
    names: Vec<String>,
) -> Result<()> {
    check_status(who)?;
    attributes::check_writer(&who.pool, &who.client, names.iter())?;
    let update: Update = attributes::removals(&who.pool, names)?;
    let metadata = Metadata::new();
    let change = change(who, "DeleteUserAttributes", &metadata);
    contact_change::apply(app, actor, change, update).await?;
    Ok(())
}

fn change<'a>(who: &'a SignedIn, act: &'a str, metadata: &'a Metadata) -> Change<'a> {
    Change {
        act,
        pool: &who.pool,
        client: Some(&who.client.id),
        user: &who.user,
        metadata,
        asker: who.into(),
    }
}

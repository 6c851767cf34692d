//! The end of a sign-up in a browser: who made the account there and confirmed it is signed in.

use crate::app::App;
use crate::domain::challenge::{self, Outcome};
use crate::domain::devices::browser::Kept;
use crate::error::{Error, Reason, Result};
use crate::ids::Sub;
use crate::settings::pool::Contact;
use crate::store::audit::Actor;
use crate::store::clients::Client;
use crate::store::pools::Pool;
use crate::store::users;

/// Signs the owner of a new account in, who has proven this contact, if any, or asks for a second
/// factor.
///
/// # Errors: NotAuthorized, NotImplemented (the pool asks for more than is built)
pub async fn prove(
    app: &App,
    actor: &Actor,
    (pool, client): (&Pool, &Client),
    (sub, contact): (&Sub, Option<Contact>),
    kept: &[Kept],
) -> Result<Outcome> {
    let user = {
        let mut db = app.store.read().await?;
        users::by_sub(&mut db, &pool.id, sub).await?
    };
    let gone = || Error::incorrect_username_or_password().because(Reason::UnknownUser);
    let user = user.ok_or_else(gone)?;
    challenge::prove(app, actor, (pool, client), (&user, contact), kept).await
}

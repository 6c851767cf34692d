//! An administrator makes a user.

use std::collections::BTreeMap;

use super::audit;
use super::invitation::{self, Invite};
use crate::app::App;
use crate::domain::accounts::{self, Name, new_name};
use crate::domain::attributes::{self, CONTACTS, Given};
use crate::domain::hooks::{self, Event, SignUpSource};
use crate::domain::{first_factors, password, pools, records};
use crate::error::{Error, Result};
use crate::ids::PoolId;
use crate::secret::Secret;
use crate::store::audit::Actor;
use crate::store::passwords;
use crate::store::pools::Pool;
use crate::store::users::{Attributes, Status, User};

/// What an administrator gives to make a user.
pub struct NewUser<'a> {
    /// The user name, or the contact that stands for it.
    pub username: String,
    /// Attributes.
    pub attributes: Vec<Given>,
    /// `ValidationData`, for the trigger only.
    pub validation_data: Vec<Given>,
    /// Takes verified contacts away from other users.
    pub force_alias_creation: bool,
    /// Sends no invitation (`MessageAction` SUPPRESS).
    pub suppress: bool,
    /// Password, media and metadata of the invitation.
    pub invite: Invite<'a>,
}

/// Makes a user. Required attributes are not asked for here but at the first sign-in (api.md 4.3).
///
/// # Errors: ResourceNotFound, InvalidParameter, InvalidPassword, UsernameExists,
/// CodeDeliveryFailure, what a trigger refuses with
pub async fn create(app: &App, actor: &Actor, pool: &PoolId, new: NewUser<'_>) -> Result<User> {
    let pool = pools::get(app, pool).await?;
    if let Some(password) = &new.invite.password {
        password::check_policy(&pool, password.expose())?;
    }
    let (name, attributes) = check(app, &pool, &new)?;
    accounts::refuse_taken(app, &pool, &new.username, Error::user_account_exists).await?;
    let data = attributes::validation_data(&new.validation_data);
    let event = Event {
        actor,
        pool: &pool,
        client: None,
        username: &name.username,
        user: None,
        metadata: new.invite.metadata,
        validation: &data,
        hides: false,
    };
    // Here the trigger can refuse, and its answer means nothing else.
    hooks::pre_sign_up(app, event, SignUpSource::AdminCreateUser, &attributes).await?;
    let plain = first_password(app, &pool, &attributes, new.invite.password)?;
    let status = match plain {
        Some(_) => Status::ForceChangePassword,
        None => Status::Confirmed,
    };
    let now = app.clock.now(&pool.id);
    let user = records::new_user(&pool, &name, status, attributes, now);
    let to = match plain {
        Some(_) if !new.suppress => invitation::destinations(&user, new.invite.media)?,
        _ => Vec::new(),
    };
    let draft = invitation::draft(actor, (&pool, &user), new.invite.metadata);
    let messages = invitation::settle(app, draft, to).await?;
    let prepared = match &plain {
        Some(plain) => Some(password::prepare(app, &pool, &user.sub, &user.username, plain).await?),
        None => None,
    };

    let mut tx = app.store.write(actor).await?;
    if new.force_alias_creation {
        for contact in CONTACTS {
            if records::is_verified(&user, contact) {
                records::take_over(&mut tx, &pool, &user, contact).await?;
            }
        }
    }
    records::insert(&mut tx, &pool, &user)
        .await
        .map_err(|refused| accounts::exists(refused, name.login, Error::user_account_exists))?;
    if let Some(prepared) = prepared {
        let row = prepared.into_row(&pool, None, password::Kind::Temporary, now);
        passwords::set(&mut tx, &pool.id, &user.sub, &row).await?;
    }
    audit(&mut tx, &pool, ("AdminCreateUser", &user.sub), None, now).await?;
    tx.commit().await?;
    if let Some(plain) = &plain {
        invitation::send(app, &messages, plain).await?;
    }
    Ok(user)
}

fn check(app: &App, pool: &Pool, new: &NewUser<'_>) -> Result<(Name, Attributes)> {
    let mut values = attributes::values(new.attributes.clone())?;
    if values.contains_key("sub") {
        return Err(Error::non_mutable("sub"));
    }
    values.retain(|_, value| !value.is_empty());
    let name = new_name(app, pool, &new.username, &mut values)?;
    attributes::check_values(pool, &mut values)?;
    Ok((name, attributes::of_new_user(values)?))
}

/// The temporary password: the given one, or one made up. A user who can begin with a code to a
/// contact needs none, and is confirmed at once (api.md 4.3).
fn first_password(
    app: &App,
    pool: &Pool,
    attributes: &BTreeMap<String, String>,
    given: Option<Secret<String>>,
) -> Result<Option<Secret<String>>> {
    if given.is_some() {
        return Ok(given);
    }
    if first_factors::spare_password(pool, attributes) {
        return Ok(None);
    }
    password::generate(app, pool).map(Some)
}

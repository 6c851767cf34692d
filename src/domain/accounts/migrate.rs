//! A user whom the UserMigration trigger brings from elsewhere, at a sign-in that shows the password
//! or when the password was forgotten.

use super::{Name, new_name};
use crate::app::App;
use crate::domain::attributes::{self, CONTACTS};
use crate::domain::codes::Sent;
use crate::domain::delivery::{self, Medium};
use crate::domain::hooks::{self, Event, Metadata, Migrated};
use crate::domain::messages::{self, Draft};
use crate::domain::password::{self, Prepared};
use crate::domain::records::{self, Refused};
use crate::domain::usernames;
use crate::error::{Error, Reason, Result};
use crate::secret::Secret;
use crate::settings::pool::{Contact, Mfa as MfaSetting};
use crate::store::audit;
use crate::store::passwords;
use crate::store::users::{Attributes, Factor, Status, User};

/// The longest password that is anybody's.
const LONGEST: usize = 256;
/// What a welcome says in place of a password, which is the user's own and known.
const NO_PASSWORD: &str = "********";

/// Asks for a user whom nobody knows here, and keeps the user. `event.username` is what was typed.
///
/// # Errors: UserNotFound `Exception migrating user in app client {id}`
pub async fn migrate(
    app: &App,
    event: Event<'_>,
    typed_password: Option<&Secret<String>>,
) -> Result<Option<User>> {
    if typed_password.is_some_and(|p| p.expose().chars().count() > LONGEST) {
        return Ok(None);
    }
    let Some(given) = hooks::user_migration(app, event, typed_password).await? else {
        return Ok(None);
    };
    let failed = |error: Error| {
        tracing::warn!(%error, "a migrated user cannot be kept");
        Error::migration_failed(event.client.map_or("", |client| client.as_str()))
    };
    let user = new_user(app, event, &given).map_err(failed)?;
    // The password proved itself elsewhere, so the policy is not asked (triggers.md 4).
    let prepared = match typed_password.filter(|_| user.status == Status::Confirmed) {
        Some(plain) => {
            let prepared = password::prepare(app, event.pool, &user.sub, &user.username, plain);
            Some(prepared.await?)
        }
        None => None,
    };
    let kept = keep(app, event, (&user, &given), prepared).await;
    match kept {
        Ok(()) => {}
        // Somebody was faster, most likely the same person.
        Err(Refused::Username) => {
            // Writers may share a commit: the faster one's row is there to read after the next one.
            app.store.write(event.actor).await?.commit().await?;
            let mut db = app.store.read().await?;
            let found = usernames::find(&mut db, event.pool, event.username).await?;
            return found
                .map(Some)
                .ok_or_else(|| failed(Error::username_exists()));
        }
        Err(Refused::Failed(error)) if error.reason == Some(Reason::Conflict) => {
            return Err(error);
        }
        Err(other) => return Err(failed(other.alias_exists())),
    }
    welcome(app, event, (&user, &given)).await;
    Ok(Some(user))
}

fn new_user(app: &App, event: Event<'_>, given: &Migrated) -> Result<User> {
    let pool = event.pool;
    let mut values = given.user_attributes.clone().unwrap_or_default();
    values.retain(|_, value| !value.is_empty());
    let forbidden =
        |name: &String| name == "sub" || name == "identities" || name.starts_with("cognito:");
    if let Some(name) = values.keys().find(|name| forbidden(name)) {
        return Err(Error::non_mutable(name));
    }
    let name = name(app, event, &mut values)?;
    attributes::check_values(pool, &mut values)?;
    let values = attributes::of_new_user(values)?;
    let status = match given.final_user_status.as_deref() {
        Some("CONFIRMED") => Status::Confirmed,
        _ => Status::ResetRequired,
    };
    let now = app.clock.now(&pool.id);
    let mut user = records::new_user(pool, &name, status, values, now);
    if given.enable_sms_mfa == Some(true) {
        let off = matches!(
            pool.settings().mfa_configuration,
            None | Some(MfaSetting::Off)
        );
        if off || !user.attributes.contains_key(Contact::PhoneNumber.as_str()) {
            return Err(Error::mfa_not_deliverable(Factor::Sms.as_str()));
        }
        user.mfa.enabled.insert(Factor::Sms);
    }
    Ok(user)
}

/// The typed name; if that stands for a user by an alias, the function gives the name as `username`.
fn name(app: &App, event: Event<'_>, values: &mut Attributes) -> Result<Name> {
    let given = values.remove("username");
    let aliases = event.pool.settings().alias_attributes();
    let is_alias = usernames::contact_like(event.username)
        .is_some_and(|contact| aliases.contains(&usernames::contact_alias(contact)));
    match given {
        Some(given) if is_alias => new_name(app, event.pool, &given, values),
        Some(given) if given != event.username => Err(Error::non_mutable("username")),
        _ => new_name(app, event.pool, event.username, values),
    }
}

async fn keep(
    app: &App,
    event: Event<'_>,
    (user, given): (&User, &Migrated),
    prepared: Option<Prepared>,
) -> Result<(), Refused> {
    let pool = event.pool;
    let failed = Refused::Failed;
    let mut tx = app.store.write(event.actor).await?;
    if given.force_alias_creation == Some(true) {
        for contact in CONTACTS {
            if records::is_verified(user, contact) {
                let taken = records::take_over(&mut tx, pool, user, contact).await;
                taken.map_err(failed)?;
            }
        }
    }
    records::insert(&mut tx, pool, user).await?;
    if let Some(prepared) = prepared {
        let row = prepared.into_row(pool, None, password::Kind::Permanent, user.created);
        passwords::set(&mut tx, &pool.id, &user.sub, &row).await?;
    }
    let done = audit::Event {
        at: user.created,
        pool: Some(&pool.id),
        act: "UserMigration",
        target: Some(user.sub.as_str()),
        refused: None,
    };
    tx.audit(done).await.map_err(failed)?;
    tx.commit().await?;
    Ok(())
}

/// Greets the user, unless the function said not to. That it cannot be done keeps nobody out.
async fn welcome(app: &App, event: Event<'_>, (user, given): (&User, &Migrated)) {
    if given.message_action.as_deref() == Some("SUPPRESS") {
        return;
    }
    let media = given.desired_delivery_mediums.as_deref();
    let media = media.filter(|media| !media.is_empty());
    let media = media.unwrap_or(&[Medium::Sms]);
    for medium in media {
        let Some(sent) = delivery::contact(user, delivery::contact_of(*medium)) else {
            continue;
        };
        if let Err(error) = greet(app, event, user, &sent).await {
            tracing::warn!(%error, "a migrated user is not greeted");
        }
    }
}

async fn greet(app: &App, event: Event<'_>, user: &User, sent: &Sent) -> Result<()> {
    let draft = Draft {
        actor: event.actor,
        kind: messages::Kind::Invitation,
        pool: event.pool,
        client: event.client,
        user,
        metadata: &Metadata::new(),
    };
    let message = draft.settle(app, sent.contact).await?;
    message.send_unseen(app, sent, &Secret::new(NO_PASSWORD.to_owned()));
    Ok(())
}

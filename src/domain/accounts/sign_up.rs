//! A person opens an account.

use crate::app::App;
use crate::domain::accounts::naming::{Name, new_name};
use crate::domain::attributes::{self, CONTACTS, Given};
use crate::domain::codes::{self, Kind, Owner};
use crate::domain::delivery::{self, Details};
use crate::domain::hooks::{
    self, ConfirmationSource, Event, Metadata, PreSignUpAnswer, SignUpSource,
};
use crate::domain::messages::{self, Draft};
use crate::domain::password::{self, Prepared};
use crate::domain::risk::compromised;
use crate::domain::risk::events::{self, Happened};
use crate::domain::{accounts, first_factors, records};
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::settings::pool::Alias;
use crate::settings::risk::PasswordEvent;
use crate::store::audit::{self, Actor};
use crate::store::auth_events::{Kind as EventKind, Response};
use crate::store::clients::Client;
use crate::store::db::Tx;
use crate::store::passwords;
use crate::store::pools::Pool;
use crate::store::users::{Attributes, Status, User};
use crate::time::Timestamp;

/// What a person gives to open an account.
pub struct SignUp {
    /// The user name, or the contact that stands for it.
    pub username: String,
    /// The password; may be left out where the pool offers signing in without one.
    pub password: Option<Secret<String>>,
    /// Attributes.
    pub attributes: Vec<Given>,
    /// `ValidationData`, for the trigger only.
    pub validation_data: Vec<Given>,
    /// `ClientMetadata`.
    pub metadata: Metadata,
}

/// A new account.
pub struct SignedUp {
    /// The user, confirmed or not.
    pub user: User,
    /// Where the code went, if one was sent.
    pub delivery: Option<Details>,
}

/// Opens an account.
///
/// # Errors: NotAuthorized (not permitted; an attribute that the client may not write),
/// InvalidParameter, InvalidPassword, UsernameExists, CodeDeliveryFailure, what a trigger refuses
/// with
pub async fn sign_up(
    app: &App,
    actor: &Actor,
    pool: &Pool,
    client: &Client,
    request: SignUp,
) -> Result<SignedUp> {
    if pool.settings().admin_creates_users_only() {
        return Err(Error::sign_up_not_permitted());
    }
    if let Some(password) = &request.password {
        password::check_policy(pool, password.expose())?;
        let event = PasswordEvent::SignUp;
        compromised::check_new(pool, Some(client), event, password.expose())?;
    }
    let (name, attributes) = check(app, pool, client, &request)?;
    if request.password.is_none() && !first_factors::spare_password(pool, &attributes) {
        return Err(password_missing());
    }
    accounts::refuse_taken(app, pool, &request.username, Error::username_exists).await?;
    let data = attributes::validation_data(&request.validation_data);
    let asked = Event {
        actor,
        pool,
        client: Some(&client.id),
        username: &name.username,
        user: None,
        metadata: &request.metadata,
        validation: &data,
        hides: false,
    };
    let decided = hooks::pre_sign_up(app, asked, SignUpSource::SignUp, &attributes).await?;
    let now = app.clock.now(&pool.id);
    let user = new_user(pool, &name, attributes, decided, now)?;
    let sent = match user.status {
        Status::Confirmed => None,
        _ => delivery::for_sign_up(pool, &user),
    };
    let draft = Draft {
        actor,
        kind: messages::Kind::SignUp,
        pool,
        client: Some(&client.id),
        user: &user,
        metadata: &request.metadata,
    };
    let message = match &sent {
        Some(sent) => Some(draft.settle(app, sent.contact).await?),
        None => None,
    };
    let prepared = match &request.password {
        Some(plain) => Some(password::prepare(app, pool, &user.sub, &user.username, plain).await?),
        None => None,
    };
    let code = codes::generate(app)?;

    let mut tx = app.store.write(actor).await?;
    insert(&mut tx, pool, (&name, &user), (decided, prepared)).await?;
    if let Some(sent) = &sent {
        let owner = Owner {
            pool: &pool.id,
            sub: &user.sub,
        };
        codes::issue(app, &mut tx, (owner, Kind::SignUp), &code, sent).await?;
    }
    tx.audit(audit::Event {
        at: now,
        pool: Some(&pool.id),
        act: "SignUp",
        target: Some(user.sub.as_str()),
        refused: None,
    })
    .await?;
    let happened = Happened {
        kind: EventKind::SignUp,
        response: Response::Pass,
        password: None,
        sub: &user.sub,
        client: Some(&client.id),
    };
    events::note(app, &mut tx, actor, pool, happened).await?;
    tx.commit().await?;

    if let (Some(message), Some(sent)) = (&message, &sent) {
        message.send(app, sent, &code).await?;
    }
    if user.status == Status::Confirmed {
        let event = Event {
            username: &user.username,
            user: Some(&user),
            ..asked
        };
        hooks::post_confirmation(app, event, ConfirmationSource::ConfirmSignUp).await?;
    }
    let delivery = sent.as_ref().map(Details::from);
    Ok(SignedUp { user, delivery })
}

/// Adds the user with the password. What the trigger vouches for moves here from whoever had it.
async fn insert(
    tx: &mut Tx,
    pool: &Pool,
    (name, user): (&Name, &User),
    (decided, prepared): (PreSignUpAnswer, Option<Prepared>),
) -> Result<()> {
    for contact in CONTACTS {
        if decided.verifies(contact) {
            records::take_over(tx, pool, user, contact).await?;
        }
    }
    records::insert(tx, pool, user)
        .await
        .map_err(|refused| accounts::exists(refused, name.login, Error::username_exists))?;
    if let Some(prepared) = prepared {
        let row = prepared.into_row(pool, None, password::Kind::Permanent, user.created);
        passwords::set(tx, &pool.id, &user.sub, &row).await?;
    }
    Ok(())
}

fn password_missing() -> Error {
    Error::invalid_parameter(
        "1 validation error detected: Value at 'password' failed to satisfy constraint: \
         Member must not be null",
    )
}

/// Name and attributes of the new user, checked. An empty value is none.
fn check(app: &App, pool: &Pool, client: &Client, request: &SignUp) -> Result<(Name, Attributes)> {
    let mut values = attributes::values(request.attributes.clone())?;
    attributes::check_writer(pool, client, values.keys())?;
    values.retain(|_, value| !value.is_empty());
    let preferred = Alias::PreferredUsername;
    if pool.settings().alias_attributes().contains(&preferred)
        && values.contains_key(preferred.as_str())
    {
        return Err(Error::preferred_username_unconfirmed());
    }
    let name = new_name(app, pool, &request.username, &mut values)?;
    attributes::check_required(pool, &values)?;
    attributes::check_values(pool, &mut values)?;
    Ok((name, values))
}

fn new_user(
    pool: &Pool,
    name: &Name,
    attributes: Attributes,
    decided: PreSignUpAnswer,
    now: Timestamp,
) -> Result<User> {
    let mut attributes = attributes;
    for contact in CONTACTS {
        let verified = decided.verifies(contact);
        let given = attributes.contains_key(contact.as_str());
        if verified && !given {
            return Err(attributes::verified_without(contact));
        }
        if given {
            let flag = records::verified_name(contact).to_owned();
            attributes.insert(flag, verified.to_string());
        }
    }
    let status = if decided.auto_confirm_user {
        Status::Confirmed
    } else {
        Status::Unconfirmed
    };
    Ok(records::new_user(pool, name, status, attributes, now))
}

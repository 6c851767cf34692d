//! Users who do not exist. A client may hide which do (`PreventUserExistenceErrors`): then a name
//! that is nobody's is treated as somebody's, a phantom's. A phantom has a steady `sub`, is counted
//! and is given codes like a user; only no code fits and no message goes out (api.md 4.9,
//! security.md G6).

use crate::app::App;
use crate::domain::codes::Sent;
use crate::domain::hooks::{Event, Metadata};
use crate::domain::{accounts, contacts, usernames};
use crate::error::{Error, Reason, Result};
use crate::ids::{Sub, uuid_text};
use crate::settings::pool::Contact;
use crate::store::audit::Actor;
use crate::store::clients::Client;
use crate::store::pools::Pool;
use crate::store::users::User;

/// Whom a public request names.
#[derive(Clone, Debug)]
pub enum Subject {
    /// A user who may act.
    Known(Box<User>),
    /// Nobody, or a disabled user, behind a client that does not tell.
    Phantom(Phantom),
}

/// A user who does not exist.
#[derive(Clone, Debug)]
pub struct Phantom {
    /// What stands for the user's id.
    pub sub: Sub,
    /// Where a code would go.
    pub sent: Sent,
}

impl Subject {
    /// The id that is counted and that codes are stored under.
    pub const fn sub(&self) -> &Sub {
        match self {
            Self::Known(user) => &user.sub,
            Self::Phantom(phantom) => &phantom.sub,
        }
    }
}

/// Finds whom a public request names.
///
/// # Errors: UserNotFound `Username/client id combination not found.` and NotAuthorized `User is
/// disabled.`, both only where the client does not hide them
pub async fn find(app: &App, pool: &Pool, client: &Client, typed: &str) -> Result<Subject> {
    let user = look_up(app, pool, typed).await?;
    subject(app, pool, client, (user, typed))
}

/// Finds whom a public request names, or brings the user from elsewhere.
///
/// # Errors: those of [`find`], what the trigger refuses with
pub async fn find_or_migrate(
    app: &App,
    actor: &Actor,
    (pool, client): (&Pool, &Client),
    (typed, metadata): (&str, &Metadata),
) -> Result<Subject> {
    let mut user = look_up(app, pool, typed).await?;
    if user.is_none() {
        let event = Event {
            actor,
            pool,
            client: Some(&client.id),
            username: typed,
            user: None,
            metadata,
            validation: &Metadata::new(),
            hides: client.settings.hides_user_existence(),
        };
        user = accounts::migrate(app, event, None).await?;
    }
    subject(app, pool, client, (user, typed))
}

async fn look_up(app: &App, pool: &Pool, typed: &str) -> Result<Option<User>> {
    let mut db = app.store.read().await?;
    usernames::find(&mut db, pool, typed).await
}

fn subject(
    app: &App,
    pool: &Pool,
    client: &Client,
    (user, typed): (Option<User>, &str),
) -> Result<Subject> {
    let refusal = match user {
        Some(user) if user.enabled => return Ok(Subject::Known(Box::new(user))),
        Some(_) => Error::user_is_disabled().because(Reason::UserDisabled),
        None => Error::username_client_not_found().because(Reason::UnknownUser),
    };
    if client.settings.hides_user_existence() {
        return phantom(app, pool, typed).map(Subject::Phantom);
    }
    Err(refusal)
}

/// The phantom of a name: always the same for the same name in the same pool.
pub fn phantom(app: &App, pool: &Pool, typed: &str) -> Result<Phantom> {
    let name = format!("{}/{}", pool.id, usernames::fold(typed));
    let bytes = app.vault.derive("phantom", &name)?;
    Ok(Phantom {
        sub: sub(&bytes)?,
        sent: sent(pool, typed, &bytes),
    })
}

/// Looks like every other user's.
fn sub(bytes: &[u8; 32]) -> Result<Sub> {
    let random = bytes.first_chunk().copied().map_or(0, u128::from_be_bytes);
    Sub::parse(uuid_text(random)).map_err(Error::internal)
}

/// What was typed if it is a contact; otherwise one that such a pool's users would have.
fn sent(pool: &Pool, typed: &str, bytes: &[u8; 32]) -> Sent {
    if let Some(contact) = usernames::contact_like(typed)
        && contacts::check(contact, typed).is_ok()
    {
        let address = typed.to_owned();
        return Sent { contact, address };
    }
    let settings = pool.settings();
    let by_phone =
        settings.auto_verified(Contact::PhoneNumber) && !settings.auto_verified(Contact::Email);
    let mut drawn = bytes.iter().rev();
    let mut draw = |from: u8, count: u8| drawn.next().map(|b| char::from(from + b % count));
    if by_phone {
        let digits: String = std::iter::repeat_with(|| draw(b'0', 10))
            .take(11)
            .flatten()
            .collect();
        return Sent {
            contact: Contact::PhoneNumber,
            address: format!("+{digits}"),
        };
    }
    let mut letter = || draw(b'a', 26).map(String::from).unwrap_or_default();
    Sent {
        contact: Contact::Email,
        address: format!("{}@{}", letter(), letter()),
    }
}

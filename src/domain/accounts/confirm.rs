//! A person proves the contact of a new account.

use crate::app::App;
use crate::domain::codes::{self, Kind, Owner, Sent};
use crate::domain::existence::{self, Subject};
use crate::domain::hooks::{self, ConfirmationSource, Event, Metadata};
use crate::domain::limits::{self, Act};
use crate::domain::records::{self, Refused};
use crate::error::{Code, Error, Reason, Result};
use crate::ids::Sub;
use crate::secret::Secret;
use crate::settings::pool::Contact;
use crate::store::audit::{self, Actor};
use crate::store::clients::Client;
use crate::store::db::Tx;
use crate::store::pools::Pool;
use crate::store::users::{Status, User};
use crate::time::Timestamp;

/// What a person gives to confirm an account.
pub struct ConfirmSignUp {
    /// The user name, or what stands for it.
    pub username: String,
    /// The code that was sent.
    pub code: Secret<String>,
    /// Takes the contact away from another user who has verified it.
    pub force_alias_creation: bool,
    /// `ClientMetadata`.
    pub metadata: Metadata,
    /// Whose account it must be: who began the sign-up that this goes on with.
    pub expected: Option<Sub>,
}

/// An account that was confirmed.
pub struct Confirmed {
    /// The user as it is now.
    pub user: User,
    /// The contact that received the code.
    pub contact: Contact,
}

/// Confirms an account.
///
/// # Errors: CodeMismatch, ExpiredCode, LimitExceeded, AliasExists, NotAuthorized (confirmed
/// already, disabled), UserNotFound, what a trigger refuses with
pub async fn confirm_sign_up(
    app: &App,
    actor: &Actor,
    pool: &Pool,
    client: &Client,
    request: ConfirmSignUp,
) -> Result<Confirmed> {
    let subject = existence::find(app, pool, client, &request.username).await?;
    if let Subject::Known(user) = &subject {
        check_unconfirmed(user)?;
    }
    if request.expected.is_some_and(|sub| sub != *subject.sub()) {
        return Err(Error::invalid_session().because(Reason::ForeignSession));
    }
    let now = app.clock.now(&pool.id);
    let owner = Owner {
        pool: &pool.id,
        sub: subject.sub(),
    };
    let mut tx = app.store.write(actor).await?;
    limits::count(&mut tx, &pool.id, owner.sub, Act::ConfirmSignUp, now).await?;
    let claimed = codes::claim(app, &mut tx, (owner, Kind::SignUp), &request.code).await;
    let (user, contact) = match (claimed, &subject) {
        (Ok(sent), Subject::Known(user)) => {
            let force = request.force_alias_creation;
            let user = confirm(&mut tx, pool, &user.sub, (&sent, force), now).await?;
            (user, sent.contact)
        }
        (claimed, _) => {
            // The try counts, so it is committed.
            let refusal = claimed.err().unwrap_or_else(Error::code_mismatch);
            audit(&mut tx, pool, owner.sub, refusal.reason, now).await?;
            tx.commit().await?;
            return Err(refusal);
        }
    };
    audit(&mut tx, pool, &user.sub, None, now).await?;
    tx.commit().await?;
    let event = Event {
        actor,
        pool,
        client: Some(&client.id),
        username: &user.username,
        user: Some(&user),
        metadata: &request.metadata,
        validation: &Metadata::new(),
        hides: client.settings.hides_user_existence(),
    };
    hooks::post_confirmation(app, event, ConfirmationSource::ConfirmSignUp).await?;
    Ok(Confirmed { user, contact })
}

/// Makes an account confirmed and its contact verified.
async fn confirm(
    tx: &mut Tx,
    pool: &Pool,
    sub: &Sub,
    (sent, force): (&Sent, bool),
    now: Timestamp,
) -> Result<User> {
    let before = records::lock(tx, pool, sub).await?;
    check_unconfirmed(&before)?;
    // A code proves the address that it went to, not one that has come since.
    if before.attributes.get(sent.contact.as_str()) != Some(&sent.address) {
        return Err(Error::code_expired().because(Reason::NoCode));
    }
    let mut after = before.clone();
    after.status = Status::Confirmed;
    after.modified = now;
    let flag = records::verified_name(sent.contact).to_owned();
    after.attributes.insert(flag, "true".to_owned());
    if force {
        records::take_over(tx, pool, &after, sent.contact).await?;
    }
    records::save(tx, pool, &before, &after)
        .await
        .map_err(|refused| match refused {
            Refused::Alias(kind) => Error::new(
                Code::AliasExists,
                format!("An account with the {kind} already exists."),
            ),
            other => other.alias_exists(),
        })?;
    Ok(after)
}

/// Refuses a user who is past confirmation.
///
/// # Errors: NotAuthorized `User cannot be confirmed. Current status is {status}`
pub fn check_unconfirmed(user: &User) -> Result<()> {
    if user.status == Status::Unconfirmed {
        return Ok(());
    }
    Err(Error::cannot_be_confirmed(user.status.as_str()))
}

async fn audit(
    tx: &mut Tx,
    pool: &Pool,
    sub: &Sub,
    refused: Option<Reason>,
    now: Timestamp,
) -> Result<()> {
    tx.audit(audit::Event {
        at: now,
        pool: Some(&pool.id),
        act: "ConfirmSignUp",
        target: Some(sub.as_str()),
        refused,
    })
    .await
}

//! Proving the own contacts (api.md 4.6).

use super::check_status;
use crate::app::App;
use crate::domain::access::SignedIn;
use crate::domain::changes::{self, Asker, What};
use crate::domain::codes::{self, Kind, Owner, Sent};
use crate::domain::contact_change;
use crate::domain::delivery::{self, Details};
use crate::domain::hooks::Metadata;
use crate::domain::limits::{self, Act};
use crate::domain::messages::{self, Draft};
use crate::domain::records;
use crate::error::{Error, Reason, Result};
use crate::secret::Secret;
use crate::settings::pool::Contact;
use crate::store::audit::{self, Actor};
use crate::store::db::Tx;
use crate::time::Timestamp;

/// Sends a code to a contact: to the new value, where one waits for its proof.
///
/// # Errors: InvalidParameter (no contact of that name), LimitExceeded, PasswordResetRequired,
/// UserNotConfirmed, CodeDeliveryFailure, what a trigger refuses with
pub async fn send_code(
    app: &App,
    actor: &Actor,
    who: &SignedIn,
    attribute: &str,
    metadata: &Metadata,
) -> Result<Details> {
    check_status(who)?;
    let contact = contact(attribute)?;
    let sent = destination(app, who, contact).await?;
    let draft = Draft {
        actor,
        kind: messages::Kind::Verification,
        pool: &who.pool,
        client: Some(&who.client.id),
        user: &who.user,
        metadata,
    };
    let message = draft.settle(app, contact).await?;
    let code = codes::generate(app)?;
    let now = app.clock.now(&who.pool.id);
    let mut tx = app.store.write(actor).await?;
    let act = Act::GetUserAttributeVerificationCode;
    limits::count(&mut tx, &who.pool.id, &who.user.sub, act, now).await?;
    codes::issue(app, &mut tx, (owner(who), Kind::of(contact)), &code, &sent).await?;
    let name = "GetUserAttributeVerificationCode";
    audit(&mut tx, who, name, None, now).await?;
    tx.commit().await?;
    message.send(app, &sent, &code).await?;
    Ok(Details::from(&sent))
}

/// Proves a contact by its code: the contact is verified, and a value that waited for this takes
/// the old one's place. That value came by a fresh sign-in, and the code proves the rest, however long
/// its mail takes: this needs no fresh one.
///
/// # Errors: CodeMismatch, ExpiredCode, LimitExceeded, AliasExists, InvalidParameter,
/// PasswordResetRequired, UserNotConfirmed
pub async fn verify(
    app: &App,
    actor: &Actor,
    who: &SignedIn,
    attribute: &str,
    code: &Secret<String>,
) -> Result<()> {
    check_status(who)?;
    let contact = contact(attribute)?;
    let now = app.clock.now(&who.pool.id);
    let mut tx = app.store.write(actor).await?;
    let act = Act::VerifyUserAttribute;
    limits::count(&mut tx, &who.pool.id, &who.user.sub, act, now).await?;
    let claimed = codes::claim(app, &mut tx, (owner(who), Kind::of(contact)), code).await;
    let refused = claimed.as_ref().err().and_then(|refusal| refusal.reason);
    if let Ok(sent) = &claimed {
        prove(app, &mut tx, who, sent, now).await?;
    }
    audit(&mut tx, who, "VerifyUserAttribute", refused, now).await?;
    tx.commit().await?;
    claimed.map(drop)
}

async fn prove(app: &App, tx: &mut Tx, who: &SignedIn, sent: &Sent, now: Timestamp) -> Result<()> {
    let pool = &who.pool;
    let before = records::lock(tx, pool, &who.user.sub).await?;
    let name = sent.contact.as_str();
    let same = before.attributes.get(name) == Some(&sent.address);
    if !same && !contact_change::is_held_back(pool, sent.contact) {
        return Err(Error::code_expired().because(Reason::NoCode));
    }
    let mut after = before.clone();
    after
        .attributes
        .insert(name.to_owned(), sent.address.clone());
    let flag = records::verified_name(sent.contact).to_owned();
    after.attributes.insert(flag, "true".to_owned());
    after.modified = now;
    records::save(tx, pool, &before, &after)
        .await
        .map_err(records::Refused::alias_exists)?;
    let changed = What::between(pool, &before.attributes, &after.attributes);
    changes::made(app, tx, (pool, &before), Asker::from(who), &changed).await
}

fn contact(attribute: &str) -> Result<Contact> {
    Contact::parse(attribute).ok_or_else(|| {
        Error::invalid_parameter(
            "Invalid attribute name. Only phone_number and email can be verified.",
        )
    })
}

async fn destination(app: &App, who: &SignedIn, contact: Contact) -> Result<Sent> {
    if contact_change::is_held_back(&who.pool, contact) {
        let now = app.clock.now(&who.pool.id);
        let mut db = app.store.read().await?;
        let waiting = codes::pending(&mut db, (owner(who), Kind::of(contact)), now).await?;
        if let Some(waiting) = waiting {
            return Ok(waiting);
        }
    }
    delivery::contact(&who.user, contact).ok_or_else(|| {
        Error::invalid_parameter(format!("User does not have {} set.", contact.as_str()))
    })
}

const fn owner(who: &SignedIn) -> Owner<'_> {
    Owner {
        pool: &who.pool.id,
        sub: &who.user.sub,
    }
}

async fn audit(
    tx: &mut Tx,
    who: &SignedIn,
    act: &str,
    refused: Option<Reason>,
    now: Timestamp,
) -> Result<()> {
    tx.audit(audit::Event {
        at: now,
        pool: Some(&who.pool.id),
        act,
        target: Some(who.user.sub.as_str()),
        refused,
    })
    .await
}

//! Changes of attributes, and what they mean for contacts: a new value is unproven. It is stored at
//! once or held back until it is proven, as the pool says, and gets a code (api.md 4.6).

use crate::app::App;
use crate::domain::attributes::{CONTACTS, Update};
use crate::domain::changes::{self, Asker, What};
use crate::domain::codes::{self, Kind, Owner, Sent};
use crate::domain::delivery::Details;
use crate::domain::hooks::Metadata;
use crate::domain::messages::{self, Draft, Message};
use crate::domain::records;
use crate::error::{Code, Error, Reason, Result};
use crate::ids::ClientId;
use crate::secret::Secret;
use crate::settings::pool::Contact;
use crate::store::audit::{self, Actor};
use crate::store::pools::Pool;
use crate::store::users::{Attributes, User};

/// Whose attributes change, on whose behalf.
#[derive(Clone, Copy)]
pub struct Change<'a> {
    /// The operation's audit name.
    pub act: &'a str,
    /// The pool.
    pub pool: &'a Pool,
    /// The app client, where one is involved.
    pub client: Option<&'a ClientId>,
    /// The user.
    pub user: &'a User,
    /// `ClientMetadata`.
    pub metadata: &'a Metadata,
    /// Who asks.
    pub asker: Asker<'a>,
}

/// A contact's new value on its way to being proven.
struct Proof<'a> {
    sent: Sent,
    message: Message<'a>,
    code: Secret<String>,
}

/// Makes checked changes; gives where codes went. A code that went to a contact before it was
/// written again is worthless.
///
/// # Errors: InvalidParameter, AliasExists, UserNotFound, CodeDeliveryFailure, NotAuthorized (contacts,
/// and too long after the sign-in), what a trigger refuses with
pub async fn apply(
    app: &App,
    actor: &Actor,
    change: Change<'_>,
    mut update: Update,
) -> Result<Vec<Details>> {
    let (pool, user) = (change.pool, change.user);
    check_fresh(
        app,
        change,
        (&user.attributes, &update.applied(&user.attributes)?),
    )?;
    let mut proofs = Vec::new();
    for sent in unproven(user, &update) {
        let held_back = is_held_back(pool, sent.contact);
        if held_back {
            update.hold_back(sent.contact);
        }
        if held_back || pool.settings().auto_verified(sent.contact) {
            proofs.push(prove(app, actor, change, sent).await?);
        }
    }

    let now = app.clock.now(&pool.id);
    let mut tx = app.store.write(actor).await?;
    let owner = Owner {
        pool: &pool.id,
        sub: &user.sub,
    };
    for contact in CONTACTS.into_iter().filter(|c| update.touches(*c)) {
        codes::forget(&mut tx, owner, Kind::of(contact)).await?;
    }
    for proof in &proofs {
        let kind = Kind::of(proof.sent.contact);
        // The model of these operations knows no LimitExceededException.
        codes::issue(app, &mut tx, (owner, kind), &proof.code, &proof.sent)
            .await
            .map_err(|error| match error.code {
                Code::LimitExceeded => Error::rate_exceeded().because(Reason::TooManyTries),
                _ => error,
            })?;
    }
    let before = records::lock(&mut tx, pool, &user.sub).await?;
    let mut after = before.clone();
    after.attributes = update.applied(&before.attributes)?;
    after.modified = now;
    records::save(&mut tx, pool, &before, &after)
        .await
        .map_err(records::Refused::alias_exists)?;
    // Looked at again: what was read before may have changed meanwhile.
    let changed = check_fresh(app, change, (&before.attributes, &after.attributes))?;
    changes::made(app, &mut tx, (pool, &before), change.asker, &changed).await?;
    tx.audit(audit::Event {
        at: now,
        pool: Some(&pool.id),
        act: change.act,
        target: Some(user.sub.as_str()),
        refused: None,
    })
    .await?;
    tx.commit().await?;

    let mut delivered = Vec::with_capacity(proofs.len());
    for proof in &proofs {
        proof.message.send(app, &proof.sent, &proof.code).await?;
        delivered.push(Details::from(&proof.sent));
    }
    Ok(delivered)
}

/// What a change makes of the attributes, if who asks for it may.
fn check_fresh(
    app: &App,
    change: Change<'_>,
    (before, after): (&Attributes, &Attributes),
) -> Result<Vec<What>> {
    let changed = What::between(change.pool, before, after);
    if !changed.is_empty() {
        change.asker.check_fresh(app, &change.pool.id)?;
    }
    Ok(changed)
}

/// The contacts that get a value which the same change does not call verified.
fn unproven(user: &User, update: &Update) -> Vec<Sent> {
    let new = |contact: Contact| {
        let address = update.contact(contact)?;
        let same = user.attributes.get(contact.as_str()).map(String::as_str) == Some(address);
        (!same && !update.verifies(contact)).then(|| Sent {
            contact,
            address: address.to_owned(),
        })
    };
    CONTACTS.into_iter().filter_map(new).collect()
}

/// Whether a new value waits for its proof (`AttributesRequireVerificationBeforeUpdate`).
pub fn is_held_back(pool: &Pool, contact: Contact) -> bool {
    let settings = pool.settings().user_attribute_update_settings.as_ref();
    let listed = settings.and_then(|s| s.attributes_require_verification_before_update.as_ref());
    listed.is_some_and(|listed| listed.contains(&contact))
}

async fn prove<'a>(
    app: &App,
    actor: &'a Actor,
    change: Change<'a>,
    sent: Sent,
) -> Result<Proof<'a>> {
    let draft = Draft {
        actor,
        kind: messages::Kind::Attribute,
        pool: change.pool,
        client: change.client,
        user: change.user,
        metadata: change.metadata,
    };
    Ok(Proof {
        message: draft.settle(app, sent.contact).await?,
        code: codes::generate(app)?,
        sent,
    })
}

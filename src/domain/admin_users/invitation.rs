//! Invitations: user name and temporary password, by the media that the administrator asks for.

use super::{audit, find};
use crate::app::App;
use crate::domain::codes::Sent;
use crate::domain::delivery::{self, Medium};
use crate::domain::hooks::Metadata;
use crate::domain::messages::{self, Draft, Message};
use crate::domain::{password, records};
use crate::error::{Code, Error, Result};
use crate::ids::PoolId;
use crate::secret::Secret;
use crate::settings::pool::Contact;
use crate::store::audit::Actor;
use crate::store::pools::Pool;
use crate::store::users::{Status, User};

/// What an invitation needs.
pub struct Invite<'a> {
    /// `TemporaryPassword`; none is made up.
    pub password: Option<Secret<String>>,
    /// `DesiredDeliveryMediums`; none is SMS, if the user has a phone number.
    pub media: Option<&'a [Medium]>,
    /// `ClientMetadata`.
    pub metadata: &'a Metadata,
}

/// Where an invitation goes.
///
/// # Errors: InvalidParameter, when a medium was asked for that does not reach the user
pub(super) fn destinations(user: &User, media: Option<&[Medium]>) -> Result<Vec<Sent>> {
    let Some(media) = media.filter(|media| !media.is_empty()) else {
        let phone = delivery::contact(user, Contact::PhoneNumber);
        return Ok(phone.into_iter().collect());
    };
    let mut found: Vec<Sent> = Vec::new();
    for medium in media {
        let sent = delivery::contact(user, delivery::contact_of(*medium));
        let sent = sent.ok_or_else(|| unreachable_by(*medium))?;
        if !found.contains(&sent) {
            found.push(sent);
        }
    }
    Ok(found)
}

fn unreachable_by(medium: Medium) -> Error {
    Error::invalid_parameter(match medium {
        Medium::Email => "No email provided but desired delivery medium was Email",
        Medium::Sms => "No phone number provided but desired delivery medium was SMS",
    })
}

/// Invitations with their texts settled.
pub(super) async fn settle<'a>(
    app: &App,
    draft: Draft<'a>,
    to: Vec<Sent>,
) -> Result<Vec<(Message<'a>, Sent)>> {
    let mut settled = Vec::with_capacity(to.len());
    for sent in to {
        settled.push((draft.settle(app, sent.contact).await?, sent));
    }
    Ok(settled)
}

/// Sends invitations; one that fails does not keep the others back.
pub(super) async fn send(
    app: &App,
    messages: &[(Message<'_>, Sent)],
    password: &Secret<String>,
) -> Result<()> {
    let mut outcome = Ok(());
    for (message, sent) in messages {
        outcome = outcome.and(message.send(app, sent, password).await);
    }
    outcome
}

/// The draft of an invitation.
pub(super) const fn draft<'a>(
    actor: &'a Actor,
    (pool, user): (&'a Pool, &'a User),
    metadata: &'a Metadata,
) -> Draft<'a> {
    Draft {
        actor,
        kind: messages::Kind::Invitation,
        pool,
        client: None,
        user,
        metadata,
    }
}

/// Invites a user again, with a new temporary password that works as long as a first one.
///
/// # Errors: UserNotFound, UnsupportedUserState, InvalidPassword, InvalidParameter,
/// CodeDeliveryFailure, what a trigger refuses with
pub async fn resend(
    app: &App,
    actor: &Actor,
    pool: &PoolId,
    username: &str,
    invite: Invite<'_>,
) -> Result<User> {
    let (pool, user) = find(app, pool, username).await?;
    check_invited(&user)?;
    let plain = match invite.password {
        Some(plain) => {
            password::check_policy(&pool, plain.expose())?;
            plain
        }
        None => password::generate(app, &pool)?,
    };
    let to = destinations(&user, invite.media)?;
    let messages = settle(app, draft(actor, (&pool, &user), invite.metadata), to).await?;
    let prepared = password::prepare(app, &pool, &user.sub, &user.username, &plain).await?;

    let now = app.clock.now(&pool.id);
    let mut tx = app.store.write(actor).await?;
    let before = records::lock(&mut tx, &pool, &user.sub).await?;
    check_invited(&before)?;
    let mut after = before.clone();
    after.modified = now;
    after.auth_epoch += 1;
    records::save(&mut tx, &pool, &before, &after)
        .await
        .map_err(records::Refused::alias_exists)?;
    let kind = password::Kind::Temporary;
    password::store(&mut tx, &pool, &user.sub, (prepared, kind), now).await?;
    audit(&mut tx, &pool, ("AdminCreateUser", &user.sub), None, now).await?;
    tx.commit().await?;
    send(app, &messages, &plain).await?;
    Ok(after)
}

fn check_invited(user: &User) -> Result<()> {
    if user.status == Status::ForceChangePassword {
        return Ok(());
    }
    Err(Error::new(
        Code::UnsupportedUserState,
        format!(
            "Resend not possible. Current status is {}",
            user.status.as_str()
        ),
    ))
}

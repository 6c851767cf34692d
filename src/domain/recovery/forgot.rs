//! A person has forgotten the password.

use crate::app::App;
use crate::domain::codes::{self, Kind, Owner, Sent};
use crate::domain::delivery::{self, Details};
use crate::domain::existence::{self, Phantom, Subject};
use crate::domain::hooks::Metadata;
use crate::domain::limits::{self, Act};
use crate::domain::messages::{self, Draft};
use crate::domain::risk::events::{self, Happened};
use crate::error::{Code, Error, Result};
use crate::ids::ClientId;
use crate::store::audit::{self, Actor};
use crate::store::auth_events::{Kind as EventKind, Response};
use crate::store::clients::Client;
use crate::store::pools::Pool;
use crate::store::users::{Status, User};

/// What a person gives to get a reset code.
pub struct Forgot {
    /// The user name, or what stands for it.
    pub username: String,
    /// `ClientMetadata`.
    pub metadata: Metadata,
}

/// Sends a reset code. A client that hides which users exist is answered the same when there is
/// nobody to send to (api.md 4.9).
///
/// # Errors: UserNotFound, NotAuthorized (disabled, a state without reset, administrators only),
/// InvalidParameter (no verified contact), LimitExceeded, CodeDeliveryFailure, what a trigger
/// refuses with
pub async fn forgot(
    app: &App,
    actor: &Actor,
    pool: &Pool,
    client: &Client,
    request: Forgot,
) -> Result<Details> {
    let typed = request.username.as_str();
    // What is so for everybody is told before it is known who is asked about.
    if client.settings.hides_user_existence() && !delivery::recovers(pool) {
        return Err(Error::contact_administrator());
    }
    let target =
        match existence::find_or_migrate(app, actor, (pool, client), (typed, &request.metadata))
            .await?
        {
            Subject::Known(user) => known(app, pool, client, (user, typed))?,
            Subject::Phantom(phantom) => Target::Nobody(phantom),
        };
    let (sub, sent) = match &target {
        Target::User(user, sent) => (&user.sub, sent),
        Target::Nobody(phantom) => (&phantom.sub, &phantom.sent),
    };
    let message = match &target {
        Target::User(user, sent) => {
            let draft = draft(actor, (pool, Some(&client.id)), user, &request.metadata);
            Some(draft.settle(app, sent.contact).await?)
        }
        Target::Nobody(_) => None,
    };
    let code = codes::generate(app)?;
    let now = app.clock.now(&pool.id);
    let owner = Owner {
        pool: &pool.id,
        sub,
    };
    let mut tx = app.store.write(actor).await?;
    limits::count(&mut tx, &pool.id, sub, Act::ForgotPassword, now).await?;
    codes::issue(app, &mut tx, (owner, Kind::Forgot), &code, sent).await?;
    tx.audit(audit::Event {
        at: now,
        pool: Some(&pool.id),
        act: "ForgotPassword",
        target: Some(sub.as_str()),
        refused: None,
    })
    .await?;
    let happened = Happened {
        kind: EventKind::ForgotPassword,
        response: Response::InProgress,
        password: None,
        sub,
        client: Some(&client.id),
    };
    events::note(app, &mut tx, actor, pool, happened).await?;
    tx.commit().await?;
    match message {
        Some(message) if client.settings.hides_user_existence() => {
            message.send_unseen(app, sent, &code);
        }
        Some(message) => message.send(app, sent, &code).await?,
        None => {}
    }
    Ok(Details::from(sent))
}

enum Target {
    User(Box<User>, Sent),
    Nobody(Phantom),
}

/// Whether a user can get a code. Where a client hides users, one without a verified contact is
/// treated as nobody, under the user's own id: later answers must fit this one. The code that is
/// stored was sent to nobody, and its address is not the user's.
fn known(
    app: &App,
    pool: &Pool,
    client: &Client,
    (user, typed): (Box<User>, &str),
) -> Result<Target> {
    match destination(pool, &user) {
        Ok(sent) => Ok(Target::User(user, sent)),
        Err(refusal) if hidden(client, &refusal) => {
            let Phantom { sent, .. } = existence::phantom(app, pool, typed)?;
            Ok(Target::Nobody(Phantom {
                sub: user.sub,
                sent,
            }))
        }
        Err(refusal) => Err(refusal),
    }
}

fn hidden(client: &Client, refusal: &Error) -> bool {
    client.settings.hides_user_existence() && refusal.code == Code::InvalidParameter
}

fn destination(pool: &Pool, user: &User) -> Result<Sent> {
    match user.status {
        Status::Confirmed | Status::ResetRequired => delivery::for_recovery(pool, user),
        Status::Unconfirmed => Err(Error::no_verified_contact()),
        Status::ForceChangePassword | Status::ExternalProvider => {
            Err(Error::password_cannot_be_reset())
        }
    }
}

/// The message with a reset code.
pub(in crate::domain) const fn draft<'a>(
    actor: &'a Actor,
    (pool, client): (&'a Pool, Option<&'a ClientId>),
    user: &'a User,
    metadata: &'a Metadata,
) -> Draft<'a> {
    Draft {
        actor,
        kind: messages::Kind::Forgot,
        pool,
        client,
        user,
        metadata,
    }
}

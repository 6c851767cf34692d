//! The code of a new account, sent again.

use crate::app::App;
use crate::domain::codes::{self, Kind, Owner, Sent};
use crate::domain::delivery::{self, Details};
use crate::domain::existence::{self, Phantom, Subject};
use crate::domain::hooks::Metadata;
use crate::domain::limits::{self, Act};
use crate::domain::messages::{self, Draft};
use crate::domain::risk::events::{self, Happened};
use crate::error::{Error, Result};
use crate::store::audit::{self, Actor};
use crate::store::auth_events::{Kind as EventKind, Response};
use crate::store::clients::Client;
use crate::store::pools::Pool;
use crate::store::users::{Status, User};

/// What a person gives to get the code again.
pub struct Resend {
    /// The user name, or what stands for it.
    pub username: String,
    /// `ClientMetadata`.
    pub metadata: Metadata,
}

/// Sends a new code, which makes the old one worthless.
///
/// # Errors: InvalidParameter (confirmed already, nowhere to send to), LimitExceeded, UserNotFound,
/// NotAuthorized (disabled), CodeDeliveryFailure, what a trigger refuses with
pub async fn resend(
    app: &App,
    actor: &Actor,
    pool: &Pool,
    client: &Client,
    request: Resend,
) -> Result<Details> {
    let typed = request.username.as_str();
    let subject = existence::find(app, pool, client, typed).await?;
    let (subject, sent) = target(app, pool, client, (subject, typed))?;
    let message = match &subject {
        Subject::Known(user) => {
            let draft = Draft {
                actor,
                kind: messages::Kind::Resend,
                pool,
                client: Some(&client.id),
                user,
                metadata: &request.metadata,
            };
            Some(draft.settle(app, sent.contact).await?)
        }
        Subject::Phantom(_) => None,
    };
    let code = codes::generate(app)?;
    let now = app.clock.now(&pool.id);
    let owner = Owner {
        pool: &pool.id,
        sub: subject.sub(),
    };
    let mut tx = app.store.write(actor).await?;
    limits::count(
        &mut tx,
        &pool.id,
        owner.sub,
        Act::ResendConfirmationCode,
        now,
    )
    .await?;
    codes::issue(app, &mut tx, (owner, Kind::SignUp), &code, &sent).await?;
    tx.audit(audit::Event {
        at: now,
        pool: Some(&pool.id),
        act: "ResendConfirmationCode",
        target: Some(owner.sub.as_str()),
        refused: None,
    })
    .await?;
    let happened = Happened {
        kind: EventKind::ResendCode,
        response: Response::Pass,
        password: None,
        sub: owner.sub,
        client: Some(&client.id),
    };
    events::note(app, &mut tx, actor, pool, happened).await?;
    tx.commit().await?;
    match message {
        Some(message) if client.settings.hides_user_existence() => {
            message.send_unseen(app, &sent, &code);
        }
        Some(message) => message.send(app, &sent, &code).await?,
        None => {}
    }
    Ok(Details::from(&sent))
}

/// Where the code goes, and whose it is. Where a client hides users, one who has nowhere to send to is
/// treated as nobody, under the user's own id.
fn target(
    app: &App,
    pool: &Pool,
    client: &Client,
    (subject, typed): (Subject, &str),
) -> Result<(Subject, Sent)> {
    let user = match subject {
        Subject::Phantom(phantom) => {
            let sent = phantom.sent.clone();
            return Ok((Subject::Phantom(phantom), sent));
        }
        Subject::Known(user) => user,
    };
    check_unconfirmed(&user)?;
    match delivery::for_sign_up(pool, &user) {
        Some(sent) => Ok((Subject::Known(user), sent)),
        None if client.settings.hides_user_existence() => {
            let Phantom { sent, .. } = existence::phantom(app, pool, typed)?;
            let phantom = Phantom {
                sub: user.sub,
                sent: sent.clone(),
            };
            Ok((Subject::Phantom(phantom), sent))
        }
        None => Err(Error::cannot_resend()),
    }
}

fn check_unconfirmed(user: &User) -> Result<()> {
    if user.status == Status::Unconfirmed {
        return Ok(());
    }
    Err(Error::user_already_confirmed())
}

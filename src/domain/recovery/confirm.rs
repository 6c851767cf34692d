//! A person gives the reset code and a new password.

use crate::app::App;
use crate::domain::changes::{self, Asker, What};
use crate::domain::codes::{self, Kind, Owner, Sent};
use crate::domain::existence::{self, Subject};
use crate::domain::hooks::{self, ConfirmationSource, Event, Metadata};
use crate::domain::limits::{self, Act};
use crate::domain::password::{self, Prepared};
use crate::domain::records;
use crate::domain::risk::compromised;
use crate::domain::risk::events::{self, Happened};
use crate::error::{Error, Reason, Result};
use crate::secret::Secret;
use crate::settings::risk::PasswordEvent;
use crate::store::audit::{self, Actor};
use crate::store::auth_events::{Kind as EventKind, Response};
use crate::store::clients::Client;
use crate::store::db::Tx;
use crate::store::passwords;
use crate::store::pools::Pool;
use crate::store::users::{Status, User};
use crate::time::Timestamp;

/// What a person gives to set a new password.
pub struct ConfirmForgot {
    /// The user name, or what stands for it.
    pub username: String,
    /// The code that was sent.
    pub code: Secret<String>,
    /// The new password.
    pub password: Secret<String>,
    /// `ClientMetadata`.
    pub metadata: Metadata,
}

/// Sets a new password. A password that the policy refuses uses up neither code nor try.
///
/// # Errors: CodeMismatch, ExpiredCode, LimitExceeded, InvalidPassword,
/// PasswordHistoryPolicyViolation, UserNotFound, UserNotConfirmed, NotAuthorized (disabled), what a
/// trigger refuses with
pub async fn confirm_forgot(
    app: &App,
    actor: &Actor,
    pool: &Pool,
    client: &Client,
    request: ConfirmForgot,
) -> Result<()> {
    password::check_policy(pool, request.password.expose())?;
    let event = PasswordEvent::PasswordChange;
    compromised::check_new(pool, Some(client), event, request.password.expose())?;
    let subject = existence::find(app, pool, client, &request.username).await?;
    check_code(app, actor, (pool, client), (&subject, &request.code)).await?;
    let Subject::Known(user) = subject else {
        return Err(Error::code_mismatch());
    };
    let mut db = app.store.read().await?;
    let stored = passwords::find(&mut db, &pool.id, &user.sub).await?;
    drop(db);
    password::check_history(app, pool, stored.as_ref(), &request.password).await?;
    let prepared =
        password::prepare(app, pool, &user.sub, &user.username, &request.password).await?;

    let now = app.clock.now(&pool.id);
    let owner = Owner {
        pool: &pool.id,
        sub: &user.sub,
    };
    let mut tx = app.store.write(actor).await?;
    let sent = codes::claim(app, &mut tx, (owner, Kind::Forgot), &request.code).await?;
    let (before, user) = reset(&mut tx, pool, &user, (&sent, prepared), now).await?;
    let changed = [What::Password];
    changes::made(app, &mut tx, (pool, &before), Asker::Nobody, &changed).await?;
    audit(&mut tx, pool, &user, None, now).await?;
    let happened = Happened {
        kind: EventKind::ForgotPassword,
        response: Response::Pass,
        password: None,
        sub: &user.sub,
        client: Some(&client.id),
    };
    events::note(app, &mut tx, actor, pool, happened).await?;
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
    hooks::post_confirmation(app, event, ConfirmationSource::ConfirmForgotPassword).await
}

/// Counts the try and checks the code before any hashing. A try counts whatever it gave.
async fn check_code(
    app: &App,
    actor: &Actor,
    (pool, client): (&Pool, &Client),
    (subject, code): (&Subject, &Secret<String>),
) -> Result<()> {
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
        Act::ConfirmForgotPassword,
        now,
    )
    .await?;
    let checked = codes::check(app, &mut tx, (owner, Kind::Forgot), code).await;
    if let Err(refusal) = &checked {
        tx.audit(audit::Event {
            at: now,
            pool: Some(&pool.id),
            act: "ConfirmForgotPassword",
            target: Some(owner.sub.as_str()),
            refused: refusal.reason,
        })
        .await?;
        let happened = Happened {
            kind: EventKind::ForgotPassword,
            response: Response::Fail,
            password: None,
            sub: owner.sub,
            client: Some(&client.id),
        };
        events::note(app, &mut tx, actor, pool, happened).await?;
    }
    tx.commit().await?;
    checked.map(drop)
}

/// Gives the user before and after.
async fn reset(
    tx: &mut Tx,
    pool: &Pool,
    user: &User,
    (sent, prepared): (&Sent, Prepared),
    now: Timestamp,
) -> Result<(User, User)> {
    let before = records::lock(tx, pool, &user.sub).await?;
    match before.status {
        Status::Confirmed | Status::ResetRequired => {}
        Status::Unconfirmed => return Err(Error::user_not_confirmed()),
        Status::ForceChangePassword | Status::ExternalProvider => {
            return Err(Error::password_cannot_be_reset());
        }
    }
    if before.attributes.get(sent.contact.as_str()) != Some(&sent.address) {
        return Err(Error::code_expired().because(Reason::NoCode));
    }
    let mut after = before.clone();
    after.status = Status::Confirmed;
    after.modified = now;
    after.auth_epoch += 1;
    let flag = records::verified_name(sent.contact).to_owned();
    after.attributes.insert(flag, "true".to_owned());
    records::save(tx, pool, &before, &after)
        .await
        .map_err(records::Refused::alias_exists)?;
    password::store(
        tx,
        pool,
        &after.sub,
        (prepared, password::Kind::Permanent),
        now,
    )
    .await?;
    Ok((before, after))
}

async fn audit(
    tx: &mut Tx,
    pool: &Pool,
    user: &User,
    refused: Option<Reason>,
    now: Timestamp,
) -> Result<()> {
    tx.audit(audit::Event {
        at: now,
        pool: Some(&pool.id),
        act: "ConfirmForgotPassword",
        target: Some(user.sub.as_str()),
        refused,
    })
    .await
}

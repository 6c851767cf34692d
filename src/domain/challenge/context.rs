//! What every step of one request works with, and the first questions: who is it, may they sign in.

use super::attempt::Attempt;
use super::goal::Goal;
use super::watched::Watch;
use super::{Face, Parameters};
use crate::app::App;
use crate::domain::assurance::Level;
use crate::domain::devices::browser::Kept;
use crate::domain::hooks::{self, Challenged, Metadata};
use crate::domain::{accounts, clients, existence, usernames};
use crate::error::{Error, Reason, Result};
use crate::ids::{DeviceKey, Sub};
use crate::secret::Secret;
use crate::store::audit::{Actor, Event};
use crate::store::auth_events::Response;
use crate::store::clients::Client;
use crate::store::passwords::{self, Password};
use crate::store::pools::Pool;
use crate::store::users::{self, Status, User};

/// One request of a sign-in.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) app: &'a App,
    pub(super) actor: &'a Actor,
    pub(super) pool: &'a Pool,
    pub(super) client: &'a Client,
    pub(super) face: Face,
    /// `ClientMetadata` of an answer; that of the start is `validation`.
    pub(super) metadata: &'a Metadata,
    /// The sign-in as threat protection sees it.
    pub(super) watch: &'a Watch,
    /// `ClientMetadata` of the start, which few triggers get, and as `validationData`.
    pub(super) validation: &'a Metadata,
    /// `DEVICE_KEY` of the request, or of an earlier one of the same sign-in.
    pub(super) device: Option<&'a DeviceKey>,
    /// The level that the sign-in goes for.
    pub(super) goal: Option<&'a Goal>,
    /// The devices that the browser keeps, on the pages.
    pub(super) kept: &'a [Kept],
    /// The levels that an authorization request asks for, the most wanted first; a page says them
    /// when a sign-in begins.
    pub(super) wanted: &'a [Level],
    /// The challenges of a sign-in that functions make up, where they ask for a second factor.
    pub(super) history: &'a [Challenged],
}

/// Whom a name means.
pub(super) enum Subject {
    /// A user who may sign in as far as the name tells.
    User(Box<User>),
    /// Nobody, and the client hides that.
    Phantom(Sub),
}

impl Subject {
    pub(super) const fn user(&self) -> Option<&User> {
        match self {
            Self::User(user) => Some(user),
            Self::Phantom(_) => None,
        }
    }

    pub(super) const fn sub(&self) -> &Sub {
        match self {
            Self::User(user) => &user.sub,
            Self::Phantom(sub) => sub,
        }
    }
}

impl<'a> Context<'a> {
    /// The same request as one of the sign-in in progress: it goes for what that goes for, and is
    /// about the device that was named before where it names none.
    pub(super) fn going_on<'b>(self, attempt: &'b Attempt) -> Context<'b>
    where
        'a: 'b,
    {
        Context {
            device: self.device.or(attempt.device.as_ref()),
            goal: attempt.goal.as_ref(),
            ..self
        }
    }

    /// The same request, going for a level.
    pub(super) const fn going_for<'b>(self, goal: Option<&'b Goal>) -> Context<'b>
    where
        'a: 'b,
    {
        Context { goal, ..self }
    }

    /// The same request, about this device.
    pub(super) const fn with_device<'b>(self, key: &'b DeviceKey) -> Context<'b>
    where
        'a: 'b,
    {
        Context {
            device: Some(key),
            ..self
        }
    }
}

impl Context<'_> {
    /// Reads the user name and checks SECRET_HASH against it, as it was sent. The pages send none.
    ///
    /// # Errors: InvalidParameter, NotAuthorized
    pub(super) fn username<'p>(&self, parameters: &'p Parameters) -> Result<&'p str> {
        let username = parameters.get("USERNAME")?.expose();
        if self.face != Face::Hosted {
            let hash = parameters.find("SECRET_HASH");
            clients::check_secret_hash(self.app, self.client, username, hash)?;
        }
        Ok(username)
    }

    /// The user of a name, or a phantom. With the password a user may be brought from elsewhere.
    ///
    /// # Errors: UserNotFound, where the client does not hide it; NotAuthorized `User is disabled.`
    pub(super) async fn subject(
        &self,
        typed: &str,
        migrates: Option<&Secret<String>>,
    ) -> Result<Subject> {
        let mut user = self.find(typed).await?;
        if let (None, Some(password)) = (&user, migrates) {
            let event = self.event(typed, None);
            user = accounts::migrate(self.app, event, Some(password)).await?;
            // The function has seen the right password, so this tells nobody else's secret.
            if user
                .as_ref()
                .is_some_and(|user| user.status == Status::ResetRequired)
            {
                return Err(Error::password_reset_required());
            }
        }
        if let Some(user) = user {
            self.watch.admit(self, Some(&user.sub))?;
            check_enabled(&user)?;
            return Ok(Subject::User(Box::new(user)));
        }
        if !self.client.settings.hides_user_existence() {
            self.watch.admit(self, None)?;
            return Err(Error::user_does_not_exist().because(Reason::UnknownUser));
        }
        let phantom = existence::phantom(self.app, self.pool, typed)?;
        self.watch.admit(self, Some(&phantom.sub))?;
        Ok(Subject::Phantom(phantom.sub))
    }

    /// The user of a name. What cannot be a name is nobody's.
    pub(super) async fn find(&self, typed: &str) -> Result<Option<User>> {
        if typed.contains('\0') || typed.chars().count() > usernames::MAX_USERNAME {
            return Ok(None);
        }
        let mut db = self.app.store.read().await?;
        usernames::find(&mut db, self.pool, typed).await
    }

    /// The user of a sign-in in progress: there, enabled, and not signed out since.
    pub(super) async fn resumed(&self, sub: &Sub, epoch: i64) -> Result<User> {
        let mut db = self.app.store.read().await?;
        let user = users::by_sub(&mut db, &self.pool.id, sub).await?;
        drop(db);
        let Some(user) = user else {
            return Err(self.unknown());
        };
        self.watch.admit(self, Some(&user.sub))?;
        check_enabled(&user)?;
        if user.auth_epoch != epoch {
            return Err(Error::invalid_session().because(Reason::SignedOut));
        }
        Ok(user)
    }

    /// Refuses the user name of an answer that means somebody else than the sign-in is for.
    ///
    /// # Errors: NotAuthorized `Invalid session for the user.`
    pub(super) async fn check_same(&self, typed: &str, user: &User) -> Result<()> {
        if typed == user.username {
            return Ok(());
        }
        let named = self.find(typed).await?;
        if named.is_some_and(|named| named.sub == user.sub) {
            return Ok(());
        }
        Err(Error::invalid_session().because(Reason::ForeignSession))
    }

    /// What proves the password of a subject; a phantom has none.
    pub(super) async fn password(&self, sub: &Sub) -> Result<Option<Password>> {
        let mut db = self.app.store.read().await?;
        passwords::find(&mut db, &self.pool.id, sub).await
    }

    /// An imported user has no password and must choose one; where existence is hidden, only the
    /// right password would say so (api.md 4.9).
    ///
    /// # Errors: PasswordResetRequired
    pub(super) fn check_imported(
        &self,
        user: Option<&User>,
        stored: Option<&Password>,
    ) -> Result<()> {
        let reset = user.is_some_and(|user| user.status == Status::ResetRequired);
        if reset && stored.is_none() && !self.client.settings.hides_user_existence() {
            return Err(Error::password_reset_required());
        }
        Ok(())
    }

    /// What a trigger is told.
    pub(super) fn event<'e>(&'e self, typed: &'e str, user: Option<&'e User>) -> hooks::Event<'e> {
        hooks::Event {
            actor: self.actor,
            pool: self.pool,
            client: Some(&self.client.id),
            username: match user {
                Some(user) => user.username.as_str(),
                None => typed,
            },
            user,
            metadata: self.metadata,
            validation: self.validation,
            hides: self.client.settings.hides_user_existence(),
        }
    }

    /// Records a wrong proof and gives the refusal. The row is the same for a phantom.
    pub(super) async fn refuse(&self, subject: &Sub, reason: Reason) -> Error {
        let recorded = self.record(subject, reason).await;
        let refusal = Error::incorrect_username_or_password().because(reason);
        recorded.err().unwrap_or(refusal)
    }

    /// Records a wrong proof.
    pub(super) async fn record(&self, subject: &Sub, reason: Reason) -> Result<()> {
        let mut tx = self.app.store.write(self.actor).await?;
        let event = Event {
            at: self.app.clock.now(&self.pool.id),
            pool: Some(&self.pool.id),
            act: "SignIn",
            target: Some(subject.as_str()),
            refused: Some(reason),
        };
        tx.audit(event).await?;
        let told = (subject, Response::Fail);
        self.watch.note(self, &mut tx, told).await?;
        Ok(tx.commit().await?)
    }

    /// What an unknown user is told.
    pub(super) fn unknown(&self) -> Error {
        let error = if self.client.settings.hides_user_existence() {
            Error::incorrect_username_or_password()
        } else {
            Error::user_does_not_exist()
        };
        error.because(Reason::UnknownUser)
    }
}

fn check_enabled(user: &User) -> Result<()> {
    if user.enabled {
        return Ok(());
    }
    Err(Error::user_is_disabled().because(Reason::UserDisabled))
}

/// Refuses users who never confirmed their account. This comes before the password is looked at,
/// as on AWS (api.md 1.5).
///
/// # Errors: UserNotConfirmed
pub(super) fn check_confirmed(user: Option<&User>) -> Result<()> {
    if user.is_some_and(|user| user.status == Status::Unconfirmed) {
        return Err(Error::user_not_confirmed().because(Reason::UserNotConfirmed));
    }
    Ok(())
}

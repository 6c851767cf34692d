//! MFA_SETUP: the pool requires a second factor and the user has none. AssociateSoftwareToken and
//! VerifySoftwareToken set an authenticator app up with the challenge's `Session`; an e-mail address
//! in the answer sets up codes by mail, and on the pages a phone number codes by text message. Nothing
//! is stored before the factor is proven.

use super::attempt::{self, Attempt, Step};
use super::context::Context;
use super::watched::UNWATCHED;
use super::{Face, Outcome, Parameters, second_factor};
use crate::app::App;
use crate::domain::changes::{self, Asker, What};
use crate::domain::codes::Sent;
use crate::domain::hooks::Metadata;
use crate::domain::mfa::{self, Asked, software_token, totp, tries};
use crate::domain::{attributes, clients, contacts, records};
use crate::error::{Code, Error, Reason, Result};
use crate::secret::Secret;
use crate::settings::pool::Contact;
use crate::store::audit::Actor;
use crate::store::clients::Client;
use crate::store::pools::Pool;
use crate::store::software_tokens::{self, Proven};
use crate::store::users::{Factor, User};
use crate::time::Timestamp;

/// A step of setting up a software token, and the `Session` to go on with.
pub struct Begun {
    /// The secret in base32.
    pub secret: Secret<String>,
    /// `Session`.
    pub session: String,
}

/// Gives a secret to a user who has to set a factor up.
///
/// # Errors: NotAuthorized (not a session of this step), SoftwareTokenMFANotFound
pub async fn associate(
    app: &App,
    actor: &Actor,
    face: Face,
    session: &Secret<String>,
) -> Result<Begun> {
    let door = Door::open(app, session).await?;
    let (attempt, user) = door.resume(app, actor, face, session).await?;
    let Step::SetUpMfa { offered, .. } = &attempt.step else {
        return Err(foreign());
    };
    software_token::check_offered(&door.pool)?;
    check_needed(&door.pool, &user)?;
    let secret = software_token::new_secret(app)?;
    let sealed = software_token::seal(app, (&user.pool, &user.sub), secret.expose())?;
    let step = Step::SetUpMfa {
        offered: offered.clone(),
        secret: Some(sealed),
        done: false,
    };
    let session = attempt.next(app, &door.client, face, step)?.seal(app)?;
    let mut tx = app.store.write(actor).await?;
    attempt.consume_in(&mut tx).await?;
    tx.commit().await?;
    Ok(Begun {
        secret: software_token::shown(secret.expose()),
        session,
    })
}

/// Puts the secret in use; from now on the user is asked for it. Gives the `Session` that answers
/// MFA_SETUP.
///
/// # Errors: NotAuthorized (not a session of this step), SoftwareTokenMFANotFound,
/// EnableSoftwareTokenMFA (wrong code)
pub async fn verify(
    app: &App,
    actor: &Actor,
    face: Face,
    session: &Secret<String>,
    (code, name): (&str, Option<&str>),
) -> Result<String> {
    let door = Door::open(app, session).await?;
    let (attempt, user) = door.resume(app, actor, face, session).await?;
    let Step::SetUpMfa {
        offered,
        secret,
        done: false,
    } = &attempt.step
    else {
        return Err(foreign());
    };
    software_token::check_offered(&door.pool)?;
    let sealed = secret
        .as_deref()
        .ok_or_else(Error::software_token_not_begun)?;
    let secret = software_token::open(app, (&user.pool, &user.sub), sealed)?;
    let metadata = Metadata::new();
    let context = door.context(app, actor, face, &metadata);
    let tries = super::code::count(context, &attempt, &user).await?;
    let now = app.clock.now(&user.pool);
    let Some(step) = totp::step_of(secret.expose(), code, now) else {
        let wrong = Error::software_token_not_proven();
        return Err(super::code::refuse(context, &attempt, &user, (tries, wrong)).await);
    };
    let proven = Proven {
        secret: sealed,
        name,
        step,
    };
    let next = Step::SetUpMfa {
        offered: offered.clone(),
        secret: None,
        done: true,
    };
    let next = attempt.next(app, &door.client, face, next)?.seal(app)?;
    let mut tx = app.store.write(actor).await?;
    tries::refund(&mut tx, &user.pool, &user.sub).await?;
    attempt.consume_in(&mut tx).await?;
    let before = records::lock(&mut tx, &door.pool, &user.sub).await?;
    check_needed(&door.pool, &before)?;
    software_tokens::put(&mut tx, &user.pool, &user.sub, proven).await?;
    records::save(&mut tx, &door.pool, &before, &with_token(&before, now))
        .await
        .map_err(records::Refused::alias_exists)?;
    let whose = (&door.pool, &before);
    changes::made(app, &mut tx, whose, Asker::SignIn, &[What::App]).await?;
    tx.commit().await?;
    Ok(next)
}

/// Takes the answer: the session that a proven software token gave, or a contact for codes.
///
/// # Errors: InvalidParameter `User has not set up software token mfa`, NotAuthorized (also a contact
/// that the client's users may not write)
pub(super) async fn answer(
    context: Context<'_>,
    typed: Option<&str>,
    session: Option<&Secret<String>>,
    parameters: &Parameters,
) -> Result<Outcome> {
    let (attempt, user) = second_factor::resume(context, typed, session).await?;
    let Step::SetUpMfa { offered, done, .. } = &attempt.step else {
        return Err(foreign());
    };
    if *done {
        let last = attempt::Factor::Second(Factor::SoftwareToken);
        return second_factor::done(context, (&attempt, last), user, &attempt).await;
    }
    check_needed(context.pool, &user)?;
    let (contact, factor, address) = given(context.face, parameters)?;
    if !offered.contains(&factor) {
        return Err(Error::mfa_method_not_found());
    }
    contacts::check(contact, address.expose())?;
    let name = contact.as_str().to_owned();
    attributes::check_writer(context.pool, context.client, std::iter::once(&name))?;
    let other = |had: &String| had != address.expose();
    if user.attributes.get(&name).is_some_and(other) {
        attributes::changes(context.pool, [(name, address.expose().clone())].into())?;
    }
    let sent = Sent {
        contact,
        address: address.expose().clone(),
    };
    let context = context.going_on(&attempt);
    let factor = (attempt.factors.as_slice(), factor);
    second_factor::send(context, &user, factor, (&sent, true), &attempt).await
}

/// The contact that an answer gives. At the API only an e-mail address: who is to have codes by text
/// message there gets a phone number, and signs in again.
///
/// # Errors: InvalidParameter `User has not set up software token mfa` (none)
fn given(face: Face, parameters: &Parameters) -> Result<(Contact, Factor, &Secret<String>)> {
    let email = parameters.find("EMAIL");
    let phone = parameters.find("PHONE_NUMBER");
    let phone = phone.filter(|_| face == Face::Hosted);
    match (email, phone) {
        (Some(email), _) => Ok((Contact::Email, Factor::Email, email)),
        (None, Some(phone)) => Ok((Contact::PhoneNumber, Factor::Sms, phone)),
        (None, None) => Err(Error::software_token_missing()),
    }
}

/// The pool and client that a session was made for: these operations name neither.
struct Door {
    pool: Pool,
    client: Client,
}

impl Door {
    async fn open(app: &App, session: &Secret<String>) -> Result<Self> {
        let (pool, client) = Attempt::door(app, session.expose())?;
        let gone = |error: Error| match error.code {
            Code::ResourceNotFound => foreign(),
            _ => error,
        };
        let (pool, client) = clients::of_pool(app, &pool, &client).await.map_err(gone)?;
        Ok(Self { pool, client })
    }

    const fn context<'a>(
        &'a self,
        app: &'a App,
        actor: &'a Actor,
        face: Face,
        metadata: &'a Metadata,
    ) -> Context<'a> {
        Context {
            app,
            actor,
            pool: &self.pool,
            client: &self.client,
            face,
            metadata,
            history: &[],
            goal: None,
            wanted: &[],
            watch: &UNWATCHED,
            validation: metadata,
            device: None,
            kept: &[],
        }
    }

    async fn resume(
        &self,
        app: &App,
        actor: &Actor,
        face: Face,
        session: &Secret<String>,
    ) -> Result<(Attempt, User)> {
        let metadata = Metadata::new();
        let context = self.context(app, actor, face, &metadata);
        let attempt = Attempt::open(app, &self.client, face, session.expose()).await?;
        let epoch = attempt.who.epoch().ok_or_else(foreign)?;
        let user = context.resumed(&attempt.who.sub, epoch).await?;
        Ok((attempt, user))
    }
}

fn with_token(before: &User, now: Timestamp) -> User {
    let mut after = before.clone();
    after.mfa.enabled.insert(Factor::SoftwareToken);
    after.mfa.preferred = Some(Factor::SoftwareToken);
    after.modified = now;
    after
}

/// Whoever knows the password may set the first factor up, and nobody a second one: refuses where the
/// user has one by now, be it from another sign-in.
///
/// # Errors: NotAuthorized `Invalid session for the user.`
pub(super) fn check_needed(pool: &Pool, user: &User) -> Result<()> {
    match mfa::asked(pool, user) {
        Asked::SetUp(_) => Ok(()),
        _ => Err(foreign()),
    }
}

fn foreign() -> Error {
    Error::invalid_session().because(Reason::ForeignSession)
}

//! Sign-up that leads straight to a sign-in: ConfirmSignUp gives a `Session`, and that begins a
//! USER_AUTH sign-in whose first factor is proven. Whoever brings the `Session` of SignUp to
//! ConfirmSignUp has both chosen the password of the account, if it has one, and received the code at
//! its contact. Whoever does not (Amplify 6 never does) has the code alone: that is a first factor
//! where the pool lets users begin with a code to this contact.

use super::attempt::{Attempt, Factor, Step, Who};
use super::context::{Context, check_confirmed};
use super::{Face, Outcome, first_code, second_factor};
use crate::app::App;
use crate::domain::accounts::Confirmed;
use crate::domain::first_factors;
use crate::domain::hooks::{self, TokenSource};
use crate::error::{Error, Reason, Result};
use crate::ids::Sub;
use crate::secret::Secret;
use crate::settings::client::AuthFlowSetting;
use crate::settings::pool::Tier;
use crate::store::clients::Client;
use crate::store::pools::Pool;
use crate::store::users::{Status, User};

/// A sign-up that goes on with ConfirmSignUp.
pub struct SignUpSession(Attempt);

impl SignUpSession {
    /// The `Session` that SignUp answers with: none where the account needs no confirmation, or the
    /// client does not allow USER_AUTH.
    pub fn begin(app: &App, pool: &Pool, client: &Client, user: &User) -> Result<Option<String>> {
        let follows = is_built_on(pool, client) && user.status == Status::Unconfirmed;
        let session = || session(app, client, user, Step::SignedUp);
        follows.then(session).transpose()
    }

    /// Reads the `Session` that ConfirmSignUp was given; none when it has expired: the account can
    /// be confirmed all the same.
    ///
    /// # Errors: NotAuthorized `Invalid session for the user.`
    pub async fn open(app: &App, client: &Client, text: &Secret<String>) -> Result<Option<Self>> {
        match Attempt::open(app, client, Face::Api, text.expose()).await {
            Ok(attempt) if matches!(attempt.step, Step::SignedUp) => Ok(Some(Self(attempt))),
            Ok(_) => Err(foreign()),
            Err(error) if error.reason == Some(Reason::ExpiredSession) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Who signed up.
    pub fn sub(&self) -> &Sub {
        &self.0.who.sub
    }

    /// Whether it is this user's, and nothing has ended the user's sign-ins since.
    fn is_of(&self, user: &User) -> bool {
        self.0.who.sub == user.sub && self.0.who.epoch() == Some(user.auth_epoch)
    }
}

/// The `Session` that ConfirmSignUp answers with: none where it would lead nowhere. `begun` is the
/// one that it was given.
pub async fn after_confirmation(
    app: &App,
    (pool, client): (&Pool, &Client),
    begun: Option<&SignUpSession>,
    confirmed: &Confirmed,
) -> Result<Option<String>> {
    if !is_built_on(pool, client) {
        return Ok(None);
    }
    let Confirmed { user, contact } = confirmed;
    let (contact, alone) = (*contact, !begun.is_some_and(|begun| begun.is_of(user)));
    if alone {
        let code = first_factors::code_to(contact);
        if !first_factors::of(app, pool, user).await?.contains(&code) {
            return Ok(None);
        }
    }
    session(app, client, user, Step::Confirmed { contact, alone }).map(Some)
}

/// Whether USER_AUTH is there for a client.
fn is_built_on(pool: &Pool, client: &Client) -> bool {
    let allowed = client.settings.lists_flow(AuthFlowSetting::AllowUserAuth);
    allowed && pool.settings().tier() != Tier::Lite
}

/// Signs a user in who has just confirmed the account.
///
/// # Errors: NotAuthorized `Invalid session for the user.` and its kin
pub(super) async fn sign_in(
    context: Context<'_>,
    typed: &str,
    session: &Secret<String>,
) -> Result<Outcome> {
    let Context { app, client, .. } = context;
    let attempt = Attempt::open(app, client, context.face, session.expose()).await?;
    let (Step::Confirmed { contact, alone }, Some(epoch)) = (&attempt.step, attempt.who.epoch())
    else {
        return Err(foreign());
    };
    let user = context.resumed(&attempt.who.sub, epoch).await?;
    context.check_same(typed, &user).await?;
    check_confirmed(Some(&user))?;
    if user.status != Status::Confirmed {
        return Err(foreign());
    }
    hooks::pre_authentication(app, context.event(typed, Some(&user))).await?;
    let factor = if *alone {
        first_code::check_still(context, &user, first_factors::code_to(*contact)).await?;
        Factor::Code(*contact)
    } else {
        Factor::SignUp(Some(*contact))
    };
    let proven = (vec![factor], TokenSource::Authentication);
    second_factor::go_on(context, user, proven, &attempt).await
}

fn session(app: &App, client: &Client, user: &User, step: Step) -> Result<String> {
    let attempt = Attempt::new(app, client, Face::Api, Who::user(user), step)?;
    attempt.seal(app)
}

fn foreign() -> Error {
    Error::invalid_session().because(Reason::ForeignSession)
}

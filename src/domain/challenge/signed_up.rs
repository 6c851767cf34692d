//! Sign-up that leads straight to a sign-in: SignUp gives a `Session`, ConfirmSignUp takes it and
//! gives another, and that begins a USER_AUTH sign-in whose first factor is proven: whoever has both
//! chose the password of the account, if it has one, and received the code at its contact.

use super::attempt::{Attempt, Factor, Step, Who};
use super::context::{Context, check_confirmed};
use super::{Face, Outcome, second_factor};
use crate::app::App;
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
        let allowed = client.settings.lists_flow(AuthFlowSetting::AllowUserAuth);
        let follows =
            allowed && pool.settings().tier() != Tier::Lite && user.status == Status::Unconfirmed;
        let session = || session(app, client, user, Step::SignedUp);
        follows.then(session).transpose()
    }

    /// Reads the `Session` that ConfirmSignUp was given; none when it has expired: the account can
    /// be confirmed all the same, but what follows has to begin anew.
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

    /// The `Session` that ConfirmSignUp answers with; none if something has ended the user's
    /// sign-ins meanwhile.
    pub fn confirmed(&self, app: &App, client: &Client, user: &User) -> Result<Option<String>> {
        let same = self.0.who.sub == user.sub && self.0.who.epoch() == Some(user.auth_epoch);
        let session = || session(app, client, user, Step::Confirmed);
        same.then(session).transpose()
    }
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
    let (Step::Confirmed, Some(epoch)) = (&attempt.step, attempt.who.epoch()) else {
        return Err(foreign());
    };
    let user = context.resumed(&attempt.who.sub, epoch).await?;
    context.check_same(typed, &user).await?;
    check_confirmed(Some(&user))?;
    if user.status != Status::Confirmed {
        return Err(foreign());
    }
    hooks::pre_authentication(app, context.event(typed, Some(&user))).await?;
    let proven = (vec![Factor::SignUp], TokenSource::Authentication);
    second_factor::go_on(context, user, proven, &attempt).await
}

fn session(app: &App, client: &Client, user: &User, step: Step) -> Result<String> {
    let attempt = Attempt::new(app, client, Face::Api, Who::user(user), step)?;
    attempt.seal(app)
}

fn foreign() -> Error {
    Error::invalid_session().because(Reason::ForeignSession)
}

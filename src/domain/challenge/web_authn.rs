//! WEB_AUTHN: a passkey in the password's place (api-auth.md 8). What it has to sign is made of the
//! `Session` it is asked for with: that binds it to pool, client, user and challenge, and is used up
//! by success.

use futures_util::future::BoxFuture;

use super::attempt::{Attempt, Factor, Passed, Step};
use super::choice::{self, Choosing};
use super::context::{Context, Subject};
use super::{ChallengeName, Outcome, second_factor, watched};
use crate::domain::mfa::Asked;
use crate::domain::passkeys::sign_in::{self, Asserted, Offer};
use crate::error::{Error, Reason, Result};
use crate::secret::Secret;
use crate::store::db::Tx;

/// What the browser needs to ask for a passkey: the parameters of WEB_AUTHN, and of a choice that can
/// be answered with one at once.
///
/// # Errors: InvalidParameter (there is none any more)
pub(super) async fn options(
    context: Context<'_>,
    choosing: &Choosing<'_>,
    (name, attempt): (ChallengeName, &Attempt),
) -> Result<Vec<(&'static str, String)>> {
    let asked = matches!(
        name,
        ChallengeName::WebAuthn | ChallengeName::SelectChallenge
    );
    if !asked || !choosing.offers(ChallengeName::WebAuthn) {
        return Ok(Vec::new());
    }
    let offer = offer(context, choosing.subject).await?;
    let options = offer.map(|offer| offer.options(&attempt.challenge()));
    if options.is_none() && name == ChallengeName::WebAuthn {
        return Err(Error::challenge_not_available(name.as_str()));
    }
    let named = options.map(|options| ("CREDENTIAL_REQUEST_OPTIONS", options));
    Ok(named.into_iter().collect())
}

/// What the browser needs once more, for the same challenge.
pub(super) async fn options_again(
    context: Context<'_>,
    session: &Secret<String>,
) -> Result<String> {
    let (attempt, subject) = choice::resume(context, None, Some(session)).await?;
    let offer = offer(context, &subject).await?;
    let none = || Error::challenge_not_available(ChallengeName::WebAuthn.as_str());
    let asks = matches!(attempt.step, Step::Choose(_));
    let offer = offer.filter(|_| asks).ok_or_else(none)?;
    Ok(offer.options(&attempt.challenge()))
}

/// Signs in with what a passkey signed. Nothing more is asked then, unless the sign-in is risky: where
/// one factor is not enough, a passkey is offered only if it counts for two.
///
/// # Errors: InvalidParameter (no such response), NotAuthorized
pub(super) async fn prove(
    context: Context<'_>,
    subject: &Subject,
    (credential, attempt): (&Secret<String>, &Attempt),
) -> Result<Outcome> {
    let offer = offer(context, subject).await?;
    let foreign = || Error::invalid_session().because(Reason::ForeignSession);
    let offer = offer.ok_or_else(foreign)?;
    let challenge = attempt.challenge();
    let answer = (challenge.as_str(), credential.expose().as_str());
    let who = (&context.pool.id, subject.sub());
    let asserted = match (offer.judge(context.app, who, answer), subject) {
        (Ok(asserted), Subject::User(_)) => asserted,
        (Err(error), _) if error.reason.is_none() => return Err(error),
        _ => return Err(context.refuse(subject.sub(), Reason::WrongPasskey).await),
    };
    let Subject::User(user) = subject else {
        return Err(foreign());
    };
    let last = Factor::Passkey(asserted.kind());
    let passed = Passkey { asserted, attempt };
    let user = (**user).clone();
    let more = watched::asked_after_passkey(context, &user).await?;
    let done = match more {
        Asked::Nothing => {
            second_factor::done(context, (attempt, last), user.clone(), &passed).await
        }
        more => second_factor::go_on_asking(context, &user, (&[last], more), &passed).await,
    };
    match done {
        Err(error) if error.reason == Some(Reason::CopiedPasskey) => {
            Err(context.refuse(&user.sub, Reason::CopiedPasskey).await)
        }
        done => done,
    }
}

async fn offer(context: Context<'_>, subject: &Subject) -> Result<Option<Offer>> {
    let Context { app, pool, .. } = context;
    match subject {
        Subject::User(user) => sign_in::offer(app, pool, user).await,
        Subject::Phantom(sub) => sign_in::offer_phantom(app, pool, sub).await,
    }
}

/// A passkey's right answer, and the challenge that it uses up.
struct Passkey<'a> {
    asserted: Asserted,
    attempt: &'a Attempt,
}

impl Passed for Passkey<'_> {
    fn write<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.attempt.consume_in(tx).await?;
            self.asserted.use_in(tx).await
        })
    }
}
